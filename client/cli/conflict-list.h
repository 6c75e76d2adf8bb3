/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking once what to do with all that is there already. */

#pragma once

#include "batch-conflict.h"
#include "cli.h"

G_BEGIN_DECLS

/* Where what comes is, and what is there already. */
typedef enum
{
  CONFLICT_LIST_UPLOAD,
  CONFLICT_LIST_DOWNLOAD,
  CONFLICT_LIST_ON_BOX, /* both there */
} ConflictListKind;

/* Shows CONFLICTS (of SampanBatchConflict) and has them decided. Waits for the person. FALSE:
 * nothing is to be moved any more. */
bool conflict_list_ask (Cli *cli, GListModel *conflicts, ConflictListKind kind, bool may_replace)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
