/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Searching below the folder on screen; the box does it. */

#include "config.h"

#include "window-private.h"

#include "entry-text.h"
#include "session-search.h"

#include <glib/gi18n.h>
#include <string.h>

/* More than anybody looks through; a longer name to search for is the way to fewer. */
#define RESULTS_MAX 10000
/* Between the last key and the search. */
#define START_DELAY_MS 300
/* Between two looks at what has come. */
#define SHOW_INTERVAL_MS 300

/* Counted: the box may still be answering one that the window has dropped. */
struct _SampanWindowSearch
{
  SampanWindow *window; /* borrowed; NULL: dropped */
  SampanPath *folder;
  char *pattern;
  GPtrArray *pages; /* of SampanFolderList */
  GCancellable *cancellable;
  SampanFoundEnd end;
  guint start_id; /* timeout sources */
  guint show_id;
  bool runs;
  bool was_stopped; /* by the person */
};

static void
search_clear (gpointer data)
{
  SampanWindowSearch *search = data;

  g_object_unref (search->cancellable);
  g_ptr_array_unref (search->pages);
  sampan_path_unref (search->folder);
  g_free (search->pattern);
}

static void
search_unref (SampanWindowSearch *search)
{
  g_rc_box_release_full (search, search_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanWindowSearch, search_unref)

void
sampan_window_drop_search (SampanWindow *self)
{
  g_autoptr (SampanWindowSearch) search = g_steal_pointer (&self->search);

  if (search == NULL)
    return;
  search->window = NULL;
  g_clear_handle_id (&search->start_id, g_source_remove);
  g_clear_handle_id (&search->show_id, g_source_remove);
  g_cancellable_cancel (search->cancellable);
}

static void
show_found (SampanWindowSearch *search)
{
  g_autoptr (SampanFolderList) list = sampan_folder_list_join (search->pages);

  g_clear_handle_id (&search->show_id, g_source_remove);
  sampan_file_view_show_found (search->window->file_view, list, search->runs);
  sampan_window_update_actions (search->window);
}

static gboolean
show_cb (gpointer user_data)
{
  SampanWindowSearch *search = user_data;

  search->show_id = 0;
  show_found (search);
  return G_SOURCE_REMOVE;
}

static void
found_cb (SampanFolderList *page, gpointer user_data)
{
  SampanWindowSearch *search = user_data;

  if (search->window == NULL || !search->runs || sampan_folder_list_get_length (page) == 0)
    return;
  g_ptr_array_add (search->pages, sampan_folder_list_ref (page));
  if (search->show_id == 0)
    search->show_id = g_timeout_add (SHOW_INTERVAL_MS, show_cb, search);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindowSearch) search = user_data;
  g_autoptr (GError) error = NULL;
  SampanFoundEnd end = { 0 };
  bool is_done = sampan_session_find_finish (SAMPAN_SESSION (source), result, &end, &error);

  if (search->window == NULL || !search->runs)
    return;
  search->runs = false;
  search->end = end;
  if (!is_done)
    sampan_window_tell_error (search->window, error);
  show_found (search);
}

static gboolean
start_cb (gpointer user_data)
{
  SampanWindowSearch *search = user_data;
  SampanFindQuery query = SAMPAN_FIND_QUERY_INIT;

  search->start_id = 0;
  search->runs = true;
  query.pattern = search->pattern;
  query.limit = RESULTS_MAX;
  show_found (search);
  sampan_session_find_async (search->window->session,
                             search->folder,
                             &query,
                             found_cb,
                             search,
                             search->cancellable,
                             ended_cb,
                             g_rc_box_acquire (search));
  return G_SOURCE_REMOVE;
}

static void
begin (SampanWindow *self, const char *pattern, guint delay_ms)
{
  SampanWindowSearch *search = g_rc_box_new0 (SampanWindowSearch);

  search->window = self;
  search->folder = sampan_path_ref (self->path);
  search->pattern = g_strdup (pattern);
  search->pages = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_folder_list_unref);
  search->cancellable = g_cancellable_new ();
  sampan_window_drop_search (self);
  self->search = search;
  search->start_id = g_timeout_add (delay_ms, start_cb, search);
}

void
sampan_window_search_again (SampanWindow *self)
{
  g_autofree char *pattern = g_strdup (self->search->pattern);

  begin (self, pattern, 0);
}

void
sampan_window_search_share (SampanWindow *self)
{
  sampan_file_view_search_next (self->file_view, self->search->pattern);
  sampan_window_go_home (self);
}

void
sampan_window_search_changed (SampanWindow *self)
{
  const char *pattern = sampan_file_view_get_pattern (self->file_view);
  bool had_results = self->search != NULL;

  if (pattern != NULL && sampan_window_is_ready (self) && self->path != NULL)
    {
      begin (self, pattern, START_DELAY_MS);
      return;
    }
  sampan_window_drop_search (self);
  if (had_results)
    sampan_window_refresh (self);
}

void
sampan_window_stop_search (SampanWindow *self)
{
  SampanWindowSearch *search = self->search;

  if (search == NULL || !search->runs)
    return;
  search->runs = false;
  search->was_stopped = true;
  g_cancellable_cancel (search->cancellable);
  show_found (search);
}

char *
sampan_window_dup_search_summary (SampanWindow *self)
{
  const SampanWindowSearch *search = self->search;
  guint n_found = sampan_file_view_get_n_shown (self->file_view);
  g_autoptr (GString) text = g_string_new (NULL);

  if (search->runs)
    g_string_printf (text, _ ("Searching… %'u found"), n_found);
  else if ((search->end.flags & SAMPAN_FOUND_MORE) != 0)
    /* Translators: the search has ended early. */
    g_string_printf (text,
                     _ ("Only the first %'u are shown. Type more of the name to see others."),
                     n_found);
  else
    g_string_printf (text, ngettext ("%'u found", "%'u found", n_found), n_found);
  if (search->was_stopped)
    g_string_append_printf (text, " · %s", _ ("stopped before the end"));
  if (search->end.n_left_out > 0)
    {
      guint n_left_out = (guint)MIN (search->end.n_left_out, G_MAXUINT);

      /* Translators: what follows the number of items that were found. */
      g_string_append_printf (text, " · ");
      g_string_append_printf (text,
                              ngettext ("%'u folder could not be searched",
                                        "%'u folders could not be searched",
                                        n_left_out),
                              n_left_out);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ---- from a result to its place ---- */

SampanPath *
sampan_window_dup_entry_path (SampanWindow *self, const SampanFileInfo *info, GError **error)
{
  if (strchr (info->name, '/') == NULL)
    return sampan_path_get_child (self->path, info->name, error);
  return sampan_path_new_relative (self->path, info->name, error);
}

void
sampan_window_open_location (SampanWindow *self, const SampanFileInfo *info)
{
  g_autoptr (SampanPath) path = sampan_window_dup_entry_path (self, info, NULL);
  g_autoptr (SampanPath) folder = path != NULL ? sampan_path_get_parent (path) : NULL;

  if (folder == NULL)
    return;
  sampan_file_view_select_name (self->file_view, sampan_path_get_name (path));
  sampan_window_drop_search (self);
  sampan_file_view_leave_search (self->file_view);
  sampan_window_go (self, folder);
}
