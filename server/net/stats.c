/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Figures for `sampand stats`, for whatever watches over servers: numbers, and a list of shares
 * with theirs. */

#include "config.h"

#include "net/server.h"

#include "commands/json-text.h"
#include "net/server-private.h"
#include "storage/staging.h"
#include "storage/trash-limits.h"

#define SHARES_SHOWN 100 /* the answer has to fit the control socket's line */

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

/* Of one share. */
typedef struct
{
  char *name;
  const SampanShareRoot *root; /* to tell it from others, may be gone */
  SampanHeldFigures partials;
  uint64_t trash_bytes;
  bool is_again; /* the folder of a share before it: no more in total */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;
  g_free (held->name);
  g_free (held);
}

static const Held *
find_held (const GPtrArray *all, const SampanShareRoot *root)
{
  for (guint i = 0; i < all->len; i++)
    {
      const Held *held = g_ptr_array_index (all, i);
      if (held->root == root)
        return held;
    }
  return NULL;
}

static void
look_at_share_cb (const char *share,
                  const SampanUsageFigures *figures,
                  const SampanShareRoot *root,
                  gpointer user_data)
{
  GPtrArray *all = user_data;
  if (root == NULL)
    return;
  const Held *same = find_held (all, root);
  Held *held = g_new0 (Held, 1);
  held->name = g_strdup (share);
  held->root = root;
  held->is_again = same != NULL;
  if (same != NULL)
    {
      held->partials = same->partials;
      held->trash_bytes = same->trash_bytes;
    }
  else
    {
      sampan_staging_add_figures (root, &held->partials);
      held->trash_bytes = sampan_trash_get_held_bytes (root);
    }
  g_ptr_array_add (all, held);
}

static void
look_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (held_free);
  sampan_share_table_foreach_share (task_data, look_at_share_cb, all);
  g_task_return_pointer (task, all, (GDestroyNotify)g_ptr_array_unref);
}

static void
looked_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  SampanServer *self = user_data; /* gone if it was cancelled */
  GPtrArray *all = g_task_propagate_pointer (G_TASK (result), NULL);
  if (all == NULL)
    return;
  g_clear_pointer (&self->held, g_ptr_array_unref);
  self->held = all;
  g_clear_object (&self->held_look);
}

void
sampan_server_look_at_disks (SampanServer *self)
{
  if (self->held_look != NULL)
    return;
  self->held_look = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, self->held_look, looked_cb, self);
  g_task_set_source_tag (task, sampan_server_look_at_disks);
  g_task_set_task_data (task,
                        sampan_services_ref_shares (self->services),
                        (GDestroyNotify)sampan_share_table_unref);
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

static void
add_held (GString *json, const SampanHeldFigures *partials, uint64_t trash_bytes)
{
  sampan_json_add_int (json, "partials", (int64_t)partials->partials);
  sampan_json_add_int (json, "partials_bytes", (int64_t)partials->partials_bytes);
  sampan_json_add_int (json, "trash_bytes", (int64_t)trash_bytes);
}

static void
add_shares (GString *json, const GPtrArray *all)
{
  g_autoptr (GString) list = g_string_new ("[");
  SampanHeldFigures partials = { 0 };
  uint64_t trash_bytes = 0;

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const Held *held = g_ptr_array_index (all, i);
      if (!held->is_again)
        {
          partials.partials += held->partials.partials;
          partials.partials_bytes += held->partials.partials_bytes;
          trash_bytes += held->trash_bytes;
        }
      if (i >= SHARES_SHOWN)
        continue;
      g_autoptr (GString) item = g_string_new ("{");
      sampan_json_add_string (item, "name", held->name);
      add_held (item, &held->partials, held->trash_bytes);
      g_string_append_printf (list, "%s%s}", i > 0 ? "," : "", item->str);
    }
  g_string_append_c (list, ']');
  add_held (json, &partials, trash_bytes);
  sampan_json_add_raw (json, "share_list", list->str);
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
  add_shares (json, self->held);
  g_string_append_c (json, '}');
  sampan_server_look_at_disks (self);
  return g_string_free (json, FALSE);
}
