/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A small key file among the person's settings: $XDG_CONFIG_HOME/sampan/NAME (0600, written whole
 * and renamed). Blocking but tiny; any thread. */

#pragma once

#include "errors.h"

G_BEGIN_DECLS

/* A missing file is an empty one. SAMPAN_ERROR_IO if it is no key file, or too large for one. */
GKeyFile *sampan_config_file_load (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_config_file_save (const char *name,
                              GKeyFile *file,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Serialises writers, of this process and others, until it is closed. -1 with an error. */
int sampan_config_file_lock (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a HOST looks like in a group's name: in lower case. NULL (SAMPAN_ERROR_BAD_NAME) if it has
 * bytes that such a name cannot hold: it is no host then. */
char *sampan_config_file_dup_host (const char *host, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void sampan_config_file_set_damaged (const char *name, const char *what, GError **error);

G_END_DECLS
