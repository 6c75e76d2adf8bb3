/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The files frame. */

#include "config.h"

#include "file-view-private.h"

#include "errors.h"

#include <glib/gi18n.h>

G_DEFINE_TYPE (SampanFileView, sampan_file_view, GTK_TYPE_FRAME)

enum
{
  SIGNAL_OPEN_ENTRY,
  SIGNAL_OPEN_PATH,
  SIGNAL_TRY_AGAIN,
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_DROPPED,
  SIGNAL_DRAG_OUT,
  SIGNAL_DRAG_OUT_REFUSED,
  SIGNAL_SEARCH,
  SIGNAL_STOP_SEARCH,
  SIGNAL_SEARCH_SHARE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

void
_sampan_file_view_emit_selection_changed (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

void
_sampan_file_view_emit_dropped (SampanFileView *self, const SampanDrop *drop)
{
  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, drop);
}

char **
_sampan_file_view_emit_drag_out (SampanFileView *self, GPtrArray *paths, GPtrArray *infos)
{
  char **uris = NULL;

  g_signal_emit (self, signals[SIGNAL_DRAG_OUT], 0, paths, infos, &uris);
  return uris;
}

void
_sampan_file_view_emit_drag_out_refused (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_DRAG_OUT_REFUSED], 0);
}

void
_sampan_file_view_emit_search (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_SEARCH], 0);
}

void
_sampan_file_view_emit_stop_search (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_STOP_SEARCH], 0);
}

void
_sampan_file_view_emit_search_share (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_SEARCH_SHARE], 0);
}

static bool
try_again (SampanFileView *self)
{
  g_signal_emit (self, signals[SIGNAL_TRY_AGAIN], 0);
  return true;
}

static void
placeholder_activated_cb (SampanFileView *self)
{
  if (self->placeholder_action != NULL)
    self->placeholder_action (self);
}

static GtkWidget *
get_focus (SampanFileView *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  return GTK_IS_WINDOW (window) ? gtk_window_get_focus (GTK_WINDOW (window)) : NULL;
}

static void
want_focus (SampanFileView *self)
{
  self->wants_focus = true;
  g_set_weak_pointer (&self->focus_before, get_focus (self));
}

void
_sampan_file_view_take_wanted_focus (SampanFileView *self)
{
  GtkWidget *focus = get_focus (self);

  if (!self->wants_focus || !gtk_widget_get_mapped (GTK_WIDGET (self->tree)))
    return;
  self->wants_focus = false;
  if (focus == NULL || focus == self->focus_before || !gtk_widget_get_mapped (focus) ||
      gtk_widget_is_ancestor (focus, GTK_WIDGET (self->stack)))
    gtk_widget_grab_focus (GTK_WIDGET (self->tree));
}

void
_sampan_file_view_show_placeholder (SampanFileView *self,
                                    const char *icon_name,
                                    const char *title,
                                    const char *text,
                                    const char *button,
                                    bool (*action) (SampanFileView *self))
{
  /* The focus comes back with the list. */
  if (gtk_widget_is_focus (GTK_WIDGET (self->tree)))
    want_focus (self);
  sampan_placeholder_tell (self->placeholder, icon_name, title, text, button);
  self->placeholder_action = action;
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->placeholder));
}

/* ---- what the person does ---- */

static void
selection_changed_cb (SampanFileView *self)
{
  if (!self->is_selecting)
    _sampan_file_view_emit_selection_changed (self);
}

static void
row_activated_cb (GtkTreeView *tree,
                  GtkTreePath *path,
                  GtkTreeViewColumn *column,
                  gpointer user_data)
{
  SampanFileView *self = user_data;
  guint row = (guint)gtk_tree_path_get_indices (path)[0];
  g_autoptr (SampanFolderList) held =
      sampan_folder_list_ref (sampan_file_model_get_list (self->model));

  g_signal_emit (self, signals[SIGNAL_OPEN_ENTRY], 0, sampan_file_model_get_row (self->model, row));
}

static void
path_bar_open_cb (SampanFileView *self, gpointer path)
{
  sampan_file_view_focus_list (self);
  g_signal_emit (self, signals[SIGNAL_OPEN_PATH], 0, path);
}

/* ---- life ---- */

