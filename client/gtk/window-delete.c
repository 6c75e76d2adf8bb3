/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Deleting: to the box's trash, or for good; and the way to the trash. */

#include "config.h"

#include "window-private.h"

#include "entry-text.h"
#include "sentence-name.h"
#include "trash-dialog.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

/* Removals under way at the same time: enough to hide the round trip. */
#define REMOVE_AT_ONCE 32

typedef struct
{
  SampanWindow *window;
  SampanUndo *undo;
  GPtrArray *paths; /* of SampanPath */
  bool for_good;
  GArray *ids; /* SampanTrashId, of what is to go for good */
  guint next;
  guint n_pending;
  guint n_answered; /* answers come in the order of the requests */
  GError *error;    /* of the first that failed: no more are sent */
  char *name;       /* and its name */
} Removal;

static void remove_next (Removal *removal);

static void
tell_removed (const Removal *removal)
{
  guint count = sampan_undo_get_length (removal->undo);
  g_autofree char *text = NULL;

  if (count == 1 && removal->paths->len == 1)
    {
      g_autofree char *name =
          sampan_sentence_name (sampan_path_get_name (g_ptr_array_index (removal->paths, 0)), -1);

      /* Translators: the name of a file or folder. */
      text = g_strdup_printf (_ ("“%s” was moved to the trash"), name);
    }
  else
    text = g_strdup_printf (ngettext ("%u item was moved to the trash",
                                      "%u items were moved to the trash",
                                      count),
                            count);
  sampan_window_did (removal->window, removal->undo, text);
}

static void
removal_free (Removal *removal)
{
  g_clear_error (&removal->error);
  g_free (removal->name);
  g_object_unref (removal->undo);
  g_ptr_array_unref (removal->paths);
  g_array_unref (removal->ids);
  g_object_unref (removal->window);
  g_free (removal);
}

static void
tell_purged (const Removal *removal)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u item was deleted for good",
                                                     "%u items were deleted for good",
                                                     removal->ids->len),
                                           removal->ids->len);

  sampan_notice_tell (removal->window->notice, text, false);
}

static void
purged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = user_data;
  g_autoptr (GError) error = NULL;

  sampan_session_purge_finish (SAMPAN_SESSION (source), result, &error);
  if (sampan_window_is_ready (removal->window))
    {
      if (error == NULL)
        tell_purged (removal);
      else
        sampan_window_tell_error (removal->window, error);
    }
  removal_free (removal);
}

/* All of it is in the trash. */
static void
removal_end (Removal *removal)
{
  SampanWindow *self = removal->window;

  if (!sampan_window_is_ready (self))
    {
      removal_free (removal);
      return;
    }
  if (removal->error != NULL)
    sampan_window_tell_item_error (self, removal->name, removal->error);
  sampan_window_refresh (self);
  /* No ids would mean the whole trash. */
  if (removal->ids->len > 0)
    {
      sampan_session_purge_async (self->session,
                                  g_ptr_array_index (removal->paths, 0),
                                  (const SampanTrashId *)(gconstpointer)removal->ids->data,
                                  removal->ids->len,
                                  NULL,
                                  purged_cb,
                                  removal);
      return;
    }
  tell_removed (removal);
  removal_free (removal);
}

static void
note_removed (Removal *removal,
              const SampanPath *path,
              const uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH])
{
  SampanTrashId id;

  if (!removal->for_good)
    {
      sampan_undo_add_removed (removal->undo, path, trash_id);
      return;
    }
  memcpy (id.bytes, trash_id, sizeof id.bytes);
  if (!sodium_is_zero (id.bytes, sizeof id.bytes))
    g_array_append_val (removal->ids, id);
}

static void
remove_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = user_data;
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  g_autoptr (GError) error = NULL;
  SampanPath *path;

  path = g_ptr_array_index (removal->paths, removal->n_answered++);
  removal->n_pending--;
  if (sampan_session_remove_finish (SAMPAN_SESSION (source), result, trash_id, &error))
    note_removed (removal, path, trash_id);
  else if (removal->error == NULL)
    {
      removal->error = g_steal_pointer (&error);
      removal->name = g_strdup (sampan_path_get_name (path));
    }
  remove_next (removal);
}

