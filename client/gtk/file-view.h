/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The files frame: path bar, filter, the list, and what stands there when there is no list. It
 * shows what it is given and says what the person wants; it asks no server. */

#pragma once

#include "drop-target.h"
#include "folder-list.h"
#include "paths.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_FILE_VIEW (sampan_file_view_get_type ())
G_DECLARE_FINAL_TYPE (SampanFileView, sampan_file_view, SAMPAN, FILE_VIEW, GtkFrame)

/* What can be dragged out to other programs: files that they do not have to wait long for. */
#define SAMPAN_FILE_VIEW_DRAG_OUT_MAX_BYTES (64 * 1000 * 1000)

/* Signals: "open-entry" (const SampanFileInfo *, borrowed), "open-path" (SampanPath *, borrowed),
 * "try-again", "selection-changed", "dropped" (const SampanDrop *, during the emission), "drag-out"
 * (GPtrArray of SampanPath and of SampanFileInfo, returns the addresses of copies, char **,
 * nullable; another program waits for them), "drag-out-refused" (folders or too much), "search"
 * (the pattern has changed), "stop-search", "search-share" (nothing was found here). Keys and the
 * context menu activate the window's actions. */

void sampan_file_view_show_disconnected (SampanFileView *self);
/* A spinner, for a folder that takes its time; the path bar stays. */
void sampan_file_view_show_loading (SampanFileView *self);
/* Why the list of PATH could not be had. */
void sampan_file_view_show_error (SampanFileView *self,
                                  const char *host,
                                  const SampanPath *path,
                                  const GError *error);
/* MAY_ADD: an empty folder invites to drop files. When PATH is the one on screen, selection and
 * place are kept. */
void sampan_file_view_show_list (SampanFileView *self,
                                 const char *host,
                                 const SampanPath *path,
                                 SampanFolderList *list,
                                 bool may_add);

/* What was found below the folder on screen, so far if the search RUNS. Names are paths below it.
 */
void sampan_file_view_show_found (SampanFileView *self, SampanFolderList *list, bool runs);
/* What to search for; borrowed, NULL for nothing. */
const char *sampan_file_view_get_pattern (SampanFileView *self);
/* What is typed is searched for from now on. */
void sampan_file_view_start_search (SampanFileView *self);
/* Without telling; another list is about to be shown. */
void sampan_file_view_leave_search (SampanFileView *self);

/* The list on screen; borrowed, nullable. */
SampanFolderList *sampan_file_view_get_list (SampanFileView *self);
/* Of const SampanFileInfo, which live as long as the list. */
GPtrArray *sampan_file_view_dup_selected (SampanFileView *self);
guint sampan_file_view_get_n_shown (SampanFileView *self);
void sampan_file_view_select_all (SampanFileView *self);
void sampan_file_view_invert_selection (SampanFileView *self);
/* PATTERN: part of the names, or with "*" and "?" the whole, in any case. */
void sampan_file_view_select_matching (SampanFileView *self, const char *pattern);
/* Selects and shows the entry NAME in this list or in the next that holds it. */
void sampan_file_view_select_name (SampanFileView *self, const char *name);
/* Where the first selected row is, within the returned widget (borrowed). */
GtkWidget *sampan_file_view_get_selected_area (SampanFileView *self, GdkRectangle *area);

/* The line under the list: what it shows and has selected, and the room on the disk; nullable. */
void sampan_file_view_set_summary (SampanFileView *self, const char *summary);
void sampan_file_view_set_space (SampanFileView *self, const char *space, const char *tip);
/* That line, for a popover; borrowed. */
GtkWidget *sampan_file_view_get_status (SampanFileView *self);

/* The other choices about columns are kept when they are made. */
void sampan_file_view_remember_widths (SampanFileView *self);

void sampan_file_view_set_show_hidden (SampanFileView *self, bool show_hidden);
void sampan_file_view_set_show_filter (SampanFileView *self, bool show_filter);
void sampan_file_view_focus_filter (SampanFileView *self);
/* Searches for PATTERN below the folder that is shown next. */
void sampan_file_view_search_next (SampanFileView *self, const char *pattern);
void sampan_file_view_edit_path (SampanFileView *self);
void sampan_file_view_focus_list (SampanFileView *self);

G_END_DECLS
