/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How many lines the log takes: of one kind, and of one kind about one source. An attack or a
 * broken disk fills no log, and what else happens stays visible. What is held back is counted. Not
 * thread-safe. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What one client does with a folder of small files fits. */
#define SAMPAN_LOG_SOURCE_BURST 1000
#define SAMPAN_LOG_SOURCE_PER_SEC 50
#define SAMPAN_LOG_KIND_BURST 4000
#define SAMPAN_LOG_KIND_PER_SEC 200
/* Kinds, and kinds with a source, of which each is limited by itself; those to come after so many
 * share one limit, as source SAMPAN_LOG_OTHERS. */
#define SAMPAN_LOG_BUCKETS_MAX 4096
#define SAMPAN_LOG_OTHERS "others"
/* From one settling; what is left is summed up in one more line. */
#define SAMPAN_LOG_HELD_LINES 20

typedef struct _SampanLogLimit SampanLogLimit;

SampanLogLimit *sampan_log_limit_new (void);
void sampan_log_limit_free (SampanLogLimit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanLogLimit, sampan_log_limit_free)

/* Whether a line about EVENT and SOURCE (nullable) may be written. TRUE: *held_back were not before
 * it, and nobody was told of them yet. */
bool sampan_log_limit_take (SampanLogLimit *self,
                            const char *event,
                            const char *source,
                            int64_t now_us,
                            uint64_t *held_back);

/* Calls FUNC for all that was held back and nobody was told of; EVENT and SOURCE are
 * SAMPAN_LOG_OTHERS in the sum of the rest, SOURCE may be NULL. Forgets who has been quiet. */
typedef void (*SampanLogHeldFunc) (const char *event,
                                   const char *source,
                                   uint64_t held_back,
                                   gpointer user_data);
void sampan_log_limit_settle (SampanLogLimit *self,
                              int64_t now_us,
                              SampanLogHeldFunc func,
                              gpointer user_data);

size_t sampan_log_limit_get_size (const SampanLogLimit *self);

G_END_DECLS
