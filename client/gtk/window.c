/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The window: its life, and what can be done in the state it is in. */

#include "config.h"

#include "window-private.h"

#include "entry-text.h"
#include "question.h"
#include "sentence-name.h"

#include <glib/gi18n.h>

/* Closing waits no longer for the server to end the session; it also notices by itself. */
#define CLOSE_WAIT_MS 2000

G_DEFINE_TYPE (SampanWindow, sampan_window, GTK_TYPE_APPLICATION_WINDOW)

bool
sampan_window_is_gone (SampanWindow *self)
{
  return self->session == NULL;
}

bool
sampan_window_is_ready (SampanWindow *self)
{
  return !sampan_window_is_gone (self) &&
         sampan_session_get_state (self->session) == SAMPAN_SESSION_READY && self->entered;
}

SampanRight
sampan_window_get_right_at (SampanWindow *self, const SampanPath *path)
{
  g_autoptr (SampanPath) below = NULL;
  g_autofree char *share = NULL;

  if (!sampan_window_is_ready (self) || path == NULL)
    return SAMPAN_RIGHT_NONE;
  share = sampan_path_split_share (path, &below);
  if (share == NULL)
    return SAMPAN_RIGHT_NONE;
  return (SampanRight)GPOINTER_TO_INT (g_hash_table_lookup (self->rights, share));
}

SampanRight
sampan_window_get_share_right (SampanWindow *self)
{
  return sampan_window_get_right_at (self, self->path);
}

SampanRight
sampan_window_get_right (SampanWindow *self)
{
  return sampan_file_view_get_list (self->file_view) != NULL ? sampan_window_get_share_right (self)
                                                             : SAMPAN_RIGHT_NONE;
}

bool
sampan_window_has_transfers (SampanWindow *self)
{
  gboolean active = FALSE;

  g_object_get (self->queue, "active", &active, NULL);
  return active || self->moving->len > 0;
}

void
sampan_window_tell_error (SampanWindow *self, const GError *error)
{
  sampan_window_tell_item_error (self, NULL, error);
}

void
sampan_window_tell_item_error (SampanWindow *self, const char *name, const GError *error)
{
  g_autofree char *reason = sampan_error_dup_text (error);
  g_autofree char *display = NULL;
  g_autofree char *text = NULL;

  if (sampan_window_is_gone (self) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (name == NULL)
    {
      sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_ERROR, reason, NULL, NULL);
      return;
    }
  display = sampan_sentence_name (name, -1);
  /* Translators: the name of a file or folder, then why something failed with it. */
  text = g_strdup_printf (_ ("“%s”: %s"), display, reason);
  sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_ERROR, text, NULL, NULL);
}

typedef void (*Answer) (SampanWindow *self);

static void
asked_cb (GtkDialog *dialog, int response, gpointer user_data)
{
  SampanWindow *self = user_data;
  Answer answer = g_object_get_data (G_OBJECT (dialog), "sampan-answer");

  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (response == GTK_RESPONSE_ACCEPT)
    answer (self);
}

void
sampan_window_ask (SampanWindow *self,
                   const char *title,
                   const char *text,
                   const char *button,
                   void (*answer) (SampanWindow *self))
{
  GtkWidget *dialog = sampan_question_new (GTK_WINDOW (self), title, text, button);

  g_object_set_data (G_OBJECT (dialog), "sampan-answer", answer);
  g_signal_connect_object (dialog, "response", G_CALLBACK (asked_cb), self, 0);
  gtk_widget_show (dialog);
}

/* ---- what can be done now ---- */

static bool
is_one_folder (GPtrArray *selected)
{
  return selected->len == 1 && sampan_entry_text_is_folder (g_ptr_array_index (selected, 0));
}

static bool
can_download (GPtrArray *selected)
{
  for (guint i = 0; i < selected->len; i++)
    {
      const SampanFileInfo *info = g_ptr_array_index (selected, i);

      if (info->kind == SAMPAN_ENTRY_FILE || sampan_entry_text_is_folder (info))
        return true;
    }
  return false;
}

static void
update_hints (SampanWindow *self, SampanRight right, GPtrArray *selected)
{
  const char *add = NULL, *download = NULL, *change = NULL;

  if (self->tells_reconnecting)
    add = download = change = _ ("Wait until the connection is back");
  else if (!sampan_window_is_ready (self) || self->path == NULL)
    add = download = change = _ ("Log in first");
  else if (sampan_path_is_root (self->path))
    add = download = change = _ ("Open a folder first");
  else
    {
      if (right < SAMPAN_RIGHT_ADD)
        add = _ ("You may look at this share but not add to it");
      if (right < SAMPAN_RIGHT_CHANGE)
        change = _ ("You may not change what is in this share");
      else if (selected->len == 0)
        change = _ ("Select something first");
      if (selected->len == 0)
        download = _ ("Select something first");
    }
  sampan_action_bar_set_hints (self->action_bar, add, download, change);
}

