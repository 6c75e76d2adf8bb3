/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Addresses such as a person types or a link on a page holds. */

#include "config.h"

#include "fuzz.h"
#include "remote.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *uri = g_strndup (size > 0 ? (const char *)data : "", size);
  g_autoptr (SampanRemote) remote = sampan_remote_parse (uri, NULL);
  g_autoptr (SampanRemote) again = NULL;
  g_autofree char *text = NULL;

  if (remote == NULL)
    return 0;
  g_assert_cmpstr (sampan_remote_get_host (remote), !=, "");
  g_assert_cmpuint (sampan_remote_get_port (remote), >, 0);
  text = sampan_remote_to_string (remote);
  again = sampan_remote_parse (text, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (sampan_remote_get_user (again), ==, sampan_remote_get_user (remote));
  g_assert_cmpstr (sampan_remote_get_host (again), ==, sampan_remote_get_host (remote));
  g_assert_cmpuint (sampan_remote_get_port (again), ==, sampan_remote_get_port (remote));
  g_assert_true (
      sampan_path_equal (sampan_remote_get_path (again), sampan_remote_get_path (remote)));
  return 0;
}
