/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's log: one line per event, to the journal or to stderr. */

#include "config.h"

#include "log.h"

#include "escape.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef HAVE_SYSTEMD
#define SD_JOURNAL_SUPPRESS_LOCATION /* the line here, not the event's */
#include <systemd/sd-journal.h>
#endif

#define VALUE_MAX_BYTES 256 /* of one escaped value: shows any name, hides a flood of text */
#define PAIRS_MAX 16        /* in one event; more are left out */

/* A token bucket per event name: an attack or a broken disk fills no log, and what else happens
 * stays visible. The burst holds what 512 connections do at the same time. */
#define BURST_EVENTS 1000
#define EVENTS_PER_SEC 50

/* Event names are constants; this bounds the table if one is not. */
#define BUCKETS_MAX 128
#define OVERFLOW_BUCKET "other"

/* ?0123456789ab: enough to tell names apart in one log, nothing to search passwords with. */
#define HASH_SHOWN_BYTES 6

typedef struct
{
  double tokens;
  int64_t last_us; /* monotonic */
  uint64_t dropped;
} Bucket;

typedef struct
{
  const char *key;
  char *value; /* escaped */
} Pair;

typedef struct
{
  SampanLogLevel level;
  const char *event;
  Pair pairs[PAIRS_MAX];
  size_t n_pairs;
} Event;

static struct
{
  GMutex lock;         /* of all below */
  GHashTable *buckets; /* event name to Bucket */
  SampanLogLevel most_verbose;
  bool to_journal;
} log_state = { .most_verbose = SAMPAN_LOG_WARNING };

static void
event_clear (Event *event)
{
  for (size_t i = 0; i < event->n_pairs; i++)
    g_free (event->pairs[i].value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Event, event_clear)

static const char *
level_word (SampanLogLevel level)
{
  switch (level)
    {
    case SAMPAN_LOG_ERROR:
      return "error";
    case SAMPAN_LOG_WARNING:
      return "warning";
    case SAMPAN_LOG_NOTICE:
      return "notice";
    case SAMPAN_LOG_INFO:
      return "info";
    case SAMPAN_LOG_DEBUG:
      return "debug";
    }
  return "notice";
}

static void
event_add (Event *event, const char *key, const char *value)
{
  if (value == NULL || event->n_pairs == PAIRS_MAX)
    return;
  event->pairs[event->n_pairs].key = key;
  event->pairs[event->n_pairs].value = sampan_escape (value, -1, VALUE_MAX_BYTES);
  event->n_pairs++;
}

/* In quotes if a reader could not tell where it ends. Backslashes are escaped already. */
static void
append_value (GString *line, const char *value)
{
  if (value[0] != '\0' && strpbrk (value, " \"=") == NULL)
    {
      g_string_append (line, value);
      return;
    }
  g_string_append_c (line, '"');
  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (line, '\\');
      g_string_append_c (line, *c);
    }
  g_string_append_c (line, '"');
}

/* "login user=ann outcome=ok" */
static void
append_event (GString *line, const Event *event)
{
  g_autofree char *name = sampan_escape (event->event, -1, VALUE_MAX_BYTES);

  g_string_append (line, name);
  for (size_t i = 0; i < event->n_pairs; i++)
    {
      g_string_append_printf (line, " %s=", event->pairs[i].key);
      append_value (line, event->pairs[i].value);
    }
}

/* ---- Where it goes ---- */

static void
write_stderr (const Event *event)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
  g_autoptr (GString) line = g_string_new (NULL);
  const char *rest;
  size_t left;

  g_string_append_printf (line,
                          "%s.%03dZ %s ",
                          time,
                          g_date_time_get_microsecond (now) / 1000,
                          level_word (event->level));
  append_event (line, event);
  g_string_append_c (line, '\n');
  for (rest = line->str, left = line->len; left > 0;)
    {
      ssize_t n = write (STDERR_FILENO, rest, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return; /* nobody to tell */
      rest += n;
      left -= (size_t)n;
    }
}

#ifdef HAVE_SYSTEMD

/* JOURNAL_STREAM=DEVICE:INODE names the socket that systemd gave us as stderr; a shell that
 * inherited the variable and sent stderr elsewhere does not match. */
static bool
stderr_is_journal (void)
{
  const char *stream = g_getenv ("JOURNAL_STREAM");
  g_autofree char *ours = NULL;
  struct stat info;

  if (stream == NULL || fstat (STDERR_FILENO, &info) != 0)
    return false;
  ours = g_strdup_printf ("%ju:%ju", (uintmax_t)info.st_dev, (uintmax_t)info.st_ino);
  return strcmp (stream, ours) == 0;
}

/* SAMPAN_KEY=value */
static char *
journal_field (const Pair *pair)
{
  g_autofree char *name = g_ascii_strup (pair->key, -1);

  return g_strdup_printf ("SAMPAN_%s=%s", g_strdelimit (name, "-.", '_'), pair->value);
}

