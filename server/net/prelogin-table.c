/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A list in order of acceptance, so of deadlines too; short enough to be searched when it is full.
 */

#include "config.h"

#include "net/prelogin-table.h"

/* Who has said something may be stretching a password: that takes a slow client about this long. */
#define SPOKEN_GRACE_US (2 * G_USEC_PER_SEC)
/* How long a source's own may be silent while others of it wait: several round trips before the
 * hello, and what even a slow client needs for its password after it. */
#define SILENT_TURN_US G_USEC_PER_SEC
#define SPOKEN_TURN_US (5 * G_USEC_PER_SEC)
#define TURN_CHECK_US (G_USEC_PER_SEC / 10)

struct _SampanPreloginTable
{
  GMutex lock;
  GQueue slots; /* oldest first */
  unsigned int n_waiting;
  int64_t latest_us; /* that the clock was heard of */
  unsigned int max_total;
  unsigned int max_per_source;
  unsigned int max_waiting; /* of a source */
  int64_t deadline_us;
  const SampanPreloginFuncs *funcs;
  gpointer user_data;
};

SampanPreloginTable *
sampan_prelogin_table_new (unsigned int max_total,
                           unsigned int max_per_source,
                           unsigned int max_waiting,
                           int64_t deadline_us,
                           const SampanPreloginFuncs *funcs,
                           gpointer user_data)
{
  SampanPreloginTable *self = g_new0 (SampanPreloginTable, 1);
  g_mutex_init (&self->lock);
  g_queue_init (&self->slots);
  self->max_total = max_total;
  self->max_per_source = max_per_source;
  self->max_waiting = max_waiting;
  self->deadline_us = deadline_us;
  self->funcs = funcs;
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

typedef struct
{
  unsigned int n_served;
  unsigned int n_waiting;
  SampanPreloginSlot *oldest_waiting;
  SampanPreloginSlot *newest_waiting;
} Source;

static Source
look_at_source (SampanPreloginTable *self, const SampanSourceKey *source)
{
  Source found = { 0 };
  for (GList *l = self->slots.head; l != NULL; l = l->next)
    {
      SampanPreloginSlot *slot = l->data;
      if (!sampan_source_key_equal (&slot->source, source))
        continue;
      if (!slot->is_waiting)
        found.n_served++;
      else
        {
          found.n_waiting++;
          found.newest_waiting = slot;
          if (found.oldest_waiting == NULL)
            found.oldest_waiting = slot;
        }
    }
  return found;
}

static void
serve_next (SampanPreloginTable *self, const SampanSourceKey *source)
{
  if (self->n_waiting == 0)
    return;
  Source found = look_at_source (self, source);
  if (found.n_waiting == 0 || found.n_served >= self->max_per_source)
    return;
  found.newest_waiting->is_waiting = false;
  found.newest_waiting->progress_us = self->latest_us;
  self->n_waiting--;
  self->funcs->serve (found.newest_waiting, self->user_data);
}

static void
take_out (SampanPreloginTable *self, SampanPreloginSlot *slot)
{
  g_queue_unlink (&self->slots, &slot->link);
  slot->is_in_table = false;
  if (slot->is_waiting)
    self->n_waiting--;
}

/* Afterwards SLOT may be gone. */
static void
evict (SampanPreloginTable *self, SampanPreloginSlot *slot)
{
  SampanSourceKey source = slot->source;
  take_out (self, slot);
  self->funcs->evict (slot, self->user_data);
  serve_next (self, &source);
}

static int64_t
get_patience_us (const SampanPreloginSlot *slot)
{
  return slot->progress_us + (slot->has_spoken ? SPOKEN_GRACE_US : 0);
}

/* Its neighbours that wait have their turn now. */
static bool
has_had_its_turn (SampanPreloginTable *self, const SampanPreloginSlot *slot, int64_t now_us)
{
  int64_t turn_us = slot->has_spoken ? SPOKEN_TURN_US : SILENT_TURN_US;
  return !slot->is_waiting && slot->progress_us + turn_us <= now_us &&
         look_at_source (self, &slot->source).n_waiting > 0;
}

static void
end_turns (SampanPreloginTable *self, int64_t now_us)
{
  for (GList *l = self->slots.head, *next; l != NULL && self->n_waiting > 0; l = next)
    {
      next = l->next;
      if (has_had_its_turn (self, l->data, now_us))
        evict (self, l->data);
    }
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
  self->latest_us = now_us;
  if (self->slots.length >= self->max_total)
    evict (self, find_most_silent (self));
  Source found = look_at_source (self, source);
  bool waits = found.n_served >= self->max_per_source;
  if (waits && found.n_waiting >= self->max_waiting)
    evict (self, found.oldest_waiting);
  slot->link.data = slot;
  slot->source = *source;
  slot->deadline_us = now_us + self->deadline_us;
  slot->progress_us = now_us;
  slot->has_spoken = false;
  slot->is_waiting = waits;
  slot->is_in_table = true;
  self->n_waiting += waits;
  g_queue_push_tail_link (&self->slots, &slot->link);
  end_turns (self, now_us);
  return !waits;
}

void
sampan_prelogin_table_note_progress (SampanPreloginTable *self,
                                     SampanPreloginSlot *slot,
                                     int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->latest_us = now_us;
  slot->progress_us = now_us;
  slot->has_spoken = true;
}

void
sampan_prelogin_table_remove (SampanPreloginTable *self, SampanPreloginSlot *slot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  if (!slot->is_in_table)
    return;
  take_out (self, slot);
  serve_next (self, &slot->source);
}

void
sampan_prelogin_table_expire (SampanPreloginTable *self, int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanPreloginSlot *slot;
  self->latest_us = now_us;
  while ((slot = g_queue_peek_head (&self->slots)) != NULL && slot->deadline_us <= now_us)
    evict (self, slot);
  end_turns (self, now_us);
}

int64_t
sampan_prelogin_table_get_next_deadline (SampanPreloginTable *self, int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanPreloginSlot *slot = g_queue_peek_head (&self->slots);
  if (slot == NULL)
    return -1;
  return self->n_waiting > 0 ? MIN (slot->deadline_us, now_us + TURN_CHECK_US) : slot->deadline_us;
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
