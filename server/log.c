/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's log: one line per event, to the journal or to stderr. */

#include "config.h"

#include "log.h"

#include "log-limit.h"
#include "log-line.h"

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

/* ?0123456789ab: enough to tell names apart in one log, nothing to search passwords with. */
#define HASH_SHOWN_BYTES 6

static struct
{
  GMutex lock; /* of all below */
  SampanLogLimit *limit;
  SampanLogLevel most_verbose;
  bool to_journal;
  bool keeps_off_stderr;
  bool as_json;
} log_state = { .most_verbose = SAMPAN_LOG_WARNING };

/* ---- Where it goes ---- */

static void
write_stderr (const SampanLogLine *line)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *text = log_state.as_json ? sampan_log_line_to_json (line, now)
                                            : sampan_log_line_to_text (line, now);
  const char *rest = text;
  size_t left = strlen (text);

  while (left > 0)
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
journal_field (const SampanLogPair *pair)
{
  g_autofree char *name = g_ascii_strup (pair->key, -1);

  return g_strdup_printf ("SAMPAN_%s=%s", g_strdelimit (name, "-.", '_'), pair->value);
}

static bool
write_journal (const SampanLogLine *line)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) message = g_string_new ("MESSAGE=");
  struct iovec vectors[SAMPAN_LOG_PAIRS_MAX + 4];

  sampan_log_line_append_message (line, message);
  g_ptr_array_add (fields, g_strdup (message->str));
  g_ptr_array_add (fields, g_strdup_printf ("PRIORITY=%d", (int)line->level));
  g_ptr_array_add (fields, g_strdup ("SYSLOG_IDENTIFIER=sampand"));
  g_ptr_array_add (fields, g_strdup_printf ("SAMPAN_EVENT=%s", line->event));
  for (size_t i = 0; i < line->n_pairs; i++)
    g_ptr_array_add (fields, journal_field (&line->pairs[i]));
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
write_journal (const SampanLogLine *line)
{
  return false;
}

#endif

static void
write_line (const SampanLogLine *line)
{
  if ((!log_state.to_journal || !write_journal (line)) && !log_state.keeps_off_stderr)
    write_stderr (line);
}

/* ---- How many ---- */

static void
write_held_back (const char *event, const char *source, uint64_t held_back, gpointer user_data)
{
  g_auto (SampanLogLine) line = { .level = SAMPAN_LOG_WARNING, .event = "log-dropped" };
  char count[sizeof "18446744073709551615"];

  g_snprintf (count, sizeof count, "%" G_GUINT64_FORMAT, held_back);
  sampan_log_line_add (&line, "dropped", event);
  sampan_log_line_add (&line, "count", count);
  sampan_log_line_add (&line, "source", source);
  write_line (&line);
}

/* Whether one more of EVENT may be written. */
static bool
may_write (const char *event, const char *source)
{
  uint64_t held_back = 0;

  if (log_state.limit == NULL)
    log_state.limit = sampan_log_limit_new ();
  if (!sampan_log_limit_take (log_state.limit, event, source, g_get_monotonic_time (), &held_back))
    return false;
  if (held_back > 0)
    write_held_back (event, source, held_back, NULL);
  return true;
}

static bool
take_one (const char *event, const char *source)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.lock);

  return may_write (event, source);
}

/* The value of "source" among keys and values; NULL if it is not there. */
static const char *
find_source (va_list arguments)
{
  const char *key;

  while ((key = va_arg (arguments, const char *)) != NULL)
    {
      const char *value = va_arg (arguments, const char *);

      if (strcmp (key, "source") == 0)
        return value;
    }
  return NULL;
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
sampan_log_init (SampanLogLevel most_verbose, SampanLogFormat format)
{
  log_state.most_verbose = most_verbose;
  log_state.to_journal = format == SAMPAN_LOG_WHERE_IT_GOES && stderr_is_journal ();
  log_state.as_json = format == SAMPAN_LOG_JSON;
  g_log_set_writer_func (write_glib_cb, NULL, NULL);
}

void
sampan_log_init_for_command (void)
{
  log_state.most_verbose = SAMPAN_LOG_NOTICE;
  log_state.to_journal = true; /* which is silent where none runs */
  log_state.keeps_off_stderr = true;
}

void
sampan_log_event (SampanLogLevel level, const char *event, ...)
{
  g_auto (SampanLogLine) line = { .level = level, .event = event };
  const char *key;
  va_list arguments;

  if (level > log_state.most_verbose)
    return;
  /* What is held back, such as most lines of a batch of small files, is not written out first. */
  va_start (arguments, event);
  bool is_held_back = !take_one (event, find_source (arguments));
  va_end (arguments);
  if (is_held_back)
    return;
  va_start (arguments, event);
  while ((key = va_arg (arguments, const char *)) != NULL)
    sampan_log_line_add (&line, key, va_arg (arguments, const char *));
  va_end (arguments);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.lock);
  write_line (&line);
}

void
sampan_log_change (unsigned int uid, const char *change, const char *name, const char *more)
{
  char uid_text[sizeof "4294967295"];

  g_snprintf (uid_text, sizeof uid_text, "%u", uid);
  sampan_log_event (SAMPAN_LOG_NOTICE,
                    "admin",
                    "uid",
                    uid_text,
                    "change",
                    change,
                    "name",
                    name,
                    "more",
                    more,
                    NULL);
}

void
sampan_log_settle (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.lock);

  if (log_state.limit != NULL)
    sampan_log_limit_settle (log_state.limit, g_get_monotonic_time (), write_held_back, NULL);
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
