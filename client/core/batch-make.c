/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Making the folders of a batch, page by page: a page's folders lie in folders of the same page or
 * of earlier ones. */

#include "config.h"

#include "batch-private.h"

#include "batch-heal.h"

#include <errno.h>

#define MKDIRS_AT_ONCE 64 /* hides the round trip */
#define PAGES_AT_ONCE 8   /* locally: what is noted of them then takes the main loop a moment */

static bool
next_folder (SampanBatch *self, SampanBatchPage **page, size_t *index)
{
  while (sampan_batch_next_item (self, &self->maker, self->n_settled, page, index))
    if ((*page)->fates[*index] == SAMPAN_BATCH_FATE_MAKE)
      return true;
  return false;
}

/* The pages whose folders are all made, or known not to be. */
static void
count_made (SampanBatch *self)
{
  while (self->n_made < self->maker.page &&
         ((SampanBatchPage *)g_ptr_array_index (self->pages, self->n_made))->n_making == 0)
    self->n_made++;
  sampan_batch_plan_turn (self);
}

/* It gets its time at the end, also in a later process. */
static void
note_made (SampanBatch *self, SampanBatchPage *page, size_t index)
{
  page->fates[index] = SAMPAN_BATCH_FATE_MADE;
  self->has_made = true;
  if (self->journal != NULL)
    self->journal->ended (sampan_batch_page_get_name (page, index), self->journal_data);
}

typedef struct
{
  SampanBatch *batch;
  SampanBatchPage *page; /* NULL: the target folder */
  size_t index;
  SampanPath *path;
  guint n_heals;
} Making;

static void
mkdir_failed (const Making *making, const GError *error)
{
  SampanBatch *self = making->batch;
  bool is_target = making->page == NULL;
  const char *name = is_target ? sampan_path_get_name (making->path)
                               : sampan_batch_page_get_name (making->page, making->index);

  self->is_lost |= sampan_batch_is_lost_by (self->session, error);
  if (is_target || !sampan_batch_is_blocked (self, name))
    {
      SampanBatchProblem *problem = sampan_batch_problem_new_from_error (name, error);

      if (is_target)
        sampan_batch_problem_set_place (problem, NULL, making->path);
      else
        sampan_batch_page_place (making->page, problem);
      sampan_batch_add_problem (self, problem);
    }
  if (is_target)
    self->is_stopped = true;
  else
    sampan_batch_block (self, name);
}

static void
making_free (Making *making)
{
  g_object_unref (making->batch);
  sampan_path_unref (making->path);
  g_free (making);
}

static void
made (Making *making)
{
  g_autoptr (SampanBatch) self = g_object_ref (making->batch);

  if (making->page != NULL)
    making->page->n_making--;
  else
    self->is_target_made = true;
  making_free (making);
  self->n_making--;
  sampan_batch_make_more (self);
}

static void mkdir_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_to_make (gpointer user_data)
{
  Making *making = user_data;

  /* With parents one that came meanwhile is no error. */
  if (making->batch->is_stopped)
    made (making);
  else
    sampan_session_mkdir_async (making->batch->session,
                                making->path,
                                true,
                                making->batch->halt,
                                mkdir_cb,
                                making);
}

static void
mkdir_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Making *making = user_data;
  SampanBatch *self = making->batch;
  g_autoptr (GError) error = NULL;

  if (sampan_session_mkdir_finish (SAMPAN_SESSION (source), result, &error))
    {
      if (making->page != NULL)
        note_made (self, making->page, making->index);
    }
  /* Of what is cancelled nobody wants to hear. */
  else if (!self->is_stopped)
    {
      if (sampan_batch_heal (self->session,
                             error,
                             &making->n_heals,
                             self->halt,
                             ask_to_make,
                             making))
        return;
      mkdir_failed (making, error);
    }
  made (making);
}

/* PAGE is NULL for the target folder. Takes PATH. */
static void
make (SampanBatch *self, SampanPath *path, SampanBatchPage *page, size_t index)
{
  Making *making = g_new0 (Making, 1);

  making->batch = g_object_ref (self);
  making->page = page;
  making->index = index;
  making->path = path;
  self->n_making++;
  if (page != NULL)
    page->n_making++;
  ask_to_make (making);
}

static void
make_remote (SampanBatch *self)
{
  SampanBatchPage *page;
  size_t index;

  if (!self->is_target_asked)
    {
      self->is_target_asked = true;
      self->is_target_made = sampan_path_get_depth (self->remote_folder) <= 1;
      if (!self->is_target_made)
        make (self, sampan_path_ref (self->remote_folder), NULL, 0);
    }
  while (!self->is_stopped && self->n_making < MKDIRS_AT_ONCE && next_folder (self, &page, &index))
    {
      SampanPath *path = sampan_batch_page_dup_remote (page, index, NULL);

      if (path != NULL)
        make (self, path, page, index);
    }
  if (self->is_target_made)
    count_made (self);
}

