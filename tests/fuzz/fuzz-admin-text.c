/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the control socket brings, and what an admin types: lines, JSON, times and sizes. */

#include "config.h"

#include "commands/duration-text.h"
#include "commands/json-text.h"
#include "commands/size-text.h"
#include "control.h"
#include "fuzz.h"

#include <glib.h>
#include <string.h>

static void
check_reload (const char *line)
{
  g_auto (GStrv) parts = sampan_control_parse_reload (line);
  g_autofree char *made = NULL;
  guint n_parts = parts != NULL ? g_strv_length (parts) : 0;

  if (n_parts == 0)
    return;
  g_assert_cmpuint (n_parts, <=, 3);
  made = sampan_control_make_reload (parts[0],
                                     n_parts > 1 ? parts[1] : NULL,
                                     n_parts > 2 ? parts[2] : NULL);
  g_assert_null (strchr (made, '\n'));
}

static void
look_inside (const char *key, const char *value, gpointer user_data)
{
  g_assert_nonnull (value);
}

static void
check_numbers (const char *text)
{
  int64_t secs;
  uint64_t bytes;

  if (sampan_duration_parse (text, &secs))
    {
      g_autofree char *shown = sampan_duration_format (secs);

      g_assert_cmpint (secs, >, 0);
      g_assert_nonnull (shown);
    }
  (void)!sampan_size_parse (text, &bytes);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *)data : "", size);

  check_reload (text);
  sampan_json_foreach (text, look_inside, NULL);
  sampan_json_foreach_item (text, look_inside, NULL);
  g_free (sampan_json_find (text, "user"));
  check_numbers (text);
  return 0;
}
