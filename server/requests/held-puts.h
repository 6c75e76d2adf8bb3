/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Finished uploads of one connection that wait to be committed and answered together, in order. */

#pragma once

#include "net/connection.h"
#include "storage/commit-batch.h"

G_BEGIN_DECLS

typedef struct _SampanHeldPuts SampanHeldPuts;

SampanHeldPuts *sampan_held_puts_new (SampanConnection *connection);
/* Drops what is held without an answer; partials are kept. */
void sampan_held_puts_free (SampanHeldPuts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanHeldPuts, sampan_held_puts_free)

/* Takes UPLOAD, which is finished. RIGHT and CONFLICT are those it was asked for with. */
void sampan_held_puts_add (SampanHeldPuts *self,
                           SampanUpload *upload,
                           const SampanPath *path,
                           uint64_t size,
                           int64_t started_us,
                           SampanRight right,
                           uint8_t conflict);

/* Whether something is held for as long as it may be. */
bool sampan_held_puts_are_due (const SampanHeldPuts *self);

/* Commits all and answers each. Nothing is committed for a session that has ended. */
void sampan_held_puts_settle (SampanHeldPuts *self);

G_END_DECLS
