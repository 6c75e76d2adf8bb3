/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the core's own files need of the engine: posting between threads and slow work. */

#pragma once

#include "engine.h"

G_BEGIN_DECLS

/* Runs FUNC once on the thread that iterates CONTEXT, in the order of posting. Any thread. */
void sampan_post_to_engine (GMainContext *context,
                            GSourceFunc func,
                            gpointer user_data,
                            GDestroyNotify notify);
void sampan_post_to_owner (GMainContext *context,
                           GSourceFunc func,
                           gpointer user_data,
                           GDestroyNotify notify);

/* Engine thread only: WORK (data) on a pool thread, then DONE (data) back here. The engine does not
 * end before DONE ran, so DATA is always released. */
typedef void (*SampanJobFunc) (gpointer data);
void sampan_engine_run_job (SampanJobFunc work, SampanJobFunc done, gpointer data);

/* Engine thread only: the engine waits for as many releases as there were holds before it ends.
 * Around async calls whose callback must come. */
void sampan_engine_hold (void);
void sampan_engine_release (void);

G_END_DECLS
