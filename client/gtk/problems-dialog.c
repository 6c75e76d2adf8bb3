/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What of a batch was left out or did not arrive. */

#include "config.h"

#include "problems-dialog.h"

#include <glib/gi18n.h>

struct _SampanProblemsDialog
{
  GtkDialog parent_instance;

  /* template widgets */
  GtkLabel *title_label;
  GtkListStore *store;
};

G_DEFINE_TYPE (SampanProblemsDialog, sampan_problems_dialog, GTK_TYPE_DIALOG)

enum
{
  COLUMN_OUTCOME,
  COLUMN_NAME,
  COLUMN_REASON,
};

#define RESPONSE_COPY 1 /* as in the template */

/* A line for each, as plain text: outcome, name, reason. */
static void
copy_all (SampanProblemsDialog *self)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->store);
  g_autoptr (GString) text = g_string_new (NULL);
  GtkTreeIter iter;

  for (gboolean more = gtk_tree_model_get_iter_first (model, &iter); more;
       more = gtk_tree_model_iter_next (model, &iter))
    {
      g_autofree char *outcome = NULL;
      g_autofree char *name = NULL;
      g_autofree char *reason = NULL;

      gtk_tree_model_get (model,
                          &iter,
                          COLUMN_OUTCOME,
                          &outcome,
                          COLUMN_NAME,
                          &name,
                          COLUMN_REASON,
                          &reason,
                          -1);
      g_string_append_printf (text, "%s\t%s\t%s\n", outcome, name, reason);
    }
  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                          text->str,
                          (int)text->len);
}

static void
sampan_problems_dialog_response (GtkDialog *dialog, int response)
{
  if (response == RESPONSE_COPY)
    copy_all (SAMPAN_PROBLEMS_DIALOG (dialog));
  else
    gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
sampan_problems_dialog_class_init (SampanProblemsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  GTK_DIALOG_CLASS (klass)->response = sampan_problems_dialog_response;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/problems-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanProblemsDialog, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanProblemsDialog, store);
}

static void
sampan_problems_dialog_init (SampanProblemsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_problem (SampanProblemsDialog *self, SampanBatchProblem *problem)
{
  bool is_odd = sampan_batch_problem_get_origin (problem) == SAMPAN_BATCH_PROBLEM_KIND;

  gtk_list_store_insert_with_values (self->store,
                                     NULL,
                                     -1,
                                     COLUMN_OUTCOME,
                                     is_odd ? _ ("Skipped") : _ ("Failed"),
                                     COLUMN_NAME,
                                     sampan_batch_problem_get_name (problem),
                                     COLUMN_REASON,
                                     sampan_batch_problem_get_reason (problem),
                                     -1);
}

SampanProblemsDialog *
sampan_problems_dialog_new (GtkWindow *parent, SampanBatch *batch)
{
  SampanProblemsDialog *self =
      g_object_new (SAMPAN_TYPE_PROBLEMS_DIALOG, "transient-for", parent, NULL);
  GListModel *problems = sampan_batch_get_problems (batch);
  g_autofree char *title = sampan_problems_dialog_dup_outcome (batch);

  gtk_window_set_title (GTK_WINDOW (self),
                        sampan_batch_is_upload (batch) ? _ ("Not Everything Was Uploaded")
                                                       : _ ("Not Everything Was Downloaded"));
  gtk_label_set_text (self->title_label, title);
  for (guint i = 0; i < g_list_model_get_n_items (problems); i++)
    {
      g_autoptr (SampanBatchProblem) problem = g_list_model_get_item (problems, i);

      add_problem (self, problem);
    }
  return self;
}

char *
sampan_problems_dialog_dup_outcome (SampanBatch *batch)
{
  SampanBatchSums sums = sampan_batch_get_sums (batch);
  gulong n_done = (gulong)sums.n_done;
  gulong n_failed = (gulong)(sums.n_problems - sums.n_odd);
  gulong n_skipped = (gulong)sampan_batch_count_skipped (batch);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (parts,
                   g_strdup_printf (ngettext ("%'lu finished", "%'lu finished", n_done), n_done));
  if (n_failed > 0)
    g_ptr_array_add (parts,
                     g_strdup_printf (ngettext ("%'lu failed", "%'lu failed", n_failed), n_failed));
  if (n_skipped > 0)
    g_ptr_array_add (parts,
                     g_strdup_printf (ngettext ("%'lu skipped", "%'lu skipped", n_skipped),
                                      n_skipped));
  g_ptr_array_add (parts, NULL);
  /* Translators: between the parts of "3 finished, 1 failed, 2 skipped". */
  return g_strjoinv (_ (", "), (char **)parts->pdata);
}
