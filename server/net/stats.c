/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Figures for `sampand stats`: numbers alone, on one level, for whatever watches over servers. */

#include "config.h"

#include "net/server.h"

#include "commands/json-text.h"
#include "net/server-private.h"
#include "storage/staging.h"

static const char *const count_names[SAMPAN_COUNT_KINDS] = {
  [SAMPAN_COUNT_CONNECTIONS] = "connections_total",
  [SAMPAN_COUNT_EVICTED] = "evicted_before_login_total",
  [SAMPAN_COUNT_LOGINS_OK] = "logins_ok_total",
  [SAMPAN_COUNT_LOGINS_REFUSED] = "logins_refused_total",
  [SAMPAN_COUNT_LOGINS_THROTTLED] = "logins_throttled_total",
  [SAMPAN_COUNT_CONNECTIONS_ADDED] = "connections_added_total",
  [SAMPAN_COUNT_BYTES_IN] = "bytes_in_total",
  [SAMPAN_COUNT_BYTES_OUT] = "bytes_out_total",
  [SAMPAN_COUNT_FILES_STORED] = "files_stored_total",
  [SAMPAN_COUNT_FILES_SENT] = "files_sent_total",
  [SAMPAN_COUNT_ERRORS] = "errors_total",
  [SAMPAN_COUNT_FAULTS] = "faults_total",
};

/* ---- What lies on the disks ---- */

typedef struct
{
  SampanShareTable *shares;
  SampanHeldFigures held;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;
  sampan_share_table_unref (look->shares);
  g_free (look);
}

static void
add_root_cb (SampanShareRoot *root, gpointer user_data)
{
  Look *look = user_data;
  sampan_staging_add_figures (root, &look->held);
}

static void
look_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  Look *look = task_data;
  sampan_share_table_foreach_root (look->shares, add_root_cb, look);
  g_task_return_boolean (task, TRUE);
}

static void
looked_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  SampanServer *self = user_data; /* gone if it was cancelled */
  const Look *look = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  self->held = look->held;
  g_clear_object (&self->held_look);
}

void
sampan_server_look_at_disks (SampanServer *self)
{
  if (self->held_look != NULL)
    return;
  Look *look = g_new0 (Look, 1);
  look->shares = sampan_services_ref_shares (self->services);
  self->held_look = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, self->held_look, looked_cb, self);
  g_task_set_source_tag (task, sampan_server_look_at_disks);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_thread);
}

/* ---- The answer ---- */

typedef struct
{
  int sessions;
  int connections;
} Now;

static void
add_session_cb (const SampanServerSession *session,
                unsigned int connections,
                unsigned int parked,
                gpointer user_data)
{
  Now *now = user_data;
  now->sessions++;
  now->connections += (int)connections;
}

char *
sampan_server_get_stats (SampanServer *self)
{
  const SampanCounters *counters = &self->services->counters;
  Now now = { 0 };
  GString *json = g_string_new ("{");

  sampan_sessions_foreach (self->services->sessions, add_session_cb, &now);
  sampan_json_add_int (json,
                       "uptime_secs",
                       (g_get_monotonic_time () - self->started_us) / G_USEC_PER_SEC);
  sampan_json_add_int (json, "sessions", now.sessions);
  sampan_json_add_int (json, "connections", now.connections);
  sampan_json_add_int (json, "transfers", g_atomic_int_get (&self->services->transfers));
  sampan_json_add_int (json, "before_login", sampan_prelogin_table_get_count (self->prelogins));
  sampan_json_add_int (json, "before_login_max", SAMPAN_PRELOGIN_MAX);
  for (int i = 0; i < SAMPAN_COUNT_KINDS; i++)
    sampan_json_add_int (json,
                         count_names[i],
                         (int64_t)sampan_counters_get (counters, (SampanCount)i));
  sampan_json_add_int (json, "partials", (int64_t)self->held.partials);
  sampan_json_add_int (json, "partials_bytes", (int64_t)self->held.partials_bytes);
  g_string_append_c (json, '}');
  sampan_server_look_at_disks (self);
  return g_string_free (json, FALSE);
}
