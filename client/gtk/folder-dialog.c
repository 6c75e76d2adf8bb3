/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The dialog that chooses a folder on the box. */

#include "config.h"

#include "folder-dialog.h"

#include "accessible.h"
#include "entry-text.h"
#include "errors.h"
#include "file-model.h"
#include "file-order.h"
#include "path-bar.h"

#include <glib/gi18n.h>

/* Rows that are there at once: more than fit in the dialog. */
#define FIRST_ROWS 200

struct _SampanFolderDialog
{
  GtkDialog parent_instance;

  /* template widgets */
  SampanPathBar *path_bar;
  GtkStack *stack;
  GtkWidget *scroller;
  GtkTreeView *tree;
  GtkLabel *note_label;
  GtkButton *accept_button;

  /* owned; no session: the dialog is gone */
  SampanSession *session;
  SampanPath *path;          /* on display */
  GCancellable *cancellable; /* of what is asked for */

  /* state */
  gboolean is_there; /* the folder on display */
};

G_DEFINE_TYPE (SampanFolderDialog, sampan_folder_dialog, GTK_TYPE_DIALOG)

static guint folder_changed_signal;

static void
show_note (SampanFolderDialog *self, const char *text)
{
  gtk_label_set_text (self->note_label, text);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->note_label));
}

/* ---- the folders in it ---- */

/* They come first in the order. */
static void
leave_out_files (SampanFolderList *list, GArray *order)
{
  guint n_folders = 0;

  while (n_folders < order->len &&
         sampan_entry_text_is_folder (
             sampan_folder_list_get (list, g_array_index (order, guint32, n_folders))))
    n_folders++;
  g_array_set_size (order, n_folders);
}

static void
select_first (SampanFolderDialog *self)
{
  g_autoptr (GtkTreePath) first = gtk_tree_path_new_first ();

  gtk_tree_view_set_cursor (self->tree, first, NULL, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->tree));
}

static void
show_folders (SampanFolderDialog *self, SampanFolderList *list, GArray *order)
{
  g_autoptr (SampanFileModel) model = NULL;

  if (order->len == 0)
    {
      show_note (self, _ ("There are no folders in here."));
      return;
    }
  model = sampan_file_model_new (list, order, FIRST_ROWS);
  gtk_tree_view_set_model (self->tree, GTK_TREE_MODEL (model));
  gtk_stack_set_visible_child (self->stack, self->scroller);
  select_first (self);
  sampan_file_model_grow (model);
}

typedef struct
{
  SampanFolderDialog *dialog;
  SampanFolderList *list;
} Ordering;

static void
ordered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Ordering *ordering = user_data;
  g_autoptr (SampanFolderDialog) self = ordering->dialog;
  g_autoptr (SampanFolderList) list = ordering->list;
  g_autoptr (GArray) order = sampan_file_order_finish (result, NULL);

  if (order == NULL || self->session == NULL)
    return;
  leave_out_files (list, order);
  show_folders (self, list, order);
}

static void
list_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanFolderDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanFolderList) list =
      sampan_session_list_finish (SAMPAN_SESSION (source), result, &error);
  static const SampanArrangement arrangement = { .sort = SAMPAN_SORT_NAME };
  Ordering *ordering;

  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (list == NULL)
    {
      show_note (self, sampan_error_get_text (error));
      return;
    }
  self->is_there = TRUE;
  g_signal_emit (self, folder_changed_signal, 0);
  ordering = g_new0 (Ordering, 1);
  ordering->dialog = g_object_ref (self);
  ordering->list = sampan_folder_list_ref (list);
  sampan_file_order_async (list, &arrangement, self->cancellable, ordered_cb, ordering);
}

static void
open_path (SampanFolderDialog *self, const SampanPath *path)
{
  SampanPath *held = sampan_path_ref (path);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->path, sampan_path_unref);
  self->path = held;
  self->is_there = FALSE;
  gtk_tree_view_set_model (self->tree, NULL);
  show_note (self, "");
  sampan_path_bar_set_path (self->path_bar, sampan_session_get_host (self->session), self->path);
  g_signal_emit (self, folder_changed_signal, 0);
  sampan_session_list_async (self->session,
                             self->path,
                             self->cancellable,
                             list_cb,
                             g_object_ref (self));
}

