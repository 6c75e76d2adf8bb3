/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A task that the engine thread works for, as its owner's thread holds it: it is returned once, by
 * what came of the work or by its cancellable. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GMainContext *owner; /* of any thread's */

  /* owner's thread */
  GTask *task;     /* NULL once returned */
  GSource *cancel; /* NULL without a cancellable */
} SampanPendingTask;

/* CANCELLED is called with USER_DATA on the owner's thread, unless the task was returned before.
 * Takes USER_DATA if UNREF (nullable) is there for it. */
void sampan_pending_task_init (SampanPendingTask *self,
                               GTask *task,
                               GCancellableSourceFunc cancelled,
                               gpointer user_data,
                               GDestroyNotify unref);
/* Any thread's, the last that knows of it. */
void sampan_pending_task_clear (SampanPendingTask *self);

/* New reference, to be returned with success. NULL: it was returned before, or now with *ERROR,
 * which it takes. */
GTask *sampan_pending_task_steal (SampanPendingTask *self, GError **error);
/* For CANCELLED. */
void sampan_pending_task_return_cancelled (SampanPendingTask *self);

G_END_DECLS
