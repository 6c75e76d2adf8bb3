/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A transfer's menu, and its place in the queue by menu, keys and drag. */

#include "config.h"

#include "transfer-row-private.h"

#include <glib/gi18n.h>

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

/* ---- the menu ---- */

#define STEP_KEY "sampan-step"
#define FAR_KEY "sampan-far"

static void
move_activate_cb (GtkMenuItem *item, gpointer user_data)
{
  int step = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (item), STEP_KEY));

  move (user_data, step, g_object_get_data (G_OBJECT (item), FAR_KEY) != NULL);
}

static void
add_item (SampanTransferRow *self, GtkMenuShell *menu, GtkWidget *item, GCallback callback)
{
  g_signal_connect_object (item, "activate", callback, self, 0);
  gtk_widget_show (item);
  gtk_menu_shell_append (menu, item);
}

static void
add_move (SampanTransferRow *self, GtkMenuShell *menu, const char *label, int step, bool far)
{
  GtkWidget *item = gtk_menu_item_new_with_mnemonic (label);
  guint place;

  g_object_set_data (G_OBJECT (item), STEP_KEY, GINT_TO_POINTER (step));
  g_object_set_data (G_OBJECT (item), FAR_KEY, far ? self : NULL);
  gtk_widget_set_sensitive (item, find_place (self, step, far, &place));
  add_item (self, menu, item, G_CALLBACK (move_activate_cb));
}

static void
open_activate_cb (GtkMenuItem *item, gpointer user_data)
{
  _sampan_transfer_row_act_on_file (user_data, "open-local");
}

static void
show_activate_cb (GtkMenuItem *item, gpointer user_data)
{
  _sampan_transfer_row_act_on_file (user_data, "show-local");
}

static void
opens_toggled_cb (GtkMenuItem *item, gpointer user_data)
{
  SampanTransferRow *self = user_data;

  sampan_transfer_row_set_opens_when_done (self->transfer,
                                           gtk_check_menu_item_get_active (
                                               GTK_CHECK_MENU_ITEM (item)));
}

static void
add_opens (SampanTransferRow *self, GtkMenuShell *menu)
{
  GtkWidget *item = gtk_check_menu_item_new_with_mnemonic (_ ("_Open When Done"));

  gtk_check_menu_item_set_active (GTK_CHECK_MENU_ITEM (item),
                                  sampan_transfer_row_opens_when_done (self->transfer));
  add_item (self, menu, item, G_CALLBACK (opens_toggled_cb));
}

static void
fill_menu (SampanTransferRow *self, GtkMenuShell *menu)
{
  if (can_be_moved (self->transfer))
    {
      add_move (self, menu, _ ("Move to _Top"), -1, true);
      add_move (self, menu, _ ("Move _Up"), -1, false);
      add_move (self, menu, _ ("Move _Down"), 1, false);
      add_move (self, menu, _ ("Move to _Bottom"), 1, true);
    }
  if (_sampan_transfer_row_has_file (self))
    {
      add_item (self,
                menu,
                gtk_menu_item_new_with_mnemonic (_ ("_Open")),
                G_CALLBACK (open_activate_cb));
      add_item (self,
                menu,
                gtk_menu_item_new_with_mnemonic (_ ("_Show in Folder")),
                G_CALLBACK (show_activate_cb));
    }
  if (!sampan_transfer_is_upload (self->transfer) &&
      sampan_transfer_get_state (self->transfer) < SAMPAN_TRANSFER_DONE)
    add_opens (self, menu);
}

static bool
has_menu (SampanTransferRow *self)
{
  return can_be_moved (self->transfer) || _sampan_transfer_row_has_file (self) ||
         (!sampan_transfer_is_upload (self->transfer) &&
          sampan_transfer_get_state (self->transfer) < SAMPAN_TRANSFER_DONE);
}

/* The last one is kept until then: assistive tools still look at an item after its menu closed. */
static GtkMenu *
make_menu (SampanTransferRow *self)
{
  if (self->menu != NULL)
    gtk_widget_destroy (self->menu);
  self->menu = gtk_menu_new ();
  fill_menu (self, GTK_MENU_SHELL (self->menu));
  gtk_menu_attach_to_widget (GTK_MENU (self->menu), GTK_WIDGET (self), NULL);
  return GTK_MENU (self->menu);
}

/* EVENT is NULL when a key asked for it. */
static gboolean
pop_up (SampanTransferRow *self, GdkEvent *event)
{
  GtkMenu *menu;

  if (!has_menu (self))
    return GDK_EVENT_PROPAGATE;
  menu = make_menu (self);
  if (event != NULL)
    gtk_menu_popup_at_pointer (menu, event);
  else
    gtk_menu_popup_at_widget (menu,
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

/* ---- dragging ---- */

/* Within the window; what is given to another program is nothing of use. */
static const GtkTargetEntry targets[] = {
  { (char *)"application/x-sampan-transfer-row", GTK_TARGET_SAME_APP, 0 },
};

#define ABOVE_CLASS "drop-above"
#define BELOW_CLASS "drop-below"

static void
show_line (SampanTransferRow *self, const char *class)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));

  gtk_style_context_remove_class (style, ABOVE_CLASS);
  gtk_style_context_remove_class (style, BELOW_CLASS);
  if (class != NULL)
    gtk_style_context_add_class (style, class);
}

