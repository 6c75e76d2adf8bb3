/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A transfer: what it is and its properties, which follow the worker on the engine thread. */

#include "config.h"

#include "transfer-private.h"

#include "escape.h"

#include <sodium.h>
#include <string.h>

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

bool
sampan_transfer_may_become (SampanTransfer *self, SampanTransferState state)
{
  return (next_states[self->state] & 1U << state) != 0;
}

void
sampan_transfer_set_state (SampanTransfer *self, SampanTransferState state)
{
  if (self->state == state)
    return;
  g_assert (sampan_transfer_may_become (self, state));
  /* GLib makes the text before it drops it, and a tree has thousands. */
  if (!g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    g_debug ("transfer %s: %d -> %d", self->title, self->state, state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
sampan_transfer_set_progress (SampanTransfer *self, uint64_t done, uint64_t total)
{
  sampan_rate_add (&self->rate, g_get_monotonic_time (), done);
  set_uint64 (self, &self->total_bytes, total, PROP_TOTAL_BYTES);
  set_uint64 (self, &self->done_bytes, done, PROP_DONE_BYTES);
  set_uint64 (self,
              &self->safe_bytes,
              atomic_load_explicit (&self->worker->safe_bytes, memory_order_relaxed),
              PROP_SAFE_BYTES);
  set_uint64 (self, &self->speed, sampan_rate_get_speed (&self->rate), PROP_SPEED);
  set_seconds_left (self, sampan_rate_get_seconds_left (&self->rate, done, total));
}

void
sampan_transfer_set_still (SampanTransfer *self, int seconds_left)
{
  set_uint64 (self, &self->speed, 0, PROP_SPEED);
  set_seconds_left (self, seconds_left);
}

void
sampan_transfer_set_safe_bytes (SampanTransfer *self, uint64_t bytes)
{
  set_uint64 (self, &self->safe_bytes, bytes, PROP_SAFE_BYTES);
}

void
sampan_transfer_reset_progress (SampanTransfer *self, uint64_t done_bytes)
{
  set_uint64 (self, &self->done_bytes, done_bytes, PROP_DONE_BYTES);
  sampan_rate_reset (&self->rate);
}

void
sampan_transfer_take_error (SampanTransfer *self, GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_TEXT]);
}

static void
sampan_transfer_finalize (GObject *object)
{
  SampanTransfer *self = SAMPAN_TRANSFER (object);

  sampan_transfer_stop_sources (self);
  sampan_transfer_drop_worker (self);
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
      g_value_take_string (value, self->error != NULL ? sampan_error_dup_text (self->error) : NULL);
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
sampan_transfer_set_expected_version (SampanTransfer *self,
                                      const uint8_t version[static SAMPAN_VERSION_LENGTH])
{
  g_return_if_fail (self->worker == NULL);
  self->has_expected = true;
  memcpy (self->expected, version, sizeof self->expected);
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
sampan_transfer_set_keep_permissions (SampanTransfer *self, bool keep)
{
  g_return_if_fail (self->worker == NULL);
  self->keep_permissions = keep;
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

bool
sampan_transfer_is_outdated (SampanTransfer *self)
{
  return self->state == SAMPAN_TRANSFER_FAILED && self->has_expected &&
         g_error_matches (self->error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED) &&
         !sampan_error_is_local (self->error);
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

const uint8_t *
sampan_transfer_get_stored_version (SampanTransfer *self)
{
  return self->version;
}

const uint8_t *
sampan_transfer_get_trash_id (SampanTransfer *self)
{
  return sodium_is_zero (self->trash_id, sizeof self->trash_id) ? NULL : self->trash_id;
}
