/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand invite: accounts whose person chooses the password. */

#include "config.h"

#include "commands/commands.h"

#include "accounts/first-start.h"
#include "commands/command-password.h"
#include "commands/command-share-homes.h"
#include "commands/command-utils.h"
#include "commands/duration-text.h"
#include "commands/json-text.h"
#include "escape.h"

#include <sodium.h>
#include <string.h>

typedef struct
{
  char *expires; /* nullable */
  gboolean list;
  gboolean revoke;
  gboolean no_home;
} Options;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->expires, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* ---- Inviting ---- */

/* A new account, or a new code for one whose person has not chosen a password yet. */
static bool
store_code (SampanAccountStore *store,
            const char *name,
            const SampanAccount *old, /* nullable */
            const uint8_t *record,
            int64_t secs,
            bool with_home,
            GError **error)
{
  uint8_t ksf = sampan_account_store_get_ksf (store);
  int64_t expires_secs = g_get_real_time () / G_USEC_PER_SEC + secs;

  if (old == NULL)
    return sampan_account_store_add (store, name, record, ksf, true, expires_secs, error) &&
           (!with_home || sampan_command_complete_account (store, name, error));
  return sampan_account_store_set_record (store,
                                          name,
                                          old->generation,
                                          record,
                                          ksf,
                                          true,
                                          expires_secs,
                                          error);
}

static bool
make_code (SampanAccountStore *store,
           const char *name,
           int64_t secs,
           bool with_home,
           SampanSecret **code,
           GError **error)
{
  const SampanPasswordOptions options = { .invite = TRUE };
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH] = { 0 };
  g_autoptr (GError) find_error = NULL;
  SampanAccount account = { 0 };
  bool exists = sampan_account_store_find (store, name, strlen (name), &account, &find_error);
  bool ok;

  sodium_memzero (account.record, sizeof account.record);
  if (find_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&find_error));
      return false;
    }
  if (exists && !account.one_time)
    {
      g_set_error (error,
                   SAMPAN_ERROR,
                   SAMPAN_ERROR_EXISTS,
                   "The account %s has a password already; for a new one use "
                   "'sampand user passwd %s --invite'",
                   name,
                   name);
      return false;
    }
  /* What cannot be an account goes to the store as it is: it knows why. */
  ok = !sampan_user_name_is_valid (name, strlen (name)) ||
       sampan_password_make_record (&options, store, name, record, code, error);
  ok = ok && store_code (store, name, exists ? &account : NULL, record, secs, with_home, error);
  sodium_memzero (record, sizeof record);
  return ok;
}

static int
invite_person (const SampanArguments *arguments, const Options *options)
{
  g_autoptr (SampanAccountStore) store = NULL;
  g_autoptr (SampanSecret) code = NULL;
  g_autoptr (GError) error = NULL;
  const char *name = arguments->values[0];
  int64_t secs = SAMPAN_INVITE_SECS;
  int status;

  if (options->expires != NULL && !sampan_duration_parse (options->expires, &secs))
    {
      g_autofree char *shown = sampan_escape (options->expires, -1, SAMPAN_NAME_MAX);

      return sampan_command_usage ("invite",
                                   "\"%s\" is no span of time up to a year: give it as 45m, 12h, "
                                   "3d or 2w",
                                   shown);
    }
  store = sampan_command_open_store (arguments, true);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!make_code (store, name, secs, !options->no_home, &code, &error))
    return sampan_command_fail ("Cannot invite", error);
  status = sampan_command_reload (arguments);
  sampan_password_print_code (arguments, name, code, secs);
  sampan_command_check_home (arguments, store, name);
  return status;
}

/* ---- Looking and taking back ---- */

static void
print_open (const SampanAccount *account, bool as_json)
{
  bool is_over =
      account->expires_secs != 0 && account->expires_secs <= g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *local = sampan_command_format_time (account->expires_secs);
  g_autofree char *utc = sampan_command_format_time_for_scripts (account->expires_secs);
  g_autoptr (GString) json = g_string_new ("{");

  if (!as_json)
    {
      g_print ("%-*s  %s %s\n",
               SAMPAN_USER_MAX,
               account->name,
               is_over ? "void since" : "good until",
               local);
      return;
    }
  sampan_json_add_string (json, "user", account->name);
  sampan_json_add_string (json, "expires", utc);
  sampan_json_add_bool (json, "expired", is_over);
  g_print ("%s}\n", json->str);
}

static int
list_open (const SampanArguments *arguments)
{
  g_autoptr (SampanAccountStore) store = sampan_command_open_store (arguments, false);
  g_autoptr (GArray) accounts = NULL;
  g_autoptr (GError) error = NULL;

  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  accounts = sampan_account_store_list (store, &error);
  if (accounts == NULL)
    return sampan_command_fail ("Cannot list the invitations", error);
  for (guint i = 0; i < accounts->len; i++)
    {
      const SampanAccount *account = &g_array_index (accounts, SampanAccount, i);

      if (account->one_time)
        print_open (account, arguments->as_json);
    }
  return SAMPAN_EXIT_DONE;
}

static int
revoke_code (const SampanArguments *arguments)
{
  g_autoptr (SampanAccountStore) store = sampan_command_open_store (arguments, false);
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  const char *name = arguments->values[0];
  int status;

  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  if (!sampan_account_store_revoke_code (store, name, &error))
    return sampan_command_fail ("Cannot take the invitation back", error);
  status = sampan_command_reload (arguments);
  sampan_json_add_string (json, "user", name);
  sampan_json_add_bool (json, "revoked", true);
  if (arguments->as_json)
    g_print ("%s}\n", json->str);
  else
    g_print ("The code of %s is void. The account stays: remove it with 'sampand user remove', or "
             "invite again.\n",
             name);
  return status;
}

int
sampan_command_invite (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = {
    { "expires",
      0,
      0,
      G_OPTION_ARG_STRING,
      &options.expires,
      "How long the code is good: 45m, 12h, 3d, 2w (a week without it)",
      "SPAN" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &options.list, "Show who has not chosen a password", NULL },
    { "revoke", 0, 0, G_OPTION_ARG_NONE, &options.revoke, "Make NAME's code void", NULL },
    SAMPAN_NO_HOME_ENTRY (options.no_home),
    SAMPAN_JSON_ENTRY (arguments),
    G_OPTION_ENTRY_NULL,
  };

  if (!sampan_arguments_parse (&arguments,
                               "invite",
                               "NAME",
                               entries,
                               SAMPAN_VALUES_MAYBE,
                               argc,
                               argv))
    return SAMPAN_EXIT_USAGE;
  if (options.list == (arguments.values != NULL))
    return sampan_command_usage ("invite", "give it a NAME or --list");
  if (options.list + options.revoke + (options.expires != NULL) > 1)
    return sampan_command_usage ("invite", "--list, --revoke and --expires exclude each other");
  if (options.list)
    return list_open (&arguments);
  if (options.revoke)
    arguments.command = "invite --revoke";
  return options.revoke ? revoke_code (&arguments) : invite_person (&arguments, &options);
}
