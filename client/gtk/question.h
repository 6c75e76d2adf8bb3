/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Questions before something that cannot be taken back. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A modal question with two buttons: Cancel, the default, and BUTTON (with mnemonic), which
 * responds GTK_RESPONSE_ACCEPT. Not shown yet; whoever handles "response" destroys it. Plain text,
 * never markup. */
GtkWidget *
sampan_question_new (GtkWindow *parent, const char *title, const char *text, const char *button);

G_END_DECLS
