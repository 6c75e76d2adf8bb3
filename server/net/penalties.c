/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A hash table of fixed size whose entries are also linked by age of their last failure. */

#include "config.h"

#include "net/penalties.h"

#include <sodium.h>

#define NONE UINT32_MAX

typedef struct
{
  SampanSourceKey source;
  int64_t ends_us;
  uint32_t chain; /* next in the same bucket */
  uint32_t older; /* by last failure */
  uint32_t newer;
  bool acts; /* passed the threshold; holds until the penalty has run off */
} Entry;

struct _SampanPenalties
{
  GMutex lock;
  /* Keyed, so that nobody can choose addresses that all fall into one bucket. */
  uint8_t hash_key[crypto_shorthash_KEYBYTES];
  uint32_t capacity;
  uint32_t count;
  uint32_t oldest;
  uint32_t newest;
  uint32_t *buckets;
  Entry *entries;
};

SampanPenalties *
sampan_penalties_new (uint32_t max_sources)
{
  g_return_val_if_fail (max_sources > 0 && max_sources < NONE, NULL);
  SampanPenalties *self = g_new0 (SampanPenalties, 1);
  g_mutex_init (&self->lock);
  randombytes_buf (self->hash_key, sizeof self->hash_key);
  self->capacity = max_sources;
  self->oldest = NONE;
  self->newest = NONE;
  self->buckets = g_try_new (uint32_t, max_sources);
  self->entries = g_try_new0 (Entry, max_sources);
  if (self->buckets == NULL || self->entries == NULL)
    {
      sampan_penalties_free (self);
      return NULL;
    }
  for (uint32_t i = 0; i < max_sources; i++)
    self->buckets[i] = NONE;
  return self;
}

void
sampan_penalties_free (SampanPenalties *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  g_free (self->buckets);
  g_free (self->entries);
  g_free (self);
}

static uint32_t *
get_bucket (SampanPenalties *self, const SampanSourceKey *source)
{
  union
  {
    uint8_t bytes[crypto_shorthash_BYTES];
    uint64_t number;
  } hash;
  crypto_shorthash (hash.bytes, source->bytes, sizeof source->bytes, self->hash_key);
  return &self->buckets[hash.number % self->capacity];
}

static uint32_t
find (SampanPenalties *self, const SampanSourceKey *source)
{
  uint32_t i = *get_bucket (self, source);
  while (i != NONE && !sampan_source_key_equal (&self->entries[i].source, source))
    i = self->entries[i].chain;
  return i;
}

static void
unlink_age (SampanPenalties *self, uint32_t i)
{
  Entry *entry = &self->entries[i];
  *(entry->older != NONE ? &self->entries[entry->older].newer : &self->oldest) = entry->newer;
  *(entry->newer != NONE ? &self->entries[entry->newer].older : &self->newest) = entry->older;
}

static void
link_newest (SampanPenalties *self, uint32_t i)
{
  Entry *entry = &self->entries[i];
  entry->older = self->newest;
  entry->newer = NONE;
  *(self->newest != NONE ? &self->entries[self->newest].newer : &self->oldest) = i;
  self->newest = i;
}

static void
unlink_chain (SampanPenalties *self, uint32_t i)
{
  uint32_t *link = get_bucket (self, &self->entries[i].source);
  while (*link != i)
    link = &self->entries[*link].chain;
  *link = self->entries[i].chain;
}

/* A fresh slot, or that of the oldest. */
static uint32_t
take_slot (SampanPenalties *self)
{
  if (self->count < self->capacity)
    return self->count++;
  uint32_t i = self->oldest;
  unlink_age (self, i);
  unlink_chain (self, i);
  return i;
}

static uint32_t
insert (SampanPenalties *self, const SampanSourceKey *source)
{
  uint32_t i = take_slot (self);
  Entry *entry = &self->entries[i];
  uint32_t *bucket = get_bucket (self, source);
  *entry = (Entry){ .source = *source, .chain = *bucket };
  *bucket = i;
  link_newest (self, i);
  return i;
}

void
sampan_penalties_add_failure (SampanPenalties *self, const SampanSourceKey *source, int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  uint32_t i = find (self, source);
  if (i == NONE)
    i = insert (self, source);
  else
    {
      unlink_age (self, i);
      link_newest (self, i);
    }
  Entry *entry = &self->entries[i];
  if (entry->ends_us <= now_us)
    {
      entry->ends_us = now_us;
      entry->acts = false;
    }
  entry->ends_us += SAMPAN_PENALTY_FAILURE_SECS * G_USEC_PER_SEC;
  entry->ends_us = MIN (entry->ends_us, now_us + SAMPAN_PENALTY_CAP_SECS * G_USEC_PER_SEC);
  if (entry->ends_us - now_us >= SAMPAN_PENALTY_ACTS_SECS * G_USEC_PER_SEC)
    entry->acts = true;
}

uint32_t
sampan_penalties_check (SampanPenalties *self, const SampanSourceKey *source, int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  uint32_t i = find (self, source);
  if (i == NONE || !self->entries[i].acts || self->entries[i].ends_us <= now_us)
    return 0;
  int64_t left_us = self->entries[i].ends_us - now_us;
  return (uint32_t)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

uint32_t
sampan_penalties_get_count (SampanPenalties *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->count;
}
