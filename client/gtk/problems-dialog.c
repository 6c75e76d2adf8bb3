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
  COLUMN_NAME,
  COLUMN_REASON,
};

static void
sampan_problems_dialog_response (GtkDialog *dialog, int response)
{
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

SampanProblemsDialog *
sampan_problems_dialog_new (GtkWindow *parent, SampanBatch *batch)
{
  SampanProblemsDialog *self =
      g_object_new (SAMPAN_TYPE_PROBLEMS_DIALOG, "transient-for", parent, NULL);
  GListModel *problems = sampan_batch_get_problems (batch);
  gulong n_problems = (gulong)sampan_batch_get_sums (batch).n_problems;
  g_autofree char *title = g_strdup_printf (
      sampan_batch_is_upload (batch)
          ? ngettext ("%'lu item was not uploaded", "%'lu items were not uploaded", n_problems)
          : ngettext ("%'lu item was not downloaded", "%'lu items were not downloaded", n_problems),
      n_problems);

  gtk_label_set_text (self->title_label, title);
  for (guint i = 0; i < g_list_model_get_n_items (problems); i++)
    {
      g_autoptr (SampanBatchProblem) problem = g_list_model_get_item (problems, i);

      gtk_list_store_insert_with_values (self->store,
                                         NULL,
                                         -1,
                                         COLUMN_NAME,
                                         sampan_batch_problem_get_name (problem),
                                         COLUMN_REASON,
                                         sampan_batch_problem_get_reason (problem),
                                         -1);
    }
  return self;
}
