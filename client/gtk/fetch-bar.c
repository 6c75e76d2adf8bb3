/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The strip that shows how far a fetch is. */

#include "config.h"

#include "fetch-bar.h"

#include "transfer-text.h"

#include <glib/gi18n.h>

#define SHOW_DELAY_MS 300

struct _SampanFetchBar
{
  GtkInfoBar parent_instance;

  /* template widgets */
  GtkLabel *title_label;
  GtkLabel *detail_label;
  GtkProgressBar *progress_bar;

  /* owned */
  SampanFetch *fetch;
  guint show_id;
};

G_DEFINE_TYPE (SampanFetchBar, sampan_fetch_bar, GTK_TYPE_INFO_BAR)

static guint cancel_signal;

static char *
dup_title (SampanFetch *fetch)
{
  const char *name = sampan_fetch_get_title (fetch);
  guint n_others = sampan_fetch_get_n_files (fetch) - 1;

  if (n_others == 0)
    /* Translators: the name of a file. */
    return g_strdup_printf (_ ("Fetching “%s”…"), name);
  return g_strdup_printf (
      /* Translators: the name of a file, then how many others. */
      ngettext ("Fetching “%s” and %u more…", "Fetching “%s” and %u more…", n_others),
      name,
      n_others);
}

static void
update (SampanFetchBar *self)
{
  guint64 done_bytes, total_bytes, speed;
  int seconds_left;
  g_autofree char *detail = NULL;

  /* clang-format off */
  g_object_get (sampan_fetch_get_queue (self->fetch),
                "done-bytes", &done_bytes,
                "total-bytes", &total_bytes,
                "speed", &speed,
                "seconds-left", &seconds_left,
                NULL);
  /* clang-format on */
  if (total_bytes > 0)
    detail = sampan_transfer_text_dup_progress (done_bytes, total_bytes, speed, seconds_left);
  gtk_label_set_text (self->detail_label, detail != NULL ? detail : "");
  gtk_progress_bar_set_fraction (self->progress_bar,
                                 total_bytes > 0
                                     ? MIN (1.0, (double)done_bytes / (double)total_bytes)
                                     : 0.0);
}

static gboolean
show_cb (gpointer user_data)
{
  SampanFetchBar *self = user_data;

  self->show_id = 0;
  gtk_widget_show (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
cancel_clicked_cb (SampanFetchBar *self)
{
  g_signal_emit (self, cancel_signal, 0);
}

static void
drop_fetch (SampanFetchBar *self)
{
  g_clear_handle_id (&self->show_id, g_source_remove);
  if (self->fetch != NULL)
    g_signal_handlers_disconnect_by_data (sampan_fetch_get_queue (self->fetch), self);
  g_clear_object (&self->fetch);
}

static void
sampan_fetch_bar_dispose (GObject *object)
{
  drop_fetch (SAMPAN_FETCH_BAR (object));
  G_OBJECT_CLASS (sampan_fetch_bar_parent_class)->dispose (object);
}

static void
sampan_fetch_bar_class_init (SampanFetchBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_fetch_bar_dispose;
  cancel_signal = g_signal_new ("cancel",
                                G_TYPE_FROM_CLASS (klass),
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/fetch-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanFetchBar, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanFetchBar, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SampanFetchBar, progress_bar);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
sampan_fetch_bar_init (SampanFetchBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sampan_fetch_bar_set_fetch (SampanFetchBar *self, SampanFetch *fetch)
{
  g_autofree char *title = NULL;

  if (self->fetch == fetch)
    return;
  drop_fetch (self);
  if (fetch == NULL)
    {
      gtk_widget_hide (GTK_WIDGET (self));
      return;
    }
  self->fetch = g_object_ref (fetch);
  title = dup_title (fetch);
  gtk_label_set_text (self->title_label, title);
  g_signal_connect_swapped (sampan_fetch_get_queue (fetch),
                            "notify::seconds-left",
                            G_CALLBACK (update),
                            self);
  update (self);
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    self->show_id = g_timeout_add (SHOW_DELAY_MS, show_cb, self);
}
