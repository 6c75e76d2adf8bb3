/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server frame: the login form, one line once logged in. Follows the state of its session. */

#pragma once

#include "login-form.h"
#include "session.h"

G_BEGIN_DECLS

#define SAMPAN_TYPE_SERVER_BAR (sampan_server_bar_get_type ())
G_DECLARE_FINAL_TYPE (SampanServerBar, sampan_server_bar, SAMPAN, SERVER_BAR, GtkFrame)

/* Signals "log-in" (the form is complete), "log-out", "cancel". Takes a reference. */
void sampan_server_bar_set_session (SampanServerBar *self, SampanSession *session);

/* Borrowed. */
SampanLoginForm *sampan_server_bar_get_form (SampanServerBar *self);

G_END_DECLS
