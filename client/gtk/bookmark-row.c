/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A bookmark in the list of them. */

#include "config.h"

#include "bookmark-row.h"

#include "accessible.h"
#include "escape.h"

#include <glib/gi18n.h>

struct _SampanBookmarkRow
{
  GtkListBoxRow parent_instance;

  /* template widgets */
  GtkLabel *name_label;
  GtkLabel *place_label;
  GtkWidget *remove_button;

  /* owned */
  char *uri;
  SampanPath *path;
};

G_DEFINE_TYPE (SampanBookmarkRow, sampan_bookmark_row, GTK_TYPE_LIST_BOX_ROW)

static guint forget_signal;

static void
remove_clicked_cb (SampanBookmarkRow *self)
{
  g_signal_emit (self, forget_signal, 0);
}

static void
sampan_bookmark_row_finalize (GObject *object)
{
  SampanBookmarkRow *self = SAMPAN_BOOKMARK_ROW (object);

  g_free (self->uri);
  g_clear_pointer (&self->path, sampan_path_unref);
  G_OBJECT_CLASS (sampan_bookmark_row_parent_class)->finalize (object);
}

static void
sampan_bookmark_row_class_init (SampanBookmarkRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sampan_bookmark_row_finalize;
  forget_signal = g_signal_new ("forget",
                                SAMPAN_TYPE_BOOKMARK_ROW,
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/bookmark-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanBookmarkRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, SampanBookmarkRow, place_label);
  gtk_widget_class_bind_template_child (widget_class, SampanBookmarkRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
}

static void
sampan_bookmark_row_init (SampanBookmarkRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sampan_bookmark_row_new (const char *uri, const SampanPath *path)
{
  SampanBookmarkRow *self = g_object_new (SAMPAN_TYPE_BOOKMARK_ROW, NULL);
  g_autofree char *name = sampan_display_name (sampan_path_get_name (path), -1);
  g_autoptr (SampanPath) parent = sampan_path_get_parent (path);
  g_autofree char *place = NULL;
  g_autofree char *remove = NULL;

  self->uri = g_strdup (uri);
  self->path = sampan_path_ref (path);
  gtk_label_set_text (self->name_label, name);
  if (parent != NULL && !sampan_path_is_root (parent))
    {
      place = sampan_display_name (sampan_path_get (parent), -1);
      gtk_label_set_text (self->place_label, place);
      gtk_widget_show (GTK_WIDGET (self->place_label));
    }
  sampan_accessible_set_name (GTK_WIDGET (self), name);
  /* Translators: the name of a folder. */
  remove = g_strdup_printf (_ ("Remove the bookmark “%s”"), name);
  sampan_accessible_set_name (self->remove_button, remove);
  return GTK_WIDGET (self);
}

const char *
sampan_bookmark_row_get_uri (SampanBookmarkRow *self)
{
  return self->uri;
}

const SampanPath *
sampan_bookmark_row_get_path (SampanBookmarkRow *self)
{
  return self->path;
}
