/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Paths, names and what is shown of them. The first byte limits the escaped text. */

#include "config.h"

#include "escape.h"
#include "fuzz.h"
#include "paths.h"
#include "protocol.h"

#include <string.h>

static void
check_parts (const SampanPath *path)
{
  g_autoptr (SampanPath) parent = sampan_path_get_parent (path);
  g_autoptr (SampanPath) below = NULL;
  g_autoptr (SampanPath) again = NULL;
  g_autofree char *share = sampan_path_split_share (path, &below);
  const char *name = sampan_path_get_name (path);

  g_assert_true (sampan_name_is_valid ((const uint8_t *)name, strlen (name)));
  g_assert_true (sampan_path_is_below (path, parent));
  g_assert_false (sampan_path_is_below (parent, path));
  again = sampan_path_get_child (parent, name, NULL);
  g_assert_true (sampan_path_equal (again, path));

  g_assert_true (sampan_name_is_valid ((const uint8_t *)share, strlen (share)));
  g_assert_true (g_str_has_prefix (sampan_path_get (path), share));
  g_assert_true (g_str_has_suffix (sampan_path_get (path), sampan_path_get (below)));
  g_assert_cmpuint (sampan_path_get_depth (below) + 1, ==, sampan_path_get_depth (path));
}

static void
check_path (const SampanPath *path)
{
  const char *bytes = sampan_path_get (path);
  size_t length = sampan_path_get_length (path);
  g_autofree char *framed = g_strconcat ("/", bytes, "/", NULL);
  unsigned int slashes = 0;

  g_assert_cmpuint (strlen (bytes), ==, length);
  g_assert_cmpuint (length, <=, SAMPAN_PATH_MAX);
  g_assert_cmpuint (sampan_path_get_depth (path), <=, SAMPAN_DEPTH_MAX);
  g_assert_cmpint (sampan_path_is_root (path), ==, length == 0);
  if (length == 0)
    return;
  g_assert_null (strstr (framed, "//"));
  g_assert_null (strstr (framed, "/./"));
  g_assert_null (strstr (framed, "/../"));
  for (size_t i = 0; i < length; i++)
    slashes += bytes[i] == '/';
  g_assert_cmpuint (sampan_path_get_depth (path), ==, slashes + 1);
  check_parts (path);
}

/* What is typed becomes canonical or is refused; canonical paths stay as they are. */
static void
check_typed (const SampanPath *base, const uint8_t *data, size_t size)
{
  g_autofree char *typed = g_strndup ((const char *)data, size);
  g_autoptr (SampanPath) path = sampan_path_new_relative (base, typed, NULL);
  g_autoptr (SampanPath) again = NULL;

  if (path == NULL)
    return;
  check_path (path);
  again = sampan_path_new_relative (NULL, sampan_path_get (path), NULL);
  g_assert_true (sampan_path_equal (again, path));
}

static void
check_shown (const uint8_t *data, size_t size, size_t max_bytes)
{
  g_autofree char *escaped = sampan_escape ((const char *)data, (gssize)size, max_bytes);
  g_autofree char *displayed = sampan_display_name ((const char *)data, (gssize)size);

  g_assert_true (g_utf8_validate (escaped, -1, NULL));
  g_assert_true (g_utf8_validate (displayed, -1, NULL));
  if (max_bytes > 0)
    g_assert_cmpuint (strlen (escaped), <=, max_bytes + strlen ("..."));
  for (const char *at = escaped; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
  for (const char *at = displayed; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SampanPath) path = NULL;
  size_t max_bytes;

  if (size == 0)
    return 0;
  max_bytes = *data++;
  size--;
  check_shown (data, size, max_bytes);
  path = sampan_path_new (data, size, NULL);
  if (path != NULL)
    {
      g_assert_cmpmem (sampan_path_get (path), sampan_path_get_length (path), data, size);
      check_path (path);
    }
  check_typed (path, data, size);
  return 0;
}
