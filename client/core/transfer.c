/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A transfer's owner half: properties that follow the worker on the engine thread. */

#include "config.h"

#include "transfer.h"

#include "escape.h"
#include "rate.h"
#include "session-private.h"
#include "worker.h"

#define TICK_MS 100

struct _SampanTransfer
{
  GObject parent_instance;

  /* owned */
  SampanSession *session;
  SampanPath *remote;
  char *local;
  char *title;
  SampanWorker *worker;
  GTask *task;
  GSource *tick;
  GSource *cancel;
  GError *error;
  char *stored_name;

  /* state */
  SampanTransferState state;
  SampanConflict conflict;
  bool is_upload;
  bool resume;
  bool is_small;
  bool keep_partial;
  bool was_run;
  bool is_pausing; /* the worker is being stopped for it */
  bool discards;   /* cancelled while it was pausing */
  SampanRate rate;
  uint64_t done_bytes;
  uint64_t total_bytes;
  uint64_t safe_bytes;
  uint64_t speed;
  int seconds_left;
};

G_DEFINE_TYPE (SampanTransfer, sampan_transfer, G_TYPE_OBJECT)
G_DEFINE_ENUM_TYPE (SampanTransferState,
                    sampan_transfer_state,
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_PAUSED, "paused"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_RECONNECTING, "reconnecting"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_SENDING, "sending"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_RECEIVING, "receiving"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_SAVING, "saving"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (SAMPAN_TRANSFER_CANCELLED, "cancelled"))

enum
{
  PROP_STATE = 1,
  PROP_TITLE,
  PROP_DONE_BYTES,
  PROP_TOTAL_BYTES,
  PROP_SAFE_BYTES,
  PROP_SPEED,
  PROP_SECONDS_LEFT,
  PROP_ERROR_TEXT,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

static SampanWorker *
new_worker (SampanTransfer *self, SampanLinkPool *pool)
{
  return self->is_upload ? sampan_upload_new (pool, self->local, self->remote, self->conflict)
                         : sampan_download_new (pool, self->remote, self->local, self->conflict);
}

static void
set_uint64 (SampanTransfer *self, uint64_t *field, uint64_t value, guint id)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
set_seconds_left (SampanTransfer *self, int seconds)
{
  if (self->seconds_left == seconds)
    return;
  self->seconds_left = seconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECONDS_LEFT]);
}

#define STATE(name) (1U << SAMPAN_TRANSFER_##name)
#define OVER_STATES (STATE (DONE) | STATE (FAILED) | STATE (CANCELLED))
/* The worker may have passed some states between two looks. */
#define MOVING_STATES                                                                              \
  (STATE (CONNECTING) | STATE (RECONNECTING) | STATE (SENDING) | STATE (RECEIVING) | STATE (SAVING))

static const unsigned int next_states[] = {
  [SAMPAN_TRANSFER_WAITING] =
      STATE (PAUSED) | STATE (CONNECTING) | STATE (FAILED) | STATE (CANCELLED),
  [SAMPAN_TRANSFER_PAUSED] = STATE (WAITING) | STATE (CANCELLED),
  [SAMPAN_TRANSFER_CONNECTING] = MOVING_STATES | OVER_STATES | STATE (PAUSED),
  [SAMPAN_TRANSFER_RECONNECTING] = MOVING_STATES | OVER_STATES | STATE (PAUSED),
  [SAMPAN_TRANSFER_SENDING] = MOVING_STATES | OVER_STATES | STATE (PAUSED),
  [SAMPAN_TRANSFER_RECEIVING] = MOVING_STATES | OVER_STATES | STATE (PAUSED),
  [SAMPAN_TRANSFER_SAVING] = MOVING_STATES | OVER_STATES | STATE (PAUSED),
  [SAMPAN_TRANSFER_DONE] = 0,
  [SAMPAN_TRANSFER_FAILED] = STATE (WAITING),
  [SAMPAN_TRANSFER_CANCELLED] = STATE (WAITING),
};

