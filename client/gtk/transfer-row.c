/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One transfer in the list: its state, its buttons, its place. */

#include "config.h"

#include "transfer-row.h"

#include "accessible.h"
#include "transfer-text.h"

#include <glib/gi18n.h>

struct _SampanTransferRow
{
  GtkListBoxRow parent_instance;

  /* template widgets */
  GtkImage *image;
  GtkLabel *title_label;
  GtkLabel *status_label;
  GtkWidget *pause_button;
  GtkImage *pause_image;
  GtkWidget *retry_button;
  GtkWidget *cancel_button;

  /* owned */
  SampanQueue *queue;
  SampanTransfer *transfer;
};

G_DEFINE_TYPE (SampanTransferRow, sampan_transfer_row, GTK_TYPE_LIST_BOX_ROW)

static guint retry_signal;

static const char *
choose_icon (SampanTransfer *transfer)
{
  switch (sampan_transfer_get_state (transfer))
    {
    case SAMPAN_TRANSFER_DONE:
      return "emblem-ok-symbolic";
    case SAMPAN_TRANSFER_FAILED:
      return "dialog-warning-symbolic";
    case SAMPAN_TRANSFER_PAUSED:
      return "media-playback-pause-symbolic";
    case SAMPAN_TRANSFER_WAITING:
    case SAMPAN_TRANSFER_CONNECTING:
    case SAMPAN_TRANSFER_RECONNECTING:
    case SAMPAN_TRANSFER_SENDING:
    case SAMPAN_TRANSFER_RECEIVING:
    case SAMPAN_TRANSFER_SAVING:
    case SAMPAN_TRANSFER_CANCELLED:
      break;
    }
  return sampan_transfer_is_upload (transfer) ? "go-up-symbolic" : "go-down-symbolic";
}

static void
show_buttons (SampanTransferRow *self, SampanTransferState state)
{
  bool paused = state == SAMPAN_TRANSFER_PAUSED;

  gtk_widget_set_visible (self->pause_button, state < SAMPAN_TRANSFER_SAVING);
  gtk_image_set_from_icon_name (self->pause_image,
                                paused ? "media-playback-start-symbolic"
                                       : "media-playback-pause-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  gtk_widget_set_tooltip_text (self->pause_button,
                               paused ? _ ("Resume this transfer") : _ ("Pause this transfer"));
  sampan_accessible_set_name (self->pause_button, paused ? _ ("Resume") : _ ("Pause"));
  gtk_widget_set_visible (self->retry_button,
                          state == SAMPAN_TRANSFER_FAILED || state == SAMPAN_TRANSFER_CANCELLED);
  gtk_widget_set_visible (self->cancel_button, state < SAMPAN_TRANSFER_DONE);
}

static void
transfer_changed_cb (SampanTransferRow *self)
{
  SampanTransferState state = sampan_transfer_get_state (self->transfer);
  g_autofree char *status = sampan_transfer_text_dup_status (self->transfer);
  g_autofree char *title = sampan_transfer_text_dup_title (self->transfer);
  g_autofree char *name = NULL;
  bool failed = state == SAMPAN_TRANSFER_FAILED;
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->status_label));

  gtk_image_set_from_icon_name (self->image, choose_icon (self->transfer), GTK_ICON_SIZE_MENU);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->status_label, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_label), failed ? status : NULL);
  if (failed)
    {
      gtk_style_context_remove_class (style, GTK_STYLE_CLASS_DIM_LABEL);
      gtk_style_context_add_class (style, GTK_STYLE_CLASS_ERROR);
    }
  else
    {
      gtk_style_context_remove_class (style, GTK_STYLE_CLASS_ERROR);
      gtk_style_context_add_class (style, GTK_STYLE_CLASS_DIM_LABEL);
    }
  show_buttons (self, state);
  name = g_strconcat (title, ": ", status, NULL);
  sampan_accessible_set_name (GTK_WIDGET (self), name);
}

static void
cancel_clicked_cb (SampanTransferRow *self)
{
  sampan_transfer_cancel (self->transfer);
}

static void
pause_clicked_cb (SampanTransferRow *self)
{
  if (sampan_transfer_get_state (self->transfer) == SAMPAN_TRANSFER_PAUSED)
    sampan_transfer_requeue (self->transfer);
  else
    sampan_transfer_pause (self->transfer);
}

static void
retry_clicked_cb (SampanTransferRow *self)
{
  g_signal_emit (self, retry_signal, 0, self->transfer);
}

/* ---- its place ---- */

static bool
can_be_moved (SampanTransfer *transfer)
{
  SampanTransferState state = sampan_transfer_get_state (transfer);

  return state == SAMPAN_TRANSFER_WAITING || state == SAMPAN_TRANSFER_PAUSED;
}

/* Where the next one in the direction of STEP is that could be moved as well: the last such one if
 * FAR. FALSE if there is none. */
