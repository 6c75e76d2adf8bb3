/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks once what to do with all things whose names are taken. */

#include "config.h"

#include "conflict-sheet.h"

#include "conflict-row.h"

#include <glib/gi18n.h>

#define ROWS_MAX 500 /* what a list box can hold, and a person would go through one by one */
#define ROWS_PER_TURN 10

struct _SampanConflictSheet
{
  GtkDialog parent_instance;

  /* template widgets */
  GtkLabel *title_label;
  GtkLabel *detail_label;
  GtkListBox *list;
  GtkLabel *more_label;
  GtkLabel *same_label;
  GtkWidget *replace_all_button;
  GtkWidget *newer_all_button;
  GtkWidget *continue_button;

  /* owned */
  GListModel *conflicts;

  /* state */
  bool may_replace;
  guint n_rows;
  guint fill_id; /* idle sources */
  guint count_id;
};

G_DEFINE_TYPE (SampanConflictSheet, sampan_conflict_sheet, GTK_TYPE_DIALOG)

static bool
is_decided (GListModel *conflicts)
{
  guint length = g_list_model_get_n_items (conflicts);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);

      if (sampan_batch_conflict_get_decision (conflict) == SAMPAN_BATCH_ASK)
        return false;
    }
  return true;
}

static gboolean
count_cb (gpointer user_data)
{
  SampanConflictSheet *self = user_data;

  self->count_id = 0;
  gtk_widget_set_sensitive (self->continue_button, is_decided (self->conflicts));
  return G_SOURCE_REMOVE;
}

/* Once for many changes. */
static void
decision_changed_cb (SampanConflictSheet *self)
{
  if (self->count_id == 0)
    self->count_id = g_idle_add (count_cb, self);
}

static gboolean
fill_cb (gpointer user_data)
{
  SampanConflictSheet *self = user_data;
  guint length = MIN (g_list_model_get_n_items (self->conflicts), ROWS_MAX);
  guint end = MIN (self->n_rows + ROWS_PER_TURN, length);

  for (; self->n_rows < end; self->n_rows++)
    {
      g_autoptr (SampanBatchConflict) conflict =
          g_list_model_get_item (self->conflicts, self->n_rows);

      g_signal_connect_object (conflict,
                               "notify::decision",
                               G_CALLBACK (decision_changed_cb),
                               self,
                               G_CONNECT_SWAPPED);
      gtk_container_add (GTK_CONTAINER (self->list),
                         sampan_conflict_row_new (conflict, self->may_replace));
    }
  if (self->n_rows < length)
    return G_SOURCE_CONTINUE;
  self->fill_id = 0;
  return G_SOURCE_REMOVE;
}

static void
decide_all (SampanConflictSheet *self, SampanBatchDecision decision)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->conflicts); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (self->conflicts, i);

      sampan_batch_conflict_set_decision (conflict, decision);
    }
  decision_changed_cb (self);
  gtk_widget_grab_focus (self->continue_button);
}

static void
skip_all_cb (SampanConflictSheet *self)
{
  decide_all (self, SAMPAN_BATCH_SKIP);
}

static void
replace_all_cb (SampanConflictSheet *self)
{
  decide_all (self, SAMPAN_BATCH_REPLACE);
}

static void
newer_all_cb (SampanConflictSheet *self)
{
  decide_all (self, SAMPAN_BATCH_REPLACE_IF_NEWER);
}

static void
both_all_cb (SampanConflictSheet *self)
{
  decide_all (self, SAMPAN_BATCH_KEEP_BOTH);
}

/* Lines between the rows. */
static void
header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  if (before == NULL || gtk_list_box_row_get_header (row) != NULL)
    return;
  gtk_list_box_row_set_header (row, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
}

static void
sampan_conflict_sheet_dispose (GObject *object)
{
  SampanConflictSheet *self = SAMPAN_CONFLICT_SHEET (object);

  g_clear_handle_id (&self->fill_id, g_source_remove);
  g_clear_handle_id (&self->count_id, g_source_remove);
  g_clear_object (&self->conflicts);
  G_OBJECT_CLASS (sampan_conflict_sheet_parent_class)->dispose (object);
}

