/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The admin commands of the real sampand ($SAMPAND), with and without a running server. */

#include "config.h"

#include "command-runner.h"
#include "wait-for-child.h"

#include "commands/json-text.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define OUTPUT_MAX_BYTES 4096
#define ANSWER_TIMEOUT_MS 120000 /* a loaded machine under a sanitizer */

/* ---- What the commands do ---- */

static void
test_users (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_auto (RunnerResult) result = { 0 };

  runner_set_up (&scratch);
  runner_assert_done (&scratch, "user add bob --password-file shortest");
  runner_assert_done (&scratch, "user add ann --invite");
  runner_run (&scratch, &result, "user list --json");
  g_assert_true (
      g_str_has_prefix (result.out,
                        "{\"name\":\"ann\",\"enabled\":true,\"invited\":true,\"expires\":\"2"));
  g_assert_nonnull (
      strstr (result.out,
              "Z\"}\n{\"name\":\"bob\",\"enabled\":true,\"invited\":false,\"expires\":null}\n"));
  runner_assert_done (&scratch, "user passwd ann --password-file password");
  runner_assert_done (&scratch, "user disable bob");
  runner_assert_output (&scratch,
                        "user list",
                        "ann                               enabled\n"
                        "bob                               disabled\n");
  runner_assert_done (&scratch, "user enable bob");
  runner_assert_done (&scratch, "user remove ann");
  runner_assert_output (&scratch, "user list", "bob                               enabled\n");
}

static void
test_invite (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_auto (RunnerResult) result = { 0 };
  g_autoptr (SampanSecret) code = NULL;
  g_autoptr (SampanSecret) folded = NULL;
  const char *start;

  runner_set_up (&scratch);
  runner_run (&scratch, &result, "user add ann --invite");
  g_assert_cmpint (result.status, ==, 0);
  start = strstr (result.out, "ann: ");
  g_assert_nonnull (start);
  start += strlen ("ann: ");
  code = sampan_secret_new (start, strcspn (start, "\n"));
  folded = sampan_one_time_code_fold (code);
  g_assert_nonnull (folded);
  g_assert_nonnull (strstr (result.out, "1 week"));
}

static void
test_shares (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *listing = NULL;
  g_autofree char *json = NULL;

  runner_set_up (&scratch);
  runner_assert_done (&scratch, "user add ann --password-file password");
  runner_assert_done (&scratch, "user add bob --password-file password");
  runner_assert_done (&scratch, "share add files folder --read ann,bob --change *");
  runner_assert_done (&scratch, "share add empty folder");
  runner_assert_done (&scratch, "share grant files --none * --add ann --read bob");
  listing = g_strdup_printf ("empty  %s/folder\nfiles  %s/folder\n  read: bob\n  add: ann\n",
                             scratch.path,
                             scratch.path);
  runner_assert_output (&scratch, "share list", listing);
  runner_assert_done (&scratch, "share remove empty");
  runner_assert_output (&scratch,
                        "share quota files 2.5Mi --json",
                        "{\"share\":\"files\",\"quota_bytes\":2621440}\n");
  json = g_strdup_printf ("{\"name\":\"files\",\"directory\":\"%s/folder\",\"quota_bytes\":2621440,"
                          "\"home\":false,\"read\":[\"bob\"],\"add\":[\"ann\"],\"change\":[]}\n",
                          scratch.path);
  runner_assert_output (&scratch, "share list --json", json);
  runner_assert_output (&scratch,
                        "share quota files none --json",
                        "{\"share\":\"files\",\"quota_bytes\":null}\n");
  runner_assert_output (&scratch,
                        "share trash files --json",
                        "{\"share\":\"files\",\"trash_days\":30,\"trash_bytes\":null,"
                        "\"trash_percent\":10}\n");
  runner_assert_output (&scratch,
                        "share trash files --days 7",
                        "What is removed from files stays for 7 days, up to 10 % of the disk.\n");
  runner_assert_output (&scratch,
                        "share trash files --size 1000 --json",
                        "{\"share\":\"files\",\"trash_days\":7,\"trash_bytes\":1000}\n");
  runner_assert_output (&scratch,
                        "share trash files --size none --days none --json",
                        "{\"share\":\"files\",\"trash_days\":null,\"trash_bytes\":null}\n");
  runner_assert_output (&scratch,
                        "share trash files",
                        "What is removed from files stays for any time, up to any amount.\n");
}

