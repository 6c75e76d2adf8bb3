/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Three tables: what sources owe, what accounts owe, and which of them belong together. */

#include "config.h"

#include "net/penalties.h"

#include "net/debt-table.h"

#include <sodium.h>

#define ACCOUNT_FAILURE_US ((int64_t)SAMPAN_PENALTY_ACCOUNT_FAILURE_SECS * G_USEC_PER_SEC)
#define ACCOUNT_BUDGET_US (SAMPAN_PENALTY_ACCOUNT_FAILURES * ACCOUNT_FAILURE_US)

G_STATIC_ASSERT (SAMPAN_SOURCE_KEY_BYTES == SAMPAN_DEBT_KEY_BYTES);
G_STATIC_ASSERT (SAMPAN_DEBT_KEY_BYTES >= crypto_generichash_BYTES_MIN);

struct _SampanPenalties
{
  GMutex lock;
  uint8_t name_key[crypto_generichash_KEYBYTES]; /* nobody can make two names collide */
  SampanDebtTable *sources;
  SampanDebtTable *accounts;
  SampanDebtTable *known; /* accounts and sources: until when */
};

SampanPenalties *
sampan_penalties_new (uint32_t max_entries)
{
  SampanPenalties *self = g_new0 (SampanPenalties, 1);
  g_mutex_init (&self->lock);
  randombytes_buf (self->name_key, sizeof self->name_key);
  self->sources = sampan_debt_table_new (MIN (max_entries, SAMPAN_PENALTY_SOURCES));
  self->accounts = sampan_debt_table_new (MIN (max_entries, SAMPAN_PENALTY_ACCOUNTS));
  self->known = sampan_debt_table_new (MIN (max_entries, SAMPAN_PENALTY_KNOWN));
  if (self->sources != NULL && self->accounts != NULL && self->known != NULL)
    return self;
  sampan_penalties_free (self);
  return NULL;
}

void
sampan_penalties_free (SampanPenalties *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  sampan_debt_table_free (self->sources);
  sampan_debt_table_free (self->accounts);
  sampan_debt_table_free (self->known);
  g_free (self);
}

/* Of a name, or of a name at a source. Fails only on wrong lengths. */
static void
make_key (SampanPenalties *self,
          SampanBytes user,
          const SampanSourceKey *source,
          uint8_t key[static SAMPAN_DEBT_KEY_BYTES])
{
  crypto_generichash_state state;
  int failed = crypto_generichash_init (&state,
                                        self->name_key,
                                        sizeof self->name_key,
                                        SAMPAN_DEBT_KEY_BYTES);
  if (source != NULL)
    failed |= crypto_generichash_update (&state, source->bytes, sizeof source->bytes);
  failed |= crypto_generichash_update (&state, user.data, user.length);
  failed |= crypto_generichash_final (&state, key, SAMPAN_DEBT_KEY_BYTES);
  g_assert (failed == 0);
}

static uint32_t
to_secs (int64_t left_us)
{
  return left_us > 0 ? (uint32_t)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;
}

static uint32_t
check_debt (SampanPenalties *self, const SampanSourceKey *key, int64_t now_us)
{
  const SampanDebt *debt = sampan_debt_table_find (self->sources, key->bytes);
  return debt != NULL && debt->acts ? to_secs (debt->ends_us - now_us) : 0;
}

static void
add_debt (SampanPenalties *self, const SampanSourceKey *key, int64_t acts_secs, int64_t now_us)
{
  SampanDebt *debt = sampan_debt_table_touch (self->sources, key->bytes);
  if (debt->ends_us <= now_us)
    {
      debt->ends_us = now_us;
      debt->acts = false;
    }
  debt->ends_us += SAMPAN_PENALTY_FAILURE_SECS * G_USEC_PER_SEC;
  debt->ends_us = MIN (debt->ends_us, now_us + SAMPAN_PENALTY_CAP_SECS * G_USEC_PER_SEC);
  if (debt->ends_us - now_us >= acts_secs * G_USEC_PER_SEC)
    debt->acts = true;
}

static uint32_t
check_source (SampanPenalties *self, const SampanSourceKey *source, int64_t now_us)
{
  uint32_t wait_secs = check_debt (self, source, now_us);
  SampanSourceKey site;
  return sampan_source_key_get_site (source, &site)
             ? MAX (wait_secs, check_debt (self, &site, now_us))
             : wait_secs;
}

static bool
is_known (SampanPenalties *self, const SampanSourceKey *source, SampanBytes user, int64_t now_us)
{
  uint8_t key[SAMPAN_DEBT_KEY_BYTES];
  make_key (self, user, source, key);
  const SampanDebt *debt = sampan_debt_table_find (self->known, key);
  return debt != NULL && debt->ends_us > now_us;
}

uint32_t
sampan_penalties_begin (SampanPenalties *self,
                        const SampanSourceKey *source,
                        SampanBytes user,
                        int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  uint8_t key[SAMPAN_DEBT_KEY_BYTES];
  uint32_t wait_secs = check_source (self, source, now_us);
  if (wait_secs > 0)
    return wait_secs;
  if (is_known (self, source, user, now_us))
    return 0;
  make_key (self, user, NULL, key);
  SampanDebt *account = sampan_debt_table_touch (self->accounts, key);
  int64_t ends_us = MAX (account->ends_us, now_us) + ACCOUNT_FAILURE_US;
  wait_secs = to_secs (ends_us - (now_us + ACCOUNT_BUDGET_US));
  if (wait_secs == 0)
    account->ends_us = ends_us;
  return wait_secs;
}

void
sampan_penalties_add_failure (SampanPenalties *self, const SampanSourceKey *source, int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SampanSourceKey site;
  add_debt (self, source, SAMPAN_PENALTY_ACTS_SECS, now_us);
  if (sampan_source_key_get_site (source, &site))
    add_debt (self, &site, SAMPAN_PENALTY_SITE_ACTS_SECS, now_us);
}

void
sampan_penalties_add_success (SampanPenalties *self,
                              const SampanSourceKey *source,
                              SampanBytes user,
                              int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  uint8_t key[SAMPAN_DEBT_KEY_BYTES];
  make_key (self, user, NULL, key);
  SampanDebt *account = sampan_debt_table_find (self->accounts, key);
  if (account != NULL && !is_known (self, source, user, now_us))
    account->ends_us -= ACCOUNT_FAILURE_US;
  make_key (self, user, source, key);
  sampan_debt_table_touch (self->known, key)->ends_us =
      now_us + (int64_t)SAMPAN_PENALTY_KNOWN_SECS * G_USEC_PER_SEC;
}

uint32_t
sampan_penalties_check (SampanPenalties *self, const SampanSourceKey *source, int64_t now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return check_source (self, source, now_us);
}

uint32_t
sampan_penalties_get_count (SampanPenalties *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return sampan_debt_table_get_count (self->sources);
}
