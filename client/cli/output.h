/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What commands say: failures on stderr, one by one and by name; items as text or JSON on stdout.
 */

#pragma once

#include "cli.h"
#include "json-line.h"

G_BEGIN_DECLS

/* Reports that NAME (raw bytes, nullable: the command as a whole) failed, and keeps the exit status
 * that follows. With --json also an object on stdout. */
void output_failed (Cli *cli, const char *name, const GError *error);
/* The same of what was to go to TARGET (nullable) where the trouble is there. */
void output_failed_at (Cli *cli, const char *name, const char *target, const GError *error);
/* The same for a plain sentence; the status becomes STATUS. */
void output_failed_because (Cli *cli, const char *name, CliStatus status, const char *text);
/* A line on stderr that is no failure. */
void output_note (Cli *cli, const char *name, const char *text);
/* The same of an item that ACTION does not take, such as a link; with --json also an object on
 * stdout. */
void output_left_out (Cli *cli, const char *action, const char *name, const char *text);
/* Before anything else is written to the terminal. */
void output_clear_progress (Cli *cli);
/* With --json: {"action": ACTION, "status": STATUS, ...}; add members and print it. */
void output_begin_item (JsonLine *line, const char *action, const char *status);
/* With --json an object for ACTION done to REMOTE; nothing otherwise. */
void output_remote_done (Cli *cli, const char *action, const SampanRemote *remote);
void json_line_add_remote (JsonLine *line, const char *key, const SampanRemote *remote);

/* The sentence for a person; free with g_free. */
char *output_error_text (const GError *error);
CliStatus output_status_of (const GError *error);

/* Flushes stdout; a failure (a full disk) is reported, a closed pipe is not. */
void output_flush (Cli *cli);

/* "2026-11-20 23:12" in local time, or "-". BUFFER has OUTPUT_TIME_SIZE bytes. */
#define OUTPUT_TIME_SIZE 32
const char *output_format_time (int64_t seconds, char buffer[static OUTPUT_TIME_SIZE]);

G_END_DECLS