static void
update_title (SampanWindow *self)
{
  SampanSessionState state = sampan_session_get_state (self->session);
  g_autofree char *subtitle = NULL;

  if (state == SAMPAN_SESSION_READY)
    subtitle = sampan_sentence_account (sampan_session_get_user (self->session),
                                        sampan_session_get_host (self->session));
  gtk_header_bar_set_subtitle (self->header, subtitle);
}

void
sampan_window_update_actions (SampanWindow *self)
{
  g_autoptr (GPtrArray) selected = NULL;
  SampanRight right;
  bool ready, in_share;

  /* While it is being built. */
  if (self->session == NULL)
    return;
  selected = sampan_file_view_dup_selected (self->file_view);
  right = sampan_window_get_right (self);
  ready = sampan_window_is_ready (self) && self->path != NULL;
  in_share = ready && !sampan_path_is_root (self->path);

  sampan_window_set_enabled (self, "back", ready && self->history_index > 0);
  sampan_window_set_enabled (self,
                             "forward",
                             ready && self->history_index + 1 < self->history->len);
  sampan_window_set_enabled (self, "up", in_share);
  sampan_window_set_enabled (self, "home", in_share);
  sampan_window_set_enabled (self, "refresh", ready);
  sampan_window_set_enabled (self, "type-path", ready);
  /* These take what is on screen. */
  sampan_window_set_enabled (self, "find", ready || self->tells_reconnecting);
  sampan_window_set_enabled (self, "show-filter", ready || self->tells_reconnecting);
  sampan_window_update_selection_actions (self);
  sampan_window_update_places (self);
  sampan_window_set_enabled (self, "open-selected", ready && selected->len == 1);
  sampan_window_update_open_with (self, selected);
  sampan_window_set_enabled (self, "open-aside", ready && is_one_folder (selected));
  sampan_window_set_enabled (self, "search", ready);
  sampan_window_set_enabled (self, "open-location", self->search != NULL && selected->len == 1);
  sampan_window_set_enabled (self, "upload", right >= SAMPAN_RIGHT_ADD);
  sampan_window_set_enabled (self, "upload-folder", right >= SAMPAN_RIGHT_ADD);
  sampan_window_set_enabled (self, "cut", right >= SAMPAN_RIGHT_CHANGE && selected->len > 0);
  sampan_window_set_enabled (self, "copy", in_share && selected->len > 0);
  sampan_window_set_enabled (self, "move-to", right >= SAMPAN_RIGHT_CHANGE && selected->len > 0);
  sampan_window_set_enabled (self, "copy-to", in_share && selected->len > 0);
  sampan_window_set_enabled (self, "paste", right >= SAMPAN_RIGHT_ADD);
  sampan_window_set_enabled (self,
                             "paste-into",
                             right >= SAMPAN_RIGHT_ADD && is_one_folder (selected));
  sampan_window_set_enabled (self, "new-folder", right >= SAMPAN_RIGHT_ADD);
  sampan_window_set_enabled (self, "download", in_share && can_download (selected));
  sampan_window_set_enabled (self, "rename", right >= SAMPAN_RIGHT_CHANGE && selected->len == 1);
  sampan_window_set_enabled (self, "delete", right >= SAMPAN_RIGHT_CHANGE && selected->len > 0);
  sampan_window_set_enabled (self,
                             "delete-for-good",
                             right >= SAMPAN_RIGHT_CHANGE && selected->len > 0);
  sampan_window_set_enabled (self, "trash", in_share);
  update_hints (self, right, selected);
  sampan_window_update_summary (self, selected);
  update_title (self);
}

/* ---- callbacks ---- */

static void
entry_opened_cb (SampanFileView *view, const SampanFileInfo *info, gpointer user_data)
{
  sampan_window_open_entry (user_data, info);
}

static void
path_opened_cb (SampanFileView *view, SampanPath *path, gpointer user_data)
{
  if (sampan_window_is_ready (user_data))
    sampan_window_go (user_data, path);
}

