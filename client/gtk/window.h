/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The window: a session, its files and its transfers. */

#pragma once

#include "engine.h"
#include "remote.h"
#include "secret.h"
#include "server-store.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_WINDOW (sampan_window_get_type ())
G_DECLARE_FINAL_TYPE (SampanWindow, sampan_window, SAMPAN, WINDOW, GtkApplicationWindow)

SampanWindow *
sampan_window_new (GtkApplication *application, SampanEngine *engine, SampanServerStore *store);

/* Whether it is logged in to the account that REMOTE leads to. */
bool sampan_window_has_session_of (SampanWindow *self, const SampanRemote *remote);
/* Whether it is neither logged in nor about to be. */
bool sampan_window_is_free (SampanWindow *self);
/* Fills the form, and opens the path after the login; at once in a session of that account. It logs
 * in by itself with PASSWORD (nullable), or with one that is kept, where a user is named. */
void
sampan_window_open (SampanWindow *self, const SampanRemote *remote, const SampanSecret *password);
/* For a link that sampan_remote_parse() refused. */
void sampan_window_tell_bad_link (SampanWindow *self, const GError *error);
void sampan_window_tell (SampanWindow *self, const char *text);
/* Transfers that failed. */
void sampan_window_retry_failed (SampanWindow *self);

G_END_DECLS
