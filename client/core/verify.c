/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Comparing files by hash. */

#include "config.h"

#include "verify.h"

#include "batch-heal.h"
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 64 /* hides the round trip of small files */
#define READ_BYTES (256 * 1024)
#define WHOLE_FILE UINT64_MAX

typedef struct
{
  SampanVerify *verify;
  char *local;
  SampanPath *remote;
  SampanHashIs here;
  SampanHashIs there;
  unsigned int n_missing; /* answers: of this computer, of the server */
  unsigned int n_heals;
  GError *error; /* the first; nullable */
} Item;

struct _SampanVerify
{
  SampanSession *session;
  GCancellable *cancellable; /* nullable */
  SampanVerifyFunc func;
  gpointer user_data;
  GQueue waiting; /* of Item */
  unsigned int n_running;
};

static void start_more (SampanVerify *self);

static void
item_free (Item *item)
{
  g_free (item->local);
  sampan_path_unref (item->remote);
  g_clear_error (&item->error);
  g_free (item);
}

/* Takes ERROR, nullable. */
static void
answered (Item *item, GError *error)
{
  SampanVerify *self = item->verify;

  if (item->error == NULL)
    item->error = error;
  else
    g_clear_error (&error);
  if (--item->n_missing > 0)
    return;
  if (item->error == NULL &&
      (item->here.length != item->there.length ||
       sodium_memcmp (item->here.hash, item->there.hash, sizeof item->here.hash) != 0))
    item->error = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_CHANGED, "The hashes differ");
  self->n_running--;
  self->func (item->local, item->remote, item->error, self->user_data);
  item_free (item);
  start_more (self);
}

/* ---- This computer ---- */

/* FALSE with errno. */
static bool
hash_fd (int fd, SampanHashIs *result, GCancellable *cancellable)
{
  g_autofree uint8_t *buffer = g_malloc (READ_BYTES);
  crypto_generichash_state state;

  if (crypto_generichash_init (&state, NULL, 0, sizeof result->hash) != 0)
    {
      errno = EIO;
      return false;
    }
  for (;;)
    {
      ssize_t count = read (fd, buffer, READ_BYTES);

      if (count < 0 && errno == EINTR)
        continue;
      if (g_cancellable_is_cancelled (cancellable))
        errno = ECANCELED;
      if (count < 0 || g_cancellable_is_cancelled (cancellable))
        return false;
      if (count == 0)
        break;
      result->length += (uint64_t)count;
      if (crypto_generichash_update (&state, buffer, (size_t)count) != 0)
        {
          errno = EIO;
          return false;
        }
    }
  return crypto_generichash_final (&state, result->hash, sizeof result->hash) == 0;
}

static void
hash_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Item *item = task_data;
  int fd = open (item->local, O_RDONLY | O_CLOEXEC);
  bool is_done = fd >= 0 && hash_fd (fd, &item->here, cancellable);
  int saved_errno = errno;

  if (fd >= 0)
    close (fd);
  if (is_done)
    g_task_return_boolean (task, TRUE);
  else
    {
      g_autofree char *name = sampan_escape (item->local, -1, 0);

      g_task_return_error (task, sampan_error_new_local (saved_errno, name));
    }
}

static void
hashed_here_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  answered (user_data, error);
}

static void
hash_here (Item *item)
{
  g_autoptr (GTask) task = g_task_new (NULL, item->verify->cancellable, hashed_here_cb, item);

  g_task_set_source_tag (task, hash_here);
  g_task_set_task_data (task, item, NULL);
  g_task_run_in_thread (task, hash_thread);
}

/* ---- The server ---- */

static void hash_there (gpointer user_data);

static void
hashed_there_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Item *item = user_data;
  SampanVerify *self = item->verify;
  GError *error = NULL;

  if (!sampan_session_hash_finish (SAMPAN_SESSION (source), result, &item->there, &error) &&
      sampan_batch_heal (self->session, error, &item->n_heals, self->cancellable, hash_there, item))
    {
      g_error_free (error);
      return;
    }
  answered (item, error);
}

static void
hash_there (gpointer user_data)
{
  Item *item = user_data;
  SampanVerify *self = item->verify;

  sampan_session_hash_async (self->session,
                             item->remote,
                             WHOLE_FILE,
                             self->cancellable,
                             hashed_there_cb,
                             item);
}

static void
start_more (SampanVerify *self)
{
  while (self->n_running < AT_ONCE && self->waiting.length > 0)
    {
      Item *item = g_queue_pop_head (&self->waiting);

      self->n_running++;
      item->n_missing = 2;
      hash_there (item);
      hash_here (item);
    }
}

/* ---- Public API ---- */

SampanVerify *
sampan_verify_new (SampanSession *session,
                   GCancellable *cancellable,
                   SampanVerifyFunc func,
                   gpointer user_data)
{
  SampanVerify *self = g_new0 (SampanVerify, 1);

  self->session = g_object_ref (session);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->func = func;
  self->user_data = user_data;
  g_queue_init (&self->waiting);
  return self;
}

void
sampan_verify_free (SampanVerify *self)
{
  g_assert (sampan_verify_is_idle (self));
  g_object_unref (self->session);
  g_clear_object (&self->cancellable);
  g_free (self);
}

void
sampan_verify_add (SampanVerify *self, const char *local, const SampanPath *remote)
{
  Item *item = g_new0 (Item, 1);

  item->verify = self;
  item->local = g_strdup (local);
  item->remote = sampan_path_ref ((SampanPath *)remote);
  g_queue_push_tail (&self->waiting, item);
  start_more (self);
}

bool
sampan_verify_is_idle (const SampanVerify *self)
{
  return self->n_running == 0 && self->waiting.length == 0;
}
