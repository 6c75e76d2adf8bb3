/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Compares files by hash (BLAKE2b-256): this computer reads its own on other threads while the
 * server reads its own, many at a time. Lives on the caller's main context. */

#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef struct _SampanVerify SampanVerify;

/* ERROR: NULL if both are the same, SAMPAN_ERROR_CHANGED if not, or why it cannot be told. */
typedef void (*SampanVerifyFunc) (const char *local,
                                  const SampanPath *remote,
                                  const GError *error,
                                  gpointer user_data);

/* FUNC comes once for each file that is added, never from within sampan_verify_add(). A link that
 * breaks and heals is ridden out. CANCELLABLE is nullable. */
SampanVerify *sampan_verify_new (SampanSession *session,
                                 GCancellable *cancellable,
                                 SampanVerifyFunc func,
                                 gpointer user_data);
/* When idle. */
void sampan_verify_free (SampanVerify *self);

void sampan_verify_add (SampanVerify *self, const char *local, const SampanPath *remote);
/* Whether all that were added have been told. */
bool sampan_verify_is_idle (const SampanVerify *self);

G_END_DECLS
