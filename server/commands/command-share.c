/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand share: the folders that are served, and who may use them. */

#include "config.h"

#include "commands/commands.h"

#include "commands/command-share-homes.h"
#include "commands/command-share-quota.h"
#include "commands/command-share-trash.h"
#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "commands/share-health.h"
#include "escape.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define EVERYBODY "*"

/* Lowest first: who is named twice keeps the highest. */
static const struct
{
  SampanRight right;
  const char *word;
} rights[] = {
  { SAMPAN_RIGHT_NONE, "none" },
  { SAMPAN_RIGHT_READ, "read" },
  { SAMPAN_RIGHT_ADD, "add" },
  { SAMPAN_RIGHT_CHANGE, "change" },
};
#define N_RIGHTS G_N_ELEMENTS (rights)

/* What --none, --read, --add, --change say: each may come several times. */
typedef struct
{
  char **who[N_RIGHTS];
} Grants;

static void
grants_clear (Grants *grants)
{
  for (size_t i = 0; i < N_RIGHTS; i++)
    g_clear_pointer (&grants->who[i], g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Grants, grants_clear)

#define GRANT_ENTRY(grants, right, text)                                                           \
  {                                                                                                \
    rights[right].word, 0, 0, G_OPTION_ARG_STRING_ARRAY, &(grants).who[right], text, "WHO"         \
  }
#define GRANT_ENTRIES(grants)                                                                      \
  GRANT_ENTRY (grants, SAMPAN_RIGHT_READ, "May list and download (names with commas, or '*')"),    \
      GRANT_ENTRY (grants, SAMPAN_RIGHT_ADD, "May also add files and folders"),                    \
      GRANT_ENTRY (grants, SAMPAN_RIGHT_CHANGE, "May also replace, rename and remove")

typedef bool (*EachFunc) (SampanAccountStore *store,
                          const char *share,
                          const char *who,
                          SampanRight right,
                          GError **error);

/* Runs FUNC for each name in WHO, which holds lists with commas. */
static bool
foreach_who (char **who,
             SampanRight right,
             EachFunc func,
             SampanAccountStore *store,
             const char *share,
             GError **error)
{
  for (size_t i = 0; who != NULL && who[i] != NULL; i++)
    {
      g_auto (GStrv) names = g_strsplit (who[i], ",", -1);

      for (size_t j = 0; names[j] != NULL; j++)
        if (!func (store, share, g_strstrip (names[j]), right, error))
          return false;
    }
  return true;
}

static bool
foreach_grant (const Grants *grants,
               EachFunc func,
               SampanAccountStore *store,
               const char *share,
               GError **error)
{
  for (size_t i = 0; i < N_RIGHTS; i++)
    if (!foreach_who (grants->who[i], rights[i].right, func, store, share, error))
      return false;
  return true;
}

static bool
grants_are_empty (const Grants *grants)
{
  for (size_t i = 0; i < N_RIGHTS; i++)
    if (grants->who[i] != NULL)
      return false;
  return true;
}

/* "read=ann,ben change=*" */
static char *
describe_grants (const Grants *grants)
{
  GString *text = g_string_new (NULL);

  for (size_t i = 0; i < N_RIGHTS; i++)
    for (char **who = grants->who[i]; who != NULL && *who != NULL; who++)
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", rights[i].word, *who);
  return g_string_free (text, FALSE);
}

/* Before anything is changed, so that a mistyped name leaves nothing half done. */
static bool
check_who (SampanAccountStore *store,
           const char *share,
           const char *who,
           SampanRight right,
           GError **error)
{
  g_autoptr (GError) find_error = NULL;
  g_autofree char *shown = NULL;
  SampanAccount account;
  bool exists;

  if (strcmp (who, EVERYBODY) == 0)
    return true;
  exists = sampan_account_store_find (store, who, strlen (who), &account, &find_error);
  sodium_memzero (&account, sizeof account);
  if (exists)
    return true;
  if (find_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&find_error));
      return false;
    }
  shown = sampan_escape (who, -1, SAMPAN_USER_WIRE_MAX);
  g_set_error (error,
               SAMPAN_ERROR,
               SAMPAN_ERROR_NOT_FOUND,
               "There is no account \"%s\"; nothing was changed",
               shown);
  return false;
}

/* ---- add ---- */

