/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Walking for a request. */

#include "config.h"

#include "requests/search.h"

#define LOOK_PAUSE_US (20 * 1000) /* a client that is gone costs no more than that */
#define RETRY_SECS 1

/* One folder to walk. */
typedef struct
{
  SampanShareRoot *root;
  SampanPath *below;
  char *share;
  SampanRight right;
} Start;

static void
start_clear (gpointer data)
{
  Start *start = data;
  g_clear_pointer (&start->root, sampan_share_root_unref);
  g_clear_pointer (&start->below, sampan_path_unref);
  g_clear_pointer (&start->share, g_free);
}

static bool
take_place (int *count, int max)
{
  if (g_atomic_int_add (count, 1) < max)
    return true;
  g_atomic_int_add (count, -1);
  return false;
}

bool
sampan_search_begin (SampanSearch *self, SampanExchange *exchange)
{
  if (!take_place (&exchange->session->searches, SAMPAN_SEARCHES_PER_SESSION))
    return false;
  if (!take_place (&exchange->services->searches, SAMPAN_SEARCHES_MAX))
    {
      g_atomic_int_add (&exchange->session->searches, -1);
      return false;
    }
  self->exchange = exchange;
  return true;
}

void
sampan_search_clear (SampanSearch *self)
{
  if (self->exchange == NULL)
    return;
  g_atomic_int_add (&self->exchange->services->searches, -1);
  g_atomic_int_add (&self->exchange->session->searches, -1);
  self->exchange = NULL;
}

bool
sampan_search_refuse (SampanExchange *exchange)
{
  return sampan_exchange_reply_code (exchange, SAMPAN_ERROR_TRY_LATER, RETRY_SECS);
}

/* ---- Where to walk ---- */

static void
add_share_cb (const char *share, SampanShareRoot *root, SampanRight right, gpointer user_data)
{
  Start start = { .share = g_strdup (share), .right = right };
  if (root != NULL)
    start.root = sampan_share_root_ref (root);
  start.below = sampan_path_new_root ();
  g_array_append_val (user_data, start);
}

static bool
add_folder (SampanExchange *exchange, SampanBytes folder, GArray *starts, GError **error)
{
  g_auto (SampanTarget) target = { 0 };
  if (!sampan_exchange_resolve (exchange, folder, exchange->request->right, &target, error))
    return false;
  Start start = { .root = g_steal_pointer (&target.root),
                  .below = g_steal_pointer (&target.below),
                  .share = g_strdup (""),
                  .right = target.right };
  g_array_append_val (starts, start);
  return true;
}

static GArray *
find_starts (SampanExchange *exchange, SampanBytes folder, GError **error)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (Start));
  g_array_set_clear_func (starts, start_clear);
  if (folder.length == 0)
    {
      g_autoptr (SampanShareTable) shares = sampan_services_ref_shares (exchange->services);
      sampan_share_table_foreach (shares, exchange->session->user, add_share_cb, starts);
    }
  else if (!add_folder (exchange, folder, starts, error))
    return NULL;
  return g_steal_pointer (&starts);
}

/* ---- Walking ---- */

static bool
check_wanted (SampanSearch *self, GError **error)
{
  self->now_us = g_get_monotonic_time ();
  if (self->now_us - self->looked_us < LOOK_PAUSE_US)
    return true;
  self->looked_us = self->now_us;
  if (!sampan_connection_should_stop (self->exchange->connection))
    return true;
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_SHUTTING_DOWN, "nobody waits any more");
  return false;
}

static bool
walk (SampanSearch *self,
      const Start *start,
      SampanSearchFunc func,
      gpointer user_data,
      bool *is_enough,
      GError **error)
{
  g_autoptr (SampanTreeWalk) tree = sampan_tree_walk_new (start->root, start->below, error);
  SampanWalkEntry entry;
  SampanSearchItem item = { tree, &entry, start->share, start->right };
  bool ok = tree != NULL;
  if (!ok)
    return false;
  while (!*is_enough && (ok = check_wanted (self, error)) && sampan_tree_walk_next (tree, &entry))
    *is_enough = !func (&item, user_data);
  self->n_left_out += sampan_tree_walk_get_n_left_out (tree);
  return ok;
}

bool
sampan_search_run (SampanSearch *self,
                   SampanBytes folder,
                   SampanSearchFunc func,
                   gpointer user_data,
                   GError **error)
{
  g_autoptr (GArray) starts = find_starts (self->exchange, folder, error);
  bool is_all = folder.length == 0;
  bool is_enough = false;
  if (starts == NULL)
    return false;
  for (guint i = 0; i < starts->len && !is_enough; i++)
    {
      const Start *start = &g_array_index (starts, Start, i);
      g_autoptr (GError) local_error = NULL;
      if (start->root != NULL && walk (self, start, func, user_data, &is_enough, &local_error))
        continue;
      /* One share that cannot be read does not keep the others from being searched. */
      if (is_all && !g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_SHUTTING_DOWN))
        self->n_left_out++;
      else
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return false;
        }
    }
  return true;
}
