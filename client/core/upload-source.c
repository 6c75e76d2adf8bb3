/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file that an upload sends. */

#include "config.h"

#include "upload-source.h"

#include "errors.h"
#include "escape.h"
#include "hash-prefix.h"
#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

static void
set_errno_error (const SampanUploadSource *self, GError **error)
{
  int saved_errno = errno;
  g_autofree char *name = sampan_escape (self->filename, -1, 0);

  g_propagate_error (error, sampan_error_new_local (saved_errno, name));
}

static void
set_changed_error (const SampanUploadSource *self, GError **error)
{
  g_autofree char *name = sampan_escape (self->filename, -1, 0);

  g_propagate_error (error,
                     sampan_error_mark_local (g_error_new (SAMPAN_ERROR,
                                                           SAMPAN_ERROR_CHANGED,
                                                           "%s: the file changed while it was read",
                                                           name)));
}

static void
set_wrong_kind_error (const SampanUploadSource *self, GError **error)
{
  g_autofree char *name = sampan_escape (self->filename, -1, 0);

  g_propagate_error (
      error,
      sampan_error_mark_local (
          g_error_new (SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND, "%s: only files can be sent", name)));
}

void
sampan_upload_source_init (SampanUploadSource *self, const char *filename)
{
  *self = (SampanUploadSource){ .filename = filename, .fd = -1 };
}

bool
sampan_upload_source_open (SampanUploadSource *self, GError **error)
{
  /* O_NONBLOCK: a pipe must not stop the thread; for regular files it has no meaning. */
  self->fd = open (self->filename, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (self->fd < 0 || fstat (self->fd, &self->before) != 0)
    set_errno_error (self, error);
  else if (!S_ISREG (self->before.st_mode))
    set_wrong_kind_error (self, error);
  else
    {
      if (self->before.st_size > SAMPAN_TRANSFER_SMALL_BYTES)
        (void)posix_fadvise (self->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
      return true;
    }
  sampan_upload_source_close (self);
  return false;
}

bool
sampan_upload_source_is_open (const SampanUploadSource *self)
{
  return self->fd >= 0;
}

void
sampan_upload_source_close (SampanUploadSource *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
sampan_upload_source_make_id (const SampanUploadSource *self,
                              const SampanPath *remote,
                              uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH])
{
  crypto_generichash_state state;
  uint8_t fields[3 * sizeof (uint64_t)];
  SampanWriter writer;

  sampan_writer_init (&writer, fields, sizeof fields);
  sampan_writer_put_u64 (&writer, (uint64_t)self->before.st_size);
  sampan_writer_put_i64 (&writer, self->before.st_mtim.tv_sec);
  sampan_writer_put_u64 (&writer, (uint64_t)self->before.st_mtim.tv_nsec);
  if (crypto_generichash_init (&state, NULL, 0, SAMPAN_UPLOAD_ID_LENGTH) != 0 ||
      crypto_generichash_update (&state, fields, sizeof fields) != 0 ||
      crypto_generichash_update (&state,
                                 (const uint8_t *)sampan_path_get (remote),
                                 sampan_path_get_length (remote)) != 0 ||
      crypto_generichash_final (&state, id, SAMPAN_UPLOAD_ID_LENGTH) != 0)
    g_assert_not_reached ();
}

size_t
sampan_upload_source_read (const SampanUploadSource *self,
                           uint8_t *bytes,
                           size_t room,
                           uint64_t offset,
                           GError **error)
{
  ssize_t n;

  do
    n = pread (self->fd, bytes, room, (off_t)offset);
  while (n < 0 && errno == EINTR);
  if (n > 0)
    return (size_t)n;
  if (n < 0)
    set_errno_error (self, error);
  else
    set_changed_error (self, error);
  return 0;
}

bool
sampan_upload_source_has_prefix (const SampanUploadSource *self,
                                 uint64_t length,
                                 const uint8_t hash[static SAMPAN_HASH_LENGTH])
{
  uint8_t own[SAMPAN_HASH_LENGTH];

  return sampan_hash_prefix (self->fd, length, own) && sodium_memcmp (own, hash, sizeof own) == 0;
}

bool
sampan_upload_source_check_unchanged (const SampanUploadSource *self, GError **error)
{
  struct stat now;

  if (fstat (self->fd, &now) == 0 && now.st_size == self->before.st_size &&
      now.st_mtim.tv_sec == self->before.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == self->before.st_mtim.tv_nsec)
    return true;
  set_changed_error (self, error);
  return false;
}