static bool
check_directory (const char *directory, GError **error)
{
  g_autofree char *shown = sampan_escape (directory, -1, 0);
  GStatBuf info;

  if (g_stat (directory, &info) != 0 && errno == ENOENT)
    g_set_error (error,
                 SAMPAN_ERROR,
                 SAMPAN_ERROR_NOT_FOUND,
                 "%s does not exist: make the directory first, owned by the user who runs the "
                 "server",
                 shown);
  else if (g_stat (directory, &info) != 0)
    sampan_error_set_from_errno (error, errno, "%s", shown);
  else if (!S_ISDIR (info.st_mode))
    g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND, "%s is not a directory", shown);
  else
    return true;
  return false;
}

static int
command_add (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  g_auto (Grants) grants = { 0 };
  const GOptionEntry entries[] = {
    GRANT_ENTRIES (grants),
    SAMPAN_JSON_ENTRY (arguments),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  const char *name, *directory;
  int status;

  if (!sampan_arguments_parse (&arguments, "share add", "NAME DIRECTORY", entries, 2, argc, argv))
    return SAMPAN_EXIT_USAGE;
  name = arguments.values[0];
  directory = arguments.values[1];
  if (!check_directory (directory, &error))
    return sampan_command_fail ("Cannot add the share", error);
  store = sampan_command_open_store (&arguments, true);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  arguments.more = describe_grants (&grants);
  if (!foreach_grant (&grants, check_who, store, name, &error) ||
      !sampan_account_store_add_share (store, name, directory, &error))
    return sampan_command_fail ("Cannot add the share", error);
  if (!foreach_grant (&grants, sampan_account_store_grant, store, name, &error))
    {
      sampan_command_fail ("Added the share, but not all rights on it", error);
      sampan_command_reload (&arguments);
      return SAMPAN_EXIT_FAILED;
    }
  status = sampan_command_reload (&arguments);
  sampan_command_print_change (&arguments, "share", "add", -1, "Added the share %s.", name);
  if (grants_are_empty (&grants))
    g_printerr ("Nobody may use it yet: see 'sampand share grant --help'.\n");
  sampan_share_health_warn (&arguments, store, name);
  return status;
}

/* ---- grant, accept, remove ---- */

static int
command_grant (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  g_auto (Grants) grants = { 0 };
  const GOptionEntry entries[] = {
    GRANT_ENTRIES (grants),
    GRANT_ENTRY (grants, SAMPAN_RIGHT_NONE, "Loses the right given before"),
    SAMPAN_JSON_ENTRY (arguments),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  int status;

  if (!sampan_arguments_parse (&arguments, "share grant", "NAME", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  if (grants_are_empty (&grants))
    return sampan_command_usage ("share grant", "say who with --read, --add, --change or --none");
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  name = arguments.values[0];
  arguments.more = describe_grants (&grants);
  if (!foreach_grant (&grants, check_who, store, name, &error) ||
      !foreach_grant (&grants, sampan_account_store_grant, store, name, &error))
    return sampan_command_fail ("Cannot change the rights", error);
  status = sampan_command_reload (&arguments);
  sampan_command_print_change (&arguments, "share", "grant", -1, "Changed the rights on %s.", name);
  sampan_share_health_warn (&arguments, store, name);
  return status;
}

static int
command_accept (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!sampan_arguments_parse (&arguments, "share accept", "NAME", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!sampan_account_store_set_share_mark (store, arguments.values[0], NULL, &error))
    return sampan_command_fail ("Cannot accept the folder", error);
  status = sampan_command_reload (&arguments);
  sampan_command_print_change (&arguments,
                               "share",
                               "accept",
                               -1,
                               "The folder that is there now is the share %s.",
                               arguments.values[0]);
  sampan_share_health_warn (&arguments, store, arguments.values[0]);
  return status;
}

static int
command_remove (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!sampan_arguments_parse (&arguments, "share remove", "NAME", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!sampan_account_store_remove_share (store, arguments.values[0], &error))
    return sampan_command_fail ("Cannot remove the share", error);
  status = sampan_command_reload (&arguments);
  sampan_command_print_change (&arguments,
                               "share",
                               "remove",
                               -1,
                               "Removed the share %s. Its files stay where they are.",
                               arguments.values[0]);
  return status;
}

/* ---- list ---- */

typedef struct
{
  const char *share;
  GPtrArray *who[N_RIGHTS]; /* of names */
} Holders;

static void
holders_init (Holders *holders, const char *share)
{
  holders->share = share;
  for (size_t i = 0; i < N_RIGHTS; i++)
    holders->who[i] = g_ptr_array_new_with_free_func (g_free);
}

static void
holders_clear (Holders *holders)
{
  for (size_t i = 0; i < N_RIGHTS; i++)
    g_ptr_array_unref (holders->who[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Holders, holders_clear)

static void
collect_holder (const char *share, const char *who, SampanRight right, gpointer user_data)
{
  Holders *holders = user_data;

  if (strcmp (share, holders->share) != 0)
    return;
  for (size_t i = 0; i < N_RIGHTS; i++)
    if (rights[i].right == right)
      g_ptr_array_add (holders->who[i], g_strdup (who));
}

static void
print_share_json (const SampanShareRow *row, const Holders *holders)
{
  g_autoptr (GString) json = g_string_new ("{");

  sampan_json_add_string (json, "name", row->name);
  sampan_json_add_string (json, "directory", row->directory);
  if (row->quota_bytes != SAMPAN_QUOTA_NONE)
    sampan_json_add_int (json, "quota_bytes", (int64_t)row->quota_bytes);
  else
    sampan_json_add_raw (json, "quota_bytes", "null");
  sampan_json_add_bool (json, "home", row->is_home);
  for (size_t i = SAMPAN_RIGHT_READ; i < N_RIGHTS; i++)
    {
      g_autoptr (GString) names = g_string_new ("[");

      for (guint j = 0; j < holders->who[i]->len; j++)
        {
          if (j > 0)
            g_string_append_c (names, ',');
          sampan_json_append_string (names, g_ptr_array_index (holders->who[i], j));
        }
      g_string_append_c (names, ']');
      sampan_json_add_raw (json, rights[i].word, names->str);
    }
  g_print ("%s}\n", json->str);
}

static void
print_share (const SampanShareRow *row, const Holders *holders)
{
  g_autofree char *name = sampan_escape (row->name, -1, 0);
  g_autofree char *directory = sampan_escape (row->directory, -1, 0);

  g_print ("%s  %s%s\n", name, directory, row->is_home ? "  (home)" : "");
  if (row->quota_bytes != SAMPAN_QUOTA_NONE)
    {
      g_autofree char *quota = g_format_size (row->quota_bytes);

      g_print ("  quota: %s\n", quota);
    }
  for (size_t i = SAMPAN_RIGHT_READ; i < N_RIGHTS; i++)
    {
      if (holders->who[i]->len == 0)
        continue;
      g_print ("  %s:", rights[i].word);
      for (guint j = 0; j < holders->who[i]->len; j++)
        {
          g_autofree char *who = sampan_escape (g_ptr_array_index (holders->who[i], j), -1, 0);

          g_print ("%s %s", j > 0 ? "," : "", who);
        }
      g_print ("\n");
    }
}

static int
command_list (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  if (!sampan_arguments_parse (&arguments, "share list", "", entries, 0, argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  rows = sampan_account_store_list_shares (store, &error);
  if (rows == NULL)
    return sampan_command_fail ("Cannot list the shares", error);
  for (guint i = 0; i < rows->len; i++)
    {
      const SampanShareRow *row = g_ptr_array_index (rows, i);
      g_auto (Holders) holders = { 0 };

      holders_init (&holders, row->name);
      if (!sampan_account_store_foreach_grant (store, collect_holder, &holders, &error))
        return sampan_command_fail ("Cannot list the rights", error);
      if (arguments.as_json)
        print_share_json (row, &holders);
      else
        print_share (row, &holders);
    }
  if (rows->len == 0 && !arguments.as_json)
    g_printerr ("There is no share yet: make one with 'sampand share add'.\n");
  return SAMPAN_EXIT_DONE;
}

static const SampanSubcommand subcommands[] = {
  { "add", command_add, "share a directory that exists" },
  { "list", command_list, "list the shares and who may use them" },
  { "grant", command_grant, "give rights on a share, or take them" },
  { "accept", command_accept, "serve the folder that is at its place now, though it is another" },
  { "quota", sampan_command_share_quota, "limit how much may be stored" },
  { "trash", sampan_command_share_trash, "limit what stays of what was removed" },
  { "homes", sampan_command_share_homes, "give each account a share that nobody else sees" },
  { "remove", command_remove, "stop sharing; files stay" },
};

int
sampan_command_share (int argc, char **argv)
{
  return sampan_subcommand_dispatch (subcommands, G_N_ELEMENTS (subcommands), argc, argv);
}