static void
set_state (SampanTransfer *self, SampanTransferState state)
{
  if (self->state == state)
    return;
  g_assert ((next_states[self->state] & 1U << state) != 0);
  g_debug ("transfer %s: %d -> %d", self->title, self->state, state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
look_at_bytes (SampanTransfer *self)
{
  uint64_t done = atomic_load_explicit (&self->worker->done_bytes, memory_order_relaxed);
  uint64_t total = atomic_load_explicit (&self->worker->total_bytes, memory_order_relaxed);

  sampan_rate_add (&self->rate, g_get_monotonic_time (), done);
  set_uint64 (self, &self->total_bytes, total, PROP_TOTAL_BYTES);
  set_uint64 (self, &self->done_bytes, done, PROP_DONE_BYTES);
  set_uint64 (self, &self->speed, sampan_rate_get_speed (&self->rate), PROP_SPEED);
  set_seconds_left (self, sampan_rate_get_seconds_left (&self->rate, done, total));
}

static gboolean
tick_cb (gpointer user_data)
{
  look_at_bytes (user_data);
  return G_SOURCE_CONTINUE;
}

static void
stop_sources (SampanTransfer *self)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  g_clear_pointer (&self->cancel, g_source_unref);
}

/* Takes ERROR, which a pause only returns. */
static void
end (SampanTransfer *self, SampanTransferState state, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  stop_sources (self);
  self->is_pausing = false;
  if (error != NULL && state != SAMPAN_TRANSFER_PAUSED)
    {
      self->error = g_error_copy (error);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_TEXT]);
    }
  set_uint64 (self, &self->speed, 0, PROP_SPEED);
  set_seconds_left (self, state == SAMPAN_TRANSFER_DONE ? 0 : -1);
  set_state (self, state);
  if (task == NULL)
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* What a pause left on either end goes; nobody waits for it. */
static void
discard_partial (SampanTransfer *self)
{
  SampanLinkPool *pool = sampan_session_get_transfer_pool (self->session);
  SampanWorker *worker;

  self->discards = false;
  if (pool == NULL)
    return;
  worker = new_worker (self, pool);
  worker->discards = true;
  worker->resume = true; /* or the server would keep what a link that broke just now has left */
  sampan_worker_start (worker);
  sampan_request_unref (worker);
}

static void
start_ticking (SampanTransfer *self)
{
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, g_task_get_context (self->task));
}

static void
worker_changed (SampanWorker *worker, gpointer user_data)
{
  g_autoptr (SampanTransfer) self = g_object_ref (user_data);
  SampanTransferState state = (SampanTransferState)atomic_load (&worker->state);

  if (state < SAMPAN_TRANSFER_SAVING)
    {
      /* It grew since it was expected to be small. */
      if (self->tick == NULL && atomic_load (&worker->total_bytes) > SAMPAN_TRANSFER_SMALL_BYTES)
        start_ticking (self);
      set_state (self, state);
      return;
    }
  look_at_bytes (self);
  if (state == SAMPAN_TRANSFER_SAVING)
    {
      set_state (self, state);
      return;
    }
  worker->changed = NULL;
  if (state == SAMPAN_TRANSFER_DONE)
    {
      self->stored_name = g_strdup (worker->stored_name);
      set_uint64 (self, &self->safe_bytes, self->total_bytes, PROP_SAFE_BYTES);
    }
  else if (state == SAMPAN_TRANSFER_CANCELLED && self->is_pausing)
    state = SAMPAN_TRANSFER_PAUSED;
  else if (state == SAMPAN_TRANSFER_CANCELLED && self->discards)
    discard_partial (self);
  end (self, state, worker->error != NULL ? g_error_copy (worker->error) : NULL);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  sampan_transfer_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
watch (SampanTransfer *self)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  /* A small one has no progress to follow, and there may be many. */
  if (!self->is_small)
    start_ticking (self);
  if (cancellable == NULL)
    return;
  self->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->cancel, g_task_get_context (self->task));
}

static void
start_worker (SampanTransfer *self, SampanLinkPool *pool)
{
  self->worker = new_worker (self, pool);
  /* To ask for a part of a small file takes longer than to send all of it; but what was run before
   * may be there as a whole. */
  self->worker->resume = self->resume && (!self->is_small || self->was_run);
  self->was_run = true;
  self->worker->is_small = self->is_small;
  self->worker->keep_partial = self->keep_partial;
  atomic_store (&self->worker->total_bytes, self->total_bytes);
  self->worker->changed = worker_changed;
  self->worker->changed_data = self;
  set_state (self, SAMPAN_TRANSFER_CONNECTING);
  watch (self);
  sampan_worker_start (self->worker);
}

