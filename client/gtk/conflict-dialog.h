/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks what to do with a file whose name is taken. */

#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_CONFLICT_DIALOG_SKIP = 1,
  SAMPAN_CONFLICT_DIALOG_KEEP_BOTH = 2,
  SAMPAN_CONFLICT_DIALOG_REPLACE = 3,
} SampanConflictDialogResponse; /* closing it is GTK_RESPONSE_DELETE_EVENT */

#define SAMPAN_TYPE_CONFLICT_DIALOG (sampan_conflict_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanConflictDialog,
                      sampan_conflict_dialog,
                      SAMPAN,
                      CONFLICT_DIALOG,
                      GtkMessageDialog)

/* NAME, FOLDER: for display. N_MORE others are in conflict as well. MAY_REPLACE: whether the person
 * has the right to. */
SampanConflictDialog *sampan_conflict_dialog_new (GtkWindow *parent,
                                                  const char *name,
                                                  const char *folder,
                                                  guint n_more,
                                                  bool may_replace,
                                                  bool on_the_box);
/* Whether the answer is meant for all that follow. */
bool sampan_conflict_dialog_get_for_all (SampanConflictDialog *self);

G_END_DECLS
