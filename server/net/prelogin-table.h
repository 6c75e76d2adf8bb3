/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may be there before login: caps in all and for each source, one absolute deadline, and who
 * has to go when it is full. A source above its cap is not turned away: its connections, such as
 * those of a session whose transfers all come back at once, wait for their turn unheard. Knows no
 * socket; the clock (monotonic, microseconds) is the caller's. Any thread. */

#pragma once

#include "net/address.h"

G_BEGIN_DECLS

#define SAMPAN_PRELOGIN_MAX 512
#define SAMPAN_PRELOGIN_PER_SOURCE 16
#define SAMPAN_PRELOGIN_WAITING_PER_SOURCE 48 /* behind those: a burst of attaches */

/* Part of a connection before login; its fields belong to the table. */
typedef struct
{
  GList link;
  SampanSourceKey source;
  int64_t deadline_us;
  int64_t progress_us; /* accepted, served, or the last whole message */
  bool has_spoken;
  bool is_waiting; /* for its turn: nothing of it is read */
  bool is_in_table;
} SampanPreloginSlot;

typedef struct _SampanPreloginTable SampanPreloginTable;

/* Called with the table locked, so that SLOT cannot be freed meanwhile. */
typedef struct
{
  /* It waits no more. */
  void (*serve) (SampanPreloginSlot *slot, gpointer user_data);
  /* End its connection; it has left the table. */
  void (*evict) (SampanPreloginSlot *slot, gpointer user_data);
} SampanPreloginFuncs;

/* FUNCS is static. */
SampanPreloginTable *sampan_prelogin_table_new (unsigned int max_total,
                                                unsigned int max_per_source,
                                                unsigned int max_waiting,
                                                int64_t deadline_us,
                                                const SampanPreloginFuncs *funcs,
                                                gpointer user_data);
void sampan_prelogin_table_free (SampanPreloginTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPreloginTable, sampan_prelogin_table_free)

/* Takes SLOT in. When full, whoever has been silent longest makes room. FALSE: its source is at its
 * cap, so it waits until it is served, the newest first, as the old ones of a flood are not worth
 * it; of too many that wait the oldest goes. */
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

/* Evicts all whose deadline has passed, and those who are silent where others wait. */
void sampan_prelogin_table_expire (SampanPreloginTable *self, int64_t now_us);
/* -1: nobody waits. */
int64_t sampan_prelogin_table_get_next_deadline (SampanPreloginTable *self, int64_t now_us);
void sampan_prelogin_table_evict_all (SampanPreloginTable *self);
unsigned int sampan_prelogin_table_get_count (SampanPreloginTable *self);

G_END_DECLS
