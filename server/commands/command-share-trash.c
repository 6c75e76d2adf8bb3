/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand share trash: how long and how much of what was removed or replaced stays. */

#include "config.h"

#include "commands/command-share-trash.h"

#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "commands/size-text.h"
#include "escape.h"
#include "storage/trash-limits.h"

#include <string.h>

#define WORD_NONE "none"
#define WORD_DEFAULT "default"

static bool
parse_days (const char *text, uint32_t *days)
{
  guint64 number;

  if (strcmp (text, WORD_NONE) == 0)
    *days = SAMPAN_TRASH_DAYS_ANY;
  else if (strcmp (text, WORD_DEFAULT) == 0)
    *days = SAMPAN_TRASH_DAYS;
  else if (g_ascii_string_to_unsigned (text, 10, 0, SAMPAN_TRASH_DAYS_MAX, &number, NULL))
    *days = (uint32_t)number;
  else
    return false;
  return true;
}

static bool
parse_bytes (const char *text, uint64_t *bytes)
{
  if (strcmp (text, WORD_NONE) == 0)
    *bytes = SAMPAN_TRASH_BYTES_ANY;
  else if (strcmp (text, WORD_DEFAULT) == 0)
    *bytes = SAMPAN_TRASH_BYTES_PART;
  else
    return sampan_size_parse (text, bytes);
  return true;
}

static void
print_json (const char *name, const SampanTrashLimits *limits)
{
  g_autoptr (GString) json = g_string_new ("{");

  sampan_json_add_string (json, "share", name);
  if (limits->days != SAMPAN_TRASH_DAYS_ANY)
    sampan_json_add_int (json, "trash_days", (int64_t)limits->days);
  else
    sampan_json_add_raw (json, "trash_days", "null");
  if (limits->bytes < SAMPAN_TRASH_BYTES_PART)
    sampan_json_add_int (json, "trash_bytes", (int64_t)limits->bytes);
  else
    sampan_json_add_raw (json, "trash_bytes", "null");
  if (limits->bytes == SAMPAN_TRASH_BYTES_PART)
    sampan_json_add_int (json, "trash_percent", SAMPAN_TRASH_DISK_PERCENT);
  g_print ("%s}\n", json->str);
}

static void
print_text (const char *name, const SampanTrashLimits *limits)
{
  g_autofree char *shown = sampan_escape (name, -1, SAMPAN_NAME_MAX);
  g_autofree char *days = NULL;
  g_autofree char *bytes = NULL;

  if (limits->days == SAMPAN_TRASH_DAYS_ANY)
    days = g_strdup ("for any time");
  else
    days = g_strdup_printf ("for %u %s", limits->days, limits->days == 1 ? "day" : "days");
  if (limits->bytes == SAMPAN_TRASH_BYTES_ANY)
    bytes = g_strdup ("any amount");
  else if (limits->bytes == SAMPAN_TRASH_BYTES_PART)
    bytes = g_strdup_printf ("%d %% of the disk", SAMPAN_TRASH_DISK_PERCENT);
  else
    bytes = g_format_size (limits->bytes);
  g_print ("What is removed from %s stays %s, up to %s.\n", shown, days, bytes);
}

static bool
find_limits (SampanAccountStore *store, const char *name, SampanTrashLimits *limits, GError **error)
{
  g_autoptr (GPtrArray) rows = sampan_account_store_list_shares (store, error);
  g_autofree char *shown = sampan_escape (name, -1, SAMPAN_NAME_MAX);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const SampanShareRow *row = g_ptr_array_index (rows, i);

      if (strcmp (row->name, name) != 0)
        continue;
      *limits = row->trash;
      return true;
    }
  if (rows != NULL)
    g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND, "There is no share \"%s\"", shown);
  return false;
}

int
sampan_command_share_trash (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  g_autofree char *days = NULL, *size = NULL;
  const GOptionEntry entries[] = {
    { "days", 0, 0, G_OPTION_ARG_STRING, &days, "How long things stay, or none", "NUMBER" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, "How much of them, none or default", "SIZE" },
    SAMPAN_JSON_ENTRY (arguments),
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  SampanTrashLimits limits = { 0 };
  int status = SAMPAN_EXIT_DONE;

  if (!sampan_arguments_parse (&arguments, "share trash", "NAME", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  if (days != NULL && !parse_days (days, &limits.days))
    return sampan_command_usage ("share trash",
                                 "--days takes 0 to %d, none or default",
                                 SAMPAN_TRASH_DAYS_MAX);
  if (size != NULL && !parse_bytes (size, &limits.bytes))
    return sampan_command_usage ("share trash", "--size takes 500M, 1.5T, 20GiB, none or default");
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  {
    SampanTrashLimits before;

    if (!find_limits (store, arguments.values[0], &before, &error))
      return sampan_command_fail ("Cannot look at the share", error);
    limits.days = days != NULL ? limits.days : before.days;
    limits.bytes = size != NULL ? limits.bytes : before.bytes;
  }
  if (days != NULL || size != NULL)
    {
      if (!sampan_account_store_set_share_trash (store, arguments.values[0], &limits, &error))
        return sampan_command_fail ("Cannot set the limits", error);
      status = sampan_command_reload (&arguments);
    }
  if (arguments.as_json)
    print_json (arguments.values[0], &limits);
  else
    print_text (arguments.values[0], &limits);
  return status;
}
