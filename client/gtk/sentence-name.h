/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Names of people, hosts and files inside sentences. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As sampan_display_name(), to be put into a sentence: a name that may run in another direction
 * than the sentence is isolated from it (Unicode's FSI and PDI), so that neither reorders the
 * other. LENGTH: -1 if BYTES end with NUL. */
char *sampan_sentence_name (const char *bytes, gssize length);
/* "ann on lanbox". */
char *sampan_sentence_account (const char *user, const char *host);

G_END_DECLS
