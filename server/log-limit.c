/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Token buckets for the log: one for each kind of event, one for each kind and source. */

#include "config.h"

#include "log-limit.h"

#include <string.h>

typedef struct
{
  char *event;
  char *source; /* nullable */
  int burst;
  int per_sec;
  double tokens;
  int64_t last_us;
  uint64_t held_back;
} Bucket;

struct _SampanLogLimit
{
  GHashTable *buckets; /* a set of Bucket */
};

static guint
bucket_hash (gconstpointer data)
{
  const Bucket *self = data;

  return g_str_hash (self->event) * 31 + (self->source != NULL ? g_str_hash (self->source) : 0);
}

static gboolean
bucket_equal (gconstpointer a, gconstpointer b)
{
  const Bucket *left = a;
  const Bucket *right = b;

  return strcmp (left->event, right->event) == 0 && g_strcmp0 (left->source, right->source) == 0;
}

static void
bucket_free (gpointer data)
{
  Bucket *self = data;

  g_free (self->event);
  g_free (self->source);
  g_free (self);
}

static void
bucket_refill (Bucket *self, int64_t now_us)
{
  double gained = (double)(now_us - self->last_us) * self->per_sec / G_USEC_PER_SEC;

  self->last_us = now_us;
  self->tokens = MIN (self->tokens + gained, self->burst);
}

SampanLogLimit *
sampan_log_limit_new (void)
{
  SampanLogLimit *self = g_new0 (SampanLogLimit, 1);

  self->buckets = g_hash_table_new_full (bucket_hash, bucket_equal, bucket_free, NULL);
  return self;
}

void
sampan_log_limit_free (SampanLogLimit *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->buckets);
  g_free (self);
}

/* Event names are constants and few: those of "others" may stand above the limit. */
static Bucket *
get_bucket (SampanLogLimit *self, const char *event, const char *source, int64_t now_us)
{
  const Bucket key = { .event = (char *)event, .source = (char *)source };
  Bucket *bucket = g_hash_table_lookup (self->buckets, &key);

  if (bucket != NULL)
    return bucket;
  if (g_hash_table_size (self->buckets) >= SAMPAN_LOG_BUCKETS_MAX && source != NULL &&
      strcmp (source, SAMPAN_LOG_OTHERS) != 0)
    return get_bucket (self, event, SAMPAN_LOG_OTHERS, now_us);
  bucket = g_new0 (Bucket, 1);
  bucket->event = g_strdup (event);
  bucket->source = g_strdup (source);
  bucket->burst = source != NULL ? SAMPAN_LOG_SOURCE_BURST : SAMPAN_LOG_KIND_BURST;
  bucket->per_sec = source != NULL ? SAMPAN_LOG_SOURCE_PER_SEC : SAMPAN_LOG_KIND_PER_SEC;
  bucket->tokens = bucket->burst;
  bucket->last_us = now_us;
  g_hash_table_add (self->buckets, bucket);
  return bucket;
}

bool
sampan_log_limit_take (SampanLogLimit *self,
                       const char *event,
                       const char *source,
                       int64_t now_us,
                       uint64_t *held_back)
{
  Bucket *of_kind = get_bucket (self, event, NULL, now_us);
  Bucket *bucket = source != NULL ? get_bucket (self, event, source, now_us) : of_kind;

  *held_back = 0;
  bucket_refill (of_kind, now_us);
  bucket_refill (bucket, now_us);
  if (of_kind->tokens < 1 || bucket->tokens < 1)
    {
      bucket->held_back++;
      return false;
    }
  of_kind->tokens -= 1;
  if (bucket != of_kind)
    bucket->tokens -= 1;
  *held_back = bucket->held_back;
  bucket->held_back = 0;
  return true;
}

void
sampan_log_limit_settle (SampanLogLimit *self,
                         int64_t now_us,
                         SampanLogHeldFunc func,
                         gpointer user_data)
{
  GHashTableIter iter;
  gpointer item;
  unsigned int lines = 0;
  uint64_t rest = 0;

  g_hash_table_iter_init (&iter, self->buckets);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    {
      Bucket *bucket = item;

      if (bucket->held_back > 0 && lines++ < SAMPAN_LOG_HELD_LINES)
        func (bucket->event, bucket->source, bucket->held_back, user_data);
      else
        rest += bucket->held_back;
      bucket->held_back = 0;
      bucket_refill (bucket, now_us);
      if (bucket->tokens >= bucket->burst)
        g_hash_table_iter_remove (&iter);
    }
  if (rest > 0)
    func (SAMPAN_LOG_OTHERS, SAMPAN_LOG_OTHERS, rest, user_data);
}

size_t
sampan_log_limit_get_size (const SampanLogLimit *self)
{
  return g_hash_table_size (self->buckets);
}
