/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The fields for address, port, user and password, the buttons beside them, and under them where
 * one can connect to. */

#pragma once

#include "secret.h"
#include "server-store.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_LOGIN_FORM (sampan_login_form_get_type ())
G_DECLARE_FINAL_TYPE (SampanLoginForm, sampan_login_form, SAMPAN, LOGIN_FORM, GtkBox)

/* Signals "log-in" (the form is complete), "cancel". */

/* Once. Fills in the server used last. */
void sampan_login_form_set_store (SampanLoginForm *self, SampanServerStore *store);

/* While a login runs: a spinner and Cancel. */
void sampan_login_form_set_busy (SampanLoginForm *self, bool busy);
/* Fills the form; a NULL user leaves that field as it is. */
void
sampan_login_form_fill (SampanLoginForm *self, const char *host, uint16_t port, const char *user);
/* Without surrounding spaces and without the brackets of an IPv6 address. Free with g_free. */
char *sampan_login_form_dup_host (SampanLoginForm *self);
uint16_t sampan_login_form_get_port (SampanLoginForm *self);
char *sampan_login_form_dup_user (SampanLoginForm *self);
/* NULL if locked memory cannot be had. */
SampanSecret *sampan_login_form_dup_password (SampanLoginForm *self);
/* The server whose password the keyring is to give, as none was typed; nullable, borrowed. */
SampanSavedServer *sampan_login_form_get_kept (SampanLoginForm *self);
/* What is ticked. */
bool sampan_login_form_get_remembers (SampanLoginForm *self);
bool sampan_login_form_get_keeps_password (SampanLoginForm *self);
void sampan_login_form_clear_password (SampanLoginForm *self);
/* Puts the focus where the person has to type next: the first empty field, else the password; to
 * the button if that is kept. */
void sampan_login_form_focus (SampanLoginForm *self);
void sampan_login_form_focus_address (SampanLoginForm *self);
void sampan_login_form_focus_password (SampanLoginForm *self);

G_END_DECLS
