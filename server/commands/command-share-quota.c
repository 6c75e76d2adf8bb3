/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand share quota: how much may be stored in a share. */

#include "config.h"

#include "commands/command-share-quota.h"

#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "commands/size-text.h"
#include "escape.h"

#include <string.h>

#define NO_QUOTA "none"

static bool
parse_quota (const char *text, uint64_t *quota_bytes)
{
  if (strcmp (text, NO_QUOTA) != 0)
    return sampan_size_parse (text, quota_bytes);
  *quota_bytes = SAMPAN_QUOTA_NONE;
  return true;
}

static void
print_quota (const char *name, uint64_t quota_bytes, bool as_json)
{
  g_autofree char *size = g_format_size (quota_bytes);
  g_autoptr (GString) json = g_string_new ("{");

  if (as_json)
    {
      sampan_json_add_string (json, "share", name);
      if (quota_bytes != SAMPAN_QUOTA_NONE)
        sampan_json_add_int (json, "quota_bytes", (int64_t)quota_bytes);
      else
        sampan_json_add_raw (json, "quota_bytes", "null");
      g_print ("%s}\n", json->str);
    }
  else if (quota_bytes != SAMPAN_QUOTA_NONE)
    g_print ("%s may hold %s, with what is in its trash.\n", name, size);
  else
    g_print ("%s may hold what the disk takes.\n", name);
}

int
sampan_command_share_quota (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  uint64_t quota_bytes;
  int status;

  if (!sampan_arguments_parse (&arguments, "share quota", "NAME SIZE|none", entries, 2, argc, argv))
    return SAMPAN_EXIT_USAGE;
  if (!parse_quota (arguments.values[1], &quota_bytes))
    {
      g_autofree char *shown = sampan_escape (arguments.values[1], -1, SAMPAN_NAME_MAX);

      return sampan_command_usage ("share quota",
                                   "\"%s\" is no size: give it as 500M, 1.5T, 20GiB or none",
                                   shown);
    }
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!sampan_account_store_set_share_quota (store, arguments.values[0], quota_bytes, &error))
    return sampan_command_fail ("Cannot set the quota", error);
  arguments.more = g_strdup (arguments.values[1]);
  status = sampan_command_reload (&arguments);
  print_quota (arguments.values[0], quota_bytes, arguments.as_json);
  return status;
}
