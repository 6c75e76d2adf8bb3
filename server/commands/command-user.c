/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand user: the accounts. */

#include "config.h"

#include "commands/commands.h"

#include "accounts/first-start.h"
#include "commands/command-password.h"
#include "commands/command-share-homes.h"
#include "commands/command-utils.h"
#include "commands/json-text.h"
#include "escape.h"

#include <sodium.h>
#include <string.h>

#define PASSWORD_ENTRIES(options)                                                                  \
  { "password-file",                                                                               \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_FILENAME,                                                                         \
    &(options).password_file,                                                                      \
    "Take the first line of FILE as the password",                                                 \
    "FILE" },                                                                                      \
  {                                                                                                \
    "invite", 0, 0, G_OPTION_ARG_NONE, &(options).invite,                                          \
        "Print a one-time code with which the person chooses a password", NULL                     \
  }

/* NO_HOME: nullable, of "user add". */
static bool
parse_password (SampanArguments *arguments,
                SampanPasswordOptions *options,
                gboolean *no_home,
                const char *command,
                int argc,
                char **argv)
{
  const GOptionEntry entries[] = {
    PASSWORD_ENTRIES (*options),
    SAMPAN_JSON_ENTRY (*arguments),
    no_home != NULL ? (GOptionEntry)SAMPAN_NO_HOME_ENTRY (*no_home)
                    : (GOptionEntry)G_OPTION_ENTRY_NULL,
    G_OPTION_ENTRY_NULL,
  };

  if (!sampan_arguments_parse (arguments, command, "NAME", entries, 1, argc, argv))
    return false;
  if (options->invite && options->password_file != NULL)
    {
      sampan_command_usage (command, "--invite and --password-file exclude each other");
      return false;
    }
  return true;
}

/* Whether there is an account; asked before a password is, so that nobody types one in vain. */
static bool
account_exists (SampanAccountStore *store, const char *name, GError **error)
{
  SampanAccount account;
  bool exists = sampan_account_store_find (store, name, strlen (name), &account, error);

  sodium_memzero (&account, sizeof account);
  return exists;
}

/* ---- add, passwd ---- */

static bool
add_account (SampanAccountStore *store,
             const char *name,
             const SampanPasswordOptions *options,
             SampanSecret **code,
             GError **error)
{
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH] = { 0 };
  g_autoptr (GError) find_error = NULL;
  bool is_new =
      sampan_user_name_is_valid (name, strlen (name)) && !account_exists (store, name, &find_error);
  bool ok;

  if (find_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&find_error));
      return false;
    }
  /* What cannot be added goes to the store as it is: it knows why. */
  ok = !is_new || sampan_password_make_record (options, store, name, record, code, error);
  ok = ok && sampan_account_store_add (store,
                                       name,
                                       record,
                                       sampan_account_store_get_ksf (store),
                                       options->invite,
                                       options->invite ? sampan_password_get_expiry_secs () : 0,
                                       error);
  sodium_memzero (record, sizeof record);
  return ok;
}

static int
command_add (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  g_auto (SampanPasswordOptions) options = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanSecret) code = NULL;
  g_autoptr (GError) error = NULL;
  gboolean no_home = FALSE;
  const char *name;
  int status;

  if (!parse_password (&arguments, &options, &no_home, "user add", argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, true);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  name = arguments.values[0];
  if (!add_account (store, name, &options, &code, &error) ||
      (!no_home && !sampan_command_complete_account (store, name, &error)))
    return sampan_command_fail ("Cannot add the account", error);
  status = sampan_command_reload (&arguments);
  if (code != NULL)
    sampan_password_print_code (&arguments, name, code, SAMPAN_INVITE_SECS);
  else
    sampan_command_print_change (&arguments, "user", "add", -1, "Added the account %s.", name);
  sampan_command_check_home (&arguments, store, name);
  return status;
}

static bool
change_password (SampanAccountStore *store,
                 const char *name,
                 const SampanPasswordOptions *options,
                 SampanSecret **code,
                 GError **error)
{
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH] = { 0 };
  g_autoptr (GError) find_error = NULL;
  bool exists = account_exists (store, name, &find_error);
  bool ok;

  if (find_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&find_error));
      return false;
    }
  ok = !exists || sampan_password_make_record (options, store, name, record, code, error);
  ok = ok &&
       sampan_account_store_set_record (store,
                                        name,
                                        UINT32_MAX,
                                        record,
                                        sampan_account_store_get_ksf (store),
                                        options->invite,
                                        options->invite ? sampan_password_get_expiry_secs () : 0,
                                        error);
  sodium_memzero (record, sizeof record);
  return ok;
}