static void
bookmark_opened_cb (SampanBookmarksPopover *popover, const SampanPath *path, gpointer user_data)
{
  sampan_window_go (user_data, path);
  sampan_file_view_focus_list (SAMPAN_WINDOW (user_data)->file_view);
}

static void
queue_finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  sampan_window_transfer_finished (user_data, transfer);
  sampan_window_open_if_wanted (user_data, transfer);
}

static gboolean
close_now_cb (gpointer user_data)
{
  SampanWindow *self = user_data;

  self->close_id = 0;
  gtk_widget_destroy (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static gboolean
sampan_window_delete_event (GtkWidget *widget, GdkEventAny *event)
{
  SampanWindow *self = SAMPAN_WINDOW (widget);

  if (self->closing)
    return GDK_EVENT_STOP;
  if (!sampan_window_has_transfers (self))
    {
      sampan_window_close_for_good (self);
      return GDK_EVENT_STOP;
    }
  sampan_window_ask_to_end (self,
                            _ ("Close while files are on their way?"),
                            _ ("_Stop and Close"),
                            _ ("Close and _Go On Later"),
                            sampan_window_close_for_good);
  return GDK_EVENT_STOP;
}

static void
sampan_window_dispose (GObject *object)
{
  SampanWindow *self = SAMPAN_WINDOW (object);

  g_clear_handle_id (&self->spinner_id, g_source_remove);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->close_id, g_source_remove);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  g_queue_clear_full (&self->batches, g_object_unref);
  g_cancellable_cancel (self->prepare_cancellable);
  g_clear_object (&self->prepare_cancellable);
  sampan_window_stop_relocations (self);
  sampan_window_cancel_fetches (self);
  g_cancellable_cancel (self->saved_cancellable);
  g_clear_object (&self->saved_cancellable);
  g_clear_object (&self->saved);
  g_clear_pointer (&self->moving, g_ptr_array_unref);
  g_cancellable_cancel (self->login_cancellable);
  g_cancellable_cancel (self->list_cancellable);
  g_clear_object (&self->login_cancellable);
  g_clear_object (&self->list_cancellable);
  g_cancellable_cancel (self->space_cancellable);
  g_clear_object (&self->space_cancellable);
  sampan_window_drop_search (self);
  g_clear_weak_pointer (&self->name_popover);
  g_clear_object (&self->watch);
  g_clear_object (&self->session);
  g_clear_object (&self->store);
  g_clear_object (&self->told);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->password, sampan_secret_free);
  g_clear_pointer (&self->path, sampan_path_unref);
  g_clear_pointer (&self->target, sampan_path_unref);
  g_clear_pointer (&self->wanted, sampan_path_unref);
  g_clear_pointer (&self->history, g_ptr_array_unref);
  g_clear_pointer (&self->undos, g_ptr_array_unref);
  g_clear_pointer (&self->notifications, g_ptr_array_unref);
  g_clear_pointer (&self->redos, g_ptr_array_unref);
  g_clear_pointer (&self->clipped, g_ptr_array_unref);
  g_clear_pointer (&self->replaced_name, g_free);
  g_clear_object (&self->replaced);
  g_clear_pointer (&self->rights, g_hash_table_unref);
  g_clear_pointer (&self->upload_folder, g_free);
  g_clear_pointer (&self->download_folder, g_free);
  G_OBJECT_CLASS (sampan_window_parent_class)->dispose (object);
}

static void
ensure_types (void)
{
  g_type_ensure (SAMPAN_TYPE_ACTION_BAR);
  g_type_ensure (SAMPAN_TYPE_BOOKMARKS_POPOVER);
  g_type_ensure (SAMPAN_TYPE_ERROR_BAR);
  g_type_ensure (SAMPAN_TYPE_FETCH_BAR);
  g_type_ensure (SAMPAN_TYPE_FILE_VIEW);
  g_type_ensure (SAMPAN_TYPE_NOTICE);
  g_type_ensure (SAMPAN_TYPE_PREPARING_BAR);
  g_type_ensure (SAMPAN_TYPE_SERVER_BAR);
  g_type_ensure (SAMPAN_TYPE_TRANSFER_PANEL);
}

