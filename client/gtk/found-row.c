/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A row of the boxes that were found. */

#include "config.h"

#include "found-row.h"

#include "accessible.h"

#include <glib/gi18n.h>

struct _SampanFoundRow
{
  GtkListBoxRow parent_instance;

  /* template widgets */
  GtkLabel *name_label;
  GtkLabel *host_label;

  /* owned */
  SampanFoundBox *box;
};

G_DEFINE_TYPE (SampanFoundRow, sampan_found_row, GTK_TYPE_LIST_BOX_ROW)

static void
sampan_found_row_finalize (GObject *object)
{
  g_clear_object (&SAMPAN_FOUND_ROW (object)->box);
  G_OBJECT_CLASS (sampan_found_row_parent_class)->finalize (object);
}

static void
sampan_found_row_class_init (SampanFoundRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sampan_found_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/found-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanFoundRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, SampanFoundRow, host_label);
}

static void
sampan_found_row_init (SampanFoundRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The name is anybody's word: the address tells which is which. */
SampanFoundRow *
sampan_found_row_new (SampanFoundBox *box)
{
  SampanFoundRow *self = g_object_new (SAMPAN_TYPE_FOUND_ROW, NULL);
  const char *name = sampan_found_box_get_name (box);
  const char *address = sampan_found_box_get_address (box);
  const char *host = sampan_found_box_get_host (box);
  g_autofree char *tip = NULL;

  /* Translators: the name of a server, its host name, its address and its port. */
  tip = g_strdup_printf (_ ("%s\n%s (%s), port %u"),
                         name,
                         host != NULL ? host : address,
                         address,
                         sampan_found_box_get_port (box));
  self->box = g_object_ref (box);
  gtk_label_set_text (self->name_label, name);
  gtk_label_set_text (self->host_label, host != NULL ? host : address);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tip);
  sampan_accessible_set_name (GTK_WIDGET (self), name);
  return self;
}

SampanFoundBox *
sampan_found_row_get_box (SampanFoundRow *self)
{
  return self->box;
}
