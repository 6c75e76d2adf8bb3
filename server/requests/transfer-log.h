/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The log line of a request that moved or changed something. */

#pragma once

#include "net/connection.h"
#include "paths.h"

G_BEGIN_DECLS

/* Who, from where, what, how much, how long, how it ended. PATH and TO are nullable, BYTES may be
 * -1 and STARTED_US 0. */
void sampan_log_transfer (SampanConnection *connection,
                          const char *event,
                          const SampanPath *path,
                          const SampanPath *to,
                          int64_t bytes,
                          int64_t started_us,
                          const GError *error);

G_END_DECLS
