/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What uploads into a folder would find there. */

#include "config.h"

#include "storage/plan-judge.h"

#include "storage/confine.h"
#include "storage/disk.h"
#include "storage/entry.h"

#include <fcntl.h>
#include <string.h>

/* A folder on the way to an item. */
typedef struct
{
  int fd;     /* O_PATH; -1 where nothing can lie below */
  size_t end; /* of its path in the judge's */
  /* Without an fd: the answer for all that would lie below. */
  SampanPlanAnswer below;
} Level;

struct _SampanPlanJudge
{
  SampanShareRoot *root;
  bool is_share_top; /* reserved names are possible */
  char path[SAMPAN_PATH_MAX];
  Level levels[SAMPAN_DEPTH_MAX]; /* the first is the target folder */
  size_t n_levels;
};

static Level *
get_top (SampanPlanJudge *self)
{
  return &self->levels[self->n_levels - 1];
}

static Level *
push (SampanPlanJudge *self, size_t end)
{
  Level *level = &self->levels[self->n_levels++];

  g_assert (self->n_levels <= G_N_ELEMENTS (self->levels));
  *level = (Level){ .fd = -1, .end = end };
  return level;
}

static void
pop (SampanPlanJudge *self)
{
  sampan_disk_clear_fd (&self->levels[--self->n_levels].fd);
}

