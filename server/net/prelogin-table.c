/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A list in order of acceptance, so of deadlines too; short enough to be searched when it is full.
 */

#include "config.h"

#include "net/prelogin-table.h"

/* Who has said something may be stretching a password: that takes a slow client about this long. */
#define SPOKEN_GRACE_US (2 * G_USEC_PER_SEC)

struct _SampanPreloginTable
{
  GMutex lock;
  GQueue slots; /* oldest first */
  unsigned int max_total;
  unsigned int max_per_source;
  int64_t deadline_us;
  SampanPreloginEvictFunc evict;
  gpointer user_data;
};

SampanPreloginTable *
sampan_prelogin_table_new (unsigned int max_total,
                           unsigned int max_per_source,
                           int64_t deadline_us,
                           SampanPreloginEvictFunc evict,
                           gpointer user_data)
{
  SampanPreloginTable *self = g_new0 (SampanPreloginTable, 1);
  g_mutex_init (&self->lock);
  g_queue_init (&self->slots);
  self->max_total = max_total;
  self->max_per_source = max_per_source;
  self->deadline_us = deadline_us;
  self->evict = evict;
  self->user_data = user_data;
  return self;
}

void
sampan_prelogin_table_free (SampanPreloginTable *self)
{
  if (self == NULL)
    return;
  g_assert (g_queue_is_empty (&self->slots));
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
take_out (SampanPreloginTable *self, SampanPreloginSlot *slot)
{
  g_queue_unlink (&self->slots, &slot->link);
  slot->is_in_table = false;
}

static void
evict (SampanPreloginTable *self, SampanPreloginSlot *slot)
{
  take_out (self, slot);
  self->evict (slot, self->user_data);
}

static int64_t
get_patience_us (const SampanPreloginSlot *slot)
{
  return slot->progress_us + (slot->has_spoken ? SPOKEN_GRACE_US : 0);
}

/* The source's slots: how many, and the oldest that said nothing. */
static unsigned int
count_source (SampanPreloginTable *self,
              const SampanSourceKey *source,
              SampanPreloginSlot **oldest_silent)
{
  unsigned int count = 0;
  *oldest_silent = NULL;
  for (GList *l = self->slots.head; l != NULL; l = l->next)
    {
      SampanPreloginSlot *slot = l->data;
      if (!sampan_source_key_equal (&slot->source, source))
        continue;
      count++;
      if (*oldest_silent == NULL && !slot->has_spoken)
        *oldest_silent = slot;
    }
  return count;
}

static SampanPreloginSlot *
find_most_silent (SampanPreloginTable *self)
{
  SampanPreloginSlot *found = NULL;
  for (GList *l = self->slots.head; l != NULL; l = l->next)
    if (found == NULL || get_patience_us (l->data) < get_patience_us (found))
      found = l->data;
  return found;
}

bool
sampan_prelogin_table_admit (SampanPreloginTable *self,
                             SampanPreloginSlot *slot,
                             const SampanSourceKey *source,
                             int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanPreloginSlot *victim = NULL;
  if (count_source (self, source, &victim) < self->max_per_source)
    victim = self->slots.length < self->max_total ? NULL : find_most_silent (self);
  else if (victim == NULL)
    return false;
  if (victim != NULL)
    evict (self, victim);
  slot->link.data = slot;
  slot->source = *source;
  slot->deadline_us = now_us + self->deadline_us;
  slot->progress_us = now_us;
  slot->has_spoken = false;
  slot->is_in_table = true;
  g_queue_push_tail_link (&self->slots, &slot->link);
  return true;
}

void
sampan_prelogin_table_note_progress (SampanPreloginTable *self,
                                     SampanPreloginSlot *slot,
                                     int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  slot->progress_us = now_us;
  slot->has_spoken = true;
}

void
sampan_prelogin_table_remove (SampanPreloginTable *self, SampanPreloginSlot *slot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  if (slot->is_in_table)
    take_out (self, slot);
}

void
sampan_prelogin_table_expire (SampanPreloginTable *self, int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanPreloginSlot *slot;
  while ((slot = g_queue_peek_head (&self->slots)) != NULL && slot->deadline_us <= now_us)
    evict (self, slot);
}

int64_t
sampan_prelogin_table_get_next_deadline (SampanPreloginTable *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanPreloginSlot *slot = g_queue_peek_head (&self->slots);
  return slot != NULL ? slot->deadline_us : -1;
}

void
sampan_prelogin_table_evict_all (SampanPreloginTable *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanPreloginSlot *slot;
  while ((slot = g_queue_peek_head (&self->slots)) != NULL)
    evict (self, slot);
}

unsigned int
sampan_prelogin_table_get_count (SampanPreloginTable *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->slots.length;
}