void
sampan_transfer_run_async (SampanTransfer *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  SampanLinkPool *pool;
  GError *error = NULL;

  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  g_return_if_fail (self->task == NULL && self->worker == NULL);
  g_return_if_fail (self->state == SAMPAN_TRANSFER_WAITING ||
                    self->state == SAMPAN_TRANSFER_CANCELLED);
  pool = sampan_session_get_transfer_pool (self->session);
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, sampan_transfer_run_async);
  /* A transfer that is done stays done: cancelling is the worker's to decide. */
  g_task_set_check_cancellable (self->task, FALSE);
  if (self->state == SAMPAN_TRANSFER_CANCELLED)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->task);

      g_task_return_error (task, g_error_copy (self->error));
    }
  else if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    end (self, SAMPAN_TRANSFER_CANCELLED, error);
  else if (pool == NULL)
    end (self,
         SAMPAN_TRANSFER_FAILED,
         g_error_new_literal (SAMPAN_ERROR,
                              SAMPAN_ERROR_DISCONNECTED,
                              "There is no connection to the server"));
  else
    start_worker (self, pool);
}

bool
sampan_transfer_run_finish (SampanTransfer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sampan_transfer_cancel (SampanTransfer *self)
{
  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  if (self->state == SAMPAN_TRANSFER_WAITING)
    end (self,
         SAMPAN_TRANSFER_CANCELLED,
         g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  else if (self->state == SAMPAN_TRANSFER_PAUSED)
    {
      if (self->was_run && !self->keep_partial)
        discard_partial (self);
      end (self,
           SAMPAN_TRANSFER_CANCELLED,
           g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
    }
  else if (self->state < SAMPAN_TRANSFER_DONE)
    {
      self->discards = self->is_pausing && !self->keep_partial;
      self->is_pausing = false;
      sampan_worker_cancel (self->worker, self->keep_partial);
    }
}

void
sampan_transfer_pause (SampanTransfer *self)
{
  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  if (self->state == SAMPAN_TRANSFER_WAITING)
    set_state (self, SAMPAN_TRANSFER_PAUSED);
  else if (self->state > SAMPAN_TRANSFER_PAUSED && self->state < SAMPAN_TRANSFER_SAVING)
    {
      self->is_pausing = true;
      sampan_worker_cancel (self->worker, true);
    }
}

/* The worker's last words are not for the next run. */
static void
drop_worker (SampanTransfer *self)
{
  if (self->worker != NULL)
    self->worker->changed = NULL;
  g_clear_pointer (&self->worker, sampan_request_unref);
}

void
sampan_transfer_requeue (SampanTransfer *self)
{
  g_return_if_fail (SAMPAN_IS_TRANSFER (self));
  g_return_if_fail ((next_states[self->state] & STATE (WAITING)) != 0 && self->task == NULL);
  drop_worker (self);
  self->resume = self->resume || self->was_run;
  if (self->error != NULL)
    {
      g_clear_error (&self->error);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_TEXT]);
    }
  if (self->state != SAMPAN_TRANSFER_PAUSED)
    set_uint64 (self, &self->done_bytes, 0, PROP_DONE_BYTES);
  sampan_rate_reset (&self->rate);
  set_state (self, SAMPAN_TRANSFER_WAITING);
}

/* ---- The object ---- */

static void
sampan_transfer_finalize (GObject *object)
{
  SampanTransfer *self = SAMPAN_TRANSFER (object);

  stop_sources (self);
  drop_worker (self);
  g_clear_object (&self->session);
  sampan_path_unref (self->remote);
  g_free (self->local);
  g_free (self->title);
  g_clear_error (&self->error);
  g_free (self->stored_name);
  G_OBJECT_CLASS (sampan_transfer_parent_class)->finalize (object);
}

static void
sampan_transfer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SampanTransfer *self = SAMPAN_TRANSFER (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int)self->state);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_DONE_BYTES:
      g_value_set_uint64 (value, self->done_bytes);
      break;
    case PROP_TOTAL_BYTES:
      g_value_set_uint64 (value, self->total_bytes);
      break;
    case PROP_SAFE_BYTES:
      g_value_set_uint64 (value, self->safe_bytes);
      break;
    case PROP_SPEED:
      g_value_set_uint64 (value, self->speed);
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_int (value, self->seconds_left);
      break;
    case PROP_ERROR_TEXT:
      g_value_set_string (value, self->error != NULL ? sampan_error_get_text (self->error) : NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static GParamSpec *
uint64_spec (const char *name, GParamFlags flags)
{
  return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
}

static void
sampan_transfer_class_init (SampanTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = sampan_transfer_finalize;
  object_class->get_property = sampan_transfer_get_property;
  properties[PROP_STATE] = g_param_spec_enum ("state",
                                              NULL,
                                              NULL,
                                              SAMPAN_TYPE_TRANSFER_STATE,
                                              SAMPAN_TRANSFER_WAITING,
                                              flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_DONE_BYTES] = uint64_spec ("done-bytes", flags);
  properties[PROP_TOTAL_BYTES] = uint64_spec ("total-bytes", flags);
  properties[PROP_SAFE_BYTES] = uint64_spec ("safe-bytes", flags);
  properties[PROP_SPEED] = uint64_spec ("speed", flags);
  properties[PROP_SECONDS_LEFT] =
      g_param_spec_int ("seconds-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_ERROR_TEXT] = g_param_spec_string ("error-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sampan_transfer_init (SampanTransfer *self)
{
  self->seconds_left = -1;
}

static SampanTransfer *
new_transfer (SampanSession *session,
              bool is_upload,
              const char *local,
              const SampanPath *remote,
              SampanConflict conflict)
{
  SampanTransfer *self = g_object_new (SAMPAN_TYPE_TRANSFER, NULL);
  g_autofree char *local_name = g_path_get_basename (local);

  self->session = g_object_ref (session);
  self->is_upload = is_upload;
  self->local = g_strdup (local);
  self->remote = sampan_path_ref (remote);
  self->conflict = conflict;
  self->title = sampan_display_name (is_upload ? local_name : sampan_path_get_name (remote), -1);
  return self;
}

SampanTransfer *
sampan_transfer_new_upload (SampanSession *session,
                            const char *local,
                            const SampanPath *remote,
                            SampanConflict conflict)
{
  return new_transfer (session, true, local, remote, conflict);
}

SampanTransfer *
sampan_transfer_new_download (SampanSession *session,
                              const SampanPath *remote,
                              const char *local,
                              SampanConflict conflict)
{
  return new_transfer (session, false, local, remote, conflict);
}

void
sampan_transfer_set_resume (SampanTransfer *self, bool resume)
{
  g_return_if_fail (self->worker == NULL);
  self->resume = resume;
}

void
sampan_transfer_set_was_run (SampanTransfer *self)
{
  g_return_if_fail (self->worker == NULL);
  self->was_run = true;
}

void
sampan_transfer_set_keep_partial (SampanTransfer *self, bool keep)
{
  self->keep_partial = keep;
}

void
sampan_transfer_set_expected_bytes (SampanTransfer *self, uint64_t bytes)
{
  g_return_if_fail (self->worker == NULL);
  set_uint64 (self, &self->total_bytes, bytes, PROP_TOTAL_BYTES);
  self->is_small = bytes <= SAMPAN_TRANSFER_SMALL_BYTES;
}

bool
sampan_transfer_is_small (SampanTransfer *self)
{
  return self->is_small;
}

SampanTransferState
sampan_transfer_get_state (SampanTransfer *self)
{
  return self->state;
}

bool
sampan_transfer_is_upload (SampanTransfer *self)
{
  return self->is_upload;
}

const char *
sampan_transfer_get_title (SampanTransfer *self)
{
  return self->title;
}

uint64_t
sampan_transfer_get_done_bytes (SampanTransfer *self)
{
  return self->done_bytes;
}

uint64_t
sampan_transfer_get_total_bytes (SampanTransfer *self)
{
  return self->total_bytes;
}

uint64_t
sampan_transfer_get_safe_bytes (SampanTransfer *self)
{
  return self->safe_bytes;
}

uint64_t
sampan_transfer_get_speed (SampanTransfer *self)
{
  return self->speed;
}

int
sampan_transfer_get_seconds_left (SampanTransfer *self)
{
  return self->seconds_left;
}

const GError *
sampan_transfer_get_error (SampanTransfer *self)
{
  return self->error;
}

const char *
sampan_transfer_get_local (SampanTransfer *self)
{
  return self->local;
}

const SampanPath *
sampan_transfer_get_remote (SampanTransfer *self)
{
  return self->remote;
}

const char *
sampan_transfer_get_stored_name (SampanTransfer *self)
{
  return self->stored_name;
}
