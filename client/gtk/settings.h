/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the window remembers from one run to the next, in $XDG_CONFIG_HOME/sampan/window.conf: the
 * last server and its own size. Never a password. */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct
{
  char *host; /* "" before the first login */
  uint16_t port;
  char *user;
  int width;
  int height;
} SampanSettings;

/* Never NULL; what cannot be read has its default. Reads one small file: before the window shows.
 */
SampanSettings *sampan_settings_load (void);
/* Writes a copy in a worker thread. A failure is only logged. */
void sampan_settings_save (const SampanSettings *self);
/* The same at once, for when the program ends. */
void sampan_settings_save_now (const SampanSettings *self);
void sampan_settings_free (SampanSettings *self);

G_END_DECLS
