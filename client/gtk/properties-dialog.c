/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* All about one item on the box, or the sums of several. */

#include "config.h"

#include "properties-dialog.h"

#include "entry-text.h"
#include "escape.h"
#include "session-search.h"

#include <glib/gi18n.h>

struct _SampanPropertiesDialog
{
  GtkDialog parent_instance;

  /* template widgets */
  GtkLabel *name_value;
  GtkLabel *kind_value;
  GtkLabel *where_value;
  GtkLabel *size_value;
  GtkWidget *spinner;
  GtkWidget *stop_button;
  GtkWidget *holds_label;
  GtkLabel *holds_value;
  GtkWidget *modified_label;
  GtkLabel *modified_value;
  GtkWidget *right_label;
  GtkLabel *right_value;

  /* owned */
  SampanSession *session;
  GPtrArray *paths; /* of SampanPath */
  GPtrArray *infos; /* of SampanFileInfo */
  GCancellable *cancellable;

  /* state */
  guint next;         /* item to count */
  SampanMeasured sum; /* of those that were counted */
  uint64_t so_far_bytes;
  bool is_partial; /* something could not be counted, or was not waited for */
};

G_DEFINE_TYPE (SampanPropertiesDialog, sampan_properties_dialog, GTK_TYPE_DIALOG)

static const SampanFileInfo *
get_info (SampanPropertiesDialog *self, guint i)
{
  return g_ptr_array_index (self->infos, i);
}

static bool
is_single (SampanPropertiesDialog *self)
{
  return self->infos->len == 1;
}

/* ---- size ---- */

static bool
has_folder (SampanPropertiesDialog *self)
{
  for (guint i = 0; i < self->infos->len; i++)
    if (sampan_entry_text_is_folder (get_info (self, i)))
      return true;
  return false;
}

static void
show_size (SampanPropertiesDialog *self, uint64_t bytes)
{
  g_autofree char *size = g_format_size_full (bytes, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *text = NULL;

  if (self->is_partial)
    /* Translators: a size of which not all is known. */
    text = g_strdup_printf (_ ("at least %s"), size);
  gtk_label_set_text (self->size_value, text != NULL ? text : size);
}

static void
show_holds (SampanPropertiesDialog *self)
{
  guint n_files = (guint)MIN (self->sum.n_files, G_MAXUINT);
  guint n_folders = (guint)MIN (self->sum.n_folders, G_MAXUINT);
  guint n_others = (guint)MIN (self->sum.n_others, G_MAXUINT);
  guint n_left_out = (guint)MIN (self->sum.n_left_out, G_MAXUINT);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%'u file", "%'u files", n_files), n_files);
  g_string_append (text, _ (", "));
  g_string_append_printf (text, ngettext ("%'u folder", "%'u folders", n_folders), n_folders);
  if (n_others > 0)
    {
      g_string_append (text, _ (", "));
      g_string_append_printf (text,
                              ngettext ("%'u link or special file",
                                        "%'u links or special files",
                                        n_others),
                              n_others);
    }
  if (n_left_out > 0)
    {
      g_string_append (text, "\n");
      g_string_append_printf (text,
                              ngettext ("%'u folder could not be looked into",
                                        "%'u folders could not be looked into",
                                        n_left_out),
                              n_left_out);
    }
  gtk_label_set_text (self->holds_value, text->str);
}

static void count_next (SampanPropertiesDialog *self);

static void
set_counting (SampanPropertiesDialog *self, bool counting)
{
  gtk_widget_set_visible (self->spinner, counting);
  gtk_widget_set_visible (self->stop_button, counting);
}

static void
progress_cb (uint64_t done_bytes, uint64_t total_bytes, gpointer user_data)
{
  SampanPropertiesDialog *self = user_data;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->so_far_bytes = self->sum.bytes + done_bytes;
  show_size (self, self->so_far_bytes);
}

static void
stop (SampanPropertiesDialog *self)
{
  self->is_partial = true;
  set_counting (self, false);
  show_size (self, self->so_far_bytes);
  show_holds (self);
}

static void
measured_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanPropertiesDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  SampanMeasured measured = { 0 };
  bool is_done = sampan_session_measure_finish (SAMPAN_SESSION (source), result, &measured, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!is_done)
    {
      stop (self);
      gtk_label_set_text (self->holds_value, sampan_error_get_text (error));
      return;
    }
  self->sum.n_files += measured.n_files;
  self->sum.n_folders += measured.n_folders + 1;
  self->sum.n_others += measured.n_others;
  self->sum.n_left_out += measured.n_left_out;
  self->sum.bytes += measured.bytes;
  self->so_far_bytes = self->sum.bytes;
  self->is_partial = self->is_partial || measured.n_left_out > 0;
  self->next++;
  count_next (self);
}

static void
count_next (SampanPropertiesDialog *self)
{
  while (self->next < self->infos->len &&
         !sampan_entry_text_is_folder (get_info (self, self->next)))
    self->next++;
  show_size (self, self->so_far_bytes);
  if (self->next < self->infos->len)
    {
      sampan_session_measure_async (self->session,
                                    g_ptr_array_index (self->paths, self->next),
                                    progress_cb,
                                    self,
                                    self->cancellable,
                                    measured_cb,
                                    g_object_ref (self));
      return;
    }
  /* The one that is asked about is not in itself. */
  if (is_single (self))
    self->sum.n_folders--;
  set_counting (self, false);
  show_holds (self);
}

