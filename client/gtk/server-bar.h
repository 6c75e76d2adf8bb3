/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server frame: the login form, one line once logged in. Follows the state of its session. */

#pragma once

#include "remote.h"
#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_SERVER_BAR (sampan_server_bar_get_type ())
G_DECLARE_FINAL_TYPE (SampanServerBar, sampan_server_bar, SAMPAN, SERVER_BAR, GtkFrame)

/* Signals "log-in" (the form is complete), "log-out", "cancel". Takes a reference. */
void sampan_server_bar_set_session (SampanServerBar *self, SampanSession *session);

/* Fills the form; a NULL user leaves that field as it is. */
void
sampan_server_bar_fill (SampanServerBar *self, const char *host, uint16_t port, const char *user);
/* Without surrounding spaces and without the brackets of an IPv6 address. Free with g_free. */
char *sampan_server_bar_dup_host (SampanServerBar *self);
uint16_t sampan_server_bar_get_port (SampanServerBar *self);
char *sampan_server_bar_dup_user (SampanServerBar *self);
/* NULL if locked memory cannot be had. */
SampanSecret *sampan_server_bar_dup_password (SampanServerBar *self);
void sampan_server_bar_clear_password (SampanServerBar *self);
/* Puts the focus where the person has to type next: the first empty field, else the password. */
void sampan_server_bar_focus (SampanServerBar *self);

G_END_DECLS
