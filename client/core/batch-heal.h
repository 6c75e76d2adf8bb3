/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Waiting for a session whose link broke under a batch's request. */

#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef void (*SampanBatchHealFunc) (gpointer user_data);

/* After a request failed with ERROR: whether that was the link and the session is healing or has
 * healed. Then FUNC comes once, on the caller's context, for the request to be made again; it fails
 * if nothing healed. N_HEALS is of this request alone, as a break may meet many at once: one that
 * breaks every link it is made on is given up. */
bool sampan_batch_heal (SampanSession *session,
                        const GError *error,
                        unsigned int *n_heals,
                        GCancellable *cancellable,
                        SampanBatchHealFunc func,
                        gpointer user_data);

G_END_DECLS