typedef struct
{
  SampanBatchProblem *problem; /* nullable */
  char *name;                  /* to be blocked; NULL: nothing can be done */
} Failure;

static void
failure_free (gpointer data)
{
  Failure *failure = data;

  g_clear_object (&failure->problem);
  g_free (failure->name);
  g_free (failure);
}

static Failure *
add_failure (GPtrArray *failures, const char *shown)
{
  Failure *failure = g_new0 (Failure, 1);

  failure->problem = sampan_batch_problem_new_from_errno (shown, errno);
  g_ptr_array_add (failures, failure);
  return failure;
}

static void
make_local_page (SampanBatch *self, const SampanBatchPage *page, GPtrArray *failures)
{
  for (size_t i = 0; i < sampan_plan_get_length (page->plan); i++)
    {
      const char *name = sampan_batch_page_get_name (page, i);

      Failure *failure;

      if (page->fates[i] != SAMPAN_BATCH_FATE_MAKE ||
          sampan_batch_disk_make_folder (self->disk, name))
        continue;
      failure = add_failure (failures, name);
      failure->name = g_strdup (name);
      sampan_batch_page_place (page, failure->problem);
    }
}

/* Nobody changes these pages meanwhile. */
static void
make_local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SampanBatch *self = source;
  GPtrArray *pages = task_data;
  GPtrArray *failures = g_ptr_array_new_with_free_func (failure_free);

  if (!sampan_batch_disk_make_target (self->disk))
    sampan_batch_problem_set_place (add_failure (failures, self->local_folder)->problem,
                                    self->local_folder,
                                    NULL);
  else
    for (guint i = 0; i < pages->len; i++)
      make_local_page (self, g_ptr_array_index (pages, i), failures);
  g_task_return_pointer (task, failures, (GDestroyNotify)g_ptr_array_unref);
}

static void
note_made_local (SampanBatch *self, SampanBatchPage *page)
{
  for (size_t i = 0; i < sampan_plan_get_length (page->plan); i++)
    if (page->fates[i] == SAMPAN_BATCH_FATE_MAKE &&
        !g_hash_table_contains (self->blocked, sampan_batch_page_get_name (page, i)))
      note_made (self, page, i);
}

static void
made_local_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanBatch *self = SAMPAN_BATCH (source);
  GPtrArray *pages = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) failures = g_task_propagate_pointer (G_TASK (result), NULL);

  for (guint i = 0; i < failures->len; i++)
    {
      Failure *failure = g_ptr_array_index (failures, i);

      if (failure->name == NULL)
        self->is_stopped = true;
      if (failure->name == NULL || !sampan_batch_is_blocked (self, failure->name))
        sampan_batch_add_problem (self, g_steal_pointer (&failure->problem));
      if (failure->name != NULL)
        sampan_batch_block (self, failure->name);
    }
  if (!self->is_stopped)
    for (guint i = 0; i < pages->len; i++)
      note_made_local (self, g_ptr_array_index (pages, i));
  self->is_making_pages = false;
  self->n_making--;
  count_made (self);
  sampan_batch_make_more (self);
}

static void
make_local (SampanBatch *self)
{
  g_autoptr (GTask) task = NULL;
  GPtrArray *pages;

  if (self->is_making_pages || self->maker.page == self->n_settled || self->is_stopped)
    return;
  pages = g_ptr_array_new ();
  for (; self->maker.page < self->n_settled && pages->len < PAGES_AT_ONCE; self->maker.page++)
    g_ptr_array_add (pages, g_ptr_array_index (self->pages, self->maker.page));
  self->is_making_pages = true;
  self->n_making++;
  task = g_task_new (self, NULL, made_local_cb, NULL);
  g_task_set_source_tag (task, make_local);
  g_task_set_task_data (task, pages, (GDestroyNotify)g_ptr_array_unref);
  g_task_run_in_thread (task, make_local_thread);
}

void
sampan_batch_make_more (SampanBatch *self)
{
  if (self->is_stopped)
    {
      sampan_batch_plan_turn (self);
      return;
    }
  if (!self->has_work)
    {
      self->maker = (SampanBatchCursor){ self->n_settled, 0 };
      count_made (self);
    }
  else if (self->is_upload)
    make_remote (self);
  else
    make_local (self);
  sampan_batch_plan_turn (self);
}
