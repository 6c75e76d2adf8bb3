/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One file whose name is taken. */

#include "config.h"

#include "conflict-row.h"

#include "accessible.h"
#include "entry-text.h"

#include <glib/gi18n.h>

struct _SampanConflictRow
{
  GtkListBoxRow parent_instance;

  /* template widgets */
  GtkLabel *name_label;
  GtkLabel *coming_label;
  GtkLabel *there_label;
  GtkToggleButton *ask_button; /* never seen: active while nothing is decided */
  GtkToggleButton *skip_button;
  GtkToggleButton *replace_button;
  GtkToggleButton *both_button;

  /* owned */
  SampanBatchConflict *conflict;
};

G_DEFINE_TYPE (SampanConflictRow, sampan_conflict_row, GTK_TYPE_LIST_BOX_ROW)

static GtkToggleButton *
get_button (SampanConflictRow *self, SampanBatchDecision decision)
{
  switch (decision)
    {
    case SAMPAN_BATCH_SKIP:
      return self->skip_button;
    case SAMPAN_BATCH_REPLACE:
      return self->replace_button;
    case SAMPAN_BATCH_KEEP_BOTH:
      return self->both_button;
    case SAMPAN_BATCH_ASK:
    case SAMPAN_BATCH_REPLACE_IF_NEWER:
    default:
      return self->ask_button;
    }
}

static void
decision_changed_cb (SampanConflictRow *self)
{
  gtk_toggle_button_set_active (get_button (self,
                                            sampan_batch_conflict_get_decision (self->conflict)),
                                TRUE);
}

static void
toggled_cb (SampanConflictRow *self, GtkToggleButton *button)
{
  static const SampanBatchDecision decisions[] = { SAMPAN_BATCH_SKIP,
                                                   SAMPAN_BATCH_REPLACE,
                                                   SAMPAN_BATCH_KEEP_BOTH };

  if (self->conflict == NULL || !gtk_toggle_button_get_active (button))
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (get_button (self, decisions[i]) == button)
      sampan_batch_conflict_set_decision (self->conflict, decisions[i]);
}

static void
sampan_conflict_row_dispose (GObject *object)
{
  g_clear_object (&SAMPAN_CONFLICT_ROW (object)->conflict);
  G_OBJECT_CLASS (sampan_conflict_row_parent_class)->dispose (object);
}

static void
sampan_conflict_row_class_init (SampanConflictRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_conflict_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/conflict-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanConflictRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictRow, coming_label);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictRow, there_label);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictRow, ask_button);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictRow, skip_button);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictRow, replace_button);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictRow, both_button);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
}

static void
sampan_conflict_row_init (SampanConflictRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_version (GtkLabel *label, const char *side, const SampanBatchVersion *version)
{
  SampanFileInfo info = { .kind = version->is_folder ? SAMPAN_ENTRY_FOLDER : SAMPAN_ENTRY_FILE,
                          .size = version->size,
                          .mtime = version->mtime };
  g_autofree char *size = version->is_folder ? g_strdup (_ ("Folder"))
                                             : sampan_entry_text_dup_size (&info);
  g_autofree char *modified = sampan_entry_text_dup_modified (&info, true);
  g_autofree char *text = g_strdup_printf ("%s %s · %s", side, size, modified);

  gtk_label_set_text (label, text);
}

GtkWidget *
sampan_conflict_row_new (SampanBatchConflict *conflict, bool may_replace)
{
  SampanConflictRow *self = g_object_new (SAMPAN_TYPE_CONFLICT_ROW, NULL);
  const char *name = sampan_batch_conflict_get_name (conflict);

  self->conflict = g_object_ref (conflict);
  gtk_label_set_text (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  /* Translators: before size and date of the file that is to be moved. */
  show_version (self->coming_label, _ ("New:"), sampan_batch_conflict_get_coming (conflict));
  /* Translators: before size and date of the file that has the name now. */
  show_version (self->there_label, _ ("There:"), sampan_batch_conflict_get_there (conflict));
  gtk_widget_set_sensitive (GTK_WIDGET (self->replace_button), may_replace);
  sampan_accessible_set_name (GTK_WIDGET (self), name);
  g_signal_connect_object (conflict,
                           "notify::decision",
                           G_CALLBACK (decision_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  decision_changed_cb (self);
  return GTK_WIDGET (self);
}
