/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The state that connections share. */

#include "config.h"

#include "net/services.h"

#include "log.h"
#include "storage/usage-count.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Many turns long on a disk that works: where none ended in so long, it does not. */
#define TURN_STUCK_US 20000

/* ---- Counting ---- */

static bool
is_stopping_cb (gpointer user_data)
{
  return sampan_services_is_stopping (user_data);
}

static void
count_thread (gpointer data, gpointer user_data)
{
  g_autoptr (SampanShareRoot) root = data;
  SampanServices *self = user_data;
  if (!sampan_services_is_stopping (self) && !sampan_usage_count (root, is_stopping_cb, self))
    g_debug ("a count was stopped or disturbed");
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->shares_lock);
  g_hash_table_remove (self->counting, root);
}

static void
count (SampanServices *self, SampanShareRoot *root)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->shares_lock);
  if (!g_hash_table_add (self->counting, root))
    return;
  if (!g_thread_pool_push (self->counter, sampan_share_root_ref (root), &error))
    sampan_log_event (SAMPAN_LOG_ERROR, "count", "error", error->message, NULL);
}

static bool
has_quota (SampanShareRoot *root, bool is_counted)
{
  SampanUsageFigures figures = sampan_usage_get_figures (sampan_share_root_get_usage (root));
  return figures.quota_bytes != SAMPAN_QUOTA_NONE && figures.is_counted == is_counted;
}

static void
count_new_cb (SampanShareRoot *root, gpointer user_data)
{
  if (has_quota (root, false))
    count (user_data, root);
}

static void
recount_cb (SampanShareRoot *root, gpointer user_data)
{
  if (has_quota (root, true))
    count (user_data, root);
}

void
sampan_services_recount (SampanServices *self)
{
  g_autoptr (SampanShareTable) shares = sampan_services_ref_shares (self);
  sampan_share_table_foreach_root (shares, recount_cb, self);
}

SampanServices *
sampan_services_new (SampanAccountStore *store, int64_t dead_peer_us, GError **error)
{
  g_autoptr (SampanServices) self = g_new0 (SampanServices, 1);
  g_mutex_init (&self->shares_lock);
  self->store = store;
  self->dead_peer_us = dead_peer_us;
  self->sessions = sampan_sessions_new ();
  self->uploads = sampan_upload_claims_new ();
  self->put_turns = sampan_turns_new (g_get_num_processors (), TURN_STUCK_US);
  self->get_turns = sampan_turns_new (g_get_num_processors (), TURN_STUCK_US);
  self->stop_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->stop_fd < 0)
    {
      sampan_error_set_from_errno (error, errno, "eventfd");
      return NULL;
    }
  self->penalties = sampan_penalties_new (SAMPAN_PENALTY_SOURCES);
  if (self->penalties == NULL)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_FAILED, "not enough memory");
      return NULL;
    }
  self->counting = g_hash_table_new (NULL, NULL);
  self->counter = g_thread_pool_new (count_thread, self, 1, FALSE, error);
  if (self->counter == NULL)
    return NULL;
  self->shares = sampan_share_table_load (store, NULL, error);
  if (self->shares == NULL)
    return NULL;
  sampan_share_table_foreach_root (self->shares, count_new_cb, self);
  return g_steal_pointer (&self);
}

void
sampan_services_free (SampanServices *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->share_search);
  g_clear_object (&self->share_search);
  /* What is still to be counted ends at once. */
  g_atomic_int_set (&self->is_stopping, 1);
  if (self->counter != NULL)
    g_thread_pool_free (self->counter, FALSE, TRUE);
  g_clear_pointer (&self->counting, g_hash_table_unref);
  g_clear_pointer (&self->shares, sampan_share_table_unref);
  sampan_penalties_free (self->penalties);
  sampan_turns_free (self->put_turns);
  sampan_turns_free (self->get_turns);
  sampan_upload_claims_free (self->uploads);
  sampan_sessions_free (self->sessions);
  if (self->stop_fd >= 0)
    close (self->stop_fd);
  g_mutex_clear (&self->shares_lock);
  g_free (self);
}

SampanShareTable *
sampan_services_ref_shares (SampanServices *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->shares_lock);
  return sampan_share_table_ref (self->shares);
}

bool
sampan_services_reload (SampanServices *self, unsigned int *ended_sessions, GError **error)
{
  int ended = sampan_sessions_reload (self->sessions, self->store, error);
  if (ended < 0)
    return false;
  *ended_sessions = (unsigned int)ended;
  g_autoptr (SampanShareTable) previous = sampan_services_ref_shares (self);
  SampanShareTable *shares = sampan_share_table_load (self->store, previous, error);
  if (shares == NULL)
    return false;
  g_mutex_lock (&self->shares_lock);
  sampan_share_table_unref (self->shares);
  self->shares = shares;
  g_atomic_int_inc (&self->shares_number);
  g_mutex_unlock (&self->shares_lock);
  sampan_share_table_foreach_root (shares, count_new_cb, self);
  g_autofree char *ended_text = g_strdup_printf ("%d", ended);
  sampan_log_event (SAMPAN_LOG_NOTICE, "reload", "ended_sessions", ended_text, NULL);
  return true;
}

/* A disk that does not answer holds up this thread and nobody else. */
static void
look_for_shares_thread (GTask *task,
                        gpointer source_object,
                        gpointer task_data,
                        GCancellable *cancellable)
{
  g_task_return_boolean (task, sampan_share_table_has_returned (task_data));
}

static void
shares_looked_for_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  SampanServices *self = user_data; /* gone if it was cancelled */
  g_autoptr (GError) error = NULL;
  bool has_returned = g_task_propagate_boolean (G_TASK (result), &error);
  unsigned int ended_sessions;

  if (error != NULL)
    return;
  g_clear_object (&self->share_search);
  if (has_returned && !sampan_services_reload (self, &ended_sessions, &error))
    sampan_log_event (SAMPAN_LOG_ERROR, "reload", "error", error->message, NULL);
}

void
sampan_services_look_for_shares (SampanServices *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->share_search != NULL)
    return;
  self->share_search = g_cancellable_new ();
  task = g_task_new (NULL, self->share_search, shares_looked_for_cb, self);
  g_task_set_source_tag (task, sampan_services_look_for_shares);
  g_task_set_task_data (task,
                        sampan_services_ref_shares (self),
                        (GDestroyNotify)sampan_share_table_unref);
  g_task_run_in_thread (task, look_for_shares_thread);
}

void
sampan_services_stop (SampanServices *self, int64_t grace_us)
{
  self->stop_by_us = g_get_monotonic_time () + grace_us;
  g_atomic_int_set (&self->is_stopping, 1);
  if (eventfd_write (self->stop_fd, 1) != 0)
    sampan_log_event (SAMPAN_LOG_ERROR, "stop", "error", g_strerror (errno), NULL);
}

bool
sampan_services_is_stopping (SampanServices *self)
{
  return g_atomic_int_get (&self->is_stopping) != 0;
}
