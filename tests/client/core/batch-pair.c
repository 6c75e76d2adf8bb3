/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Two folders for batches between them. */

#include "config.h"

#include "batch-pair.h"

#include "batch-test.h"

void
batch_pair_set_up (BatchPair *self, const char *name)
{
  g_autofree char *remote = g_strconcat ("files/", name, NULL);

  real_server_set_up (&self->real);
  self->local = core_test_path (name);
  self->share = real_server_share_path (name);
  self->remote = core_test_remote_path (remote);
  batch_test_mkdir (self->local);
  batch_test_mkdir (self->share);
}

void
batch_pair_tear_down (BatchPair *self)
{
  real_server_tear_down (&self->real);
  sampan_path_unref (self->remote);
  g_free (self->local);
  g_free (self->share);
}

char *
batch_pair_at (const char *folder, const char *name)
{
  return g_build_filename (folder, name, NULL);
}

void
batch_pair_put (const char *folder, const char *name, const char *content, int later)
{
  g_autofree char *filename = batch_pair_at (folder, name);

  batch_test_write (filename, content, later);
}

void
batch_pair_expect (const char *folder, const char *name, const char *content)
{
  g_autofree char *filename = batch_pair_at (folder, name);

  if (content != NULL)
    batch_test_expect (filename, content);
  else
    batch_test_expect_none (filename);
}

SampanBatch *
batch_pair_new_upload (BatchPair *self, const char *const *names)
{
  SampanBatch *batch = sampan_batch_new_upload (self->real.session, self->remote);

  for (size_t i = 0; names[i] != NULL; i++)
    {
      g_autofree char *filename = batch_pair_at (self->local, names[i]);

      sampan_batch_add_local (batch, filename);
    }
  return batch;
}

static SampanFolderList *
list (BatchPair *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SampanFolderList *entries;

  sampan_session_list_async (self->real.session, self->remote, NULL, core_test_result_cb, &result);
  entries = sampan_session_list_finish (self->real.session, core_test_await (&result), &error);
  g_assert_no_error (error);
  return entries;
}

SampanBatch *
batch_pair_new_download (BatchPair *self, const char *folder)
{
  SampanBatch *batch = sampan_batch_new_download (self->real.session, folder);
  g_autoptr (SampanFolderList) entries = list (self);

  for (size_t i = 0; i < sampan_folder_list_get_length (entries); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (entries, i);
      g_autoptr (SampanPath) path = sampan_path_get_child (self->remote, info->name, NULL);

      sampan_batch_add_remote (batch, path, info);
    }
  return batch;
}

void
batch_pair_prepare (SampanBatch *batch)
{
  g_autoptr (GError) error = batch_test_prepare (batch, NULL);

  g_assert_no_error (error);
}
