/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of requests, the policy before each, and the loop around them. */

#include "config.h"

#include "requests/requests.h"

#include "log.h"

#define PATH_BYTES (2 + SAMPAN_PATH_MAX)
#define MTIME_BYTES (8 + 4)
#define MODE_BYTES 2
#define PUT_BYTES                                                                                  \
  (PATH_BYTES + 8 + MTIME_BYTES + 1 + 1 + SAMPAN_VERSION_LENGTH + MODE_BYTES +                     \
   SAMPAN_UPLOAD_ID_LENGTH)
#define MOVE_BYTES (2 * PATH_BYTES + 1 + 1 + SAMPAN_VERSION_LENGTH)
#define FIND_BYTES (PATH_BYTES + 1 + SAMPAN_FIND_PATTERN_MAX + 1 + 8 + 8 + 1 + 2 * MTIME_BYTES + 4)
#define TRASH_IDS_BYTES (SAMPAN_TRASH_IDS_MAX * SAMPAN_TRASH_ID_LENGTH)
#define PLAN_BYTES (SAMPAN_FRAME_PLAIN_MAX - 1) /* the largest of all: a frame */

/* Whoever asks and waits comes back within a round trip: cheaper to wait for than to park. */
#define LINGER_US 2000

#define REQUEST_FIRST 0x20 /* kinds set apart for requests, known and to come */
#define REQUEST_LAST 0x3f

static const SampanRequest requests[] = {
  /* kind, name, handler, right, writes, for all, largest payload */
  { SAMPAN_KIND_PING,
    "ping",
    sampan_request_ping,
    SAMPAN_RIGHT_NONE,
    false,
    true,
    2 + SAMPAN_PING_TEXT_MAX },
  { SAMPAN_KIND_LIST, "list", sampan_request_list, SAMPAN_RIGHT_READ, false, false, PATH_BYTES },
  { SAMPAN_KIND_STAT, "stat", sampan_request_stat, SAMPAN_RIGHT_READ, false, false, PATH_BYTES },
  { SAMPAN_KIND_SPACE, "space", sampan_request_space, SAMPAN_RIGHT_READ, false, false, PATH_BYTES },
  { SAMPAN_KIND_MKDIR,
    "mkdir",
    sampan_request_mkdir,
    SAMPAN_RIGHT_ADD,
    true,
    false,
    PATH_BYTES + 1 },
  { SAMPAN_KIND_SET_TIME,
    "set-time",
    sampan_request_set_time,
    SAMPAN_RIGHT_ADD,
    true,
    false,
    PATH_BYTES + MTIME_BYTES },
  { SAMPAN_KIND_RENAME,
    "rename",
    sampan_request_rename,
    SAMPAN_RIGHT_CHANGE,
    true,
    false,
    MOVE_BYTES },
  { SAMPAN_KIND_COPY, "copy", sampan_request_copy, SAMPAN_RIGHT_ADD, true, false, MOVE_BYTES },
  { SAMPAN_KIND_REMOVE,
    "remove",
    sampan_request_remove,
    SAMPAN_RIGHT_CHANGE,
    true,
    false,
    PATH_BYTES + 1 },
  { SAMPAN_KIND_GET,
    "get",
    sampan_request_get,
    SAMPAN_RIGHT_READ,
    false,
    false,
    PATH_BYTES + 8 + 1 + SAMPAN_VERSION_LENGTH },
  { SAMPAN_KIND_PUT, "put", sampan_request_put, SAMPAN_RIGHT_ADD, true, false, PUT_BYTES },
  { SAMPAN_KIND_HASH,
    "hash",
    sampan_request_hash,
    SAMPAN_RIGHT_READ,
    false,
    false,
    PATH_BYTES + 8 },
  { SAMPAN_KIND_LOGOUT, "logout", sampan_request_logout, SAMPAN_RIGHT_NONE, false, true, 0 },
  { SAMPAN_KIND_PASSWD_START,
    "passwd",
    sampan_request_passwd_start,
    SAMPAN_RIGHT_NONE,
    true,
    true,
    SAMPAN_KE1_LENGTH },
  { SAMPAN_KIND_PASSWD_FINISH,
    "passwd",
    sampan_request_passwd_finish,
    SAMPAN_RIGHT_NONE,
    true,
    true,
    SAMPAN_KE3_LENGTH + SAMPAN_REGISTRATION_REQUEST_LENGTH },
  { SAMPAN_KIND_PASSWD_RECORD,
    "passwd",
    sampan_request_passwd_record,
    SAMPAN_RIGHT_NONE,
    true,
    true,
    SAMPAN_REGISTRATION_RECORD_LENGTH },
  { SAMPAN_KIND_PLAN, "plan", sampan_request_plan, SAMPAN_RIGHT_READ, false, false, PLAN_BYTES },
  { SAMPAN_KIND_TRASH_LIST,
    "trash",
    sampan_request_trash_list,
    SAMPAN_RIGHT_READ,
    false,
    false,
    PATH_BYTES },
  { SAMPAN_KIND_RESTORE,
    "restore",
    sampan_request_restore,
    SAMPAN_RIGHT_ADD,
    true,
    false,
    PATH_BYTES + 1 + TRASH_IDS_BYTES },
  { SAMPAN_KIND_PURGE,
    "purge",
    sampan_request_purge,
    SAMPAN_RIGHT_CHANGE,
    true,
    false,
    PATH_BYTES + TRASH_IDS_BYTES },
  { SAMPAN_KIND_FIND, "find", sampan_request_find, SAMPAN_RIGHT_READ, false, false, FIND_BYTES },
  { SAMPAN_KIND_WATCH, "watch", sampan_request_watch, SAMPAN_RIGHT_READ, false, false, PATH_BYTES },
  { SAMPAN_KIND_MEASURE,
    "measure",
    sampan_request_measure,
    SAMPAN_RIGHT_READ,
    false,
    false,
    PATH_BYTES },
};

