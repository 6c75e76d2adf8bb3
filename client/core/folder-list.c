/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A listing in two blocks: an array of entries and an arena of names. */

#include "config.h"

#include "folder-list-private.h"

#include <string.h>

#define NAME_BLOCK_BYTES (16 * 1024)

struct _SampanFolderList
{
  gatomicrefcount refs;
  GArray *entries;
  GStringChunk *names;
  size_t names_bytes;
  GPtrArray *pages; /* whose names the entries borrow; nullable */
};

G_DEFINE_BOXED_TYPE (SampanFolderList,
                     sampan_folder_list,
                     sampan_folder_list_ref,
                     sampan_folder_list_unref)

SampanFolderList *
sampan_folder_list_new (void)
{
  SampanFolderList *self = g_new0 (SampanFolderList, 1);

  g_atomic_ref_count_init (&self->refs);
  self->entries = g_array_new (FALSE, FALSE, sizeof (SampanFileInfo));
  self->names = g_string_chunk_new (NAME_BLOCK_BYTES);
  return self;
}

SampanFolderList *
sampan_folder_list_ref (SampanFolderList *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sampan_folder_list_unref (SampanFolderList *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->entries);
  g_string_chunk_free (self->names);
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_free (self);
}

static SampanFileInfo
info_from_entry (const SampanEntry *entry, const char *name)
{
  SampanFileInfo info = { .name = name,
                          .kind = (SampanEntryKind)entry->kind,
                          .right = (SampanRight)entry->right,
                          .size = entry->size,
                          .mtime = entry->mtime };

  memcpy (info.version, entry->version, sizeof info.version);
  return info;
}

bool
sampan_folder_list_append (SampanFolderList *self, const SampanEntry *entry)
{
  SampanFileInfo info;

  if (self->entries->len >= SAMPAN_FOLDER_LIST_MAX ||
      entry->name.length + 1 > SAMPAN_FOLDER_LIST_NAMES_MAX_BYTES - self->names_bytes)
    return false;
  self->names_bytes += entry->name.length + 1;
  info = info_from_entry (entry,
                          g_string_chunk_insert_len (self->names,
                                                     (const char *)entry->name.data,
                                                     (gssize)entry->name.length));
  g_array_append_val (self->entries, info);
  return true;
}

SampanFolderList *
sampan_folder_list_join (GPtrArray *pages)
{
  SampanFolderList *self = sampan_folder_list_new ();

  self->pages = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_folder_list_unref);
  for (guint i = 0; i < pages->len; i++)
    {
      SampanFolderList *page = g_ptr_array_index (pages, i);

      g_array_append_vals (self->entries, page->entries->data, page->entries->len);
      g_ptr_array_add (self->pages, sampan_folder_list_ref (page));
    }
  return self;
}

size_t
sampan_folder_list_get_length (const SampanFolderList *self)
{
  return self->entries->len;
}

const SampanFileInfo *
sampan_folder_list_get (const SampanFolderList *self, size_t index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);
  return &g_array_index (self->entries, SampanFileInfo, index);
}

/* The name lies behind the entry in the same block. */
static SampanFileInfo *
file_info_with_name (SampanFileInfo info, const char *name, size_t length)
{
  SampanFileInfo *self = g_malloc (sizeof *self + length + 1);
  char *copy = (char *)(self + 1);

  memcpy (copy, name, length);
  copy[length] = '\0';
  *self = info;
  self->name = copy;
  return self;
}

SampanFileInfo *
sampan_file_info_new_from_entry (const SampanEntry *entry)
{
  const char *name = entry->name.length > 0 ? (const char *)entry->name.data : "";

  return file_info_with_name (info_from_entry (entry, NULL), name, entry->name.length);
}

SampanFileInfo *
sampan_file_info_copy (const SampanFileInfo *info)
{
  return file_info_with_name (*info, info->name, strlen (info->name));
}

void
sampan_file_info_free (SampanFileInfo *info)
{
  g_free (info);
}