static void
assert_folder (const Scratch *scratch, const char *name, bool exists)
{
  g_autofree char *path = scratch_build (scratch, name);
  GStatBuf info;

  g_assert_true ((g_stat (path, &info) == 0) == exists);
  if (exists)
    g_assert_cmpint (info.st_mode, ==, S_IFDIR | 0700);
}

static void
assert_home_list (Scratch *scratch, const char *homes)
{
  g_autofree char *listing =
      g_strdup_printf ("ann  %1$s/ann  (home)\n  quota: 5.0\302\240GB\n  change: ann\n"
                       "carl  %1$s/carl  (home)\n  quota: 5.0\302\240GB\n  change: carl\n"
                       "dora  %1$s/dora  (home)\n  quota: 5.0\302\240GB\n  change: dora\n"
                       "ed  %1$s/ed  (home)\n  quota: 5.0\302\240GB\n  change: ed\n"
                       "fay  %2$s/folder\n",
                       homes,
                       scratch->path);

  runner_assert_output (scratch, "share list", listing);
}

static void
test_homes (void)
{
  static const struct
  {
    const char *line;
    int status;
    const char *says; /* on either stream */
  } steps[] = {
    { "user add ann --invite", 0, "ann" },
    { "share homes", 0, "get no home" },
    { "share homes homes --quota 5G --json", 0, "\"quota_bytes\":5000000000,\"made\":[]}" },
    { "user add bob --invite", 0, "bob" },
    { "invite carl", 0, "carl" },
    { "invite carl", 0, "carl" },
    { "user add dora --no-home --invite", 0, "dora" },
    { "invite ed --no-home", 0, "ed" },
    { "share homes --all --json", 0, "\"made\":[\"ann\",\"dora\",\"ed\"]}" },
    { "share homes --all --json", 0, "\"made\":[]}" },
    /* the next of that name sees nothing of it */
    { "user remove bob", 0, "homes/bob" },
    { "user add bob --invite", 1, "--no-home" },
    { "user passwd bob --invite", 1, "no account" },
    { "share add fay folder", 0, "fay" },
    { "invite fay", 1, "--no-home" },
    { "user passwd fay --invite", 1, "no account" },
    { "invite .gus", 1, "share name" },
    { "user passwd .gus --invite", 1, "no account" },
    { "share homes --none", 0, "get no home" },
    { "user add bob --invite", 0, "bob" },
  };
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *homes = NULL;

  runner_set_up (&scratch);
  homes = scratch_make_folder (&scratch, "homes");
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_auto (RunnerResult) result = { 0 };

      runner_run (&scratch, &result, steps[i].line);
      if (result.status != steps[i].status || (strstr (result.out, steps[i].says) == NULL &&
                                               strstr (result.err, steps[i].says) == NULL))
        g_test_message ("%s: %s%s", steps[i].line, result.out, result.err);
      g_assert_cmpint (result.status, ==, steps[i].status);
      g_assert_true (strstr (result.out, steps[i].says) != NULL ||
                     strstr (result.err, steps[i].says) != NULL);
      if (i == 3)
        runner_put_file (&scratch, "homes/bob/kept", "of the first bob");
    }
  assert_home_list (&scratch, homes);
  assert_folder (&scratch, "homes/ann", true);
  assert_folder (&scratch, "homes/bob", true);
  assert_folder (&scratch, "homes/fay", false);
  assert_folder (&scratch, "homes/.gus", false);
}