static int
command_passwd (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  g_auto (SampanPasswordOptions) options = { 0 };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanSecret) code = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  int status, ended_sessions;

  if (!parse_password (&arguments, &options, NULL, "user passwd", argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  name = arguments.values[0];
  if (!change_password (store, name, &options, &code, &error))
    return sampan_command_fail ("Cannot change the password", error);
  status = sampan_command_reload_counting (&arguments, &ended_sessions);
  if (code != NULL)
    sampan_password_print_code (&arguments, name, code, SAMPAN_INVITE_SECS);
  else
    sampan_command_print_change (&arguments,
                                 "user",
                                 "passwd",
                                 MAX (ended_sessions, 0),
                                 "Changed the password of %s.",
                                 name);
  return status;
}

/* ---- list ---- */

static void
print_account_json (const SampanAccount *account)
{
  g_autoptr (GString) json = g_string_new ("{");

  sampan_json_add_string (json, "name", account->name);
  sampan_json_add_bool (json, "enabled", account->enabled);
  sampan_json_add_bool (json, "invited", account->one_time);
  if (account->expires_secs != 0)
    {
      g_autofree char *expires = sampan_command_format_time_for_scripts (account->expires_secs);

      sampan_json_add_string (json, "expires", expires);
    }
  else
    sampan_json_add_raw (json, "expires", "null");
  g_print ("%s}\n", json->str);
}

static void
print_account (const SampanAccount *account)
{
  g_autofree char *shown = sampan_escape (account->name, -1, 0);
  g_autofree char *expires = sampan_command_format_time (account->expires_secs);
  bool is_over =
      account->expires_secs != 0 && account->expires_secs <= g_get_real_time () / G_USEC_PER_SEC;

  g_print ("%-*s  %s", SAMPAN_USER_MAX, shown, account->enabled ? "enabled" : "disabled");
  if (account->one_time)
    g_print (", one-time code %s %s", is_over ? "expired" : "good until", expires);
  g_print ("\n");
}

static int
command_list (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (GArray) accounts = NULL;
  g_autoptr (GError) error = NULL;

  if (!sampan_arguments_parse (&arguments, "user list", "", entries, 0, argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  accounts = sampan_account_store_list (store, &error);
  if (accounts == NULL)
    return sampan_command_fail ("Cannot list the accounts", error);
  for (guint i = 0; i < accounts->len; i++)
    {
      const SampanAccount *account = &g_array_index (accounts, SampanAccount, i);

      if (arguments.as_json)
        print_account_json (account);
      else
        print_account (account);
    }
  if (accounts->len == 0 && !arguments.as_json)
    g_printerr ("There is no account yet: make one with 'sampand user add'.\n");
  return SAMPAN_EXIT_DONE;
}

/* ---- disable, enable, remove ---- */

typedef bool (*Change) (SampanAccountStore *store, const char *name, GError **error);

static bool
disable (SampanAccountStore *store, const char *name, GError **error)
{
  return sampan_account_store_set_enabled (store, name, false, error);
}

static bool
enable (SampanAccountStore *store, const char *name, GError **error)
{
  return sampan_account_store_set_enabled (store, name, true, error);
}

/* COMMAND is "user disable". */
static int
change_account (const char *command,
                Change change,
                const char *done,
                const char *failed,
                int argc,
                char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  g_autoptr (SampanAccountStore) store = NULL;
  g_autofree char *home = NULL;
  g_autoptr (GError) error = NULL;
  int status, ended_sessions;

  if (!sampan_arguments_parse (&arguments, command, "NAME", entries, 1, argc, argv))
    return SAMPAN_EXIT_USAGE;
  store = sampan_command_open_store (&arguments, false);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (change == sampan_account_store_remove)
    home = sampan_command_find_home (store, arguments.values[0]);
  if (!change (store, arguments.values[0], &error))
    return sampan_command_fail (failed, error);
  status = sampan_command_reload_counting (&arguments, &ended_sessions);
  sampan_command_print_change (&arguments,
                               "user",
                               strchr (command, ' ') + 1,
                               MAX (ended_sessions, 0),
                               home != NULL ? "%s %s. What was in its home stays in %s." : "%s %s.",
                               done,
                               arguments.values[0],
                               home);
  return status;
}

static int
command_disable (int argc, char **argv)
{
  return change_account ("user disable",
                         disable,
                         "Disabled the account",
                         "Cannot disable the account",
                         argc,
                         argv);
}

static int
command_enable (int argc, char **argv)
{
  return change_account ("user enable",
                         enable,
                         "Enabled the account",
                         "Cannot enable the account",
                         argc,
                         argv);
}

static int
command_remove (int argc, char **argv)
{
  return change_account ("user remove",
                         sampan_account_store_remove,
                         "Removed the account",
                         "Cannot remove the account",
                         argc,
                         argv);
}

static const SampanSubcommand subcommands[] = {
  { "add", command_add, "make an account, with a password or a one-time code" },
  { "list", command_list, "list the accounts" },
  { "passwd", command_passwd, "set another password or one-time code" },
  { "disable", command_disable, "keep an account from logging in; its sessions end" },
  { "enable", command_enable, "let it log in again" },
  { "remove", command_remove, "remove an account, its rights and its home; files stay" },
};

int
sampan_command_user (int argc, char **argv)
{
  return sampan_subcommand_dispatch (subcommands, G_N_ELEMENTS (subcommands), argc, argv);
}
