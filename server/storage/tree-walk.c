/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Walking a tree from held directory descriptors. */

#include "config.h"

#include "storage/tree-walk.h"

#include "storage/disk.h"
#include "storage/entry.h"

#include <fcntl.h>
#include <string.h>

typedef struct
{
  SampanDirStream *stream;
  gsize path_length; /* of the folder */
} Level;

struct _SampanTreeWalk
{
  SampanShareRoot *root;
  GArray *levels; /* of Level; the innermost is last */
  GString *path;  /* of the entry that came last */
  gsize path_max;
  guint levels_max;
  bool is_share; /* walks from the share's root */
  bool is_at_folder;
  const char *name; /* of the entry, in the stream's buffer */
  uint64_t n_left_out;
};

static void
level_clear (gpointer data)
{
  sampan_disk_close_stream (((Level *)data)->stream);
}

static void
push (SampanTreeWalk *self, SampanDirStream *stream)
{
  Level level = { stream, self->path->len };

  g_array_append_val (self->levels, level);
}

static Level *
get_top (SampanTreeWalk *self)
{
  return &g_array_index (self->levels, Level, self->levels->len - 1);
}

SampanTreeWalk *
sampan_tree_walk_new (SampanShareRoot *root, const SampanPath *folder, GError **error)
{
  SAMPAN_AUTO_FD int fd = sampan_share_root_open_path (root, folder, O_RDONLY | O_DIRECTORY, error);
  gsize length = sampan_path_get_length (folder);
  SampanDirStream *stream;
  SampanTreeWalk *self;

  if (fd < 0)
    return NULL;
  stream = fdopendir (fd);
  if (stream == NULL)
    {
      sampan_disk_set_error (error, errno, "cannot look into", sampan_path_get (folder));
      return NULL;
    }
  fd = -1;
  self = g_new0 (SampanTreeWalk, 1);
  self->root = sampan_share_root_ref (root);
  self->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (self->levels, level_clear);
  self->path = g_string_new (NULL);
  /* With the share's name and the folder in front each path has to be one of the protocol. */
  self->path_max = SAMPAN_PATH_MAX - (SAMPAN_NAME_MAX + 1) - (length > 0 ? length + 1 : 0);
  self->levels_max = SAMPAN_DEPTH_MAX - 1 - sampan_path_get_depth (folder);
  self->is_share = sampan_path_is_root (folder);
  push (self, stream);
  return self;
}

void
sampan_tree_walk_free (SampanTreeWalk *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->levels);
  g_string_free (self->path, TRUE);
  sampan_share_root_unref (self->root);
  g_free (self);
}

static void
enter (SampanTreeWalk *self)
{
  SAMPAN_AUTO_FD int fd = -1;
  SampanDirStream *stream = NULL;

  self->is_at_folder = false;
  errno = 0;
  if (self->levels->len < self->levels_max)
    fd = sampan_disk_open (dirfd (get_top (self)->stream), self->name, O_RDONLY | O_DIRECTORY, 0);
  if (fd >= 0)
    stream = fdopendir (fd);
  if (stream != NULL)
    {
      fd = -1;
      push (self, stream);
    }
  else if (errno != ENOENT)
    self->n_left_out++;
}

static SampanEntryKind
kind_from_type (unsigned char type)
{
  switch (type)
    {
    case DT_REG:
      return SAMPAN_ENTRY_FILE;
    case DT_DIR:
      return SAMPAN_ENTRY_FOLDER;
    case DT_LNK:
      return SAMPAN_ENTRY_SYMLINK;
    default:
      return SAMPAN_ENTRY_OTHER;
    }
}

bool
sampan_tree_walk_stat (SampanTreeWalk *self, struct stat *status)
{
  return sampan_disk_stat (dirfd (get_top (self)->stream), self->name, status) == 0;
}

static bool
is_reserved (SampanTreeWalk *self)
{
  struct stat status;
  bool is_known;

  if (!self->is_share || self->levels->len > 1)
    return false;
  is_known = sampan_tree_walk_stat (self, &status);
  return sampan_share_root_is_reserved (self->root, self->name, is_known ? &status : NULL);
}

/* FALSE: the entry in the stream is passed over. */
static bool
take (SampanTreeWalk *self, unsigned char type, SampanWalkEntry *entry)
{
  gsize folder_length = get_top (self)->path_length;
  gsize name_length = strlen (self->name);
  struct stat status;

  if (is_reserved (self))
    return false;
  if (name_length > SAMPAN_NAME_MAX || folder_length + 1 + name_length > self->path_max)
    {
      self->n_left_out++;
      return false;
    }
  g_string_truncate (self->path, folder_length);
  if (folder_length > 0)
    g_string_append_c (self->path, '/');
  g_string_append_len (self->path, self->name, (gssize)name_length);
  entry->name = self->name;
  entry->path = (SampanBytes){ (const uint8_t *)self->path->str, self->path->len };
  if (type != DT_UNKNOWN)
    entry->kind = kind_from_type (type);
  else if (sampan_tree_walk_stat (self, &status))
    entry->kind = sampan_entry_kind_from_mode (status.st_mode);
  else
    return false;
  self->is_at_folder = entry->kind == SAMPAN_ENTRY_FOLDER;
  return true;
}

bool
sampan_tree_walk_next (SampanTreeWalk *self, SampanWalkEntry *entry)
{
  if (self->is_at_folder)
    enter (self);
  while (self->levels->len > 0)
    {
      unsigned char type;

      self->name = sampan_disk_next_entry (get_top (self)->stream, &type);
      if (self->name == NULL)
        {
          if (errno != 0)
            self->n_left_out++;
          g_array_set_size (self->levels, self->levels->len - 1);
        }
      else if (take (self, type, entry))
        return true;
    }
  return false;
}

uint64_t
sampan_tree_walk_get_n_left_out (const SampanTreeWalk *self)
{
  return self->n_left_out;
}
