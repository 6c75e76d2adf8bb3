/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Handing local files to the desktop's other programs. In a sandbox by way of the portal. */

#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* Which sees few of the person's files, and them elsewhere. */
bool sampan_launch_is_in_sandbox (void);
/* With APP, or where that is NULL the program that the desktop has for its kind;
 * G_IO_ERROR_NOT_SUPPORTED: there is none. */
void sampan_launch_file_async (GtkWidget *widget,
                               const char *filename,
                               GAppInfo *app,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Its folder in the file manager, with the file selected where that can be done. */
void sampan_launch_folder_async (GtkWidget *widget,
                                 const char *filename,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Of both. */
bool sampan_launch_finish (GtkWidget *widget, GAsyncResult *result, GError **error);

G_END_DECLS
