/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanFileView: what it is made of, and its handling of keys, menus and
 * drops. */

#pragma once

#include "file-model.h"
#include "file-order.h"
#include "file-view.h"
#include "path-bar.h"
#include "placeholder.h"

G_BEGIN_DECLS

struct _SampanFileView
{
  GtkFrame parent_instance;

  /* template widgets */
  SampanPathBar *path_bar;
  GtkRevealer *filter_revealer;
  GtkEntry *filter_entry;
  GtkStack *stack;
  SampanPlaceholder *placeholder;
  GtkWidget *scroller;
  GtkTreeView *tree;
  GtkTreeSelection *selection;
  GtkTreeViewColumn *name_column;
  GtkTreeViewColumn *size_column;
  GtkTreeViewColumn *modified_column;
  GtkCellRenderer *size_cell;
  GtkCellRenderer *modified_cell;
  GtkSpinner *spinner;

  /* borrowed: attached to the view, which owns them; NULL until they are asked for */
  GtkWidget *entry_menu;
  GtkWidget *folder_menu;

  /* owned */
  SampanPath *path;        /* nullable: nothing on screen */
  SampanFolderList *list;  /* nullable, likewise */
  SampanFileModel *model;  /* what the tree shows of it */
  GCancellable *arranging; /* the sort that runs */
  char *wanted_name;       /* to select once it is there */
  bool (*placeholder_action) (SampanFileView *self);

  /* state */
  SampanSort sort;
  bool descending;
  bool show_hidden;
  bool may_add;
  bool from_top;    /* the next order is shown from its start */
  bool wants_focus; /* once there is a list */
};

void _sampan_file_view_bind_input (GtkWidgetClass *widget_class);
void _sampan_file_view_init_input (SampanFileView *self);
void _sampan_file_view_emit_dropped (SampanFileView *self, GPtrArray *files);
/* Clears the filter; FALSE if it was empty. */
bool _sampan_file_view_clear_filter (SampanFileView *self);

G_END_DECLS