static const SampanRequest *
find_request (uint8_t kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    if (requests[i].kind == kind)
      return &requests[i];
  return NULL;
}

static bool
refuse_until_password_set (SampanExchange *self)
{
  if (!sampan_exchange_reply_code (self, SAMPAN_ERROR_PASSWORD_NEEDED, 0))
    return false;
  return self->request->kind != SAMPAN_KIND_PUT || sampan_put_discard (self);
}

static bool
handle (SampanExchange *self, uint8_t kind, SampanReader *reader)
{
  if (!sampan_watch_settle (self, false))
    return false;
  self->request = find_request (kind);
  if (self->request == NULL)
    return kind >= REQUEST_FIRST && kind <= REQUEST_LAST
               ? sampan_exchange_reply_code (self, SAMPAN_ERROR_UNSUPPORTED, 0)
               : sampan_exchange_break (self);
  if (reader->length > self->request->max_payload_bytes)
    return sampan_exchange_break (self);
  g_clear_pointer (&self->asked, sampan_path_unref);
  self->started_us = g_get_monotonic_time ();
  self->is_logged = false;
  /* A request may depend on the puts before it; puts among themselves are kept in order by the
   * batch. */
  if (kind != SAMPAN_KIND_PUT)
    sampan_held_puts_settle (self->puts);
  if (kind < SAMPAN_KIND_PASSWD_START || kind > SAMPAN_KIND_PASSWD_RECORD)
    sampan_connection_set_data (self->connection, NULL, NULL);
  if (!self->request->is_for_all && sampan_server_session_must_set_password (self->session))
    return refuse_until_password_set (self);
  return self->request->handle (self, reader);
}

static void
before_wait_cb (gpointer user_data)
{
  SampanExchange *self = user_data;
  sampan_held_puts_settle (self->puts);
}

/* DRY or ENDED. */
static SampanInput
serve_input (SampanExchange *self)
{
  uint8_t kind = 0;
  SampanReader reader;
  SampanInput input;
  do
    {
      input =
          sampan_connection_read (self->connection, SAMPAN_FRAME_MAX, LINGER_US, &kind, &reader);
      if (input == SAMPAN_INPUT_MESSAGE && !handle (self, kind, &reader))
        input = SAMPAN_INPUT_ENDED;
      if (sampan_held_puts_are_due (self->puts))
        sampan_held_puts_settle (self->puts);
    }
  while (input == SAMPAN_INPUT_MESSAGE);
  return input;
}

bool
sampan_requests_serve (SampanConnection *connection)
{
  SampanExchange self = { .connection = connection,
                          .services = sampan_connection_get_services (connection),
                          .session = sampan_connection_get_session (connection) };
  if (!sampan_connection_enter (connection, before_wait_cb, &self))
    return false;
  self.puts = sampan_held_puts_new (connection);
  SampanInput input = sampan_watch_settle (&self, true) ? serve_input (&self) : SAMPAN_INPUT_ENDED;
  /* Whole uploads are kept also for a client that did not wait to hear of it. */
  sampan_held_puts_settle (self.puts);
  if (input == SAMPAN_INPUT_ENDED && sampan_watch_settle (&self, false))
    sampan_connection_say_goodbye (connection);
  sampan_held_puts_free (self.puts);
  g_clear_pointer (&self.asked, sampan_path_unref);
  if (sampan_connection_get_end (connection) == SAMPAN_END_BROKEN)
    sampan_log_event (SAMPAN_LOG_NOTICE,
                      "broken",
                      "user",
                      self.session->user,
                      "source",
                      sampan_connection_get_source (connection),
                      "request",
                      self.request != NULL ? self.request->name : NULL,
                      NULL);
  sampan_connection_leave (connection);
  return input == SAMPAN_INPUT_DRY;
}
