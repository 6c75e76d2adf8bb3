/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the server says of itself to `sampand status`. */

#include "config.h"

#include "net/server.h"

#include "commands/json-text.h"
#include "net/server-private.h"

/* The answer has to fit the control socket's line. */
#define SESSIONS_SHOWN 200
#define SHARES_SHOWN 100

typedef struct
{
  GString *json;
  int64_t now_us;
  int sessions;
  int connections;
  int parked;
} Summary;

typedef struct
{
  GString *json;
  int shares;
} ShareList;

static void
add_session_cb (const SampanServerSession *session,
                unsigned int connections,
                unsigned int parked,
                gpointer user_data)
{
  Summary *self = user_data;
  self->connections += (int)connections;
  self->parked += (int)parked;
  if (self->sessions++ >= SESSIONS_SHOWN)
    return;
  g_autoptr (GString) item = g_string_new ("{");
  char name[SAMPAN_SESSION_NAME_BYTES];
  sampan_server_session_get_name (session, name);
  sampan_json_add_string (item, "session", name);
  sampan_json_add_string (item, "user", session->user);
  sampan_json_add_string (item, "source", session->source);
  sampan_json_add_int (item, "secs", (self->now_us - session->since_us) / G_USEC_PER_SEC);
  sampan_json_add_int (item, "connections", connections);
  sampan_json_add_int (item, "uploads", g_atomic_int_get (&session->uploads));
  sampan_json_add_int (item, "downloads", g_atomic_int_get (&session->downloads));
  g_string_append_c (item, '}');
  if (self->json->len > 1)
    g_string_append_c (self->json, ',');
  g_string_append (self->json, item->str);
}

static void
add_share_cb (const char *share,
              const SampanUsageFigures *figures,
              const SampanShareRoot *root,
              gpointer user_data)
{
  ShareList *self = user_data;
  if (self->shares++ >= SHARES_SHOWN)
    return;
  g_autoptr (GString) item = g_string_new ("{");
  sampan_json_add_string (item, "name", share);
  sampan_json_add_bool (item, "open", root != NULL);
  sampan_json_add_bool (item, "writable", root != NULL && sampan_share_root_is_writable (root));
  if (figures->quota_bytes != SAMPAN_QUOTA_NONE)
    {
      sampan_json_add_int (item, "quota_bytes", (int64_t)figures->quota_bytes);
      sampan_json_add_int (item, "used_bytes", (int64_t)figures->used_bytes);
      sampan_json_add_int (item, "reserved_bytes", (int64_t)figures->reserved_bytes);
      sampan_json_add_bool (item, "counted", figures->is_counted);
    }
  g_string_append_c (item, '}');
  if (self->json->len > 1)
    g_string_append_c (self->json, ',');
  g_string_append (self->json, item->str);
}

static char *
get_shares (SampanServer *self)
{
  GString *text = g_string_new ("[");
  ShareList list = { .json = text };
  g_autoptr (SampanShareTable) shares = sampan_services_ref_shares (self->services);
  sampan_share_table_foreach_share (shares, add_share_cb, &list);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static char *
get_listening (SampanServer *self)
{
  GString *text = g_string_new ("[");
  for (guint i = 0; i < self->listeners->len; i++)
    {
      SampanServerListener *listener = g_ptr_array_index (self->listeners, i);
      if (i > 0)
        g_string_append_c (text, ',');
      sampan_json_append_string (text, listener->endpoint);
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

char *
sampan_server_get_status (SampanServer *self)
{
  g_autoptr (GString) sessions = g_string_new ("[");
  g_autofree char *listening = get_listening (self);
  g_autofree char *shares = get_shares (self);
  Summary summary = { .json = sessions, .now_us = g_get_monotonic_time () };
  GString *json = g_string_new ("{");

  sampan_sessions_foreach (self->services->sessions, add_session_cb, &summary);
  g_string_append_c (sessions, ']');
  sampan_json_add_string (json, "version", SAMPAN_VERSION);
  sampan_json_add_int (json, "uptime_secs", (summary.now_us - self->started_us) / G_USEC_PER_SEC);
  sampan_json_add_raw (json, "listening", listening);
  sampan_json_add_int (json, "before_login", sampan_prelogin_table_get_count (self->prelogins));
  sampan_json_add_int (json, "connections", summary.connections);
  sampan_json_add_int (json, "active", summary.connections - summary.parked);
  sampan_json_add_int (json, "parked", summary.parked);
  sampan_json_add_int (json, "transfers", g_atomic_int_get (&self->services->transfers));
  sampan_json_add_int (json, "session_count", summary.sessions);
  sampan_json_add_raw (json, "sessions", sessions->str);
  sampan_json_add_raw (json, "share_list", shares);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