SampanPlanJudge *
sampan_plan_judge_new (SampanShareRoot *root, const SampanPath *folder, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  SAMPAN_AUTO_FD int fd =
      sampan_share_root_open_path (root, folder, O_PATH | O_DIRECTORY, &local_error);
  SampanPlanJudge *self;
  Level *base;

  if (fd < 0 && !g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  self = g_new0 (SampanPlanJudge, 1);
  self->root = sampan_share_root_ref (root);
  self->is_share_top = sampan_path_is_root (folder);
  base = push (self, 0);
  base->fd = g_steal_fd (&fd);
  base->below.verdict = SAMPAN_PLAN_NEW;
  return self;
}

void
sampan_plan_judge_free (SampanPlanJudge *self)
{
  while (self->n_levels > 0)
    pop (self);
  sampan_share_root_unref (self->root);
  g_free (self);
}

static void
describe (SampanPlanAnswer *answer, SampanPlanVerdict verdict, const struct stat *status)
{
  SampanEntry entry;

  sampan_entry_from_stat (status, &entry);
  answer->verdict = (uint8_t)verdict;
  answer->kind = entry.kind;
  answer->size = entry.size;
  answer->mtime = entry.mtime;
  memcpy (answer->version, entry.version, sizeof answer->version);
}

/* The verdict where a name cannot be reached; FALSE where the disk is to blame. */
static bool
judge_errno (int saved_errno, const char *name, SampanPlanAnswer *answer, GError **error)
{
  SampanErrorCode code = sampan_error_code_from_errno (saved_errno);

  if (code == SAMPAN_ERROR_NOT_FOUND)
    answer->verdict = SAMPAN_PLAN_NEW;
  else if (code == SAMPAN_ERROR_BAD_NAME)
    answer->verdict = SAMPAN_PLAN_BAD_NAME;
  else if (code == SAMPAN_ERROR_NOT_ALLOWED)
    answer->verdict = SAMPAN_PLAN_NOT_ALLOWED;
  else
    sampan_disk_set_error (error, saved_errno, "cannot look at", name);
  return answer->verdict != 0;
}

/* Looks at NAME in the last folder: fills *status, or gives a verdict if there is nothing that can
 * be seen. */
static bool
look (SampanPlanJudge *self,
      const char *name,
      struct stat *status,
      SampanPlanAnswer *answer,
      GError **error)
{
  bool is_there = sampan_disk_stat (get_top (self)->fd, name, status) == 0;
  int saved_errno = errno;

  if (self->is_share_top && self->n_levels == 1 &&
      sampan_share_root_is_reserved (self->root, name, is_there ? status : NULL))
    {
      answer->verdict = SAMPAN_PLAN_BAD_NAME;
      return true;
    }
  return is_there || judge_errno (saved_errno, name, answer, error);
}

/* Steps into the component NAME, whose path ends at END. */
static bool
descend (SampanPlanJudge *self, const char *name, size_t end, GError **error)
{
  int parent_fd = get_top (self)->fd;
  SampanPlanAnswer below = { 0 };
  SAMPAN_AUTO_FD int fd = -1;
  struct stat status;
  Level *level;

  if (!look (self, name, &status, &below, error))
    return false;
  if (below.verdict == 0)
    {
      fd = sampan_confine_open (sampan_share_root_get_confine (self->root),
                                parent_fd,
                                name,
                                O_PATH | O_DIRECTORY);
      if (fd < 0 && sampan_error_code_from_errno (errno) == SAMPAN_ERROR_WRONG_KIND)
        describe (&below, SAMPAN_PLAN_WRONG_KIND, &status);
      else if (fd < 0 && !judge_errno (errno, name, &below, error))
        return false;
    }
  level = push (self, end);
  level->fd = g_steal_fd (&fd);
  level->below = below;
  return true;
}

/* Goes up to the last folder that also leads to PATH. */
static void
ascend (SampanPlanJudge *self, const char *path, size_t parent_length)
{
  size_t known = MIN (get_top (self)->end, parent_length);
  size_t common = 0;

  while (common < known && self->path[common] == path[common])
    common++;
  /* The parent is followed by a slash, too. */
  while (self->n_levels > 1 && (get_top (self)->end > common || path[get_top (self)->end] != '/'))
    pop (self);
}

/* Makes the folder of PATH the last one, or the first that is none. */
static bool
enter_parent (SampanPlanJudge *self, const SampanPath *path, GError **error)
{
  const char *bytes = sampan_path_get (path);
  const char *name = sampan_path_get_name (path);
  size_t parent_length = name > bytes ? (size_t)(name - bytes) - 1 : 0;

  ascend (self, bytes, parent_length);
  while (get_top (self)->fd >= 0 && get_top (self)->end < parent_length)
    {
      char component[SAMPAN_NAME_MAX + 1];
      size_t start = self->n_levels > 1 ? get_top (self)->end + 1 : 0;
      size_t length = strcspn (bytes + start, "/");

      g_assert (length < sizeof component && start + length <= sizeof self->path);
      memcpy (component, bytes + start, length);
      component[length] = '\0';
      memcpy (self->path, bytes, start + length);
      if (!descend (self, component, start + length, error))
        return false;
    }
  return true;
}

static bool
is_same_file (const SampanPlanItem *item, const struct stat *status)
{
  return item->size == (uint64_t)status->st_size && item->mtime.seconds == status->st_mtim.tv_sec &&
         item->mtime.nanoseconds == (uint32_t)status->st_mtim.tv_nsec;
}

static SampanPlanVerdict
compare (const SampanPlanItem *item, const struct stat *status)
{
  if (item->kind == SAMPAN_ENTRY_FOLDER && S_ISDIR (status->st_mode))
    return SAMPAN_PLAN_FOLDER_THERE;
  if (item->kind != SAMPAN_ENTRY_FILE || !S_ISREG (status->st_mode))
    return SAMPAN_PLAN_WRONG_KIND;
  return is_same_file (item, status) ? SAMPAN_PLAN_SAME : SAMPAN_PLAN_DIFFERS;
}

bool
sampan_plan_judge_item (SampanPlanJudge *self,
                        const SampanPath *path,
                        const SampanPlanItem *item,
                        SampanPlanAnswer *answer,
                        GError **error)
{
  struct stat status;

  *answer = (SampanPlanAnswer){ 0 };
  if (!enter_parent (self, path, error))
    return false;
  if (get_top (self)->fd < 0)
    {
      *answer = get_top (self)->below;
      return true;
    }
  if (!look (self, sampan_path_get_name (path), &status, answer, error))
    return false;
  if (answer->verdict == 0)
    describe (answer, compare (item, &status), &status);
  return true;
}
