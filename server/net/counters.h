/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the server has done since it started, for `sampand stats`. Any thread. */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_COUNT_CONNECTIONS,       /* accepted */
  SAMPAN_COUNT_EVICTED,           /* before login: too slow, or one too many */
  SAMPAN_COUNT_LOGINS_OK,         /* each is a session */
  SAMPAN_COUNT_LOGINS_REFUSED,    /* wrong password, unknown or disabled name, broken off */
  SAMPAN_COUNT_LOGINS_THROTTLED,  /* told to try later */
  SAMPAN_COUNT_CONNECTIONS_ADDED, /* to sessions that were there */
  SAMPAN_COUNT_BYTES_IN,          /* on connections that are logged in, as on the wire */
  SAMPAN_COUNT_BYTES_OUT,
  SAMPAN_COUNT_FILES_STORED,
  SAMPAN_COUNT_FILES_SENT,
  SAMPAN_COUNT_ERRORS, /* replies that say no, for whatever reason */
  SAMPAN_COUNT_FAULTS, /* those where the disk or the server is to blame */
  SAMPAN_COUNT_KINDS
} SampanCount;

typedef struct
{
  uint64_t values[SAMPAN_COUNT_KINDS];
} SampanCounters;

static inline void
sampan_counters_add (SampanCounters *self, SampanCount count, uint64_t more)
{
  __atomic_fetch_add (&self->values[count], more, __ATOMIC_RELAXED);
}

static inline uint64_t
sampan_counters_get (const SampanCounters *self, SampanCount count)
{
  return __atomic_load_n (&self->values[count], __ATOMIC_RELAXED);
}

G_END_DECLS
