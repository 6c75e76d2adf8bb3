/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Moving and copying on the box: asked about once, one act after the other, with a way back. */

#include "config.h"

#include "window-private.h"

#include "conflict-sheet.h"
#include "folder-dialog.h"
#include "relocation.h"
#include "sentence-name.h"

#include <glib/gi18n.h>

typedef struct
{
  SampanWindow *window; /* borrowed: it owns this; a reference while something runs */
  SampanRelocation *relocation;
  SampanPath *folder;
  bool copies;
  char *first; /* the name of the first item, for display */
} Act;

static void begin_next (SampanWindow *self);

static void
act_free (gpointer data)
{
  Act *act = data;

  g_signal_handlers_disconnect_by_data (act->relocation, act);
  g_object_unref (act->relocation);
  sampan_path_unref (act->folder);
  g_free (act->first);
  g_free (act);
}

static Act *
get_current (SampanWindow *self)
{
  return g_queue_peek_head (&self->relocations);
}

static char *
dup_folder_name (const Act *act)
{
  return sampan_sentence_name (sampan_path_get_name (act->folder), -1);
}

static void
drop_current (SampanWindow *self)
{
  sampan_preparing_bar_set_text (self->relocation_bar, NULL);
  g_clear_object (&self->relocation_cancellable);
  act_free (g_queue_pop_head (&self->relocations));
  begin_next (self);
}

/* ---- the end ---- */

static char *
dup_done_text (const Act *act, guint n_done)
{
  g_autofree char *folder = dup_folder_name (act);

  if (n_done == 1 && sampan_relocation_get_length (act->relocation) == 1)
    /* Translators: the names of a file and of a folder. */
    return g_strdup_printf (act->copies ? _ ("“%s” was copied to “%s”")
                                        : _ ("“%s” was moved to “%s”"),
                            act->first,
                            folder);
  if (act->copies)
    /* Translators: a number, then the name of a folder. */
    return g_strdup_printf (ngettext ("%u item was copied to “%s”",
                                      "%u items were copied to “%s”",
                                      n_done),
                            n_done,
                            folder);
  /* Translators: a number, then the name of a folder. */
  return g_strdup_printf (ngettext ("%u item was moved to “%s”",
                                    "%u items were moved to “%s”",
                                    n_done),
                          n_done,
                          folder);
}

static void
tell_problems (SampanWindow *self, const Act *act)
{
  GListModel *problems = sampan_relocation_get_problems (act->relocation);
  guint count = g_list_model_get_n_items (problems);
  g_autoptr (SampanBatchProblem) first = g_list_model_get_item (problems, 0);
  g_autofree char *text = NULL;

  if (first == NULL)
    return;
  if (count == 1)
    {
      sampan_window_tell_item_error (self,
                                     sampan_batch_problem_get_bytes (first),
                                     sampan_batch_problem_get_error (first));
      return;
    }
  /* Translators: a number, then the name of the first and why. */
  text = g_strdup_printf (ngettext ("%u item stayed where it is. “%s”: %s",
                                    "%u items stayed where they are. “%s”: %s",
                                    count),
                          count,
                          sampan_batch_problem_get_name (first),
                          sampan_batch_problem_get_reason (first));
  sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_ERROR, text, NULL, NULL);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  SampanRelocation *relocation = SAMPAN_RELOCATION (source);
  Act *act = get_current (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n_done;

  sampan_relocation_run_finish (relocation, result, &error);
  /* The window was closed, or logged out. */
  if (act == NULL || act->relocation != relocation)
    return;
  n_done = sampan_relocation_get_progress (relocation).n_done;
  text = dup_done_text (act, n_done);
  if (n_done > 0)
    sampan_window_did (self, sampan_relocation_get_undo (relocation), text);
  if (error != NULL)
    sampan_window_tell_error (self, error);
  else
    tell_problems (self, act);
  sampan_window_refresh (self);
  drop_current (self);
}

/* ---- the start ---- */

static void
update_progress (Act *act)
{
  SampanRelocationProgress progress = sampan_relocation_get_progress (act->relocation);
  guint number = MIN (progress.n_over + 1, progress.n_items);
  /* Translators: which one of how many. */
  g_autofree char *text =
      g_strdup_printf (act->copies ? _ ("Copying %'u of %'u…") : _ ("Moving %'u of %'u…"),
                       number,
                       progress.n_items);

  if (progress.total_bytes > 0)
    {
      g_autofree char *done = g_format_size (progress.done_bytes);
      g_autofree char *total = g_format_size (progress.total_bytes);
      /* Translators: sizes: how much of how much. */
      g_autofree char *size = g_strdup_printf (_ ("%s of %s"), done, total);
      g_autofree char *both = g_strconcat (text, " ", size, NULL);

      sampan_preparing_bar_set_text (act->window->relocation_bar, both);
      return;
    }
  sampan_preparing_bar_set_text (act->window->relocation_bar, text);
}

static void
run (SampanWindow *self, Act *act)
{
  g_signal_connect_swapped (act->relocation, "progress", G_CALLBACK (update_progress), act);
  update_progress (act);
  sampan_relocation_run_async (act->relocation,
                               act->copies,
                               self->relocation_cancellable,
                               run_cb,
                               g_object_ref (self));
}

static void
sheet_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  SampanWindow *self = user_data;
  Act *act = get_current (self);

  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (act == NULL)
    return;
  if (response == GTK_RESPONSE_ACCEPT && sampan_window_is_ready (self))
    run (self, act);
  else
    drop_current (self);
}

