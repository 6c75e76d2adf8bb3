/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A task between its owner and the engine. */

#include "config.h"

#include "pending-task.h"

void
sampan_pending_task_init (SampanPendingTask *self,
                          GTask *task,
                          GCancellableSourceFunc cancelled,
                          gpointer user_data,
                          GDestroyNotify unref)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->owner = g_main_context_ref (g_task_get_context (task));
  self->task = g_object_ref (task);
  if (cancellable == NULL)
    {
      if (unref != NULL)
        unref (user_data);
      return;
    }
  self->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled), user_data, unref);
  g_source_attach (self->cancel, self->owner);
}

void
sampan_pending_task_clear (SampanPendingTask *self)
{
  g_clear_pointer (&self->owner, g_main_context_unref);
  g_clear_object (&self->task);
  g_clear_pointer (&self->cancel, g_source_unref);
}

GTask *
sampan_pending_task_steal (SampanPendingTask *self, GError **error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  if (task == NULL || *error == NULL)
    return g_steal_pointer (&task);
  g_task_return_error (task, g_steal_pointer (error));
  return NULL;
}

void
sampan_pending_task_return_cancelled (SampanPendingTask *self)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), &error);
  task = sampan_pending_task_steal (self, &error);
}
