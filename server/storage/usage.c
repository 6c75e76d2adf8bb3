/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The sums of a share under one lock, and what work has been promised of them. */

#include "config.h"

#include "storage/usage.h"

#include "errors.h"

/* A client waits as long for a listing; a large share on a cold disk takes longer to count. */
#define WAIT_US (5 * G_USEC_PER_SEC)
#define WAIT_AGAIN_SECS 10
/* The storage moves names for milliseconds at a time. */
#define STILL_US (2 * G_USEC_PER_SEC)

struct _SampanUsage
{
  GMutex lock;
  GCond cond; /* counted, or still */
  uint64_t quota_bytes;
  uint64_t used_bytes; /* of files at rest */
  uint64_t reserved_bytes;
  uint64_t changes; /* grows with whatever may make a count wrong */
  unsigned int busy;
  unsigned int n_waiting; /* for the storage to be still */
  bool is_counted;
};

SampanUsage *
sampan_usage_new (void)
{
  SampanUsage *self = g_new0 (SampanUsage, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->quota_bytes = SAMPAN_QUOTA_NONE;
  return self;
}

void
sampan_usage_free (SampanUsage *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
sampan_usage_set_quota (SampanUsage *self, uint64_t quota_bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->quota_bytes = quota_bytes;
}

SampanUsageFigures
sampan_usage_get_figures (SampanUsage *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return (SampanUsageFigures){
    .quota_bytes = self->quota_bytes,
    .used_bytes = self->is_counted ? self->used_bytes : 0,
    .reserved_bytes = self->reserved_bytes,
    .is_counted = self->is_counted,
  };
}

uint64_t
sampan_usage_get_free_bytes (SampanUsage *self)
{
  SampanUsageFigures figures = sampan_usage_get_figures (self);
  uint64_t taken_bytes = figures.used_bytes + figures.reserved_bytes;

  if (figures.quota_bytes == SAMPAN_QUOTA_NONE || !figures.is_counted)
    return SAMPAN_QUOTA_NONE;
  return figures.quota_bytes > taken_bytes ? figures.quota_bytes - taken_bytes : 0;
}

bool
sampan_usage_wait (SampanUsage *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  int64_t until_us = g_get_monotonic_time () + WAIT_US;
  GError *too_early;

  while (self->quota_bytes != SAMPAN_QUOTA_NONE && !self->is_counted)
    if (!g_cond_wait_until (&self->cond, &self->lock, until_us))
      {
        too_early = g_error_new_literal (SAMPAN_ERROR,
                                         SAMPAN_ERROR_TRY_LATER,
                                         "the share is being counted");
        sampan_error_set_detail (too_early, WAIT_AGAIN_SECS);
        g_propagate_error (error, too_early);
        return false;
      }
  return true;
}

SampanUsageBusy *
sampan_usage_enter (SampanUsage *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->busy++;
  self->changes++;
  return self;
}

void
sampan_usage_leave (SampanUsageBusy *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_assert (self->busy > 0);
  self->busy--;
  self->changes++;
  if (self->busy == 0 && self->n_waiting > 0)
    g_cond_broadcast (&self->cond);
}

/* Locked. What others deleted may be missing from the sum. */
static void
take_from_used (SampanUsage *self, uint64_t bytes)
{
  self->used_bytes -= MIN (self->used_bytes, bytes);
  self->changes++;
}

void
sampan_usage_release (SampanUsage *self, uint64_t freed_bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  take_from_used (self, freed_bytes);
}

/* ---- Reservations ---- */

void
sampan_reservation_begin (SampanReservation *self, SampanUsage *usage, uint64_t rest_bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&usage->lock);

  g_assert (self->usage == NULL);
  self->usage = usage;
  self->bytes = rest_bytes;
  take_from_used (usage, rest_bytes);
  usage->reserved_bytes += rest_bytes;
}

/* Locked. How much too much MORE_BYTES would be; no sum of sizes that were checked overflows. */
static uint64_t
get_missing_bytes (const SampanUsage *self, uint64_t more_bytes)
{
  uint64_t taken_bytes = self->used_bytes + self->reserved_bytes;
  uint64_t free_bytes = self->quota_bytes > taken_bytes ? self->quota_bytes - taken_bytes : 0;

  if (self->quota_bytes == SAMPAN_QUOTA_NONE || more_bytes <= free_bytes)
    return 0;
  return more_bytes - free_bytes;
}

bool
sampan_reservation_resize (SampanReservation *self, uint64_t bytes, GError **error)
{
  SampanUsage *usage = self->usage;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&usage->lock);
  uint64_t missing_bytes = 0;
  GError *too_much;

  if (bytes > self->bytes)
    missing_bytes = get_missing_bytes (usage, bytes - self->bytes);
  if (missing_bytes == 0)
    {
      usage->reserved_bytes = usage->reserved_bytes - self->bytes + bytes;
      usage->changes++;
      self->bytes = bytes;
      return true;
    }
  too_much = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_QUOTA, "the share's quota is full");
  sampan_error_set_detail (too_much, missing_bytes);
  g_propagate_error (error, too_much);
  return false;
}

void
sampan_reservation_end (SampanReservation *self, uint64_t stored_bytes)
{
  SampanUsage *usage = g_steal_pointer (&self->usage);

  if (usage == NULL)
    return;
  g_mutex_lock (&usage->lock);
  usage->reserved_bytes -= self->bytes;
  usage->used_bytes += stored_bytes;
  usage->changes++;
  g_mutex_unlock (&usage->lock);
  self->bytes = 0;
}

/* ---- For the count ---- */

bool
sampan_usage_begin_count (SampanUsage *self, uint64_t *moment)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  int64_t until_us = g_get_monotonic_time () + STILL_US;
  bool is_in_time = true;

  self->n_waiting++;
  while (self->busy > 0 && is_in_time)
    is_in_time = g_cond_wait_until (&self->cond, &self->lock, until_us);
  self->n_waiting--;
  if (self->busy > 0)
    return false;
  *moment = self->changes;
  return true;
}

bool
sampan_usage_end_count (SampanUsage *self, uint64_t moment, uint64_t used_bytes, bool must)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (moment != self->changes && (!must || self->is_counted))
    return false;
  self->used_bytes = used_bytes;
  self->is_counted = true;
  g_cond_broadcast (&self->cond);
  return true;
}
