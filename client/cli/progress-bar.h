/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is shown of running transfers on stderr: a line that is drawn over again, JSON objects, or
 * nothing. */

#pragma once

#include "cli.h"
#include "transfer.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name; /* raw bytes */
  SampanTransferState state;
  bool is_upload;
  uint64_t done_bytes;
  uint64_t total_bytes;
  uint64_t safe_bytes;
  uint64_t speed;
  int seconds_left;
  unsigned int number; /* of COUNT, from 1 */
  unsigned int count;  /* known so far */
} ProgressView;

ProgressBar *progress_bar_new (Cli *cli);
void progress_bar_free (ProgressBar *self);
void progress_bar_show (ProgressBar *self, const ProgressView *view);
/* The last word on one item; its line stays. */
void progress_bar_finish_item (ProgressBar *self, const ProgressView *view);
/* Takes the line away before something else is written. */
void progress_bar_hide (ProgressBar *self);

/* The line for a terminal COLUMNS wide: two stages, "sent" and then what is safe. Free with
 * g_free. */
char *progress_bar_format (const ProgressView *view, unsigned int columns);

G_END_DECLS