/* Adding a share makes nothing in it: that is the server's, who may be another user. */
static void
test_share_is_untouched (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *folder = NULL;
  g_autoptr (GDir) dir = NULL;

  runner_set_up (&scratch);
  runner_assert_done (&scratch, "share add files folder");
  folder = scratch_build (&scratch, "folder");
  dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
}

static void
test_status (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;

  runner_set_up (&scratch);
  runner_assert_done (&scratch, "user add ann --password-file password");
  text = g_strdup_printf ("No server runs on %s.\n  accounts: 1\n  shares: 0\n", scratch.state);
  runner_assert_output (&scratch, "status", text);
  json = g_strdup_printf ("{\"running\":false,\"state\":\"%s\",\"accounts\":1,\"shares\":0}\n",
                          scratch.state);
  runner_assert_output (&scratch, "status --json", json);
}

static void
test_help (void)
{
  static const char *const lines[] = {
    "--help",          "-h",           "--version",          "user --help",
    "user add --help", "share --help", "share grant --help", "status -h",
    "run --help",
  };
  g_auto (Scratch) scratch = { 0 };

  runner_set_up (&scratch);
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (RunnerResult) result = { 0 };

      runner_run (&scratch, &result, lines[i]);
      g_assert_cmpint (result.status, ==, 0);
      g_assert_cmpstr (result.err, ==, "");
      g_assert_nonnull (strstr (result.out, "sampand"));
    }
}

/* What a script can rely on: each command tells what it did as objects. */
static void
test_json (void)
{
  static const struct
  {
    const char *line;
    const char *out; /* a pattern */
  } cases[] = {
    { "user add ann --password-file password --json", "{\"user\":\"ann\",\"change\":\"add\"}\n" },
    { "user add bob --invite --json",
      "{\"user\":\"bob\",\"address\":\"*\",\"code\":\"*\",\"expires\":\"*Z\"}\n" },
    { "user passwd ann --password-file password --json",
      "{\"user\":\"ann\",\"change\":\"passwd\",\"ended_sessions\":0}\n" },
    { "user passwd bob --invite --json",
      "{\"user\":\"bob\",\"address\":\"*\",\"code\":\"*\",\"expires\":\"*Z\"}\n" },
    { "invite bob --json",
      "{\"user\":\"bob\",\"address\":\"*\",\"code\":\"*\",\"expires\":\"*Z\"}\n" },
    { "invite --list --json", "{\"user\":\"bob\",\"expires\":\"*Z\",\"expired\":false}\n" },
    { "invite bob --revoke --json", "{\"user\":\"bob\",\"revoked\":true}\n" },
    { "user disable ann --json",
      "{\"user\":\"ann\",\"change\":\"disable\",\"ended_sessions\":0}\n" },
    { "user enable ann --json", "{\"user\":\"ann\",\"change\":\"enable\",\"ended_sessions\":0}\n" },
    { "share add files folder --read ann --json", "{\"share\":\"files\",\"change\":\"add\"}\n" },
    { "share grant files --add bob --json", "{\"share\":\"files\",\"change\":\"grant\"}\n" },
    { "share quota files 5G --json", "{\"share\":\"files\",\"quota_bytes\":5000000000}\n" },
    { "share accept files --json", "{\"share\":\"files\",\"change\":\"accept\"}\n" },
    { "backup saved --json", "{\"file\":\"saved\",\"change\":\"backup\"}\n" },
    { "share remove files --json", "{\"share\":\"files\",\"change\":\"remove\"}\n" },
    { "user remove bob --json", "{\"user\":\"bob\",\"change\":\"remove\",\"ended_sessions\":0}\n" },
    { "restore saved --replace --json", "{\"made\":\"*Z\",\"kept_suffix\":\"*\"}\n" },
    { "share list --json",
      "{\"name\":\"files\",\"directory\":\"*/folder\",\"quota_bytes\":5000000000,"
      "\"home\":false,\"read\":[\"ann\"],\"add\":[\"bob\"],\"change\":[]}\n" },
    { "user list --json",
      "{\"name\":\"ann\",*}\n{\"name\":\"bob\",\"enabled\":true,\"invited\":true,*}\n" },
    { "status --json", "{\"running\":false,*,\"accounts\":2,\"shares\":1}\n" },
  };
  g_auto (Scratch) scratch = { 0 };

  runner_set_up (&scratch);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (RunnerResult) result = { 0 };

      runner_run (&scratch, &result, cases[i].line);
      if (result.status != 0 || !g_pattern_match_simple (cases[i].out, result.out))
        g_test_message ("%s: %s%s", cases[i].line, result.out, result.err);
      g_assert_cmpint (result.status, ==, 0);
      g_assert_true (g_pattern_match_simple (cases[i].out, result.out));
    }
}

