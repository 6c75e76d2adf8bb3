/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Finds the list of saved transfers of an account. */

#include "config.h"

#include "saved-queue-private.h"

#include "session-private.h"

#include <sodium.h>
#include <string.h>

#define NAME_BYTES 16 /* of the hash that a file is named by */

typedef struct
{
  char *name;
  SampanSavedFile *file;
  SampanSavedState *state;
  uint8_t server_key[SAMPAN_PUBLIC_KEY_LENGTH];
  char *user;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_pointer (&opening->file, sampan_saved_file_free);
  g_clear_pointer (&opening->state, sampan_saved_state_free);
  g_free (opening->name);
  g_free (opening->user);
  g_free (opening);
}

/* By hash: a key and a name of any bytes make a file name of a known length. */
static Opening *
opening_new (const uint8_t *server_key, const char *user)
{
  Opening *self = g_new0 (Opening, 1);
  uint8_t hash[NAME_BYTES];
  int result;

  self->name = g_malloc ((gsize)2 * NAME_BYTES + 1);
  self->user = g_strdup (user);
  memcpy (self->server_key, server_key, sizeof self->server_key);
  result = crypto_generichash (hash,
                               sizeof hash,
                               (const uint8_t *)user,
                               strlen (user),
                               server_key,
                               SAMPAN_PUBLIC_KEY_LENGTH);
  g_assert (result == 0);
  sodium_bin2hex (self->name, (gsize)2 * NAME_BYTES + 1, hash, sizeof hash);
  return self;
}

static void
open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Opening *opening = task_data;
  GError *error = NULL;

  opening->file = sampan_saved_file_open (opening->name, &opening->state, &error);
  if (opening->file == NULL)
    g_task_return_error (task, error);
  else if (opening->state->user != NULL && (strcmp (opening->state->user, opening->user) != 0 ||
                                            sodium_memcmp (opening->state->server_key,
                                                           opening->server_key,
                                                           sizeof opening->server_key) != 0))
    g_task_return_new_error (task,
                             G_IO_ERROR,
                             G_IO_ERROR_INVALID_DATA,
                             "The saved transfers belong to another account");
  else
    g_task_return_boolean (task, TRUE);
}

void
sampan_saved_queue_open_async (SampanSession *session,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  SampanLinkPool *pool = sampan_session_get_transfer_pool (session);

  g_task_set_source_tag (task, sampan_saved_queue_open_async);
  if (pool == NULL)
    {
      g_task_return_error (task, sampan_session_new_no_connection (session));
      return;
    }
  g_task_set_task_data (task,
                        opening_new (sampan_link_pool_get_server_public_key (pool),
                                     sampan_session_get_user (session)),
                        opening_free);
  g_task_run_in_thread (task, open_thread);
}

SampanSavedQueue *
sampan_saved_queue_open_finish (SampanSession *session, GAsyncResult *result, GError **error)
{
  SampanSavedQueue *self;
  Opening *opening;

  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  opening = g_task_get_task_data (G_TASK (result));
  self = g_object_new (SAMPAN_TYPE_SAVED_QUEUE, NULL);
  self->session = g_object_ref (session);
  memcpy (self->server_key, opening->server_key, sizeof self->server_key);
  self->user = g_steal_pointer (&opening->user);
  self->host = g_strdup (sampan_session_get_host (session));
  self->port = sampan_session_get_port (session);
  self->file = g_steal_pointer (&opening->file);
  self->state = g_steal_pointer (&opening->state);
  self->last_number = self->state->last_number;
  self->is_paused = self->state->is_paused;
  self->has_account = self->state->user != NULL;
  self->n_jobs = self->state->jobs->len;
  self->file_bytes = self->compacted_bytes = sampan_saved_file_get_size (self->file);
  return self;
}
