/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Running admin commands of the real sampand. */

#include "config.h"

#include "command-runner.h"

#include <unistd.h>

#define WORDS_MAX 16

void
runner_result_clear (RunnerResult *self)
{
  g_clear_pointer (&self->out, g_free);
  g_clear_pointer (&self->err, g_free);
}

static void
leave_terminal (gpointer user_data)
{
  setsid (); /* so that no prompt waits for whoever runs the tests */
}

GSubprocessLauncher *
runner_make_launcher (const Scratch *scratch, GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_set_cwd (launcher, scratch->path);
  g_subprocess_launcher_set_child_setup (launcher, leave_terminal, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "STATE_DIRECTORY", scratch->state, TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  return launcher;
}

static void
run_words (const Scratch *scratch, RunnerResult *result, const char *const *words)
{
  g_autoptr (GSubprocessLauncher) launcher =
      runner_make_launcher (scratch,
                            G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  const char *argv[WORDS_MAX + 2] = { g_getenv ("SAMPAND") };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; words[i] != NULL; i++)
    argv[i + 1] = words[i];
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result->out, &result->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result->status = g_subprocess_get_exit_status (process);
}

void
runner_run (const Scratch *scratch, RunnerResult *result, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  runner_result_clear (result);
  g_assert_cmpuint (g_strv_length (words), <=, WORDS_MAX);
  run_words (scratch, result, (const char *const *)words);
}

void
runner_assert_done (const Scratch *scratch, const char *line)
{
  g_auto (RunnerResult) result = { 0 };

  runner_run (scratch, &result, line);
  if (result.status != 0)
    g_test_message ("%s: %s", line, result.err);
  g_assert_cmpint (result.status, ==, 0);
}

void
runner_assert_output (const Scratch *scratch, const char *line, const char *expected)
{
  g_auto (RunnerResult) result = { 0 };

  runner_run (scratch, &result, line);
  g_assert_cmpint (result.status, ==, 0);
  g_assert_cmpstr (result.out, ==, expected);
}

void
runner_put_file (const Scratch *scratch, const char *name, const char *content)
{
  g_autofree char *path = scratch_build (scratch, name);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

void
runner_set_up (Scratch *scratch)
{
  g_autofree char *folder = NULL;

  scratch_init (scratch);
  folder = scratch_make_folder (scratch, "folder");
  runner_put_file (scratch, "password", "correct horse\n");
  runner_put_file (scratch, "shortest", "8letters");
  runner_put_file (scratch, "shorter", "7letter\n");
  runner_put_file (scratch,
                   "umlauts",
                   "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\n");
  runner_put_file (scratch, "latin", "caf\xe9 au lait\n");
  runner_put_file (scratch, "empty", "");
}
