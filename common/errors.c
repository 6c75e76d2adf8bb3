/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Maps errno, GIO errors and wire numbers to the one error domain. */

#include "config.h"

#include "errors.h"

#include <errno.h>
#include <gio/gio.h>

typedef struct
{
  uint64_t detail;
  bool is_local;
} SampanErrorPrivate;

static void
sampan_error_private_init (SampanErrorPrivate *self)
{
  *self = (SampanErrorPrivate){ 0 };
}

static void
sampan_error_private_copy (const SampanErrorPrivate *self, SampanErrorPrivate *copy)
{
  *copy = *self;
}

static void
sampan_error_private_clear (SampanErrorPrivate *self)
{
}

G_DEFINE_EXTENDED_ERROR (SampanError, sampan_error)

void
sampan_error_set_detail (GError *error, uint64_t detail)
{
  g_assert (error->domain == SAMPAN_ERROR);
  sampan_error_get_private (error)->detail = detail;
}

uint64_t
sampan_error_get_detail (const GError *error)
{
  return error != NULL && error->domain == SAMPAN_ERROR ? sampan_error_get_private (error)->detail
                                                        : 0;
}

GError *
sampan_error_mark_local (GError *error)
{
  g_assert (error->domain == SAMPAN_ERROR);
  sampan_error_get_private (error)->is_local = true;
  return error;
}

bool
sampan_error_is_local (const GError *error)
{
  return error != NULL && error->domain == SAMPAN_ERROR &&
         sampan_error_get_private (error)->is_local;
}

typedef struct
{
  int from; /* an errno or a GIOErrorEnum */
  SampanErrorCode code;
} Mapping;

static const Mapping errno_map[] = {
  { ENOENT, SAMPAN_ERROR_NOT_FOUND },

  { EACCES, SAMPAN_ERROR_NOT_ALLOWED },
  { EPERM, SAMPAN_ERROR_NOT_ALLOWED },
  { EROFS, SAMPAN_ERROR_NOT_ALLOWED },
  { EXDEV, SAMPAN_ERROR_NOT_ALLOWED }, /* openat2: would leave the share; rename: other disk */

  { EEXIST, SAMPAN_ERROR_EXISTS },
  { ENOTEMPTY, SAMPAN_ERROR_NOT_EMPTY },

  { ENOTDIR, SAMPAN_ERROR_WRONG_KIND },
  { EISDIR, SAMPAN_ERROR_WRONG_KIND },
  { ELOOP, SAMPAN_ERROR_WRONG_KIND }, /* a symlink where none is followed */
  { ENXIO, SAMPAN_ERROR_WRONG_KIND }, /* a socket, or a pipe that nobody reads */
  { ENODEV, SAMPAN_ERROR_WRONG_KIND },

  { ENAMETOOLONG, SAMPAN_ERROR_BAD_NAME },
  { EILSEQ, SAMPAN_ERROR_BAD_NAME },
  { EINVAL, SAMPAN_ERROR_BAD_NAME }, /* a byte that this file system refuses in names */

  { ENOSPC, SAMPAN_ERROR_NO_SPACE },
  { EDQUOT, SAMPAN_ERROR_NO_SPACE },
  { EFBIG, SAMPAN_ERROR_NO_SPACE },
  { EMLINK, SAMPAN_ERROR_NO_SPACE },

  { ESTALE, SAMPAN_ERROR_CHANGED }, /* replaced behind a network mount */

  { EAGAIN, SAMPAN_ERROR_TRY_LATER },
  { EINTR, SAMPAN_ERROR_TRY_LATER },
  { EBUSY, SAMPAN_ERROR_TRY_LATER },
  { ETXTBSY, SAMPAN_ERROR_TRY_LATER },
  { ENOMEM, SAMPAN_ERROR_TRY_LATER },
  { EMFILE, SAMPAN_ERROR_TRY_LATER },
  { ENFILE, SAMPAN_ERROR_TRY_LATER },

  { ENOSYS, SAMPAN_ERROR_UNSUPPORTED },
  { EOPNOTSUPP, SAMPAN_ERROR_UNSUPPORTED },

  { EPIPE, SAMPAN_ERROR_DISCONNECTED },
  { ECONNRESET, SAMPAN_ERROR_DISCONNECTED },
  { ECONNABORTED, SAMPAN_ERROR_DISCONNECTED },
  { ECONNREFUSED, SAMPAN_ERROR_UNREACHABLE },
  { EHOSTUNREACH, SAMPAN_ERROR_UNREACHABLE },
  { ENETUNREACH, SAMPAN_ERROR_UNREACHABLE },
};

