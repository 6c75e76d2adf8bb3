/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The folders that a batch made get the times of those that they are copies of. Whatever comes into
 * a folder changes its time, so that is done when all of it has come. Their order does not matter
 * then, and what cannot be set is left as it is. */

#include "config.h"

#include "batch-private.h"

#include "batch-heal.h"

#define TIMES_AT_ONCE 256 /* hides the round trip: 12 800 a second at 20 ms */

static bool
next_made (SampanBatch *self, SampanBatchCursor *cursor, SampanBatchPage **page, size_t *index)
{
  while (sampan_batch_next_item (self, cursor, self->pages->len, page, index))
    if ((*page)->fates[*index] == SAMPAN_BATCH_FATE_MADE)
      return true;
  return false;
}

/* ---- Upload ---- */

static void
healed_cb (gpointer user_data)
{
  g_autoptr (SampanBatch) self = user_data;

  self->is_healing = false;
  self->n_timing--;
  sampan_batch_plan_turn (self);
}

/* All that were on their way are asked for again, once for a broken link. */
static void
heal (SampanBatch *self, const GError *error)
{
  if (self->is_healing ||
      !sampan_batch_heal (self->session, error, &self->n_heals, self->halt, healed_cb, self))
    return;
  g_object_ref (self);
  self->is_healing = true;
  self->n_timing++;
  self->timer = (SampanBatchCursor){ 0 };
}

static void
time_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanBatch) self = user_data;
  g_autoptr (GError) error = NULL;

  self->n_timing--;
  if (!sampan_session_set_time_finish (SAMPAN_SESSION (source), result, &error))
    {
      heal (self, error);
      /* An older server. */
      if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_UNSUPPORTED))
        self->timer.page = self->pages->len;
      else if (!self->is_healing && !self->is_stopped)
        self->is_lost |= sampan_batch_is_lost_by (self->session, error);
    }
  sampan_batch_plan_turn (self);
}

static void
set_remote_times (SampanBatch *self)
{
  SampanBatchPage *page;
  size_t index;

  while (!self->is_healing && self->n_timing < TIMES_AT_ONCE &&
         next_made (self, &self->timer, &page, &index))
    {
      g_autoptr (SampanPath) path = sampan_batch_page_dup_remote (page, index, NULL);

      self->n_timing++;
      sampan_session_set_time_async (self->session,
                                     path,
                                     sampan_plan_get_item (page->plan, index)->mtime,
                                     self->halt,
                                     time_set_cb,
                                     g_object_ref (self));
    }
}

/* ---- Download ---- */

/* Nobody changes pages any more. */
static void
set_local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SampanBatch *self = source;
  SampanBatchCursor cursor = { 0 };
  SampanBatchPage *page;
  size_t index;

  while (next_made (self, &cursor, &page, &index))
    {
      const char *name = sampan_batch_page_get_name (page, index);

      if (!sampan_batch_disk_set_time (self->disk,
                                       name,
                                       sampan_plan_get_item (page->plan, index)->mtime))
        g_debug ("a folder keeps the time at which it was made");
    }
  g_task_return_boolean (task, TRUE);
}

static void
set_local_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanBatch *self = SAMPAN_BATCH (source);

  self->n_timing--;
  sampan_batch_plan_turn (self);
}

static void
set_local_times (SampanBatch *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->n_timing > 0 || self->timer.page == self->pages->len)
    return;
  self->timer.page = self->pages->len;
  self->n_timing++;
  task = g_task_new (self, NULL, set_local_cb, NULL);
  g_task_set_source_tag (task, set_local_times);
  g_task_run_in_thread (task, set_local_thread);
}

bool
sampan_batch_set_times (SampanBatch *self)
{
  if (!self->has_made)
    return false;
  if (self->is_upload)
    set_remote_times (self);
  else
    set_local_times (self);
  return self->n_timing > 0;
}
