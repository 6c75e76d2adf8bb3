/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking once what to do with all the files that are there already. */

#pragma once

#include "batch.h"
#include "cli.h"

G_BEGIN_DECLS

/* Shows the conflicts of BATCH and has them decided. Waits for the person. FALSE: nothing is to be
 * moved any more. */
bool conflict_list_ask (Cli *cli, SampanBatch *batch) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