static void
forget_list (SampanFileView *self)
{
  _sampan_file_view_stop_arranging (self);
  gtk_tree_view_set_model (self->tree, NULL);
  g_clear_object (&self->model);
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  g_clear_pointer (&self->path, sampan_path_unref);
}

static void
sampan_file_view_dispose (GObject *object)
{
  SampanFileView *self = SAMPAN_FILE_VIEW (object);

  if (self->tree != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      forget_list (self);
    }
  g_clear_weak_pointer (&self->focus_before);
  g_clear_pointer (&self->wanted_name, g_free);
  g_clear_pointer (&self->wanted_pattern, g_free);
  g_clear_pointer (&self->top, g_free);
  g_clear_pointer (&self->dragged, g_ptr_array_unref);
  g_clear_pointer (&self->copies, g_strfreev);
  G_OBJECT_CLASS (sampan_file_view_parent_class)->dispose (object);
}

static void
install_signal (int id, const char *name, GType type)
{
  signals[id] = g_signal_new (name,
                              SAMPAN_TYPE_FILE_VIEW,
                              G_SIGNAL_RUN_LAST,
                              0,
                              NULL,
                              NULL,
                              NULL,
                              G_TYPE_NONE,
                              type != G_TYPE_NONE ? 1 : 0,
                              type);
}

static void
sampan_file_view_class_init (SampanFileViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_file_view_dispose;
  install_signal (SIGNAL_OPEN_ENTRY, "open-entry", G_TYPE_POINTER);
  install_signal (SIGNAL_OPEN_PATH, "open-path", G_TYPE_POINTER);
  install_signal (SIGNAL_TRY_AGAIN, "try-again", G_TYPE_NONE);
  install_signal (SIGNAL_SELECTION_CHANGED, "selection-changed", G_TYPE_NONE);
  install_signal (SIGNAL_DROPPED, "dropped", G_TYPE_POINTER);
  signals[SIGNAL_DRAG_OUT] = g_signal_new ("drag-out",
                                           SAMPAN_TYPE_FILE_VIEW,
                                           G_SIGNAL_RUN_LAST,
                                           0,
                                           NULL,
                                           NULL,
                                           NULL,
                                           G_TYPE_POINTER,
                                           2,
                                           G_TYPE_POINTER,
                                           G_TYPE_POINTER);
  install_signal (SIGNAL_DRAG_OUT_REFUSED, "drag-out-refused", G_TYPE_NONE);
  install_signal (SIGNAL_SEARCH, "search", G_TYPE_NONE);
  install_signal (SIGNAL_STOP_SEARCH, "stop-search", G_TYPE_NONE);
  install_signal (SIGNAL_SEARCH_SHARE, "search-share", G_TYPE_NONE);
  g_type_ensure (SAMPAN_TYPE_PATH_BAR);
  g_type_ensure (SAMPAN_TYPE_PLACEHOLDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/file-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, toolbar);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, path_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, filter_revealer);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, filter_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, stack);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, placeholder);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, scroller);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, tree);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, selection);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, name_column);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, size_column);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, modified_column);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, size_cell);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, modified_cell);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, status_box);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, summary_label);
  gtk_widget_class_bind_template_child (widget_class, SampanFileView, space_label);
  gtk_widget_class_bind_template_callback (widget_class, placeholder_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, path_bar_open_cb);
  gtk_widget_class_bind_template_callback (widget_class, _sampan_file_view_emit_dropped);
  _sampan_file_view_bind_columns (widget_class);
  _sampan_file_view_bind_filter (widget_class);
  _sampan_file_view_bind_input (widget_class);
  _sampan_file_view_bind_menu (widget_class);
  _sampan_file_view_bind_search (widget_class);
}

static void
sampan_file_view_init (SampanFileView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_tree_view_set_fixed_height_mode (self->tree, TRUE);
  _sampan_file_view_init_columns (self);
  _sampan_file_view_init_drag (self);
  sampan_file_view_show_disconnected (self);
}

static void
set_spinning (SampanFileView *self, bool spinning)
{
  g_object_set (self->spinner, "active", spinning, NULL);
  if (spinning)
    gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->spinner));
}

