/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Files that other programs offer, dragged or in the clipboard. What is in a sandbox can read them
 * only where the portal put them: so there the portal's keys come before the files' own addresses,
 * which GTK itself would take first. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The target to ask for, whose data gtk_selection_data_get_uris() reads; GDK_NONE: no files. */
GdkAtom sampan_offered_files_choose_target (GdkDragContext *context);
/* As gtk_clipboard_request_uris(). */
void sampan_offered_files_request (GtkClipboard *clipboard,
                                   GtkClipboardURIReceivedFunc received,
                                   gpointer user_data);

G_END_DECLS
