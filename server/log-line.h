/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One event of the log and what it looks like as a line. Pure. */

#pragma once

#include "log.h"

#include <stdbool.h>
#include <stddef.h>

G_BEGIN_DECLS

#define SAMPAN_LOG_VALUE_MAX_BYTES 1024 /* of one escaped value: shows any name, and most paths */
#define SAMPAN_LOG_PAIRS_MAX 16         /* in one event; more are left out */

typedef struct
{
  const char *key; /* borrowed constant */
  char *value;     /* escaped: printable UTF-8 on one line */
} SampanLogPair;

typedef struct
{
  SampanLogLevel level;
  const char *event; /* borrowed */
  SampanLogPair pairs[SAMPAN_LOG_PAIRS_MAX];
  size_t n_pairs;
} SampanLogLine;

/* VALUE is raw; nothing happens if it is NULL. */
void sampan_log_line_add (SampanLogLine *self, const char *key, const char *value);
void sampan_log_line_clear (SampanLogLine *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanLogLine, sampan_log_line_clear)

/* `login user=ann outcome=ok` */
void sampan_log_line_append_message (const SampanLogLine *self, GString *text);

/* `2026-11-20T12:00:00.000Z notice login user=ann outcome=ok` and a line end. Free with g_free. */
char *sampan_log_line_to_text (const SampanLogLine *self, GDateTime *now_utc);

/* `{"time":"2026-11-20T12:00:00.000Z","level":"notice","event":"login","user":"ann"}` and a line
 * end. Values are escaped as in the text, numbers are numbers. Free with g_free. */
char *sampan_log_line_to_json (const SampanLogLine *self, GDateTime *now_utc);

G_END_DECLS
