/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys and tips on the file list. */

#include "config.h"

#include "file-view-private.h"

#include "entry-text.h"
#include "escape.h"

static void
activate_action (SampanFileView *self, const char *name)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  if (G_IS_ACTION_GROUP (window))
    g_action_group_activate_action (G_ACTION_GROUP (window), name, NULL);
}

/* Those that an entry needs for itself. */
static const struct
{
  guint keyval; /* of the small letter */
  GdkModifierType modifiers;
  const char *action;
} keys[] = {
  { GDK_KEY_Delete, 0, "delete" },
  { GDK_KEY_KP_Delete, 0, "delete" },
  { GDK_KEY_F2, 0, "rename" },
  { GDK_KEY_BackSpace, 0, "up" },
  { GDK_KEY_Return, GDK_SHIFT_MASK, "open-aside" },
  { GDK_KEY_Return, GDK_CONTROL_MASK, "open-aside" }, /* there are no tabs */
  { GDK_KEY_x, GDK_CONTROL_MASK, "cut" },
  { GDK_KEY_c, GDK_CONTROL_MASK, "copy" },
  { GDK_KEY_v, GDK_CONTROL_MASK, "paste" },
  { GDK_KEY_Delete, GDK_SHIFT_MASK, "delete-for-good" },
  { GDK_KEY_Insert, GDK_CONTROL_MASK, "copy" },
  { GDK_KEY_Insert, GDK_SHIFT_MASK, "paste" },
};

static gboolean
key_press_cb (GtkWidget *tree, GdkEventKey *event, gpointer user_data)
{
  SampanFileView *self = user_data;
  GdkModifierType modifiers = event->state & gtk_accelerator_get_default_mod_mask ();

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (gdk_keyval_to_lower (event->keyval) == keys[i].keyval && modifiers == keys[i].modifiers)
      {
        activate_action (self, keys[i].action);
        return GDK_EVENT_STOP;
      }
  if (event->keyval == GDK_KEY_Escape && modifiers == 0)
    return _sampan_file_view_clear_filter (self) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
  if ((event->keyval == GDK_KEY_slash || event->keyval == GDK_KEY_asciitilde) &&
      (modifiers & ~GDK_SHIFT_MASK) == 0)
    {
      sampan_path_bar_edit_from (self->path_bar, event->keyval == GDK_KEY_slash ? "/" : "~/");
      return GDK_EVENT_STOP;
    }
  /* Space selects; any other character starts the filter. */
  if ((modifiers & ~GDK_SHIFT_MASK) != 0 || event->keyval == GDK_KEY_space ||
      !g_unichar_isgraph (gdk_keyval_to_unicode (event->keyval)))
    return GDK_EVENT_PROPAGATE;
  sampan_file_view_focus_filter (self);
  return gtk_search_entry_handle_event (GTK_SEARCH_ENTRY (self->filter_entry), (GdkEvent *)event);
}

static char *
make_tooltip (const SampanFileInfo *info)
{
  g_autofree char *name = sampan_display_name (info->name, -1);
  g_autofree char *modified = sampan_entry_text_dup_modified (info, true);

  if (modified[0] == '\0')
    return g_steal_pointer (&name);
  return g_strjoin ("\n", name, modified, NULL);
}

static gboolean
query_tooltip_cb (GtkWidget *widget,
                  int x,
                  int y,
                  gboolean keyboard_mode,
                  GtkTooltip *tooltip,
                  gpointer user_data)
{
  SampanFileView *self = user_data;
  g_autoptr (GtkTreePath) path = NULL;
  g_autofree char *text = NULL;
  GtkTreeModel *model;
  GtkTreeIter iter;

  if (!gtk_tree_view_get_tooltip_context (self->tree, &x, &y, keyboard_mode, &model, &path, &iter))
    return FALSE;
  text = make_tooltip (sampan_file_model_get_info (SAMPAN_FILE_MODEL (model), &iter));
  gtk_tooltip_set_text (tooltip, text);
  gtk_tree_view_set_tooltip_row (self->tree, tooltip, path);
  return TRUE;
}

void
_sampan_file_view_bind_input (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, key_press_cb);
  gtk_widget_class_bind_template_callback (widget_class, query_tooltip_cb);
}