static void
remove_next (Removal *removal)
{
  SampanSession *session = removal->window->session;

  while (session != NULL && removal->next < removal->paths->len &&
         removal->n_pending < REMOVE_AT_ONCE && removal->error == NULL)
    {
      SampanPath *path = g_ptr_array_index (removal->paths, removal->next++);

      removal->n_pending++;
      sampan_session_remove_async (session, path, true, NULL, remove_cb, removal);
    }
  if (removal->n_pending == 0)
    removal_end (removal);
}

GPtrArray *
sampan_window_dup_selected_paths (SampanWindow *self)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);
  GPtrArray *paths = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_path_unref);

  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);
      SampanPath *path = sampan_window_dup_entry_path (self, info, NULL);

      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  return paths;
}

/* Takes PATHS. */
static void
begin (SampanWindow *self, GPtrArray *paths, bool for_good)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->window = g_object_ref (self);
  removal->undo = sampan_undo_new (self->session);
  removal->paths = paths;
  removal->for_good = for_good;
  removal->ids = g_array_new (FALSE, FALSE, sizeof (SampanTrashId));
  remove_next (removal);
}

/* The paths were taken when the question was put: what is selected by now does not matter. */
#define REMOVAL_KEY "sampan-removal"

static void
purge_confirmed (SampanWindow *self)
{
  GPtrArray *paths = g_object_steal_data (G_OBJECT (self), REMOVAL_KEY);

  if (paths != NULL && sampan_window_is_ready (self))
    begin (self, paths, true);
  else
    g_clear_pointer (&paths, g_ptr_array_unref);
}

static char *
dup_question (GPtrArray *paths)
{
  g_autofree char *name = NULL;

  if (paths->len > 1)
    return g_strdup_printf (ngettext ("Delete %u item for good?",
                                      "Delete %u items for good?",
                                      paths->len),
                            paths->len);
  name = sampan_sentence_name (sampan_path_get_name (g_ptr_array_index (paths, 0)), -1);
  /* Translators: the name of a file or folder. */
  return g_strdup_printf (_ ("Delete “%s” for good?"), name);
}

static const char *
choose_warning (SampanWindow *self, guint n_items)
{
  g_autoptr (GPtrArray) selected = sampan_file_view_dup_selected (self->file_view);

  for (guint i = 0; i < selected->len; i++)
    if (sampan_entry_text_is_folder (g_ptr_array_index (selected, i)))
      return _ ("Folders go with all that they hold. Nothing brings them back.");
  return n_items == 1 ? _ ("Nothing brings it back.") : _ ("Nothing brings them back.");
}

void
sampan_window_delete (SampanWindow *self, bool for_good)
{
  g_autoptr (GPtrArray) paths = sampan_window_dup_selected_paths (self);
  g_autofree char *title = NULL;
  const char *warning;

  if (paths->len == 0)
    return;
  if (!for_good)
    {
      begin (self, g_steal_pointer (&paths), false);
      return;
    }
  title = dup_question (paths);
  warning = choose_warning (self, paths->len);
  g_object_set_data_full (G_OBJECT (self),
                          REMOVAL_KEY,
                          g_steal_pointer (&paths),
                          (GDestroyNotify)g_ptr_array_unref);
  sampan_window_ask (self, title, warning, _ ("_Delete for Good"), purge_confirmed);
}

/* ---- looking into the trash ---- */

void
sampan_window_show_trash (SampanWindow *self)
{
  g_autoptr (SampanPath) share = sampan_path_ref (self->path);
  SampanTrashDialog *dialog;

  while (sampan_path_get_depth (share) > 1)
    {
      SampanPath *parent = sampan_path_get_parent (share);

      sampan_path_unref (share);
      share = parent;
    }
  dialog = sampan_trash_dialog_new (GTK_WINDOW (self), self->session, share);
  g_signal_connect_object (dialog,
                           "restored",
                           G_CALLBACK (sampan_window_refresh),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_widget_show (GTK_WIDGET (dialog));
}
