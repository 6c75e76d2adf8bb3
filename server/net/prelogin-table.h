/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may wait before login: caps in all and for each source, one absolute deadline, and who has to
 * go when it is full. Knows no socket; the clock (monotonic, microseconds) is the caller's. Any
 * thread. */

#pragma once

#include "net/address.h"

G_BEGIN_DECLS

#define SAMPAN_PRELOGIN_MAX 512
#define SAMPAN_PRELOGIN_PER_SOURCE 16

/* Part of a connection before login; its fields belong to the table. */
typedef struct
{
  GList link;
  SampanSourceKey source;
  int64_t deadline_us;
  int64_t progress_us; /* accepted, or the last whole message */
  bool has_spoken;
  bool is_in_table;
} SampanPreloginSlot;

typedef struct _SampanPreloginTable SampanPreloginTable;

/* Called with the table locked, so that SLOT cannot be freed meanwhile: end its connection. The
 * slot has left the table. */
typedef void (*SampanPreloginEvictFunc) (SampanPreloginSlot *slot, gpointer user_data);

SampanPreloginTable *sampan_prelogin_table_new (unsigned int max_total,
                                                unsigned int max_per_source,
                                                int64_t deadline_us,
                                                SampanPreloginEvictFunc evict,
                                                gpointer user_data);
void sampan_prelogin_table_free (SampanPreloginTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPreloginTable, sampan_prelogin_table_free)

/* Takes SLOT in. When full, whoever has been silent longest makes room; a source at its own cap
 * only replaces one of its own that has said nothing yet, else FALSE. */
bool sampan_prelogin_table_admit (SampanPreloginTable *self,
                                  SampanPreloginSlot *slot,
                                  const SampanSourceKey *source,
                                  int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;
/* A whole message came. */
void sampan_prelogin_table_note_progress (SampanPreloginTable *self,
                                          SampanPreloginSlot *slot,
                                          int64_t now_us);
/* Harmless when the slot was evicted before. */
void sampan_prelogin_table_remove (SampanPreloginTable *self, SampanPreloginSlot *slot);

/* Evicts all whose deadline has passed. */
void sampan_prelogin_table_expire (SampanPreloginTable *self, int64_t now_us);
/* -1: nobody waits. */
int64_t sampan_prelogin_table_get_next_deadline (SampanPreloginTable *self);
void sampan_prelogin_table_evict_all (SampanPreloginTable *self);
unsigned int sampan_prelogin_table_get_count (SampanPreloginTable *self);

G_END_DECLS
