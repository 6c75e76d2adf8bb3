/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Canonical remote paths and names. */

#include "config.h"

#include "paths.h"

#include "errors.h"
#include "protocol.h"

#include <string.h>

struct _SampanPath
{
  size_t length;
  size_t name_offset; /* where the last component starts */
  unsigned int depth;
  char bytes[]; /* LENGTH bytes and a NUL */
};

bool
sampan_name_is_valid (const uint8_t *bytes, size_t length)
{
  if (length == 0 || length > SAMPAN_NAME_MAX)
    return false;
  if (bytes[0] == '.' && (length == 1 || (length == 2 && bytes[1] == '.')))
    return false;
  return memchr (bytes, '/', length) == NULL && memchr (bytes, '\0', length) == NULL;
}

/* What is wrong with a component, for a person who reads a log. */
static const char *
explain_bad_name (const uint8_t *bytes, size_t length)
{
  if (length == 0)
    return "A path has an empty component";
  if (length > SAMPAN_NAME_MAX)
    return "A name is too long";
  if (memchr (bytes, '\0', length) != NULL)
    return "A name holds a NUL byte";
  if (memchr (bytes, '/', length) != NULL)
    return "A name holds a slash";
  return "A name is \".\" or \"..\"";
}

static SampanPath *
path_alloc (const uint8_t *bytes, size_t length)
{
  SampanPath *self = g_atomic_rc_box_alloc0 (sizeof *self + length + 1);

  self->length = length;
  if (length > 0)
    memcpy (self->bytes, bytes, length);
  return self;
}

/* Checks BYTES, which are not empty, and finds their last component. */
static bool
scan_components (const uint8_t *bytes,
                 size_t length,
                 unsigned int *depth,
                 size_t *name_offset,
                 GError **error)
{
  size_t start = 0;

  *depth = 0;
  for (;;)
    {
      const uint8_t *slash = memchr (bytes + start, '/', length - start);
      size_t end = slash != NULL ? (size_t)(slash - bytes) : length;

      if (!sampan_name_is_valid (bytes + start, end - start))
        {
          g_set_error_literal (error,
                               SAMPAN_ERROR,
                               SAMPAN_ERROR_BAD_NAME,
                               explain_bad_name (bytes + start, end - start));
          return false;
        }
      if (++*depth > SAMPAN_DEPTH_MAX)
        {
          g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME, "A path is too deep");
          return false;
        }
      *name_offset = start;
      if (slash == NULL)
        return true;
      start = end + 1;
    }
}

SampanPath *
sampan_path_new (const uint8_t *bytes, size_t length, GError **error)
{
  unsigned int depth = 0;
  size_t name_offset = 0;
  SampanPath *self;

  if (length > SAMPAN_PATH_MAX)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME, "A path is too long");
      return NULL;
    }
  if (length > 0 && !scan_components (bytes, length, &depth, &name_offset, error))
    return NULL;
  self = path_alloc (bytes, length);
  self->depth = depth;
  self->name_offset = name_offset;
  return self;
}

static void
drop_last_component (GString *path)
{
  const char *slash = strrchr (path->str, '/');

  g_string_truncate (path, slash != NULL ? (gsize)(slash - path->str) : 0);
}

SampanPath *
sampan_path_new_relative (const SampanPath *base, const char *typed, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);

  if (base != NULL && typed[0] != '/')
    g_string_append_len (path, base->bytes, (gssize)base->length);
  while (*typed != '\0')
    {
      size_t length = strcspn (typed, "/");

      if (length == 2 && typed[0] == '.' && typed[1] == '.')
        drop_last_component (path);
      else if (length > 0 && !(length == 1 && typed[0] == '.'))
        {
          if (path->len > 0)
            g_string_append_c (path, '/');
          g_string_append_len (path, typed, (gssize)length);
        }
      typed += length;
      typed += strspn (typed, "/");
    }
  return sampan_path_new ((const uint8_t *)path->str, path->len, error);
}

SampanPath *
sampan_path_new_root (void)
{
  return path_alloc (NULL, 0);
}

SampanPath *
sampan_path_ref (const SampanPath *self)
{
  return g_atomic_rc_box_acquire ((SampanPath *)self);
}

void
sampan_path_unref (SampanPath *self)
{
  g_atomic_rc_box_release (self);
}

const char *
sampan_path_get (const SampanPath *self)
{
  return self->bytes;
}

size_t
sampan_path_get_length (const SampanPath *self)
{
  return self->length;
}

unsigned int
sampan_path_get_depth (const SampanPath *self)
{
  return self->depth;
}

bool
sampan_path_is_root (const SampanPath *self)
{
  return self->depth == 0;
}

const char *
sampan_path_get_name (const SampanPath *self)
{
  return self->bytes + self->name_offset;
}

/* A part of a canonical path is canonical. */
static SampanPath *
path_new_part (const char *bytes, size_t length)
{
  SampanPath *part = sampan_path_new ((const uint8_t *)bytes, length, NULL);

  g_assert (part != NULL);
  return part;
}

SampanPath *
sampan_path_get_parent (const SampanPath *self)
{
  if (sampan_path_is_root (self))
    return NULL;
  return path_new_part (self->bytes, self->depth == 1 ? 0 : self->name_offset - 1);
}

SampanPath *
sampan_path_get_child (const SampanPath *self, const char *name, GError **error)
{
  size_t name_length = strlen (name);
  g_autoptr (GString) path = NULL;

  if (!sampan_name_is_valid ((const uint8_t *)name, name_length))
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_BAD_NAME,
                           explain_bad_name ((const uint8_t *)name, name_length));
      return NULL;
    }
  path = g_string_new_len (self->bytes, (gssize)self->length);
  if (path->len > 0)
    g_string_append_c (path, '/');
  g_string_append_len (path, name, (gssize)name_length);
  return sampan_path_new ((const uint8_t *)path->str, path->len, error);
}

char *
sampan_path_split_share (const SampanPath *self, SampanPath **below)
{
  size_t share_length;

  if (sampan_path_is_root (self))
    return NULL;
  share_length = strcspn (self->bytes, "/");
  if (self->depth == 1)
    *below = sampan_path_new_root ();
  else
    *below = path_new_part (self->bytes + share_length + 1, self->length - share_length - 1);
  return g_strndup (self->bytes, share_length);
}

bool
sampan_path_equal (const SampanPath *a, const SampanPath *b)
{
  return a->length == b->length && memcmp (a->bytes, b->bytes, a->length) == 0;
}

bool
sampan_path_is_below (const SampanPath *self, const SampanPath *ancestor)
{
  if (sampan_path_is_root (ancestor))
    return true;
  if (self->length < ancestor->length ||
      memcmp (self->bytes, ancestor->bytes, ancestor->length) != 0)
    return false;
  return self->length == ancestor->length || self->bytes[ancestor->length] == '/';
}