static bool
write_journal (const Event *event)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) message = g_string_new ("MESSAGE=");
  struct iovec vectors[PAIRS_MAX + 4];

  append_event (message, event);
  g_ptr_array_add (fields, g_strdup (message->str));
  g_ptr_array_add (fields, g_strdup_printf ("PRIORITY=%d", (int)event->level));
  g_ptr_array_add (fields, g_strdup ("SYSLOG_IDENTIFIER=sampand"));
  g_ptr_array_add (fields, g_strdup_printf ("SAMPAN_EVENT=%s", event->event));
  for (size_t i = 0; i < event->n_pairs; i++)
    g_ptr_array_add (fields, journal_field (&event->pairs[i]));
  for (guint i = 0; i < fields->len; i++)
    {
      vectors[i].iov_base = g_ptr_array_index (fields, i);
      vectors[i].iov_len = strlen (g_ptr_array_index (fields, i));
    }
  return sd_journal_sendv (vectors, (int)fields->len) == 0;
}

#else

static bool
stderr_is_journal (void)
{
  return false;
}

static bool
write_journal (const Event *event)
{
  return false;
}

#endif

static void
write_event (const Event *event)
{
  if (!log_state.to_journal || !write_journal (event))
    write_stderr (event);
}

/* ---- How many ---- */

static Bucket *
get_bucket (const char *event)
{
  Bucket *bucket;

  if (log_state.buckets == NULL)
    log_state.buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  bucket = g_hash_table_lookup (log_state.buckets, event);
  if (bucket != NULL)
    return bucket;
  if (g_hash_table_size (log_state.buckets) >= BUCKETS_MAX && strcmp (event, OVERFLOW_BUCKET) != 0)
    return get_bucket (OVERFLOW_BUCKET);
  bucket = g_new0 (Bucket, 1);
  bucket->tokens = BURST_EVENTS;
  bucket->last_us = g_get_monotonic_time ();
  g_hash_table_insert (log_state.buckets, g_strdup (event), bucket);
  return bucket;
}

static void
write_dropped (const char *event, uint64_t dropped)
{
  g_auto (Event) report = { .level = SAMPAN_LOG_WARNING, .event = "log-dropped" };
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, dropped);

  event_add (&report, "event", event);
  event_add (&report, "count", count);
  write_event (&report);
}

/* Whether one more of EVENT may be written. */
static bool
take_token (const char *event)
{
  Bucket *bucket = get_bucket (event);
  int64_t now_us = g_get_monotonic_time ();
  double gained = (double)(now_us - bucket->last_us) * EVENTS_PER_SEC / G_USEC_PER_SEC;

  bucket->last_us = now_us;
  bucket->tokens = MIN (bucket->tokens + gained, BURST_EVENTS);
  if (bucket->tokens < 1)
    {
      bucket->dropped++;
      return false;
    }
  bucket->tokens -= 1;
  if (bucket->dropped > 0)
    write_dropped (event, bucket->dropped);
  bucket->dropped = 0;
  return true;
}

static void
log_event (const Event *event)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.lock);

  if (take_token (event->event))
    write_event (event);
}

/* ---- Who speaks ---- */

static SampanLogLevel
level_from_glib (GLogLevelFlags level)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return SAMPAN_LOG_ERROR;
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return SAMPAN_LOG_WARNING;
  if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    return SAMPAN_LOG_NOTICE;
  if ((level & G_LOG_LEVEL_INFO) != 0)
    return SAMPAN_LOG_INFO;
  return SAMPAN_LOG_DEBUG;
}

/* A field's value as a string; NULL if it is not there. Free with g_free. */
static char *
dup_field (const GLogField *fields, size_t n_fields, const char *key)
{
  for (size_t i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, key) == 0)
      return fields[i].length < 0 ? g_strdup (fields[i].value)
                                  : g_strndup (fields[i].value, (size_t)fields[i].length);
  return NULL;
}

static GLogWriterOutput
write_glib_cb (GLogLevelFlags log_level,
               const GLogField *fields,
               gsize n_fields,
               gpointer user_data)
{
  SampanLogLevel level = level_from_glib (log_level);
  g_autofree char *domain = dup_field (fields, n_fields, "GLIB_DOMAIN");
  g_autofree char *message = dup_field (fields, n_fields, "MESSAGE");

  sampan_log_event (level, "message", "domain", domain, "text", message, NULL);
  return G_LOG_WRITER_HANDLED;
}

void
sampan_log_init (SampanLogLevel most_verbose)
{
  log_state.most_verbose = most_verbose;
  log_state.to_journal = stderr_is_journal ();
  g_log_set_writer_func (write_glib_cb, NULL, NULL);
}

void
sampan_log_event (SampanLogLevel level, const char *event, ...)
{
  g_auto (Event) parts = { .level = level, .event = event };
  va_list arguments;
  const char *key;

  if (level > log_state.most_verbose)
    return;
  va_start (arguments, event);
  while ((key = va_arg (arguments, const char *)) != NULL)
    event_add (&parts, key, va_arg (arguments, const char *));
  va_end (arguments);
  log_event (&parts);
}

char *
sampan_log_unknown_name (const char *name, gsize length)
{
  static gsize once = 0;
  static uint8_t key[crypto_generichash_KEYBYTES];
  uint8_t hash[crypto_generichash_BYTES_MIN];
  char hex[HASH_SHOWN_BYTES * 2 + 1];

  if (g_once_init_enter (&once))
    {
      randombytes_buf (key, sizeof key);
      g_once_init_leave (&once, 1);
    }
  if (crypto_generichash (hash, sizeof hash, (const uint8_t *)name, length, key, sizeof key) != 0)
    return g_strdup ("?");
  sodium_bin2hex (hex, sizeof hex, hash, HASH_SHOWN_BYTES);
  return g_strdup_printf ("?%s", hex);
}