static void
test_full_output (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  runner_set_up (&scratch);
  runner_assert_done (&scratch, "user add ann --password-file password");
  launcher = runner_make_launcher (&scratch, G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_stdout_file_path (launcher, "/dev/full");
  process =
      g_subprocess_launcher_spawn (launcher, &error, g_getenv ("SAMPAND"), "user", "list", NULL);
  g_assert_no_error (error);
  wait_for_subprocess (process);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
}

/* ---- With a server ---- */

static GSubprocess *
start_server (const Scratch *scratch)
{
  g_autoptr (GSubprocessLauncher) launcher =
      runner_make_launcher (scratch,
                            G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_launcher_spawn (launcher,
                                                      &error,
                                                      g_getenv ("SAMPAND"),
                                                      "run",
                                                      "--listen",
                                                      "127.0.0.1:0",
                                                      NULL);

  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (g_str_has_prefix (line, "listening on 127.0.0.1:"))
        return process;
    }
}

static void
stop_server (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  wait_for_subprocess (process);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

static void
test_running (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_auto (RunnerResult) result = { 0 };
  g_autoptr (GSubprocess) server = NULL;
  g_autofree char *running = NULL;
  g_autofree char *missing = NULL;

  runner_set_up (&scratch);
  server = start_server (&scratch);
  runner_run (&scratch, &result, "status --json");
  g_assert_cmpint (result.status, ==, 0);
  g_strchomp (result.out);
  running = sampan_json_find (result.out, "running");
  g_assert_cmpstr (running, ==, "true");
  runner_run (&scratch, &result, "status");
  g_assert_true (g_str_has_prefix (result.out, "A server runs on "));

  runner_assert_done (&scratch, "user add zoe --password-file password");
  runner_assert_done (&scratch, "share add more folder --change zoe");
  runner_assert_done (&scratch, "user disable zoe");
  runner_run (&scratch, &result, "run --listen 127.0.0.1:0"); /* a second one */
  g_assert_cmpint (result.status, ==, 1);
  g_assert_nonnull (strstr (result.err, "Another server"));
  stop_server (server);
  runner_run (&scratch, &result, "status");
  g_assert_true (g_str_has_prefix (result.out, "No server runs on "));
}

/* ---- At a terminal ---- */

typedef struct
{
  int fd; /* the person's side */
  pid_t child;
  GString *output;
} Terminal;

static void
terminal_start (Terminal *self, const Scratch *scratch)
{
  g_autofree char *program = g_strdup (g_getenv ("SAMPAND"));

  self->output = g_string_new (NULL);
  self->child = forkpty (&self->fd, NULL, NULL, NULL);
  g_assert_cmpint (self->child, >=, 0);
  if (self->child == 0)
    {
      execl (program, program, "user", "add", "ann", "--state", scratch->state, NULL);
      _exit (127);
    }
}

/* Reads until the output ends with TEXT. */
static void
terminal_expect (Terminal *self, const char *text)
{
  while (!g_str_has_suffix (self->output->str, text))
    {
      GPollFD wait = { self->fd, G_IO_IN, 0 };
      char bytes[OUTPUT_MAX_BYTES];
      ssize_t n;

      g_assert_cmpint (g_poll (&wait, 1, ANSWER_TIMEOUT_MS), ==, 1);
      n = read (self->fd, bytes, sizeof bytes);
      g_assert_cmpint (n, >, 0);
      g_string_append_len (self->output, bytes, n);
    }
}

static bool
terminal_echoes (const Terminal *self)
{
  struct termios mode;

  g_assert_cmpint (tcgetattr (self->fd, &mode), ==, 0);
  return (mode.c_lflag & ECHO) != 0;
}

static void
terminal_type (Terminal *self, const char *text)
{
  g_assert_cmpint (write (self->fd, text, strlen (text)), ==, (ssize_t)strlen (text));
}

/* The wait status; reads what is left. */
static int
terminal_end (Terminal *self)
{
  char bytes[OUTPUT_MAX_BYTES];
  ssize_t n;
  int status;

  while ((n = read (self->fd, bytes, sizeof bytes)) > 0)
    g_string_append_len (self->output, bytes, n);
  status = wait_for_child (self->child);
  close (self->fd);
  return status;
}

static void
test_prompt (void)
{
  static const struct
  {
    const char *first;
    const char *second; /* NULL: not asked for */
    int status;
    const char *says;
  } cases[] = {
    { "correct horse\n", "correct horse\n", 0, "Added the account ann" },
    { "correct horse\n", "correct house\n", 1, "not the same" },
    { "7letter\n", "7letter\n", 1, "at least 8" },
    { "\n", NULL, 1, "no password" },
    { "\004", NULL, 1, "no password" }, /* Ctrl-D */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Scratch) scratch = { 0 };
      Terminal terminal;
      int status;

      scratch_init (&scratch);
      terminal_start (&terminal, &scratch);
      terminal_expect (&terminal, "New password: ");
      g_assert_false (terminal_echoes (&terminal));
      terminal_type (&terminal, cases[i].first);
      if (cases[i].second != NULL)
        {
          terminal_expect (&terminal, "New password again: ");
          g_assert_false (terminal_echoes (&terminal));
          terminal_type (&terminal, cases[i].second);
        }
      status = terminal_end (&terminal);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, cases[i].status);
      g_assert_nonnull (strstr (terminal.output->str, cases[i].says));
      g_assert_null (strstr (terminal.output->str, "correct"));
      g_assert_null (strstr (terminal.output->str, "7letter"));
      g_string_free (terminal.output, TRUE);
    }
}

