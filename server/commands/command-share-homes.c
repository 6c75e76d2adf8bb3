/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand share homes: a share for each account, which only its person sees. */

#include "config.h"

#include "commands/command-share-homes.h"

#include "accounts/account-homes.h"
#include "commands/json-text.h"
#include "commands/share-health.h"
#include "commands/size-text.h"
#include "escape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  char *quota; /* nullable */
  gboolean all;
  gboolean none;
} Options;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->quota, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static const SampanShareRow *
find_home (const GPtrArray *shares, const char *name)
{
  for (guint i = 0; i < shares->len; i++)
    {
      const SampanShareRow *row = g_ptr_array_index (shares, i);

      if (row->is_home && strcmp (row->name, name) == 0)
        return row;
    }
  return NULL;
}

char *
sampan_command_find_home (SampanAccountStore *store, const char *name)
{
  g_autoptr (GPtrArray) shares = sampan_account_store_list_shares (store, NULL);
  const SampanShareRow *row = shares != NULL ? find_home (shares, name) : NULL;

  return row != NULL ? sampan_escape (row->directory, -1, SAMPAN_PATH_MAX) : NULL;
}

void
sampan_command_check_home (const SampanArguments *arguments,
                           SampanAccountStore *store,
                           const char *name)
{
  g_autofree char *home = sampan_command_find_home (store, name);

  if (home != NULL)
    sampan_share_health_warn (arguments, store, name);
}

bool
sampan_command_complete_account (SampanAccountStore *store, const char *name, GError **error)
{
  g_auto (SampanHomes) homes = { 0 };
  g_autoptr (GError) remove_error = NULL;

  if (sampan_account_store_get_homes (store, &homes, error) &&
      (homes.directory == NULL || sampan_account_store_add_home (store, &homes, name, error)))
    return true;
  if (!sampan_account_store_remove (store, name, &remove_error))
    g_warning ("Cannot undo what was added: %s", remove_error->message);
  return false;
}

/* ---- Setting ---- */

static bool
is_below (const char *path, const char *folder)
{
  size_t length = strcmp (folder, "/") != 0 ? strlen (folder) : 0;

  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Whoever may read a share would read all the homes inside it. */
static bool
check_outside_shares (SampanAccountStore *store, const char *directory, GError **error)
{
  g_autoptr (GPtrArray) rows = sampan_account_store_list_shares (store, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const SampanShareRow *row = g_ptr_array_index (rows, i);
      char *resolved = realpath (row->directory, NULL);
      bool is_inside = resolved != NULL && is_below (directory, resolved);

      free (resolved);
      if (!is_inside)
        continue;
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_NOT_ALLOWED,
                   "The folder lies in the share %s, where others would see every home: choose one "
                   "outside all shares",
                   row->name);
      return false;
    }
  return rows != NULL;
}

static bool
set_directory (SampanAccountStore *store, const char *given, uint64_t quota_bytes, GError **error)
{
  g_autofree char *shown = sampan_escape (given, -1, SAMPAN_PATH_MAX);
  char *resolved = realpath (given, NULL);
  bool ok = false;

  if (resolved == NULL)
    sampan_error_set_from_errno (error, errno, "%s", shown);
  else if (!g_file_test (resolved, G_FILE_TEST_IS_DIR))
    g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND, "%s is not a directory", shown);
  else
    ok = check_outside_shares (store, resolved, error) &&
         sampan_account_store_set_homes (store, resolved, quota_bytes, error);
  free (resolved);
  return ok;
}

/* ---- Homes for those who are there ---- */

/* MADE takes the names. One that fails is told, and keeps the others from nothing. */
static int
make_missing (SampanAccountStore *store, const SampanHomes *homes, GPtrArray *made)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) accounts = sampan_account_store_list (store, &error);
  g_autoptr (GPtrArray) shares = accounts != NULL ? sampan_account_store_list_shares (store, &error)
                                                  : NULL;
  int status = SAMPAN_EXIT_DONE;

  if (shares == NULL)
    return sampan_command_fail ("Cannot make the homes", error);
  for (guint i = 0; i < accounts->len; i++)
    {
      const SampanAccount *account = &g_array_index (accounts, SampanAccount, i);
      g_autoptr (GError) home_error = NULL;

      if (find_home (shares, account->name) != NULL)
        continue;
      if (sampan_account_store_add_home (store, homes, account->name, &home_error))
        g_ptr_array_add (made, g_strdup (account->name));
      else
        status = sampan_command_fail ("Cannot make a home", home_error);
    }
  return status;
}

