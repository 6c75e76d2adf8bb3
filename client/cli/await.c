/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Waiting for one asynchronous call while the main loop runs. */

#include "config.h"

#include "await.h"

void
await_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Await *self = user_data;

  self->result = g_object_ref (result);
  g_main_context_wakeup (NULL);
}

GAsyncResult *
await_result (Await *self)
{
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return self->result;
}

void
await_clear (Await *self)
{
  g_clear_object (&self->result);
}
