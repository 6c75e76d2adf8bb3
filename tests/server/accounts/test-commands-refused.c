/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the admin commands of the real sampand ($SAMPAND) refuse, and how they say so. */

#include "config.h"

#include "command-runner.h"

#include "secret.h"

#include <string.h>

typedef struct
{
  const char *line;
  int status;
  const char *says; /* on stderr */
} Refusal;

static const Refusal usage_cases[] = {
  { "bogus", 2, "--help" },
  { "--bogus", 2, "--help" },
  { "user", 2, "Usage" },
  { "user bogus", 2, "--help" },
  { "user add", 2, "NAME" },
  { "user add a b --invite", 2, "NAME" },
  { "user add --bogus a", 2, "--bogus" },
  { "user add carl --invite --password-file password", 2, "exclude" },
  { "user list extra", 2, "options only" },
  { "user remove", 2, "NAME" },
  { "share", 2, "Usage" },
  { "share add files", 2, "NAME DIRECTORY" },
  { "share grant files", 2, "--read" },
  { "share remove", 2, "NAME" },
  { "share accept", 2, "NAME" },
  { "status extra", 2, "options only" },
  { NULL, 0, NULL },
};

static const Refusal names_cases[] = {
  { "user add Ann --invite", 1, "a-z" },
  { "user add ../x --invite", 1, "a-z" },
  { "user add ann --invite", 1, "already" },
  { "user passwd nobody --invite", 1, "no account \"nobody\"" },
  { "user disable nobody", 1, "no account \"nobody\"" },
  { "user enable nobody", 1, "no account \"nobody\"" },
  { "user remove nobody", 1, "no account \"nobody\"" },
  { "user remove a\033[2J", 1, "no account \"a\\x1b[2J\"" },
  { "bogus\033[2J", 2, "bogus\\x1b[2J" },
  { "user list --bogus\033[2J", 2, "\\x1b[2J" },
  { "share add .hidden folder", 1, "share name" },
  { "share add a/b folder", 1, "share name" },
  { "share add files folder", 1, "already" },
  { "share grant nofiles --read ann", 1, "no share \"nofiles\"" },
  { "share grant files --read ann,nobody", 1, "no account \"nobody\"" },
  { "share grant files --read ann,", 1, "no account \"\"" },
  { "share accept nofiles", 1, "no share \"nofiles\"" },
  { "user remove a\xff", 1, "no account \"a\\xff\"" },
  { "share grant \xff --read ann", 1, "no share \"\\xff\"" },
  { "share add a\xff folder", 1, "share name" },
  { "share add new no\xffwhere", 1, "no\\xffwhere does not exist" },
  { "invite a\nb", 1, "\"a\\nb\"" },
  { "doctor extra", 2, "options only" },
  { "doctor --state nowhere extra", 2, "options only" },
  { "backup", 2, "FILE" },
  { "backup password", 1, "Cannot make the backup" },
  { "backup nowhere/backup", 1, "Cannot make the backup" },
  { "restore", 2, "FILE" },
  { "restore nofile", 1, "Cannot restore" },
  { "restore --replace password", 1, "Cannot restore" },
  { "who", 1, "no server runs" },
  { "stats", 1, "no server runs" },
  { "who ann", 2, "options only" },
  { "kick", 2, "SESSION" },
  { "kick ann", 1, "no server runs" },
  { "kick a\033[2J", 2, "neither" },
  { "invite", 2, "--list" },
  { "invite carl --list", 2, "--list" },
  { "invite carl --expires 3", 2, "no span" },
  { "invite carl --expires 0d", 2, "no span" },
  { "invite carl --expires 53w", 2, "no span" },
  { "invite carl --expires 3d --revoke", 2, "exclude" },
  { "invite ann", 1, "has a password already" },
  { "invite Carl", 1, "a-z" },
  { "invite carl --revoke", 1, "no account \"carl\"" },
  { "invite ann --revoke", 1, "chosen its password" },
  { "share quota nofiles 5G", 1, "no share \"nofiles\"" },
  { "share quota files", 2, "SIZE" },
  { "share quota files -1", 2, "-1" },
  { "share quota files 5X", 2, "no size" },
  { "share trash nofiles", 1, "no share \"nofiles\"" },
  { "share trash", 2, "NAME" },
  { "share trash files --days -1", 2, "--days takes" },
  { "share trash files --days 36501", 2, "--days takes" },
  { "share trash files --days 1d", 2, "--days takes" },
  { "share trash files --size 5X", 2, "--size takes" },
  { "share quota files 9999999T", 2, "no size" },
  { "share homes nowhere", 1, "No such file" },
  { "share homes password", 1, "not a directory" },
  { "share homes state", 1, "must not be shared" },
  { "share homes folder", 1, "lies in the share files" },
  { "share homes folder/below", 1, "No such file" },
  { "share homes folder more", 2, "DIRECTORY" },
  { "share homes folder --quota 5X", 2, "no size" },
  { "share homes --quota 5G", 2, "goes with" },
  { "share homes --none folder", 2, "neither" },
  { "share homes --none --all", 2, "neither" },
  { "share homes --all", 2, "name the DIRECTORY" },
  { "share remove nofiles", 1, "no share \"nofiles\"" },
  { "share add new folder --read nobody", 1, "no account \"nobody\"" },
  { NULL, 0, NULL },
};