static bool
find_place (SampanTransferRow *self, int step, bool far, guint *place)
{
  GListModel *model = G_LIST_MODEL (self->queue);
  int length = (int)g_list_model_get_n_items (model);
  bool seen = false;
  bool found = false;

  for (int i = step > 0 ? 0 : length - 1; i >= 0 && i < length; i += step)
    {
      g_autoptr (SampanTransfer) other = g_list_model_get_item (model, (guint)i);

      if (other == self->transfer)
        seen = true;
      else if (seen && can_be_moved (other))
        {
          *place = (guint)i;
          found = true;
          if (!far)
            break;
        }
    }
  return found;
}

static void
move (SampanTransferRow *self, int step, bool far)
{
  guint place;

  if (can_be_moved (self->transfer) && find_place (self, step, far, &place))
    sampan_queue_move (self->queue, self->transfer, place);
}

static gboolean
key_press_cb (SampanTransferRow *self, GdkEventKey *event)
{
  guint modifiers = event->state & gtk_accelerator_get_default_mod_mask ();

  if (modifiers == GDK_CONTROL_MASK && event->keyval == GDK_KEY_Up)
    move (self, -1, false);
  else if (modifiers == GDK_CONTROL_MASK && event->keyval == GDK_KEY_Down)
    move (self, 1, false);
  else if (modifiers == GDK_CONTROL_MASK && event->keyval == GDK_KEY_Home)
    move (self, -1, true);
  else if (modifiers == GDK_CONTROL_MASK && event->keyval == GDK_KEY_End)
    move (self, 1, true);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

#define STEP_KEY "sampan-step"
#define FAR_KEY "sampan-far"

static void
move_activate_cb (GtkMenuItem *item, gpointer user_data)
{
  int step = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (item), STEP_KEY));

  move (user_data, step, g_object_get_data (G_OBJECT (item), FAR_KEY) != NULL);
}

static void
add_move (SampanTransferRow *self, GtkMenuShell *menu, const char *label, int step, bool far)
{
  GtkWidget *item = gtk_menu_item_new_with_mnemonic (label);
  guint place;

  g_object_set_data (G_OBJECT (item), STEP_KEY, GINT_TO_POINTER (step));
  g_object_set_data (G_OBJECT (item), FAR_KEY, far ? self : NULL);
  g_signal_connect_object (item, "activate", G_CALLBACK (move_activate_cb), self, 0);
  gtk_widget_set_sensitive (item, find_place (self, step, far, &place));
  gtk_widget_show (item);
  gtk_menu_shell_append (menu, item);
}

/* EVENT is NULL when a key asked for it. */
static gboolean
pop_up (SampanTransferRow *self, GdkEvent *event)
{
  GtkWidget *menu;

  if (!can_be_moved (self->transfer))
    return GDK_EVENT_PROPAGATE;
  menu = gtk_menu_new ();
  add_move (self, GTK_MENU_SHELL (menu), _ ("Move to _Top"), -1, true);
  add_move (self, GTK_MENU_SHELL (menu), _ ("Move _Up"), -1, false);
  add_move (self, GTK_MENU_SHELL (menu), _ ("Move _Down"), 1, false);
  add_move (self, GTK_MENU_SHELL (menu), _ ("Move to _Bottom"), 1, true);
  gtk_menu_attach_to_widget (GTK_MENU (menu), GTK_WIDGET (self), NULL);
  g_signal_connect (menu, "selection-done", G_CALLBACK (gtk_widget_destroy), NULL);
  if (event != NULL)
    gtk_menu_popup_at_pointer (GTK_MENU (menu), event);
  else
    gtk_menu_popup_at_widget (GTK_MENU (menu),
                              GTK_WIDGET (self),
                              GDK_GRAVITY_SOUTH_WEST,
                              GDK_GRAVITY_NORTH_WEST,
                              NULL);
  return GDK_EVENT_STOP;
}

static gboolean
button_press_cb (SampanTransferRow *self, GdkEvent *event)
{
  return gdk_event_triggers_context_menu (event) ? pop_up (self, event) : GDK_EVENT_PROPAGATE;
}

static gboolean
popup_menu_cb (SampanTransferRow *self)
{
  return pop_up (self, NULL);
}

static void
sampan_transfer_row_dispose (GObject *object)
{
  SampanTransferRow *self = SAMPAN_TRANSFER_ROW (object);

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (sampan_transfer_row_parent_class)->dispose (object);
}

static void
sampan_transfer_row_class_init (SampanTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_transfer_row_dispose;
  retry_signal = g_signal_new ("retry",
                               SAMPAN_TYPE_TRANSFER_ROW,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               1,
                               SAMPAN_TYPE_TRANSFER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, image);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, pause_image);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferRow, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, pause_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, button_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, popup_menu_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
sampan_transfer_row_init (SampanTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sampan_transfer_row_new (SampanQueue *queue, SampanTransfer *transfer)
{
  SampanTransferRow *self = g_object_new (SAMPAN_TYPE_TRANSFER_ROW, NULL);
  static const char *const watched[] = { "notify::state", "notify::done-bytes", "notify::speed" };

  self->queue = g_object_ref (queue);
  self->transfer = g_object_ref (transfer);
  for (size_t i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (transfer,
                             watched[i],
                             G_CALLBACK (transfer_changed_cb),
                             self,
                             G_CONNECT_SWAPPED);
  transfer_changed_cb (self);
  return GTK_WIDGET (self);
}
