/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One account's file: locked, read, appended to, written anew. */

#include "config.h"

#include "saved-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600
/* A million items with long names. What is larger is not of our making. */
#define FILE_MAX_BYTES (512 * 1024 * 1024)
#define DAMAGED_MAX 1000 /* names that are tried to put one aside */

struct _SampanSavedFile
{
  char *filename;
  char *temp; /* where it is written anew */
  char *damaged;
  int folder_fd;
  int lock_fd;
  int fd; /* -1: there is no file */
  uint64_t size;
};

static void
clear_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
sampan_saved_file_free (SampanSavedFile *self)
{
  clear_fd (&self->fd);
  clear_fd (&self->folder_fd);
  clear_fd (&self->lock_fd);
  g_free (self->filename);
  g_free (self->temp);
  g_free (self->damaged);
  g_free (self);
}

static bool
fail (const SampanSavedFile *self, GError **error)
{
  g_propagate_error (error, sampan_error_new_local (errno, self->filename));
  return false;
}

/* ---- Writing ---- */

static bool
write_all (int fd, const uint8_t *bytes, size_t length)
{
  while (length > 0)
    {
      ssize_t written = write (fd, bytes, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return false;
      bytes += written;
      length -= (size_t)written;
    }
  return true;
}

/* What was done to the folder is so, at the latest when the disk has caught up. */
static void
sync_folder (const SampanSavedFile *self)
{
  if (fsync (self->folder_fd) != 0)
    g_warning ("%s: %s", self->filename, g_strerror (errno));
}

/* Makes the temporary file of BYTES the file. */
static bool
replace (SampanSavedFile *self, const uint8_t *bytes, size_t length, GError **error)
{
  int fd =
      open (self->temp, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

  if (fd < 0)
    return fail (self, error);
  if (!write_all (fd, bytes, length) || fsync (fd) != 0 || rename (self->temp, self->filename) != 0)
    {
      fail (self, error);
      close (fd);
      return false;
    }
  clear_fd (&self->fd);
  self->fd = fd;
  self->size = length;
  sync_folder (self);
  return true;
}

/* ---- Reading ---- */

/* NULL with an error. */
static GBytes *
read_all (SampanSavedFile *self, GError **error)
{
  g_autoptr (GMappedFile) mapped = NULL;
  struct stat info;

  if (self->fd < 0)
    return g_bytes_new_static (NULL, 0);
  if (fstat (self->fd, &info) != 0)
    {
      fail (self, error);
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || info.st_size > FILE_MAX_BYTES)
    {
      g_set_error (error,
                   G_IO_ERROR,
                   G_IO_ERROR_INVALID_DATA,
                   "%s: this is not a list of transfers",
                   self->filename);
      return NULL;
    }
  self->size = (uint64_t)info.st_size;
  /* Only whoever has the lock changes it. */
  mapped = g_mapped_file_new_from_fd (self->fd, FALSE, error);
  return mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;
}

typedef struct
{
  const SampanSavedState *state;
  GByteArray *out;
} Filter;

static void
filter_cb (const uint8_t *bytes, size_t length, gpointer user_data)
{
  Filter *filter = user_data;

  if (sampan_saved_state_needs (filter->state, bytes, length))
    sampan_saved_records_append (filter->out, bytes, length);
}

/* The good records of CONTENTS that STATE needs become the file. */
static bool
write_anew (SampanSavedFile *self, GBytes *contents, const SampanSavedState *state, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Filter filter = { state, out };
  SampanSavedSums sums;
  size_t length;
  const uint8_t *bytes = g_bytes_get_data (contents, &length);

  sampan_saved_records_begin (out);
  /* Its damage was told of when it was opened. */
  sampan_saved_records_read (bytes, length, filter_cb, &filter, &sums, NULL);
  return replace (self, out->data, out->len, error);
}

/* Gives the file as it is a second name, which nothing has yet. */
static bool
put_aside (SampanSavedFile *self, GError **error)
{
  for (int i = 1; i <= DAMAGED_MAX; i++)
    {
      g_autofree char *name = i == 1 ? g_strconcat (self->filename, ".damaged", NULL)
                                     : g_strdup_printf ("%s.damaged-%d", self->filename, i);

      if (link (self->filename, name) == 0)
        {
          self->damaged = g_steal_pointer (&name);
          return true;
        }
      if (errno != EEXIST)
        break;
    }
  return fail (self, error);
}

/* NULL with an error. */
static SampanSavedState *
load (SampanSavedFile *self, GError **error)
{
  g_autoptr (GBytes) contents = read_all (self, error);
  g_autoptr (SampanSavedState) state = NULL;
  g_autoptr (GError) damage = NULL;
  SampanSavedSums sums;
  const uint8_t *bytes;
  size_t length;

  if (contents == NULL)
    return NULL;
  state = sampan_saved_state_new ();
  bytes = g_bytes_get_data (contents, &length);
  sampan_saved_records_read (bytes, length, sampan_saved_state_take, state, &sums, &damage);
  if (g_error_matches (damage, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_propagate_error (error, g_steal_pointer (&damage));
      return NULL;
    }
  sampan_saved_state_end (state);
  if (damage != NULL || sums.n_damaged > 0 || state->n_bad > 0)
    {
      if (!put_aside (self, error) || !write_anew (self, contents, state, error))
        return NULL;
    }
  else if (sums.good_bytes < length || state->n_over > 0 ||
           (sums.version != 0 && sums.version < SAMPAN_SAVED_VERSION))
    {
      if (!write_anew (self, contents, state, error))
        return NULL;
    }
  return g_steal_pointer (&state);
}

/* ---- Opening ---- */

static bool
lock (SampanSavedFile *self, const char *folder, const char *name, GError **error)
{
  g_autofree char *filename = g_strdup_printf ("%s/%s.lock", folder, name);

  self->lock_fd = open (filename, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
  if (self->lock_fd < 0)
    return fail (self, error);
  while (flock (self->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EINTR)
        continue;
      if (errno != EWOULDBLOCK)
        return fail (self, error);
      g_set_error (error,
                   G_IO_ERROR,
                   G_IO_ERROR_BUSY,
                   "%s: in use by another process",
                   self->filename);
      return false;
    }
  return true;
}

static bool
open_it (SampanSavedFile *self, const char *folder, GError **error)
{
  self->folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder_fd < 0)
    return fail (self, error);
  self->fd = open (self->filename, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  return self->fd >= 0 || errno == ENOENT || fail (self, error);
}

SampanSavedFile *
sampan_saved_file_open (const char *name, SampanSavedState **state, GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "sampan", NULL);
  g_autoptr (SampanSavedFile) self = g_new0 (SampanSavedFile, 1);

  self->folder_fd = self->lock_fd = self->fd = -1;
  self->filename = g_strdup_printf ("%s/%s.queue", folder, name);
  self->temp = g_strconcat (self->filename, ".new", NULL);
  if (g_mkdir_with_parents (folder, FOLDER_MODE) != 0)
    {
      fail (self, error);
      return NULL;
    }
  if (!lock (self, folder, name, error) || !open_it (self, folder, error))
    return NULL;
  *state = load (self, error);
  return *state != NULL ? g_steal_pointer (&self) : NULL;
}

/* ---- Public API ---- */

const char *
sampan_saved_file_get_damaged (const SampanSavedFile *self)
{
  return self->damaged;
}

uint64_t
sampan_saved_file_get_size (const SampanSavedFile *self)
{
  return self->size;
}

bool
sampan_saved_file_append (SampanSavedFile *self,
                          const uint8_t *bytes,
                          size_t length,
                          bool sync,
                          GError **error)
{
  g_autoptr (GByteArray) whole = NULL;

  if (self->fd < 0 || self->size == 0)
    {
      whole = g_byte_array_new ();
      sampan_saved_records_begin (whole);
      g_byte_array_append (whole, bytes, (guint)length);
      return replace (self, whole->data, whole->len, error);
    }
  if (!write_all (self->fd, bytes, length) || (sync && fdatasync (self->fd) != 0))
    {
      fail (self, error);
      /* What follows a part of a record could not be found again, and it will be tried again. */
      if (ftruncate (self->fd, (off_t)self->size) != 0)
        g_warning ("%s: %s", self->filename, g_strerror (errno));
      return false;
    }
  self->size += length;
  return true;
}

bool
sampan_saved_file_compact (SampanSavedFile *self, GError **error)
{
  g_autoptr (GBytes) contents = read_all (self, error);
  g_autoptr (SampanSavedState) state = NULL;
  SampanSavedSums sums;
  const uint8_t *bytes;
  size_t length;

  if (contents == NULL)
    return false;
  state = sampan_saved_state_new ();
  bytes = g_bytes_get_data (contents, &length);
  if (!sampan_saved_records_read (bytes, length, sampan_saved_state_take, state, &sums, error))
    return false;
  return write_anew (self, contents, state, error);
}

bool
sampan_saved_file_clear (SampanSavedFile *self, GError **error)
{
  if (self->fd < 0)
    return true;
  if (unlink (self->filename) != 0 && errno != ENOENT)
    return fail (self, error);
  clear_fd (&self->fd);
  self->size = 0;
  sync_folder (self);
  return true;
}
