/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The full stop: the server is not the one remembered, or somebody is in between. Cancel is the
 * default. For a changed server GTK_RESPONSE_ACCEPT means that the person asked, and wants the old
 * one forgotten. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_TROUBLE_DIALOG (sampan_trouble_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SampanTroubleDialog,
                      sampan_trouble_dialog,
                      SAMPAN,
                      TROUBLE_DIALOG,
                      GtkMessageDialog)

/* ERROR: SAMPAN_ERROR_SERVER_CHANGED or SAMPAN_ERROR_INTERCEPTED. HOST: for display. */
SampanTroubleDialog *
sampan_trouble_dialog_new (GtkWindow *parent, const GError *error, const char *host);

G_END_DECLS
