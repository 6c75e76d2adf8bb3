/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What lies in the trash of a share. */

#include "config.h"

#include "trash-dialog.h"

#include "error-bar.h"
#include "escape.h"
#include "notice.h"
#include "placeholder.h"
#include "question.h"
#include "trash-store.h"

#include <glib/gi18n.h>

struct _SampanTrashDialog
{
  GtkDialog parent_instance;

  /* template widgets */
  SampanErrorBar *error_bar;
  SampanNotice *notice;
  GtkStack *stack;
  GtkWidget *spinner;
  GtkWidget *scroller;
  SampanPlaceholder *placeholder;
  GtkTreeView *tree;
  GtkTreeSelection *selection;
  GtkLabel *summary_label;
  GtkWidget *restore_button;
  GtkWidget *delete_button;
  GtkWidget *empty_button;

  /* owned */
  SampanSession *session;
  SampanPath *path;
  SampanTrashStore *store;
  GCancellable *cancellable;
};

G_DEFINE_TYPE (SampanTrashDialog, sampan_trash_dialog, GTK_TYPE_DIALOG)

enum
{
  SIGNAL_RESTORED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- what is selected ---- */

static GArray *
dup_selected (SampanTrashDialog *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SampanTrashId));
  GList *paths = gtk_tree_selection_get_selected_rows (self->selection, NULL);

  for (GList *one = paths; one != NULL; one = one->next)
    g_array_append_val (ids, sampan_trash_store_get (self->store, one->data)->id);
  g_list_free_full (paths, (GDestroyNotify)gtk_tree_path_free);
  return ids;
}

static void
set_busy (SampanTrashDialog *self, bool is_busy)
{
  bool any = !is_busy && gtk_tree_selection_count_selected_rows (self->selection) > 0;

  gtk_widget_set_sensitive (GTK_WIDGET (self->tree), !is_busy);
  gtk_widget_set_sensitive (self->restore_button, any);
  gtk_widget_set_sensitive (self->delete_button, any);
  gtk_widget_set_sensitive (self->empty_button,
                            !is_busy && sampan_trash_store_get_length (self->store) > 0);
}

static void
selection_changed_cb (SampanTrashDialog *self)
{
  set_busy (self, false);
}

static void
fail (SampanTrashDialog *self, const GError *error)
{
  sampan_error_bar_tell (self->error_bar,
                         GTK_MESSAGE_ERROR,
                         sampan_error_get_text (error),
                         NULL,
                         NULL);
}

/* ---- the list ---- */

static void
page_cb (GPtrArray *page, gpointer user_data)
{
  SampanTrashDialog *self = user_data;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  sampan_trash_store_take (self->store, page);
}

static void
show_summary (SampanTrashDialog *self, const SampanTrashEnd *end)
{
  g_autofree char *size = g_format_size (end->bytes);
  gulong count = (gulong)end->count;
  g_autofree char *text = NULL;

  if (count > SAMPAN_TRASH_STORE_MAX)
    /* Translators: how many items there are, their size, and how many of them are listed. */
    text = g_strdup_printf (_ ("%'lu items, %s; the last %'u are listed"),
                            count,
                            size,
                            SAMPAN_TRASH_STORE_MAX);
  else if (count > 0)
    /* Translators: how many items there are, and their size. */
    text = g_strdup_printf (ngettext ("%'lu item, %s", "%'lu items, %s", count), count, size);
  gtk_label_set_text (self->summary_label, text != NULL ? text : "");
}

