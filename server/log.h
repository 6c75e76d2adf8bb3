/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's log: one line per event, to the journal when systemd started us (JOURNAL_STREAM),
 * else to stderr; a command's own to the journal alone. Values are escaped and bounded; nothing
 * secret is ever passed in. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_LOG_ERROR = 3, /* syslog levels */
  SAMPAN_LOG_WARNING = 4,
  SAMPAN_LOG_NOTICE = 5,
  SAMPAN_LOG_INFO = 6,
  SAMPAN_LOG_DEBUG = 7,
} SampanLogLevel;

typedef enum
{
  SAMPAN_LOG_WHERE_IT_GOES, /* fields in the journal, text on stderr */
  SAMPAN_LOG_TEXT,
  SAMPAN_LOG_JSON, /* on stderr, one object per line */
} SampanLogFormat;

/* Routes GLib's own messages here too. Call once. */
void sampan_log_init (SampanLogLevel most_verbose, SampanLogFormat format);

/* For a command that somebody types: its events go to the journal where there is one, else nowhere,
 * and GLib's messages are left alone. Instead of the other. */
void sampan_log_init_for_command (void);

/* EVENT is a short word ("login", "put"); then pairs of constant key and value (nullable value:
 * pair left out), then NULL. stderr: `2026-11-20T12:00:00.000Z notice login user=ann
 * source=192.0.2.7 outcome=ok`. Too many of one event from one "source" are held back. */
void sampan_log_event (SampanLogLevel level, const char *event, ...) G_GNUC_NULL_TERMINATED;

/* Of a change ("user add") by the user UID: what it is about and more, each nullable. */
void sampan_log_change (unsigned int uid, const char *change, const char *name, const char *more);

/* Says how many were held back ("log-dropped") since it was said last. Call now and then, and at
 * the end. */
void sampan_log_settle (void);

/* A name nobody has: shown as a keyed short hash, as people type passwords into the name box. Free
 * with g_free. */
char *sampan_log_unknown_name (const char *name, gsize length);

G_END_DECLS