static void
ask (SampanWindow *self, const Act *act)
{
  g_autofree char *folder = dup_folder_name (act);
  SampanConflictSheet *sheet =
      sampan_conflict_sheet_new_on_box (GTK_WINDOW (self),
                                        sampan_relocation_get_conflicts (act->relocation),
                                        sampan_relocation_may_replace (act->relocation),
                                        folder);

  g_signal_connect_object (sheet, "response", G_CALLBACK (sheet_cb), self, 0);
  gtk_widget_show (GTK_WIDGET (sheet));
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  SampanRelocation *relocation = SAMPAN_RELOCATION (source);
  Act *act = get_current (self);
  bool ready = sampan_relocation_prepare_finish (relocation, result, NULL);

  if (act == NULL || act->relocation != relocation)
    return;
  if (!ready)
    drop_current (self);
  else if (g_list_model_get_n_items (sampan_relocation_get_conflicts (relocation)) > 0)
    ask (self, act);
  else
    run (self, act);
}

static void
begin_next (SampanWindow *self)
{
  Act *act = get_current (self);

  if (act == NULL)
    return;
  self->relocation_cancellable = g_cancellable_new ();
  sampan_relocation_prepare_async (act->relocation,
                                   self->relocation_cancellable,
                                   prepared_cb,
                                   g_object_ref (self));
}

void
sampan_window_relocate (SampanWindow *self, GPtrArray *paths, const SampanPath *folder, bool copies)
{
  bool is_first = g_queue_is_empty (&self->relocations);
  Act *act = g_new0 (Act, 1);

  act->window = self;
  act->relocation = sampan_relocation_new (self->session);
  act->folder = sampan_path_ref (folder);
  act->copies = copies;
  act->first = sampan_sentence_name (sampan_path_get_name (g_ptr_array_index (paths, 0)), -1);
  for (guint i = 0; i < paths->len; i++)
    {
      const SampanPath *from = g_ptr_array_index (paths, i);
      g_autoptr (SampanPath) to = sampan_path_get_child (folder, sampan_path_get_name (from), NULL);

      if (to != NULL)
        sampan_relocation_add (act->relocation, from, to);
    }
  g_queue_push_tail (&self->relocations, act);
  if (is_first)
    begin_next (self);
}

void
sampan_window_cancel_relocation (SampanWindow *self)
{
  g_cancellable_cancel (self->relocation_cancellable);
}

void
sampan_window_stop_relocations (SampanWindow *self)
{
  g_cancellable_cancel (self->relocation_cancellable);
  g_clear_object (&self->relocation_cancellable);
  if (g_queue_is_empty (&self->relocations))
    return;
  g_queue_clear_full (&self->relocations, act_free);
  sampan_preparing_bar_set_text (self->relocation_bar, NULL);
}

/* ---- into a folder that is chosen ---- */

typedef struct
{
  SampanWindow *window; /* borrowed: the dialog goes with it */
  GPtrArray *paths;
  bool copies;
} Choice;

static void
choice_free (Choice *choice)
{
  g_ptr_array_unref (choice->paths);
  g_free (choice);
}

static bool
are_all_in (GPtrArray *paths, const SampanPath *folder)
{
  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (SampanPath) parent = sampan_path_get_parent (g_ptr_array_index (paths, i));

      if (parent == NULL || !sampan_path_equal (parent, folder))
        return false;
    }
  return true;
}

static void
folder_changed_cb (SampanFolderDialog *dialog, gpointer user_data)
{
  Choice *choice = user_data;
  const SampanPath *folder = sampan_folder_dialog_get_folder (dialog);
  bool can = folder != NULL &&
             sampan_window_get_right_at (choice->window, folder) >= SAMPAN_RIGHT_ADD &&
             (choice->copies || !are_all_in (choice->paths, folder));

  gtk_dialog_set_response_sensitive (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT, can);
}

static void
folder_response_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  Choice *choice = user_data;
  SampanWindow *self = choice->window;
  const SampanPath *folder = sampan_folder_dialog_get_folder (SAMPAN_FOLDER_DIALOG (dialog));

  if (response == GTK_RESPONSE_ACCEPT && folder != NULL && sampan_window_may_add_to (self, folder))
    sampan_window_relocate (self, choice->paths, folder, choice->copies);
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

void
sampan_window_relocate_to (SampanWindow *self, bool copies)
{
  g_autoptr (GPtrArray) paths = sampan_window_dup_selected_paths (self);
  SampanFolderDialog *dialog;
  Choice *choice;

  if (paths->len == 0)
    return;
  dialog = sampan_folder_dialog_new (GTK_WINDOW (self),
                                     self->session,
                                     self->path,
                                     copies ? _ ("Copy To") : _ ("Move To"),
                                     copies ? _ ("_Copy Here") : _ ("_Move Here"));
  choice = g_new0 (Choice, 1);
  choice->window = self;
  choice->paths = g_steal_pointer (&paths);
  choice->copies = copies;
  g_object_set_data_full (G_OBJECT (dialog), "sampan-choice", choice, (GDestroyNotify)choice_free);
  g_signal_connect (dialog, "folder-changed", G_CALLBACK (folder_changed_cb), choice);
  g_signal_connect (dialog, "response", G_CALLBACK (folder_response_cb), choice);
  folder_changed_cb (dialog, choice);
  gtk_widget_show (GTK_WIDGET (dialog));
}