/* Ctrl-C ends it as a signal does, with the terminal as it was. */
static void
test_prompt_interrupted (void)
{
  g_auto (Scratch) scratch = { 0 };
  Terminal terminal;
  int other, status;
  g_autofree char *name = NULL;

  scratch_init (&scratch);
  terminal_start (&terminal, &scratch);
  name = g_strdup (ptsname (terminal.fd));
  other = open (name, O_RDWR | O_NOCTTY); /* keeps its mode when the child is gone */
  g_assert_cmpint (other, >=, 0);
  terminal_expect (&terminal, "New password: ");
  terminal_type (&terminal, "corr\003");
  status = wait_for_child (terminal.child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGINT);
  g_assert_true (terminal_echoes (&terminal));
  close (other);
  close (terminal.fd);
  g_string_free (terminal.output, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_assert_nonnull (g_getenv ("SAMPAND"));
  g_test_add_func ("/commands/prompt", test_prompt);
  g_test_add_func ("/commands/prompt/interrupted", test_prompt_interrupted);
  g_test_add_func ("/commands/users", test_users);
  g_test_add_func ("/commands/invite", test_invite);
  g_test_add_func ("/commands/shares", test_shares);
  g_test_add_func ("/commands/homes", test_homes);
  g_test_add_func ("/commands/share-is-untouched", test_share_is_untouched);
  g_test_add_func ("/commands/status", test_status);
  g_test_add_func ("/commands/help", test_help);
  g_test_add_func ("/commands/json", test_json);
  g_test_add_func ("/commands/full-output", test_full_output);
  g_test_add_func ("/commands/running", test_running);
  return g_test_run ();
}
