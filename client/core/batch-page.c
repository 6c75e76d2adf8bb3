/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A stretch of a batch's items. */

#include "config.h"

#include "batch-page.h"

#include <string.h>

SampanBatchPage *
sampan_batch_page_new (const char *local, const SampanPath *remote)
{
  SampanBatchPage *self = g_new0 (SampanBatchPage, 1);

  self->local = g_strdup (local);
  self->remote = sampan_path_ref (remote);
  self->plan = sampan_plan_new ();
  self->problems = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
sampan_batch_page_free (SampanBatchPage *self)
{
  g_free (self->local);
  sampan_path_unref (self->remote);
  sampan_plan_unref (self->plan);
  g_ptr_array_unref (self->problems);
  g_free (self->local_name);
  g_free (self->remote_name);
  g_free (self->fates);
  g_free (self);
}

bool
sampan_batch_page_is_empty (const SampanBatchPage *self)
{
  return sampan_plan_get_length (self->plan) == 0 && self->problems->len == 0;
}

const char *
sampan_batch_page_get_name (const SampanBatchPage *self, size_t index)
{
  return (const char *)sampan_plan_get_item (self->plan, index)->path.data;
}

/* NAME with FIRST, if any, for its first component. */
static char *
dup_named (const char *name, const char *first)
{
  return first == NULL ? g_strdup (name) : g_strconcat (first, name + strcspn (name, "/"), NULL);
}

char *
sampan_batch_page_dup_local (const SampanBatchPage *self, size_t index)
{
  g_autofree char *name = dup_named (sampan_batch_page_get_name (self, index), self->local_name);

  return g_build_filename (self->local, name, NULL);
}

SampanPath *
sampan_batch_page_dup_remote (const SampanBatchPage *self, size_t index, GError **error)
{
  g_autofree char *name = dup_named (sampan_batch_page_get_name (self, index), self->remote_name);

  return sampan_batch_join (self->remote, name, error);
}

void
sampan_batch_page_place (const SampanBatchPage *self, SampanBatchProblem *problem)
{
  const char *name = sampan_batch_problem_get_bytes (problem);
  g_autofree char *local_name = dup_named (name, self->local_name);
  g_autofree char *remote_name = dup_named (name, self->remote_name);
  g_autofree char *local = g_build_filename (self->local, local_name, NULL);
  g_autoptr (SampanPath) remote = sampan_batch_join (self->remote, remote_name, NULL);

  sampan_batch_problem_set_place (problem, local, remote);
}

SampanPath *
sampan_batch_join (const SampanPath *folder, const char *name, GError **error)
{
  g_autofree char *whole = sampan_path_is_root (folder)
                               ? g_strdup (name)
                               : g_strconcat (sampan_path_get (folder), "/", name, NULL);

  return sampan_path_new ((const uint8_t *)whole, strlen (whole), error);
}
