/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanFileView: file-view.c (its life and what others ask of it),
 * file-view-rows.c (from a list to rows), file-view-columns.c, file-view-filter.c,
 * file-view-search.c, file-view-selection.c, file-view-input.c (keys and tips), file-view-drag.c
 * and file-view-menu.c. */

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
  GtkWidget *toolbar; /* nothing to show the way in, or to filter, before a login */
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
  GtkWidget *status_box;
  GtkLabel *summary_label;
  GtkLabel *space_label;
  GtkToggleButton *search_toggle;
  GtkWidget *search_box; /* while one runs */
  GtkWidget *search_spinner;
  GtkTreeViewColumn *folder_column;
  GtkTreeViewColumn *type_column;

  /* borrowed: attached to the view, which owns them; NULL until they are asked for */
  GtkWidget *entry_menu;
  GtkWidget *folder_menu;
  GtkWidget *columns_menu;

  /* owned */
  SampanPath *path;        /* nullable: nothing on screen */
  SampanFolderList *list;  /* nullable, likewise */
  SampanFileModel *model;  /* what the tree shows of it */
  GCancellable *arranging; /* the sort that runs */
  char *wanted_name;       /* to select once it is there */
  char *wanted_pattern;    /* to search for below the next folder */
  GPtrArray *dragged;      /* what other programs may have of it, of SampanFileInfo; nullable */
  char **copies;           /* addresses of the copies of it; nullable: none were made */
  char *top;               /* the folder that was searched, for display; nullable */
  bool (*placeholder_action) (SampanFileView *self);

  /* state */
  SampanSort sort;
  bool descending;
  bool show_hidden;
  bool may_add;
  bool is_searching; /* what is typed is searched for, and filters nothing */
  bool is_found;     /* the list is what was found */
  bool search_runs;
  bool is_leaving_search;
  bool is_selecting; /* many at once, told of at the end */
  bool from_top;     /* the next order is shown from its start */
  bool is_pressed;   /* where a drag may begin, in the tree's coordinates */
  int press_x;
  int press_y;
  bool wants_focus;        /* once there is a list */
  GtkWidget *focus_before; /* weak: what had it when it was wanted */
};

/* file-view.c */
/* Gives the list, which is there now, the focus if it was wanted and has not gone elsewhere since.
 */
void _sampan_file_view_take_wanted_focus (SampanFileView *self);
/* TEXT, BUTTON and what it does are nullable. */
void _sampan_file_view_show_placeholder (SampanFileView *self,
                                         const char *icon_name,
                                         const char *title,
                                         const char *text,
                                         const char *button,
                                         bool (*action) (SampanFileView *self));
void _sampan_file_view_emit_selection_changed (SampanFileView *self);
void _sampan_file_view_emit_search (SampanFileView *self);
void _sampan_file_view_emit_stop_search (SampanFileView *self);
void _sampan_file_view_emit_search_share (SampanFileView *self);
void _sampan_file_view_stop_loading (SampanFileView *self);
void _sampan_file_view_emit_dropped (SampanFileView *self, const SampanDrop *drop);
/* Returns when the copies are there, and lets the main loop run meanwhile. */
char **_sampan_file_view_emit_drag_out (SampanFileView *self, GPtrArray *paths, GPtrArray *infos);
void _sampan_file_view_emit_drag_out_refused (SampanFileView *self);

/* file-view-rows.c */
/* Shows the list in the order, and with the filter, that are chosen now. */
void _sampan_file_view_arrange (SampanFileView *self);
void _sampan_file_view_stop_arranging (SampanFileView *self);

/* file-view-columns.c */
void _sampan_file_view_bind_columns (GtkWidgetClass *widget_class);
void _sampan_file_view_init_columns (SampanFileView *self);
void _sampan_file_view_update_sort_indicators (SampanFileView *self);

/* file-view-filter.c */
void _sampan_file_view_bind_filter (GtkWidgetClass *widget_class);
/* Clears the filter; FALSE if it was empty. */
bool _sampan_file_view_clear_filter (SampanFileView *self);
void _sampan_file_view_show_nothing_passes (SampanFileView *self);

/* file-view-search.c */
void _sampan_file_view_bind_search (GtkWidgetClass *widget_class);
/* FALSE if there is none. */
bool _sampan_file_view_end_search (SampanFileView *self);
void _sampan_file_view_set_found (SampanFileView *self, bool is_found, bool runs);
void _sampan_file_view_start_wanted_search (SampanFileView *self);
void _sampan_file_view_show_nothing_found (SampanFileView *self);

/* file-view-input.c */
void _sampan_file_view_bind_input (GtkWidgetClass *widget_class);

/* file-view-drag.c */
void _sampan_file_view_init_drag (SampanFileView *self);

/* file-view-menu.c */
void _sampan_file_view_bind_menu (GtkWidgetClass *widget_class);

G_END_DECLS
