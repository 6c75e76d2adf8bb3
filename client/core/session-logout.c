/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The request that ends a session. */

#include "config.h"

#include "session-private.h"

#include "engine-private.h"

typedef struct
{
  GMainContext *owner;
  SampanSessionFunc ended;
  GTask *task;     /* owner's thread */
  GSource *cancel; /* owner's thread */
  GError *error;
} Logout;

static void
logout_free (gpointer data)
{
  Logout *logout = data;

  g_clear_object (&logout->task);
  g_clear_error (&logout->error);
  g_clear_pointer (&logout->cancel, g_source_unref);
  g_main_context_unref (logout->owner);
  g_free (logout);
}

static void
logout_return (Logout *logout, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&logout->task);

  if (logout->cancel != NULL)
    g_source_destroy (logout->cancel);
  if (task == NULL)
    {
      g_clear_error (&error);
      return;
    }
  logout->ended (g_task_get_source_object (task));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
logout_result_cb (gpointer user_data)
{
  Logout *logout = user_data;

  logout_return (logout, g_steal_pointer (&logout->error));
  return G_SOURCE_REMOVE;
}

static gboolean
logout_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  logout_return (user_data, error);
  return G_SOURCE_REMOVE;
}

static void
logout_done (SampanCall *call, const GError *error, gpointer user_data)
{
  Logout *logout = user_data;

  logout->error = error != NULL ? g_error_copy (error) : NULL;
  sampan_post_to_owner (logout->owner, logout_result_cb, logout, logout_free);
}

/* It leaves at the latest when the link is closed. */
static void
logout_sealed (SampanCall *call, SampanLink *link, gpointer user_data)
{
  call->done = NULL;
  logout_done (call, NULL, user_data);
}

void
sampan_session_send_logout (SampanLinkPool *pool, GTask *task, bool waits, SampanSessionFunc ended)
{
  uint8_t buffer[1];
  Logout *logout = g_new0 (Logout, 1);
  SampanWriter writer;
  SampanCall *call;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_empty (&writer, SAMPAN_KIND_LOGOUT);
  call = sampan_call_new (SAMPAN_KIND_DONE, 0, &writer);
  call->done = logout_done;
  if (!waits)
    call->sealed = logout_sealed;
  call->user_data = logout;
  logout->owner = g_main_context_ref (g_task_get_context (task));
  logout->ended = ended;
  logout->task = g_object_ref (task);
  if (g_task_get_cancellable (task) != NULL)
    {
      logout->cancel = g_cancellable_source_new (g_task_get_cancellable (task));
      g_source_set_callback (logout->cancel, G_SOURCE_FUNC (logout_cancelled_cb), logout, NULL);
      g_source_attach (logout->cancel, logout->owner);
    }
  sampan_link_pool_submit_last (pool, call);
  sampan_request_unref (call);
}
