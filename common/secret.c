/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Guarded memory for passwords and keys that live long. */

#include "config.h"

#include "secret.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#define SECRET_MAX_BYTES (64 * 1024)
#define PASSWORD_LINE_MAX_BYTES 1024
#define LINE_END_MAX_BYTES 2 /* CR LF, from editors of another system */

struct _SampanSecret
{
  size_t length;
  uint8_t *bytes; /* sodium_malloc, read-only */
};

/* Reads up to the end of the first line, of the file or of BUFFER. */
static ssize_t
read_line (int fd, uint8_t *buffer, size_t capacity)
{
  size_t length = 0;

  while (length < capacity && !memchr (buffer, '\n', length))
    {
      ssize_t got = read (fd, buffer + length, capacity - length);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return -1;
      if (got == 0)
        break;
      length += (size_t)got;
    }
  return (ssize_t)length;
}

static size_t
measure_line (const uint8_t *buffer, size_t length)
{
  const uint8_t *end = memchr (buffer, '\n', length);

  if (!end)
    return length;
  length = (size_t)(end - buffer);
  return length > 0 && buffer[length - 1] == '\r' ? length - 1 : length;
}

static void
set_file_error (GError **error, const char *filename, int saved_errno)
{
  g_autofree char *shown = g_filename_display_name (filename);

  g_set_error (error,
               G_FILE_ERROR,
               (int)g_file_error_from_errno (saved_errno),
               "%s: %s",
               shown,
               g_strerror (saved_errno));
}

static SampanSecret *
new_from_line (const uint8_t *line, size_t length, GError **error)
{
  SampanSecret *self;

  if (length == 0 || length > PASSWORD_LINE_MAX_BYTES)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_BAD_NAME,
                   "the first line of the password file is empty or above %d bytes",
                   PASSWORD_LINE_MAX_BYTES);
      return NULL;
    }
  self = sampan_secret_new (line, length);
  if (!self)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, g_strerror (ENOMEM));
  return self;
}

SampanSecret *
sampan_secret_new (const void *bytes, size_t length)
{
  SampanSecret *self;
  uint8_t *copy;

  if (length > SECRET_MAX_BYTES)
    return NULL;
  copy = sodium_malloc (MAX (length, 1));
  if (!copy)
    return NULL;
  if (length > 0)
    memcpy (copy, bytes, length);
  if (sodium_mprotect_readonly (copy) != 0)
    {
      sodium_free (copy);
      return NULL;
    }
  self = g_new (SampanSecret, 1);
  self->length = length;
  self->bytes = copy;
  return self;
}

SampanSecret *
sampan_secret_copy (const SampanSecret *self)
{
  return sampan_secret_new (self->bytes, self->length);
}

const uint8_t *
sampan_secret_get (const SampanSecret *self)
{
  return self->bytes;
}

size_t
sampan_secret_get_length (const SampanSecret *self)
{
  return self->length;
}

void
sampan_secret_free (SampanSecret *self)
{
  if (!self)
    return;
  sodium_free (self->bytes);
  g_free (self);
}

SampanSecret *
sampan_secret_read_file (const char *filename, GError **error)
{
  uint8_t buffer[PASSWORD_LINE_MAX_BYTES + LINE_END_MAX_BYTES];
  SampanSecret *self = NULL;
  ssize_t length;
  int fd = open (filename, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    {
      set_file_error (error, filename, errno);
      return NULL;
    }
  length = read_line (fd, buffer, sizeof buffer);
  if (length < 0)
    set_file_error (error, filename, errno);
  else
    self = new_from_line (buffer, measure_line (buffer, (size_t)length), error);
  sodium_memzero (buffer, sizeof buffer);
  (void)close (fd);
  return self;
}

bool
sampan_crypto_init (void)
{
  struct rlimit limit;

  if (sodium_init () < 0 || getrlimit (RLIMIT_CORE, &limit) != 0)
    return false;
  if (limit.rlim_cur == 0)
    return true; /* a service manager that has seen to it forbids the call below */
  limit.rlim_cur = 0;
  return setrlimit (RLIMIT_CORE, &limit) == 0;
}