static void
count (SampanPropertiesDialog *self)
{
  bool counts = has_folder (self);

  for (guint i = 0; i < self->infos->len; i++)
    {
      const SampanFileInfo *info = get_info (self, i);

      if (info->kind == SAMPAN_ENTRY_FILE)
        {
          self->sum.n_files++;
          self->sum.bytes += info->size;
        }
      else if (!sampan_entry_text_is_folder (info))
        self->sum.n_others++;
    }
  self->so_far_bytes = self->sum.bytes;
  gtk_widget_set_visible (self->holds_label, counts || !is_single (self));
  gtk_widget_set_visible (GTK_WIDGET (self->holds_value), counts || !is_single (self));
  set_counting (self, counts);
  if (counts)
    count_next (self);
  else
    {
      show_size (self, self->sum.bytes);
      show_holds (self);
    }
}

static void
stop_clicked_cb (SampanPropertiesDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  stop (self);
}

/* ---- the rest ---- */

static const char *
get_right_text (SampanRight right)
{
  switch (right)
    {
    case SAMPAN_RIGHT_CHANGE:
      return _ ("You may change it");
    case SAMPAN_RIGHT_ADD:
      return _ ("You may look at it and add to its folder");
    case SAMPAN_RIGHT_READ:
      return _ ("You may look at it");
    case SAMPAN_RIGHT_NONE:
      break;
    }
  return NULL;
}

static void
show_optional (GtkWidget *label, GtkLabel *value, const char *text)
{
  bool any = text != NULL && text[0] != '\0';

  gtk_label_set_text (value, any ? text : "");
  gtk_widget_set_visible (label, any);
  gtk_widget_set_visible (GTK_WIDGET (value), any);
}

static void
show_where (SampanPropertiesDialog *self)
{
  g_autoptr (SampanPath) parent = sampan_path_get_parent (g_ptr_array_index (self->paths, 0));
  g_autofree char *display =
      sampan_display_name (parent != NULL ? sampan_path_get (parent) : "", -1);
  g_autofree char *host = sampan_display_name (sampan_session_get_host (self->session), -1);
  /* Translators: a path, then the name of the box that it is on. */
  g_autofree char *text = g_strdup_printf (_ ("/%s on %s"), display, host);

  gtk_label_set_text (self->where_value, text);
}

static void
show (SampanPropertiesDialog *self)
{
  const SampanFileInfo *info = get_info (self, 0);
  guint n_items = self->infos->len;
  g_autofree char *name = NULL, *kind = NULL, *modified = NULL;

  if (is_single (self))
    {
      name = sampan_display_name (sampan_path_get_name (g_ptr_array_index (self->paths, 0)), -1);
      kind = sampan_entry_text_dup_type (info);
      modified = sampan_entry_text_dup_modified (info, true);
    }
  else
    {
      name = g_strdup_printf (ngettext ("%'u item", "%'u items", n_items), n_items);
      kind = g_strdup (_ ("Several items"));
    }
  gtk_label_set_text (self->name_value, name);
  gtk_label_set_text (self->kind_value, kind);
  show_optional (self->modified_label, self->modified_value, modified);
  show_optional (self->right_label, self->right_value, get_right_text (info->right));
  show_where (self);
  count (self);
}

static void
sampan_properties_dialog_dispose (GObject *object)
{
  SampanPropertiesDialog *self = SAMPAN_PROPERTIES_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (sampan_properties_dialog_parent_class)->dispose (object);
}

static void
sampan_properties_dialog_finalize (GObject *object)
{
  SampanPropertiesDialog *self = SAMPAN_PROPERTIES_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->infos, g_ptr_array_unref);
  G_OBJECT_CLASS (sampan_properties_dialog_parent_class)->finalize (object);
}

static void
sampan_properties_dialog_class_init (SampanPropertiesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_properties_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sampan_properties_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/properties-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, name_value);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, kind_value);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, where_value);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, size_value);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, stop_button);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, holds_label);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, holds_value);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, modified_label);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, modified_value);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, right_label);
  gtk_widget_class_bind_template_child (widget_class, SampanPropertiesDialog, right_value);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
}

static void
sampan_properties_dialog_init (SampanPropertiesDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanPropertiesDialog *
sampan_properties_dialog_new (GtkWindow *parent,
                              SampanSession *session,
                              GPtrArray *paths,
                              GPtrArray *infos)
{
  SampanPropertiesDialog *self = g_object_new (SAMPAN_TYPE_PROPERTIES_DIALOG,
                                               "transient-for",
                                               parent,
                                               "use-header-bar",
                                               TRUE,
                                               NULL);

  self->session = g_object_ref (session);
  self->paths = g_ptr_array_ref (paths);
  self->infos = g_ptr_array_ref (infos);
  show (self);
  return self;
}