static const Refusal directories_cases[] = {
  { "share add new nowhere", 1, "does not exist" },
  { "share add new password", 1, "not a directory" },
  { "share add new state", 1, "must not be shared" },
  { "share add new .", 1, "must not be shared" },
  { "share add new /", 1, "must not be shared" },
  { NULL, 0, NULL },
};

static const Refusal passwords_cases[] = {
  { "user add carl", 1, "--password-file" }, /* no terminal */
  { "user add carl --password-file nowhere", 1, "No such file" },
  { "user add carl --password-file empty", 1, "Cannot add" },
  { "user add carl --password-file shorter", 1, "at least 8" },
  { "user add carl --password-file umlauts", 1, "at least 8" },
  { "user add carl --password-file latin", 1, "UTF-8" },
  { "user passwd ann --password-file shorter", 1, "at least 8" },
  { NULL, 0, NULL },
};

static const Refusal state_cases[] = {
  { "user list --state nowhere", 1, "--state" },
  { "status --state nowhere", 1, "--state" },
  { "user passwd ann --state nowhere --invite", 1, "--state" },
  { NULL, 0, NULL },
};

static void
test_refusals (gconstpointer cases)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *nowhere = NULL;

  runner_set_up (&scratch);
  nowhere = scratch_build (&scratch, "nowhere");
  runner_assert_done (&scratch, "user add ann --password-file password");
  runner_assert_done (&scratch, "share add files folder");
  for (const Refusal *one = cases; one->line != NULL; one++)
    {
      g_auto (RunnerResult) result = { 0 };

      runner_run (&scratch, &result, one->line);
      if (strstr (result.err, one->says) == NULL)
        g_test_message ("%s: %s", one->line, result.err);
      g_assert_cmpint (result.status, ==, one->status);
      g_assert_nonnull (strstr (result.err, one->says));
      g_assert_null (strchr (result.err, '\033'));
      g_assert_cmpstr (result.out, ==, "");
      g_assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));
    }
  /* Nothing of it has left a trace. */
  runner_assert_output (&scratch,
                        "user list --json",
                        "{\"name\":\"ann\",\"enabled\":true,\"invited\":false,\"expires\":null}\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_assert_nonnull (g_getenv ("SAMPAND"));
  g_test_add_data_func ("/commands/refusals/usage", usage_cases, test_refusals);
  g_test_add_data_func ("/commands/refusals/names", names_cases, test_refusals);
  g_test_add_data_func ("/commands/refusals/directories", directories_cases, test_refusals);
  g_test_add_data_func ("/commands/refusals/passwords", passwords_cases, test_refusals);
  g_test_add_data_func ("/commands/refusals/state", state_cases, test_refusals);
  return g_test_run ();
}
