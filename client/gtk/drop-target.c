/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Widgets that stand for folders of the box. */

#include "config.h"

#include "drop-target.h"

#include "offered-files.h"

typedef struct
{
  SampanDropFindFunc find;
  SampanDropLeaveFunc leave;
  SampanDropFunc dropped;
  gpointer user_data;
} Target;

static void
target_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

/* Of this program; NULL: it is something else that is dragged. */
static GPtrArray *
get_items (GdkDragContext *context)
{
  GtkWidget *source = gtk_drag_get_source_widget (context);

  return source != NULL ? g_object_get_data (G_OBJECT (source), SAMPAN_DRAGGED_KEY) : NULL;
}

/* Not where they are, and no folder into itself. */
static bool
takes_items (const SampanPath *folder, GPtrArray *items)
{
  if (folder == NULL || sampan_path_is_root (folder))
    return false;
  for (guint i = 0; i < items->len; i++)
    {
      const SampanPath *item = g_ptr_array_index (items, i);
      g_autoptr (SampanPath) parent = sampan_path_get_parent (item);

      if (sampan_path_is_below (folder, item) ||
          (parent != NULL && sampan_path_equal (parent, folder)))
        return false;
    }
  return true;
}

static void
leave (GtkWidget *widget, const Target *target)
{
  gtk_drag_unhighlight (widget);
  if (target->leave != NULL)
    target->leave (widget, target->user_data);
}

/* With Ctrl the one that drags offers to copy alone. */
static GdkDragAction
choose_action (GdkDragContext *context, const SampanPath *folder)
{
  GPtrArray *items = get_items (context);

  if (items == NULL)
    return GDK_ACTION_COPY;
  if (!takes_items (folder, items))
    return 0;
  return (gdk_drag_context_get_actions (context) & GDK_ACTION_MOVE) != 0 ? GDK_ACTION_MOVE
                                                                         : GDK_ACTION_COPY;
}

static gboolean
motion_cb (GtkWidget *widget, GdkDragContext *context, int x, int y, guint time, gpointer user_data)
{
  const Target *target = user_data;
  g_autoptr (SampanPath) folder = NULL;
  GdkDragAction action;

  if (gtk_drag_dest_find_target (widget, context, NULL) == GDK_NONE)
    return FALSE;
  folder = target->find (widget, x, y, target->user_data);
  action = choose_action (context, folder);
  if (action != 0)
    gtk_drag_highlight (widget);
  else
    leave (widget, target);
  gdk_drag_status (context, action, time);
  return TRUE;
}

static void
leave_cb (GtkWidget *widget, GdkDragContext *context, guint time, gpointer user_data)
{
  leave (widget, user_data);
}

static gboolean
drop_cb (GtkWidget *widget, GdkDragContext *context, int x, int y, guint time, gpointer user_data)
{
  GdkAtom type = gtk_drag_dest_find_target (widget, context, NULL);

  if (type == GDK_NONE)
    return FALSE;
  if (get_items (context) == NULL)
    type = sampan_offered_files_choose_target (context);
  gtk_drag_get_data (widget, context, type, time);
  return TRUE;
}

static void
received_cb (GtkWidget *widget,
             GdkDragContext *context,
             int x,
             int y,
             GtkSelectionData *data,
             guint info,
             guint time,
             gpointer user_data)
{
  const Target *target = user_data;
  g_autoptr (SampanPath) folder = target->find (widget, x, y, target->user_data);
  g_autoptr (GPtrArray) items = get_items (context);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  GdkDragAction action = choose_action (context, folder);
  g_auto (GStrv) uris = NULL;
  SampanDrop drop = { .folder = folder, .copies = action == GDK_ACTION_COPY };

  if (items != NULL)
    g_ptr_array_ref (items);
  leave (widget, target);
  drop.source = gtk_drag_get_source_widget (context);
  drop.items = items;
  if (items == NULL)
    {
      uris = gtk_selection_data_get_uris (data);
      for (size_t i = 0; uris != NULL && uris[i] != NULL; i++)
        g_ptr_array_add (files, g_file_new_for_uri (uris[i]));
      drop.files = files;
    }
  gtk_drag_finish (context, action != 0 && (items != NULL || files->len > 0), FALSE, time);
  if (action != 0)
    target->dropped (&drop, target->user_data);
}

void
sampan_drop_target_add (GtkWidget *widget,
                        SampanDropFindFunc find,
                        SampanDropLeaveFunc leave_func,
                        SampanDropFunc dropped,
                        gpointer user_data)
{
  const GtkTargetEntry items = { (char *)SAMPAN_ITEMS_TARGET, GTK_TARGET_SAME_APP, 0 };
  Target *target = g_new0 (Target, 1);

  *target = (Target){ find, leave_func, dropped, user_data };
  gtk_drag_dest_set (widget, 0, &items, 1, GDK_ACTION_COPY | GDK_ACTION_MOVE);
  gtk_drag_dest_add_uri_targets (widget);
  g_signal_connect_data (widget, "drag-motion", G_CALLBACK (motion_cb), target, target_free, 0);
  g_signal_connect (widget, "drag-leave", G_CALLBACK (leave_cb), target);
  g_signal_connect (widget, "drag-drop", G_CALLBACK (drop_cb), target);
  g_signal_connect (widget, "drag-data-received", G_CALLBACK (received_cb), target);
}
