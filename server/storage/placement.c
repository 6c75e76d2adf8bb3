/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Giving something new its place, as the conflict policy says. */

#include "config.h"

#include "storage/placement.h"

#include "storage/disk.h"
#include "storage/files.h"
#include "storage/free-name.h"
#include "storage/swap.h"

#include <string.h>

#define PLACE_ATTEMPTS 16       /* each loss means that somebody else changed the same name */
#define FREE_NAME_ATTEMPTS 1000 /* copies of one name in a folder */

static bool
refuse (const SampanPlacement *self, SampanErrorCode code, const char *reason, GError **error)
{
  g_set_error_literal (error, SAMPAN_ERROR, (int)code, reason);
  return false;
}

static bool
is_newer (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static bool
check_replacing (const SampanPlacement *self, const struct stat *old, GError **error)
{
  uint8_t version[SAMPAN_VERSION_LENGTH];

  if ((old->st_mode & S_IFMT) != self->kind || !(S_ISREG (self->kind) || S_ISDIR (self->kind)))
    return refuse (self, SAMPAN_ERROR_WRONG_KIND, "a thing of another kind has that name", error);
  if (self->expected != NULL)
    {
      sampan_version_from_stat (old, version);
      if (memcmp (version, self->expected, sizeof version) != 0)
        return refuse (self, SAMPAN_ERROR_CHANGED, "the target is not what was seen", error);
    }
  if (self->conflict == SAMPAN_CONFLICT_REPLACE_NEWER && !is_newer (&self->mtime, &old->st_mtim))
    return refuse (self, SAMPAN_ERROR_EXISTS, "the target is as new or newer", error);
  return true;
}

bool
sampan_placement_check (const SampanPlacement *self,
                        SampanTarget *target,
                        struct stat *old,
                        GError **error)
{
  const char *name = sampan_path_get_name (self->path);

  *target = SAMPAN_TARGET_FREE;
  if (sampan_disk_stat (self->folder_fd, name, old) != 0)
    {
      if (errno != ENOENT)
        {
          sampan_disk_set_error (error, errno, "cannot look at", name);
          return false;
        }
      if (self->expected != NULL)
        return refuse (self, SAMPAN_ERROR_CHANGED, "the target is gone", error);
      return true;
    }
  switch (self->conflict)
    {
    case SAMPAN_CONFLICT_KEEP_BOTH:
      *target = SAMPAN_TARGET_OTHER_NAME;
      return true;
    case SAMPAN_CONFLICT_REPLACE:
    case SAMPAN_CONFLICT_REPLACE_NEWER:
      *target = SAMPAN_TARGET_REPLACE;
      return check_replacing (self, old, error);
    case SAMPAN_CONFLICT_REFUSE:
    default:
      return refuse (self, SAMPAN_ERROR_EXISTS, "the name is taken", error);
    }
}

static int
replace (const SampanPlacement *self,
         int from_fd,
         const char *from_name,
         const struct stat *old,
         SampanTrashSlot *slot)
{
  SampanSwap swap = {
    .from_fd = from_fd,
    .from_name = from_name,
    .to_fd = self->folder_fd,
    .to_name = sampan_path_get_name (self->path),
    .old = old,
    .is_exact = self->expected != NULL || self->conflict == SAMPAN_CONFLICT_REPLACE_NEWER,
    .slot = slot,
    .is_staged = from_fd == sampan_share_root_get_staging_fd (self->root),
  };
  int code = sampan_swap_run (&swap);

  slot->is_used = code == 0;
  return code == ENOENT ? ESTALE : code; /* the target vanished: then the name is free */
}

static bool
ensure_slot (const SampanPlacement *self, SampanTrashSlot **slot, GError **error)
{
  if (*slot != NULL)
    return true;
  *slot = sampan_trash_slot_new (self->root, self->path, self->account_id, error);
  return *slot != NULL && sampan_trash_slot_sync_info (*slot, error);
}

static int
move_to_free_name (const SampanPlacement *self,
                   int from_fd,
                   const char *from_name,
                   char candidate[static SAMPAN_NAME_MAX + 1])
{
  SampanFreeName free_name;
  int code = EEXIST;

  sampan_free_name_init (&free_name, sampan_path_get_name (self->path), S_ISDIR (self->kind));
  for (int i = 0; i < FREE_NAME_ATTEMPTS && code == EEXIST; i++)
    {
      sampan_free_name_next (&free_name, candidate);
      code = sampan_swap_move (from_fd, from_name, self->folder_fd, candidate);
    }
  return code;
}

static int
move_to_own_name (const SampanPlacement *self,
                  int from_fd,
                  const char *from_name,
                  char name[static SAMPAN_NAME_MAX + 1])
{
  int code;

  g_strlcpy (name, sampan_path_get_name (self->path), SAMPAN_NAME_MAX + 1);
  code = sampan_swap_move (from_fd, from_name, self->folder_fd, name);
  return code == EEXIST ? ESTALE : code;
}

/* One attempt: 0, an errno, or -1 with *error set. */
static int
try_once (const SampanPlacement *self,
          int from_fd,
          const char *from_name,
          SampanTrashSlot **slot,
          char name[static SAMPAN_NAME_MAX + 1],
          GError **error)
{
  struct stat old;
  SampanTarget target;

  if (!sampan_placement_check (self, &target, &old, error))
    return -1;
  g_strlcpy (name, sampan_path_get_name (self->path), SAMPAN_NAME_MAX + 1);
  switch (target)
    {
    case SAMPAN_TARGET_FREE:
      return move_to_own_name (self, from_fd, from_name, name);
    case SAMPAN_TARGET_OTHER_NAME:
      return move_to_free_name (self, from_fd, from_name, name);
    case SAMPAN_TARGET_REPLACE:
      if (!ensure_slot (self, slot, error))
        return -1;
      return replace (self, from_fd, from_name, &old, *slot);
    }
  g_assert_not_reached ();
}

bool
sampan_placement_run (const SampanPlacement *self,
                      int from_fd,
                      const char *from_name,
                      SampanTrashSlot **slot,
                      char **stored_name,
                      GError **error)
{
  char name[SAMPAN_NAME_MAX + 1];
  int code = ESTALE;

  if (self->was_free && self->expected == NULL)
    code = move_to_own_name (self, from_fd, from_name, name);
  for (int i = 0; i < PLACE_ATTEMPTS && code == ESTALE; i++)
    code = try_once (self, from_fd, from_name, slot, name, error);
  if (code == 0)
    *stored_name = g_strdup (name);
  else if (code > 0)
    sampan_disk_set_error (error,
                           code == ESTALE ? EBUSY : code,
                           "cannot store",
                           sampan_path_get (self->path));
  return code == 0;
}