static const Mapping gio_map[] = {
  { G_IO_ERROR_NOT_FOUND, SAMPAN_ERROR_NOT_FOUND },
  { G_IO_ERROR_NOT_MOUNTED, SAMPAN_ERROR_NOT_FOUND },

  { G_IO_ERROR_PERMISSION_DENIED, SAMPAN_ERROR_NOT_ALLOWED },
  { G_IO_ERROR_READ_ONLY, SAMPAN_ERROR_NOT_ALLOWED },

  { G_IO_ERROR_EXISTS, SAMPAN_ERROR_EXISTS },
  { G_IO_ERROR_NOT_EMPTY, SAMPAN_ERROR_NOT_EMPTY },

  { G_IO_ERROR_IS_DIRECTORY, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_DIRECTORY, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_REGULAR_FILE, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_SYMBOLIC_LINK, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_MOUNTABLE_FILE, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_TOO_MANY_LINKS, SAMPAN_ERROR_WRONG_KIND }, /* ELOOP */
  { G_IO_ERROR_WOULD_RECURSE, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_WOULD_MERGE, SAMPAN_ERROR_WRONG_KIND },

  { G_IO_ERROR_FILENAME_TOO_LONG, SAMPAN_ERROR_BAD_NAME },
  { G_IO_ERROR_INVALID_FILENAME, SAMPAN_ERROR_BAD_NAME },

  { G_IO_ERROR_NO_SPACE, SAMPAN_ERROR_NO_SPACE },
  { G_IO_ERROR_WRONG_ETAG, SAMPAN_ERROR_CHANGED },

  { G_IO_ERROR_BUSY, SAMPAN_ERROR_TRY_LATER },
  { G_IO_ERROR_PENDING, SAMPAN_ERROR_TRY_LATER },
  { G_IO_ERROR_WOULD_BLOCK, SAMPAN_ERROR_TRY_LATER },
  { G_IO_ERROR_TOO_MANY_OPEN_FILES, SAMPAN_ERROR_TRY_LATER },

  { G_IO_ERROR_NOT_SUPPORTED, SAMPAN_ERROR_UNSUPPORTED },
  { G_IO_ERROR_INVALID_DATA, SAMPAN_ERROR_PROTOCOL },

  { G_IO_ERROR_CONNECTION_CLOSED, SAMPAN_ERROR_DISCONNECTED },
  { G_IO_ERROR_NOT_CONNECTED, SAMPAN_ERROR_DISCONNECTED },
  { G_IO_ERROR_PARTIAL_INPUT, SAMPAN_ERROR_DISCONNECTED },
  { G_IO_ERROR_CLOSED, SAMPAN_ERROR_DISCONNECTED },

  { G_IO_ERROR_HOST_NOT_FOUND, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_HOST_UNREACHABLE, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_NETWORK_UNREACHABLE, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_CONNECTION_REFUSED, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_TIMED_OUT, SAMPAN_ERROR_UNREACHABLE },
};

static SampanErrorCode
find_code (const Mapping *map, size_t n_entries, int from, SampanErrorCode otherwise)
{
  for (size_t i = 0; i < n_entries; i++)
    if (map[i].from == from)
      return map[i].code;
  return otherwise;
}

SampanErrorCode
sampan_error_code_from_errno (int saved_errno)
{
  return find_code (errno_map, G_N_ELEMENTS (errno_map), saved_errno, SAMPAN_ERROR_IO);
}

void
sampan_error_set_from_errno (GError **error, int saved_errno, const char *format, ...)
{
  g_autofree char *prefix = NULL;
  va_list arguments;

  va_start (arguments, format);
  prefix = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error,
               SAMPAN_ERROR,
               (int)sampan_error_code_from_errno (saved_errno),
               "%s: %s",
               prefix,
               g_strerror (saved_errno));
}

GError *
sampan_error_new_local (int saved_errno, const char *name)
{
  GError *error = NULL;

  sampan_error_set_from_errno (&error, saved_errno, "%s", name);
  return sampan_error_mark_local (error);
}

SampanErrorCode
sampan_error_code_from_wire (uint16_t value)
{
  return value >= 1 && value <= SAMPAN_ERROR_LAST ? (SampanErrorCode)value : SAMPAN_ERROR_FAILED;
}

static SampanErrorCode
code_from_gio (int gio_code)
{
  return find_code (gio_map, G_N_ELEMENTS (gio_map), gio_code, SAMPAN_ERROR_FAILED);
}

SampanErrorCode
sampan_error_to_code (const GError *error)
{
  if (error == NULL)
    return SAMPAN_ERROR_FAILED;
  if (error->domain == SAMPAN_ERROR)
    return error->code >= 1 && error->code <= SAMPAN_ERROR_LAST ? (SampanErrorCode)error->code
                                                                : SAMPAN_ERROR_FAILED;
  if (error->domain == G_IO_ERROR)
    return code_from_gio (error->code);
  if (error->domain == G_FILE_ERROR)
    return code_from_gio (g_io_error_from_file_error (error->code));
  if (error->domain == G_RESOLVER_ERROR)
    return SAMPAN_ERROR_UNREACHABLE;
  return SAMPAN_ERROR_FAILED;
}