static void
show_items (SampanTrashDialog *self, const SampanTrashEnd *end)
{
  /* Taken off: else each row is laid out when it comes. */
  gtk_tree_view_set_model (self->tree, NULL);
  sampan_trash_store_fill (self->store);
  gtk_tree_view_set_model (self->tree, GTK_TREE_MODEL (self->store));
  show_summary (self, end);
  gtk_stack_set_visible_child (self->stack,
                               sampan_trash_store_get_length (self->store) > 0
                                   ? self->scroller
                                   : GTK_WIDGET (self->placeholder));
  set_busy (self, false);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanTrashDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  SampanTrashEnd end = { 0 };
  bool is_done = sampan_session_trash_list_finish (SAMPAN_SESSION (source), result, &end, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (is_done)
    sampan_placeholder_tell (self->placeholder,
                             "user-trash-symbolic",
                             _ ("The Trash Is Empty"),
                             _ ("What is deleted or overwritten in this share comes here."),
                             NULL);
  else
    {
      sampan_trash_store_clear (self->store);
      sampan_placeholder_tell (self->placeholder,
                               "dialog-warning-symbolic",
                               _ ("The Trash Cannot Be Shown"),
                               sampan_error_get_text (error),
                               _ ("_Try Again"));
    }
  show_items (self, &end);
}

static void
load (SampanTrashDialog *self)
{
  sampan_trash_store_clear (self->store);
  set_busy (self, true);
  if (gtk_stack_get_visible_child (self->stack) != self->scroller)
    gtk_stack_set_visible_child (self->stack, self->spinner);
  sampan_session_trash_list_async (self->session,
                                   self->path,
                                   page_cb,
                                   self,
                                   self->cancellable,
                                   listed_cb,
                                   g_object_ref (self));
}

/* ---- putting back ---- */

static bool
is_where_it_was (SampanTrashDialog *self, const SampanRestoreResult *result)
{
  const SampanTrashItem *item = sampan_trash_store_lookup (self->store, &result->id);

  return item == NULL || sampan_path_equal (item->path, result->path);
}

static void
tell_restored (SampanTrashDialog *self, guint n_same, guint n_renamed)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (n_same > 0)
    g_string_append_printf (text,
                            ngettext ("%u item is back where it was",
                                      "%u items are back where they were",
                                      n_same),
                            n_same);
  if (n_same > 0 && n_renamed > 0)
    g_string_append_c (text, '\n');
  if (n_renamed > 0)
    g_string_append_printf (text,
                            ngettext ("%u item is back under another name, as its own is taken",
                                      "%u items are back under other names, as theirs are taken",
                                      n_renamed),
                            n_renamed);
  if (text->len > 0)
    sampan_notice_tell (self->notice, text->str, false);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanTrashDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results =
      sampan_session_restore_finish (SAMPAN_SESSION (source), result, &error);
  guint n_same = 0, n_renamed = 0;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const SampanRestoreResult *one = g_ptr_array_index (results, i);

      if (one->error != NULL && error == NULL)
        error = g_error_copy (one->error);
      else if (one->error == NULL && is_where_it_was (self, one))
        n_same++;
      else if (one->error == NULL)
        n_renamed++;
    }
  if (error != NULL)
    fail (self, error);
  tell_restored (self, n_same, n_renamed);
  g_signal_emit (self, signals[SIGNAL_RESTORED], 0);
  load (self);
}

static void
restore (SampanTrashDialog *self)
{
  g_autoptr (GArray) ids = dup_selected (self);

  if (ids->len == 0)
    return;
  set_busy (self, true);
  sampan_error_bar_clear (self->error_bar);
  sampan_session_restore_async (self->session,
                                self->path,
                                (const SampanTrashId *)(gconstpointer)ids->data,
                                ids->len,
                                SAMPAN_CONFLICT_KEEP_BOTH,
                                self->cancellable,
                                restored_cb,
                                g_object_ref (self));
}

static void
row_activated_cb (SampanTrashDialog *self)
{
  restore (self);
}

/* ---- deleting for good ---- */

static void
purged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanTrashDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  sampan_session_purge_finish (SAMPAN_SESSION (source), result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (error != NULL)
    fail (self, error);
  load (self);
}