/* The row that is dragged, of the same list; NULL if it is something else. */
static SampanTransferRow *
get_dragged (SampanTransferRow *self, GdkDragContext *context)
{
  GtkWidget *source = gtk_drag_get_source_widget (context);
  GtkWidget *row = source != NULL ? gtk_widget_get_ancestor (source, SAMPAN_TYPE_TRANSFER_ROW)
                                  : NULL;

  if (row == NULL || SAMPAN_TRANSFER_ROW (row)->queue != self->queue)
    return NULL;
  return SAMPAN_TRANSFER_ROW (row);
}

static bool
is_lower_half (SampanTransferRow *self, int y)
{
  return y > gtk_widget_get_allocated_height (GTK_WIDGET (self)) / 2;
}

/* The rows beside this one come into sight. */
static void
scroll_to_neighbours (SampanTransferRow *self)
{
  GtkWidget *list = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkAdjustment *adjustment = gtk_list_box_get_adjustment (GTK_LIST_BOX (list));
  GtkAllocation place;

  gtk_widget_get_allocation (GTK_WIDGET (self), &place);
  if (adjustment != NULL)
    gtk_adjustment_clamp_page (adjustment, place.y - place.height, place.y + 2 * place.height);
}

static gboolean
drag_motion_cb (SampanTransferRow *self, GdkDragContext *context, int x, int y, guint time)
{
  SampanTransferRow *dragged = get_dragged (self, context);

  if (dragged == NULL || !can_be_moved (self->transfer))
    {
      gdk_drag_status (context, 0, time);
      return TRUE;
    }
  scroll_to_neighbours (self);
  show_line (self, dragged == self ? NULL : is_lower_half (self, y) ? BELOW_CLASS : ABOVE_CLASS);
  gdk_drag_status (context, GDK_ACTION_MOVE, time);
  return TRUE;
}

static void
drag_leave_cb (SampanTransferRow *self)
{
  show_line (self, NULL);
}

static guint
find_position (SampanTransferRow *self)
{
  GListModel *model = G_LIST_MODEL (self->queue);
  guint length = g_list_model_get_n_items (model);
  guint position = 0;

  for (; position < length; position++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (model, position);

      if (transfer == self->transfer)
        break;
    }
  return position;
}

static gboolean
drag_drop_cb (SampanTransferRow *self, GdkDragContext *context, int x, int y, guint time)
{
  SampanTransferRow *dragged = get_dragged (self, context);
  guint from, to;

  show_line (self, NULL);
  /* It may have begun to run meanwhile. */
  if (dragged == NULL || !can_be_moved (self->transfer) || !can_be_moved (dragged->transfer))
    {
      gtk_drag_finish (context, FALSE, FALSE, time);
      return TRUE;
    }
  from = find_position (dragged);
  to = find_position (self);
  if (is_lower_half (self, y) && from > to)
    to++;
  else if (!is_lower_half (self, y) && from < to)
    to--;
  sampan_queue_move (self->queue, dragged->transfer, to);
  gtk_drag_finish (context, TRUE, FALSE, time);
  return TRUE;
}

static void
drag_begin_cb (SampanTransferRow *self, GdkDragContext *context)
{
  GtkWidget *widget = GTK_WIDGET (self);
  cairo_surface_t *surface =
      gdk_window_create_similar_surface (gtk_widget_get_window (widget),
                                         CAIRO_CONTENT_COLOR_ALPHA,
                                         gtk_widget_get_allocated_width (widget),
                                         gtk_widget_get_allocated_height (widget));
  cairo_t *cairo = cairo_create (surface);

  gtk_widget_draw (widget, cairo);
  cairo_destroy (cairo);
  gtk_drag_set_icon_surface (context, surface);
  cairo_surface_destroy (surface);
  _sampan_transfer_row_emit_dragged (self, true);
}

static void
drag_end_cb (SampanTransferRow *self)
{
  _sampan_transfer_row_emit_dragged (self, false);
}

/* ---- the row's ---- */

void
_sampan_transfer_row_bind_place (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, key_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, button_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, popup_menu_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_motion_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_leave_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_drop_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_begin_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_end_cb);
}

void
_sampan_transfer_row_init_place (SampanTransferRow *self)
{
  gtk_drag_dest_set (GTK_WIDGET (self), 0, targets, G_N_ELEMENTS (targets), GDK_ACTION_MOVE);
}

void
_sampan_transfer_row_update_place (SampanTransferRow *self)
{
  bool can_move = can_be_moved (self->transfer);

  if (can_move == self->is_drag_source)
    return;
  self->is_drag_source = can_move;
  if (can_move)
    gtk_drag_source_set (self->event_box,
                         GDK_BUTTON1_MASK,
                         targets,
                         G_N_ELEMENTS (targets),
                         GDK_ACTION_MOVE);
  else
    gtk_drag_source_unset (self->event_box);
}