/* ---- ways to another folder ---- */

static void
open_path_cb (SampanFolderDialog *self, const SampanPath *path)
{
  open_path (self, path);
}

static void
row_activated_cb (SampanFolderDialog *self, GtkTreePath *row)
{
  GtkTreeModel *model = gtk_tree_view_get_model (self->tree);
  g_autoptr (SampanPath) path = NULL;
  GtkTreeIter iter;

  if (!gtk_tree_model_get_iter (model, &iter, row))
    return;
  path = sampan_path_get_child (self->path,
                                sampan_file_model_get_info (SAMPAN_FILE_MODEL (model), &iter)->name,
                                NULL);
  if (path != NULL)
    open_path (self, path);
}

static void
go_up (SampanFolderDialog *self)
{
  g_autoptr (SampanPath) parent = sampan_path_get_parent (self->path);

  if (parent != NULL)
    open_path (self, parent);
}

/* As in the window. */
static gboolean
key_press_cb (GtkWidget *widget, GdkEventKey *event)
{
  SampanFolderDialog *self = SAMPAN_FOLDER_DIALOG (widget);
  guint modifiers = event->state & gtk_accelerator_get_default_mod_mask ();
  bool types = GTK_IS_ENTRY (gtk_window_get_focus (GTK_WINDOW (self)));

  if (modifiers == GDK_MOD1_MASK && event->keyval == GDK_KEY_Up)
    go_up (self);
  else if (modifiers == 0 && event->keyval == GDK_KEY_BackSpace && !types)
    go_up (self);
  else if (modifiers == GDK_CONTROL_MASK && event->keyval == GDK_KEY_l)
    sampan_path_bar_edit (self->path_bar);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* ---- the object ---- */

static void
sampan_folder_dialog_dispose (GObject *object)
{
  SampanFolderDialog *self = SAMPAN_FOLDER_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->path, sampan_path_unref);
  G_OBJECT_CLASS (sampan_folder_dialog_parent_class)->dispose (object);
}

static void
sampan_folder_dialog_class_init (SampanFolderDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_folder_dialog_dispose;
  folder_changed_signal = g_signal_new ("folder-changed",
                                        SAMPAN_TYPE_FOLDER_DIALOG,
                                        G_SIGNAL_RUN_LAST,
                                        0,
                                        NULL,
                                        NULL,
                                        NULL,
                                        G_TYPE_NONE,
                                        0);
  g_type_ensure (SAMPAN_TYPE_PATH_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/folder-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanFolderDialog, path_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanFolderDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SampanFolderDialog, scroller);
  gtk_widget_class_bind_template_child (widget_class, SampanFolderDialog, tree);
  gtk_widget_class_bind_template_child (widget_class, SampanFolderDialog, note_label);
  gtk_widget_class_bind_template_child (widget_class, SampanFolderDialog, accept_button);
  gtk_widget_class_bind_template_callback (widget_class, key_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_path_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
sampan_folder_dialog_init (SampanFolderDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanFolderDialog *
sampan_folder_dialog_new (GtkWindow *parent,
                          SampanSession *session,
                          const SampanPath *start,
                          const char *title,
                          const char *accept)
{
  SampanFolderDialog *self = g_object_new (SAMPAN_TYPE_FOLDER_DIALOG,
                                           "transient-for",
                                           parent,
                                           "destroy-with-parent",
                                           TRUE,
                                           "use-header-bar",
                                           FALSE,
                                           "title",
                                           title,
                                           NULL);

  gtk_button_set_label (self->accept_button, accept);
  self->session = g_object_ref (session);
  open_path (self, start);
  return self;
}

const SampanPath *
sampan_folder_dialog_get_folder (SampanFolderDialog *self)
{
  return self->is_there ? self->path : NULL;
}
