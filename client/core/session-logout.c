/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The request that ends a session. */

#include "config.h"

#include "session-private.h"

#include "engine-private.h"
#include "pending-task.h"

typedef struct
{
  SampanPendingTask pending;
  SampanSessionFunc ended;
  GError *error;
} Logout;

static void
logout_free (gpointer data)
{
  Logout *logout = data;

  sampan_pending_task_clear (&logout->pending);
  g_clear_error (&logout->error);
  g_free (logout);
}

static void
tell_ended (Logout *logout)
{
  logout->ended (g_task_get_source_object (logout->pending.task));
}

static gboolean
logout_result_cb (gpointer user_data)
{
  Logout *logout = user_data;
  g_autoptr (GTask) task = NULL;

  if (logout->pending.task == NULL)
    return G_SOURCE_REMOVE;
  tell_ended (logout);
  task = sampan_pending_task_steal (&logout->pending, &logout->error);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
logout_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Logout *logout = user_data;

  tell_ended (logout);
  sampan_pending_task_return_cancelled (&logout->pending);
  return G_SOURCE_REMOVE;
}

static void
logout_done (SampanCall *call, const GError *error, gpointer user_data)
{
  Logout *logout = user_data;

  logout->error = error != NULL ? g_error_copy (error) : NULL;
  sampan_post_to_owner (logout->pending.owner, logout_result_cb, logout, logout_free);
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
  logout->ended = ended;
  sampan_pending_task_init (&logout->pending, task, logout_cancelled_cb, logout, NULL);
  sampan_link_pool_submit_last (pool, call);
  sampan_request_unref (call);
}
