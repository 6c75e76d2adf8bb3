/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The running program: its windows, the application-wide actions and what the command line asked
 * for. One process has all windows of a desktop; only --password-file begins another one. */

#pragma once

#include "window.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_APPLICATION (sampan_application_get_type ())
G_DECLARE_FINAL_TYPE (SampanApplication, sampan_application, SAMPAN, APPLICATION, GtkApplication)

SampanApplication *sampan_application_new (void);
/* Borrowed; not shown yet. */
SampanWindow *sampan_application_add_window (SampanApplication *self);

G_END_DECLS