static void
sampan_window_class_init (SampanWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_window_dispose;
  widget_class->delete_event = sampan_window_delete_event;
  ensure_types ();
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, header);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, forward_button);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, bookmarks_button);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, bookmarks_popover);
  gtk_widget_class_bind_template_callback (widget_class, bookmark_opened_cb);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, error_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, fetch_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, preparing_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, relocation_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, server_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, file_view);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, action_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanWindow, transfer_panel);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_log_in);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_log_out);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_cancel_fetch);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_hand_out);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_refuse_to_hand_out);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_cancel_login);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_cancel_preparing);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_cancel_relocation);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_refresh);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_update_actions);
  gtk_widget_class_bind_template_callback (widget_class, entry_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, path_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_take_drop);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_search_share);
  gtk_widget_class_bind_template_callback (widget_class, sampan_window_stop_search);
}

/* As the keys are, in set_history_keys() of application.c. */
static void
mirror_hints (SampanWindow *self)
{
  if (gtk_widget_get_direction (GTK_WIDGET (self)) != GTK_TEXT_DIR_RTL)
    return;
  gtk_widget_set_tooltip_text (self->back_button, _ ("Go back (Alt+Right)"));
  gtk_widget_set_tooltip_text (self->forward_button, _ ("Go forward (Alt+Left)"));
}

static void
sampan_window_init (SampanWindow *self)
{
  g_queue_init (&self->batches);
  self->moving = g_ptr_array_new_with_free_func (g_object_unref);
  self->history = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_path_unref);
  self->rights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->queue = sampan_queue_new ();
  /* The template's children ask what can be done as they are made. */
  self->undos = g_ptr_array_new_with_free_func (g_object_unref);
  self->redos = g_ptr_array_new_with_free_func (g_object_unref);
  sampan_window_init_actions (self);
  sampan_window_init_selection_actions (self);
  sampan_window_init_places (self);
  sampan_window_init_open (self);
  sampan_window_set_enabled (self, "undo", false);
  sampan_window_set_enabled (self, "redo", false);
  gtk_widget_init_template (GTK_WIDGET (self));
  mirror_hints (self);
  self->form = sampan_server_bar_get_form (self->server_bar);
  sampan_window_restore_size (self);
  g_action_group_change_action_state (G_ACTION_GROUP (self),
                                      "show-hidden",
                                      g_variant_new_boolean (
                                          g_settings_get_boolean (sampan_settings_get (),
                                                                  SAMPAN_SETTING_SHOW_HIDDEN)));
  sampan_transfer_panel_set_queue (self->transfer_panel, self->queue);
  g_signal_connect_object (self->transfer_panel,
                           "look-again",
                           G_CALLBACK (sampan_window_look_again),
                           self,
                           G_CONNECT_SWAPPED);
  sampan_window_init_desktop (self);
  g_signal_connect_object (self->queue, "finished", G_CALLBACK (queue_finished_cb), self, 0);
}

SampanWindow *
sampan_window_new (GtkApplication *application, SampanEngine *engine, SampanServerStore *store)
{
  SampanWindow *self = g_object_new (SAMPAN_TYPE_WINDOW, "application", application, NULL);
  GMenu *menu = gtk_application_get_menu_by_id (application, "primary-menu");

  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
  self->session = sampan_session_new (engine);
  g_signal_connect_object (self->session,
                           "notify::state",
                           G_CALLBACK (sampan_window_session_changed),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session,
                           "notify::seconds-to-retry",
                           G_CALLBACK (sampan_window_seconds_changed),
                           self,
                           G_CONNECT_SWAPPED);
  sampan_server_bar_set_session (self->server_bar, self->session);
  self->store = g_object_ref (store);
  sampan_login_form_set_store (self->form, store);
  sampan_login_form_focus (self->form);
  sampan_window_update_actions (self);
  return self;
}

static void
logged_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sampan_session_logout_finish (SAMPAN_SESSION (source), result, &error))
    g_debug ("logout: %s", error->message);
  if (self->close_id != 0)
    {
      g_source_remove (self->close_id);
      close_now_cb (self);
    }
}

void
sampan_window_close_for_good (SampanWindow *self)
{
  self->closing = true;
  sampan_window_remember_size (self);
  sampan_file_view_remember_widths (self->file_view);
  sampan_window_remember_place (self);
  gtk_widget_hide (GTK_WIDGET (self));
  g_cancellable_cancel (self->login_cancellable);
  sampan_window_put_off_transfers (self);
  /* Never from inside of the event that asked for it. */
  if (sampan_session_get_state (self->session) != SAMPAN_SESSION_READY)
    {
      self->close_id = g_idle_add (close_now_cb, self);
      return;
    }
  self->close_id = g_timeout_add (CLOSE_WAIT_MS, close_now_cb, self);
  sampan_session_logout_async (self->session, NULL, logged_out_cb, g_object_ref (self));
}