void
sampan_file_view_show_disconnected (SampanFileView *self)
{
  g_clear_pointer (&self->wanted_pattern, g_free);
  forget_list (self);
  set_spinning (self, false);
  sampan_file_view_leave_search (self);
  sampan_path_bar_set_path (self->path_bar, NULL, NULL);
  gtk_widget_hide (self->toolbar);
  _sampan_file_view_show_placeholder (self,
                                      "network-server-symbolic",
                                      _ ("Not Connected"),
                                      _ ("Log in to see the files on your box."),
                                      NULL,
                                      NULL);
}

void
_sampan_file_view_stop_loading (SampanFileView *self)
{
  set_spinning (self, false);
}

void
sampan_file_view_show_loading (SampanFileView *self)
{
  set_spinning (self, true);
}

/* Borrowed; also the picture and the sentence that go with it. */
static const char *
choose_error_title (const GError *error, const char **icon_name, const char **text)
{
  *text = sampan_error_get_text (error);
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED))
    {
      *icon_name = "changes-prevent-symbolic";
      return _ ("No Permission to Open This Folder");
    }
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    {
      *icon_name = "edit-find-symbolic";
      *text = _ ("It was moved or deleted, or is not shared with you.");
      return _ ("This Folder Is Not There");
    }
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED) ||
      g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE))
    {
      *icon_name = "network-offline-symbolic";
      return _ ("The Box Is Out of Reach");
    }
  *icon_name = "dialog-warning-symbolic";
  return _ ("This Folder Cannot Be Shown");
}

void
sampan_file_view_show_error (SampanFileView *self,
                             const char *host,
                             const SampanPath *path,
                             const GError *error)
{
  const char *icon_name, *text;
  const char *title = choose_error_title (error, &icon_name, &text);

  g_clear_pointer (&self->wanted_pattern, g_free);
  forget_list (self);
  set_spinning (self, false);
  sampan_file_view_leave_search (self);
  sampan_path_bar_set_path (self->path_bar, host, path);
  gtk_widget_show (self->toolbar);
  _sampan_file_view_show_placeholder (self, icon_name, title, text, _ ("_Try Again"), try_again);
}

void
sampan_file_view_show_list (SampanFileView *self,
                            const char *host,
                            const SampanPath *path,
                            SampanFolderList *list,
                            bool may_add)
{
  bool same = self->path != NULL && sampan_path_equal (self->path, path);

  set_spinning (self, false);
  gtk_widget_show (self->toolbar);
  self->may_add = may_add;
  if (!same)
    {
      forget_list (self);
      sampan_file_view_leave_search (self);
      self->from_top = true;
      self->path = sampan_path_ref (path);
      sampan_path_bar_set_path (self->path_bar, host, path);
    }
  _sampan_file_view_set_found (self, false, false);
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  self->list = sampan_folder_list_ref (list);
  _sampan_file_view_arrange (self);
  _sampan_file_view_start_wanted_search (self);
}

SampanFolderList *
sampan_file_view_get_list (SampanFileView *self)
{
  return self->list;
}

guint
sampan_file_view_get_n_shown (SampanFileView *self)
{
  return self->model != NULL ? sampan_file_model_get_length (self->model) : 0;
}

static void
update_status (SampanFileView *self)
{
  bool any = gtk_label_get_text (self->summary_label)[0] != '\0' ||
             gtk_label_get_text (self->space_label)[0] != '\0';

  gtk_widget_set_visible (self->status_box, any);
}

void
sampan_file_view_set_summary (SampanFileView *self, const char *summary)
{
  gtk_label_set_text (self->summary_label, summary != NULL ? summary : "");
  update_status (self);
}

void
sampan_file_view_set_space (SampanFileView *self, const char *space, const char *tip)
{
  gtk_label_set_text (self->space_label, space != NULL ? space : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->space_label), tip);
  update_status (self);
}

GtkWidget *
sampan_file_view_get_status (SampanFileView *self)
{
  return self->status_box;
}

void
sampan_file_view_set_show_hidden (SampanFileView *self, bool show_hidden)
{
  self->show_hidden = show_hidden;
  _sampan_file_view_arrange (self);
}

void
sampan_file_view_edit_path (SampanFileView *self)
{
  self->wants_focus = false;
  sampan_path_bar_edit (self->path_bar);
}

void
sampan_file_view_focus_list (SampanFileView *self)
{
  /* Keys must not go to what is not on screen. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self->tree)))
    {
      self->wants_focus = false;
      gtk_widget_grab_focus (GTK_WIDGET (self->tree));
    }
  else
    want_focus (self);
}
