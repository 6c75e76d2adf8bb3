/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The list of boxes that were found. */

#include "config.h"

#include "found-list.h"

#include "accessible.h"
#include "discovery.h"

#include <glib/gi18n.h>

#define NAME_MAX_CHARS 28

struct _SampanFoundList
{
  GtkBox parent_instance;

  /* template widgets */
  GtkWidget *content;
  GtkFlowBox *flow;

  /* owned */
  SampanDiscovery *discovery;
};

G_DEFINE_TYPE (SampanFoundList, sampan_found_list, GTK_TYPE_BOX)

#define BOX_KEY "sampan-found-box" /* on its button */

static guint chosen_signal;

static void
clicked_cb (SampanFoundList *self, GtkWidget *button)
{
  g_signal_emit (self, chosen_signal, 0, g_object_get_data (G_OBJECT (button), BOX_KEY));
}

static GtkWidget *
create_content (const char *name)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_MAX_CHARS);
  gtk_container_add (GTK_CONTAINER (content),
                     gtk_image_new_from_icon_name ("network-server-symbolic",
                                                   GTK_ICON_SIZE_BUTTON));
  gtk_container_add (GTK_CONTAINER (content), label);
  return content;
}

/* The name is anybody's word: the address tells which is which. */
static GtkWidget *
create_child (gpointer item, gpointer user_data)
{
  SampanFoundBox *box = item;
  const char *name = sampan_found_box_get_name (box);
  const char *host = sampan_found_box_get_host (box);
  GtkWidget *child = gtk_flow_box_child_new ();
  GtkWidget *button = gtk_button_new ();
  g_autofree char *tip = NULL;

  /* Translators: the name of a server, its host name, its address and its port. */
  tip = g_strdup_printf (_ ("%s\n%s (%s), port %u"),
                         name,
                         host != NULL ? host : sampan_found_box_get_address (box),
                         sampan_found_box_get_address (box),
                         sampan_found_box_get_port (box));
  gtk_container_add (GTK_CONTAINER (button), create_content (name));
  gtk_widget_set_tooltip_text (button, tip);
  sampan_accessible_set_name (button, name);
  g_object_set_data_full (G_OBJECT (button), BOX_KEY, g_object_ref (box), g_object_unref);
  g_signal_connect_object (button,
                           "clicked",
                           G_CALLBACK (clicked_cb),
                           user_data,
                           G_CONNECT_SWAPPED);
  /* The button takes the focus, not the place that it is in. */
  gtk_widget_set_can_focus (child, FALSE);
  gtk_container_add (GTK_CONTAINER (child), button);
  gtk_widget_show_all (child);
  return child;
}

static void
items_changed_cb (SampanFoundList *self)
{
  gtk_widget_set_visible (self->content,
                          g_list_model_get_n_items (G_LIST_MODEL (self->discovery)) > 0);
}

static void
sampan_found_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sampan_found_list_parent_class)->map (widget);
  sampan_discovery_start (SAMPAN_FOUND_LIST (widget)->discovery);
}

static void
sampan_found_list_unmap (GtkWidget *widget)
{
  sampan_discovery_stop (SAMPAN_FOUND_LIST (widget)->discovery);
  GTK_WIDGET_CLASS (sampan_found_list_parent_class)->unmap (widget);
}

static void
sampan_found_list_dispose (GObject *object)
{
  SampanFoundList *self = SAMPAN_FOUND_LIST (object);

  if (self->discovery != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->discovery, self);
      sampan_discovery_stop (self->discovery);
    }
  g_clear_object (&self->discovery);
  G_OBJECT_CLASS (sampan_found_list_parent_class)->dispose (object);
}

static void
sampan_found_list_class_init (SampanFoundListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_found_list_dispose;
  widget_class->map = sampan_found_list_map;
  widget_class->unmap = sampan_found_list_unmap;
  chosen_signal = g_signal_new ("chosen",
                                SAMPAN_TYPE_FOUND_LIST,
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                1,
                                SAMPAN_TYPE_FOUND_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/found-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanFoundList, content);
  gtk_widget_class_bind_template_child (widget_class, SampanFoundList, flow);
}

static void
sampan_found_list_init (SampanFoundList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->discovery = sampan_discovery_new ();
  g_signal_connect_object (self->discovery,
                           "items-changed",
                           G_CALLBACK (items_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_flow_box_bind_model (self->flow, G_LIST_MODEL (self->discovery), create_child, self, NULL);
}
