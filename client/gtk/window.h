/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The window: a session, its files and its transfers. */

#pragma once

#include "engine.h"
#include "secret.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_WINDOW (sampan_window_get_type ())
G_DECLARE_FINAL_TYPE (SampanWindow, sampan_window, SAMPAN, WINDOW, GtkApplicationWindow)

SampanWindow *sampan_window_new (GtkApplication *application, SampanEngine *engine);
/* sampan://USER@HOST[:PORT]/SHARE/PATH: fills the form, and opens the path after the login; at once
 * if that session is open. With PASSWORD (nullable) it logs in by itself where the URI names a
 * user. */
void sampan_window_open_uri (SampanWindow *self, const char *uri, const SampanSecret *password);
/* Transfers that failed. */
void sampan_window_retry_failed (SampanWindow *self);

G_END_DECLS