/* ---- Telling ---- */

static void
print_homes_json (const SampanHomes *homes, const GPtrArray *made)
{
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (GString) names = g_string_new ("[");

  if (homes->directory != NULL)
    sampan_json_add_string (json, "homes", homes->directory);
  else
    sampan_json_add_raw (json, "homes", "null");
  if (homes->quota_bytes != SAMPAN_QUOTA_NONE)
    sampan_json_add_int (json, "quota_bytes", (int64_t)homes->quota_bytes);
  else
    sampan_json_add_raw (json, "quota_bytes", "null");
  for (guint i = 0; i < made->len; i++)
    {
      g_string_append (names, i > 0 ? "," : "");
      sampan_json_append_string (names, g_ptr_array_index (made, i));
    }
  g_string_append_c (names, ']');
  sampan_json_add_raw (json, "made", names->str);
  g_print ("%s}\n", json->str);
}

static void
print_homes (const SampanHomes *homes, const GPtrArray *made)
{
  g_autofree char *shown = NULL;
  g_autofree char *size = g_format_size (homes->quota_bytes);

  for (guint i = 0; i < made->len; i++)
    g_print ("Made a home for %s.\n", (const char *)g_ptr_array_index (made, i));
  if (homes->directory == NULL)
    {
      g_print ("Accounts that are added get no home.\n");
      return;
    }
  shown = sampan_escape (homes->directory, -1, SAMPAN_PATH_MAX);
  g_print ("Each account that is added gets a home in %s", shown);
  if (homes->quota_bytes != SAMPAN_QUOTA_NONE)
    g_print (", which may hold %s", size);
  g_print (".\n");
}

/* ---- The command ---- */

static int
apply (const SampanArguments *arguments, const Options *options, uint64_t quota_bytes)
{
  const char *directory = arguments->values != NULL ? arguments->values[0] : NULL;
  g_autoptr (SampanAccountStore) store =
      sampan_command_open_store (arguments, directory != NULL || options->none);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);
  g_auto (SampanHomes) homes = { 0 };
  g_autoptr (GError) error = NULL;
  int status = SAMPAN_EXIT_DONE, reload_status;

  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if ((directory != NULL && !set_directory (store, directory, quota_bytes, &error)) ||
      (options->none && !sampan_account_store_set_homes (store, NULL, quota_bytes, &error)) ||
      !sampan_account_store_get_homes (store, &homes, &error))
    return sampan_command_fail ("Cannot set the homes", error);
  if (options->all && homes.directory == NULL)
    return sampan_command_usage ("share homes", "name the DIRECTORY that is to hold them");
  if (options->all)
    status = make_missing (store, &homes, made);
  reload_status = made->len > 0 ? sampan_command_reload (arguments) : SAMPAN_EXIT_DONE;
  if (arguments->as_json)
    print_homes_json (&homes, made);
  else
    print_homes (&homes, made);
  if (made->len > 0)
    sampan_share_health_warn (arguments, store, g_ptr_array_index (made, 0));
  return MAX (status, reload_status);
}

int
sampan_command_share_homes (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "quota", 0, 0, G_OPTION_ARG_STRING, &options.quota, "What each home may hold", "SIZE" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Also for the accounts that are there", NULL },
    { "none", 0, 0, G_OPTION_ARG_NONE, &options.none, "No more of them; those made stay", NULL },
    SAMPAN_JSON_ENTRY (arguments),
    G_OPTION_ENTRY_NULL,
  };
  uint64_t quota_bytes = SAMPAN_QUOTA_NONE;

  if (!sampan_arguments_parse (&arguments,
                               "share homes",
                               "[DIRECTORY]",
                               entries,
                               SAMPAN_VALUES_MAYBE,
                               argc,
                               argv))
    return SAMPAN_EXIT_USAGE;
  if (options.none && (arguments.values != NULL || options.all))
    return sampan_command_usage ("share homes", "--none goes with neither a DIRECTORY nor --all");
  if (options.quota != NULL && arguments.values == NULL)
    return sampan_command_usage ("share homes", "--quota goes with a DIRECTORY");
  if (options.quota != NULL && !sampan_size_parse (options.quota, &quota_bytes))
    {
      g_autofree char *shown = sampan_escape (options.quota, -1, SAMPAN_NAME_MAX);

      return sampan_command_usage ("share homes",
                                   "\"%s\" is no size: give it as 500M, 1.5T or 20GiB",
                                   shown);
    }
  return apply (&arguments, &options, quota_bytes);
}
