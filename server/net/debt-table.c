/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A hash table whose entries are also linked by age of their last touch. */

#include "config.h"

#include "net/debt-table.h"

#include <sodium.h>
#include <string.h>

#define NONE UINT32_MAX

typedef struct
{
  uint8_t key[SAMPAN_DEBT_KEY_BYTES];
  SampanDebt debt;
  uint32_t chain; /* next in the same bucket */
  uint32_t older; /* by last touch */
  uint32_t newer;
} Entry;

struct _SampanDebtTable
{
  /* Keyed, so that nobody can choose addresses that all fall into one bucket. */
  uint8_t hash_key[crypto_shorthash_KEYBYTES];
  uint32_t capacity;
  uint32_t count;
  uint32_t oldest;
  uint32_t newest;
  uint32_t *buckets;
  Entry *entries;
};

SampanDebtTable *
sampan_debt_table_new (uint32_t capacity)
{
  g_return_val_if_fail (capacity > 0 && capacity < NONE, NULL);
  SampanDebtTable *self = g_new0 (SampanDebtTable, 1);
  randombytes_buf (self->hash_key, sizeof self->hash_key);
  self->capacity = capacity;
  self->oldest = NONE;
  self->newest = NONE;
  self->buckets = g_try_new (uint32_t, capacity);
  self->entries = g_try_new0 (Entry, capacity);
  if (self->buckets == NULL || self->entries == NULL)
    {
      sampan_debt_table_free (self);
      return NULL;
    }
  for (uint32_t i = 0; i < capacity; i++)
    self->buckets[i] = NONE;
  return self;
}

void
sampan_debt_table_free (SampanDebtTable *self)
{
  if (self == NULL)
    return;
  g_free (self->buckets);
  g_free (self->entries);
  g_free (self);
}

static uint32_t *
get_bucket (SampanDebtTable *self, const uint8_t *key)
{
  union
  {
    uint8_t bytes[crypto_shorthash_BYTES];
    uint64_t number;
  } hash;
  crypto_shorthash (hash.bytes, key, SAMPAN_DEBT_KEY_BYTES, self->hash_key);
  return &self->buckets[hash.number % self->capacity];
}

static uint32_t
find (SampanDebtTable *self, const uint8_t *key)
{
  uint32_t i = *get_bucket (self, key);
  while (i != NONE && memcmp (self->entries[i].key, key, SAMPAN_DEBT_KEY_BYTES) != 0)
    i = self->entries[i].chain;
  return i;
}

static void
unlink_age (SampanDebtTable *self, uint32_t i)
{
  Entry *entry = &self->entries[i];
  *(entry->older != NONE ? &self->entries[entry->older].newer : &self->oldest) = entry->newer;
  *(entry->newer != NONE ? &self->entries[entry->newer].older : &self->newest) = entry->older;
}

static void
link_newest (SampanDebtTable *self, uint32_t i)
{
  Entry *entry = &self->entries[i];
  entry->older = self->newest;
  entry->newer = NONE;
  *(self->newest != NONE ? &self->entries[self->newest].newer : &self->oldest) = i;
  self->newest = i;
}

static void
unlink_chain (SampanDebtTable *self, uint32_t i)
{
  uint32_t *link = get_bucket (self, self->entries[i].key);
  while (*link != i)
    link = &self->entries[*link].chain;
  *link = self->entries[i].chain;
}

/* A fresh slot, or that of the oldest. */
static uint32_t
take_slot (SampanDebtTable *self)
{
  if (self->count < self->capacity)
    return self->count++;
  uint32_t i = self->oldest;
  unlink_age (self, i);
  unlink_chain (self, i);
  return i;
}

static uint32_t
insert (SampanDebtTable *self, const uint8_t *key)
{
  uint32_t i = take_slot (self);
  Entry *entry = &self->entries[i];
  uint32_t *bucket = get_bucket (self, key);
  *entry = (Entry){ .chain = *bucket };
  memcpy (entry->key, key, SAMPAN_DEBT_KEY_BYTES);
  *bucket = i;
  link_newest (self, i);
  return i;
}

SampanDebt *
sampan_debt_table_find (SampanDebtTable *self, const uint8_t key[static SAMPAN_DEBT_KEY_BYTES])
{
  uint32_t i = find (self, key);
  return i != NONE ? &self->entries[i].debt : NULL;
}

SampanDebt *
sampan_debt_table_touch (SampanDebtTable *self, const uint8_t key[static SAMPAN_DEBT_KEY_BYTES])
{
  uint32_t i = find (self, key);
  if (i == NONE)
    i = insert (self, key);
  else
    {
      unlink_age (self, i);
      link_newest (self, i);
    }
  return &self->entries[i].debt;
}

uint32_t
sampan_debt_table_get_count (const SampanDebtTable *self)
{
  return self->count;
}