/* IDS were taken when the question was put. */
static void
asked_cb (GtkDialog *question, int response, gpointer user_data)
{
  SampanTrashDialog *self = user_data;
  const GArray *ids = g_object_get_data (G_OBJECT (question), "sampan-ids");

  if (response == GTK_RESPONSE_ACCEPT)
    {
      set_busy (self, true);
      sampan_error_bar_clear (self->error_bar);
      sampan_session_purge_async (self->session,
                                  self->path,
                                  (const SampanTrashId *)(gconstpointer)ids->data,
                                  ids->len,
                                  self->cancellable,
                                  purged_cb,
                                  g_object_ref (self));
    }
  gtk_widget_destroy (GTK_WIDGET (question));
}

/* Takes IDS. */
static void
ask (SampanTrashDialog *self, GArray *ids, const char *title, const char *button)
{
  GtkWidget *question =
      sampan_question_new (GTK_WINDOW (self), title, _ ("Nothing brings it back."), button);

  g_object_set_data_full (G_OBJECT (question), "sampan-ids", ids, (GDestroyNotify)g_array_unref);
  g_signal_connect_object (question, "response", G_CALLBACK (asked_cb), self, 0);
  gtk_widget_show (question);
}

static void
delete_clicked_cb (SampanTrashDialog *self)
{
  GArray *ids = dup_selected (self);
  g_autofree char *title =
      g_strdup_printf (ngettext ("Delete %u item for good?", "Delete %u items for good?", ids->len),
                       ids->len);

  /* No ids would mean all. */
  if (ids->len > 0)
    ask (self, ids, title, _ ("_Delete for Good"));
  else
    g_array_unref (ids);
}

static void
empty_clicked_cb (SampanTrashDialog *self)
{
  ask (self,
       g_array_new (FALSE, FALSE, sizeof (SampanTrashId)),
       _ ("Delete all that is listed here for good?"),
       _ ("_Empty Trash"));
}

/* ---- life ---- */

static void
sampan_trash_dialog_dispose (GObject *object)
{
  SampanTrashDialog *self = SAMPAN_TRASH_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  G_OBJECT_CLASS (sampan_trash_dialog_parent_class)->dispose (object);
}

static void
sampan_trash_dialog_finalize (GObject *object)
{
  SampanTrashDialog *self = SAMPAN_TRASH_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->path, sampan_path_unref);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (sampan_trash_dialog_parent_class)->finalize (object);
}

static void
sampan_trash_dialog_class_init (SampanTrashDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_trash_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sampan_trash_dialog_finalize;
  signals[SIGNAL_RESTORED] = g_signal_new ("restored",
                                           SAMPAN_TYPE_TRASH_DIALOG,
                                           G_SIGNAL_RUN_LAST,
                                           0,
                                           NULL,
                                           NULL,
                                           NULL,
                                           G_TYPE_NONE,
                                           0);
  g_type_ensure (SAMPAN_TYPE_ERROR_BAR);
  g_type_ensure (SAMPAN_TYPE_NOTICE);
  g_type_ensure (SAMPAN_TYPE_PLACEHOLDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/trash-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, error_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, notice);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, scroller);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, placeholder);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, tree);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, selection);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, summary_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, restore_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, delete_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTrashDialog, empty_button);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, restore);
  gtk_widget_class_bind_template_callback (widget_class, load);
  gtk_widget_class_bind_template_callback (widget_class, delete_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, empty_clicked_cb);
}

static void
sampan_trash_dialog_init (SampanTrashDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->store = sampan_trash_store_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanTrashDialog *
sampan_trash_dialog_new (GtkWindow *parent, SampanSession *session, const SampanPath *share)
{
  SampanTrashDialog *self = g_object_new (SAMPAN_TYPE_TRASH_DIALOG,
                                          "transient-for",
                                          parent,
                                          "use-header-bar",
                                          TRUE,
                                          NULL);
  g_autofree char *name = sampan_display_name (sampan_path_get_name (share), -1);

  gtk_header_bar_set_subtitle (GTK_HEADER_BAR (gtk_dialog_get_header_bar (GTK_DIALOG (self))),
                               name);
  self->session = g_object_ref (session);
  self->path = sampan_path_ref (share);
  load (self);
  return self;
}