static void
sampan_conflict_sheet_class_init (SampanConflictSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_conflict_sheet_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/conflict-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, list);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, more_label);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, same_label);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, replace_all_button);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, newer_all_button);
  gtk_widget_class_bind_template_child (widget_class, SampanConflictSheet, continue_button);
  gtk_widget_class_bind_template_callback (widget_class, skip_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, newer_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, both_all_cb);
}

static void
sampan_conflict_sheet_init (SampanConflictSheet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, header_cb, NULL, NULL);
}

static void
show_label (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static void
show_rights (SampanConflictSheet *self)
{
  GtkWidget *buttons[] = { self->replace_all_button, self->newer_all_button };

  if (self->may_replace)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      gtk_widget_set_sensitive (buttons[i], FALSE);
      gtk_widget_set_tooltip_text (buttons[i], _ ("You may add files here, but not change them"));
    }
}

static SampanConflictSheet *
new_sheet (GtkWindow *parent, GListModel *conflicts, bool may_replace)
{
  SampanConflictSheet *self =
      g_object_new (SAMPAN_TYPE_CONFLICT_SHEET, "transient-for", parent, NULL);
  guint n_conflicts = g_list_model_get_n_items (conflicts);
  g_autofree char *more = NULL;

  if (n_conflicts > ROWS_MAX)
    more = g_strdup_printf (ngettext ("and %'u more, which the buttons for all decide",
                                      "and %'u more, which the buttons for all decide",
                                      n_conflicts - ROWS_MAX),
                            n_conflicts - ROWS_MAX);
  self->conflicts = g_object_ref (conflicts);
  self->may_replace = may_replace;
  show_label (self->more_label, more);
  show_label (self->same_label, NULL);
  show_rights (self);
  self->fill_id = g_idle_add (fill_cb, self);
  return self;
}

SampanConflictSheet *
sampan_conflict_sheet_new (GtkWindow *parent, SampanBatch *batch, const char *folder)
{
  GListModel *conflicts = sampan_batch_get_conflicts (batch);
  guint n_conflicts = g_list_model_get_n_items (conflicts);
  SampanConflictSheet *self = new_sheet (parent, conflicts, sampan_batch_may_replace (batch));
  /* Translators: a number of files, then the name of a folder. */
  g_autofree char *title = g_strdup_printf (ngettext ("%'u file is already in “%s”",
                                                      "%'u files are already in “%s”",
                                                      n_conflicts),
                                            n_conflicts,
                                            folder);
  g_autofree char *same = sampan_conflict_sheet_dup_same_text (batch);

  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->detail_label,
                      sampan_batch_is_upload (batch)
                          ? _ ("If you replace a file, the old one goes to the box’s trash.")
                          : _ ("If you replace a file, the old one is lost."));
  show_label (self->same_label, same);
  return self;
}

SampanConflictSheet *
sampan_conflict_sheet_new_on_box (GtkWindow *parent,
                                  GListModel *conflicts,
                                  bool may_replace,
                                  const char *folder)
{
  guint n_conflicts = g_list_model_get_n_items (conflicts);
  SampanConflictSheet *self = new_sheet (parent, conflicts, may_replace);
  /* Translators: a number, then the name of a folder. */
  g_autofree char *title = g_strdup_printf (ngettext ("%'u name is taken in “%s”",
                                                      "%'u names are taken in “%s”",
                                                      n_conflicts),
                                            n_conflicts,
                                            folder);

  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->detail_label,
                      _ ("What you replace goes to the box’s trash, a folder with all in it."));
  return self;
}

char *
sampan_conflict_sheet_dup_same_text (SampanBatch *batch)
{
  gulong n_same = (gulong)sampan_batch_get_sums (batch).n_same;

  if (n_same == 0)
    return NULL;
  return g_strdup_printf (sampan_batch_is_upload (batch)
                              ? ngettext ("%'lu identical file is not sent again",
                                          "%'lu identical files are not sent again",
                                          n_same)
                              : ngettext ("%'lu identical file is not fetched again",
                                          "%'lu identical files are not fetched again",
                                          n_same),
                          n_same);
}
