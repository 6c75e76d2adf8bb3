/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The program itself, $SAMPAND: its output, signals, descriptors and memory. */

#include "config.h"

#include "test-client.h"
#include "test-fixture.h"
#include "wait-for-child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define IDLE_CONNECTIONS 1000
#define IDLE_BYTES_EACH 4096
#define FEW_DESCRIPTORS 64
#define LOGINS_AT_ONCE 20
#define LOGINS_BYTES_MAX (8 * 1024 * 1024) /* one Argon2id would take 64 MiB */

typedef struct
{
  GPid pid;
  uint16_t port;
  FILE *output;
  GString *said; /* what it printed before it listened */
} Process;

static rlim_t child_descriptors; /* 0: as they are */
static const char *child_log;    /* NULL: with the test's own messages */

static void
limit_descriptors (gpointer user_data)
{
  struct rlimit limit = { .rlim_cur = child_descriptors, .rlim_max = child_descriptors };
  int fd = child_log != NULL ? open (child_log, O_WRONLY | O_CREAT, 0600) : STDERR_FILENO;
  if (fd < 0 || dup2 (fd, STDERR_FILENO) < 0)
    _exit (1);
  if (child_descriptors != 0 && setrlimit (RLIMIT_NOFILE, &limit) != 0)
    _exit (1);
}

static void
start (Process *self, const char *state)
{
  const char *const argv[] = { g_getenv ("SAMPAND"), "run",         "--state", state,
                               "--listen",           "127.0.0.1:0", NULL };
  char line[1024];
  int fd = -1;
  g_autoptr (GError) error = NULL;

  /* It is not dumpable, so a leak checker cannot look into it. */
  g_auto (GStrv) environment =
      g_environ_setenv (g_get_environ (), "ASAN_OPTIONS", "detect_leaks=0", TRUE);
  g_spawn_async_with_pipes (NULL,
                            (char **)argv,
                            environment,
                            G_SPAWN_DO_NOT_REAP_CHILD,
                            limit_descriptors,
                            NULL,
                            &self->pid,
                            NULL,
                            &fd,
                            NULL,
                            &error);
  g_assert_no_error (error);
  self->output = fdopen (fd, "r");
  self->said = g_string_new (NULL);
  self->port = 0;
  while (self->port == 0 && fgets (line, sizeof line, self->output) != NULL)
    if (g_str_has_prefix (line, "listening on 127.0.0.1:"))
      self->port = (uint16_t)g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
    else
      g_string_append (self->said, line);
  g_assert_cmpuint (self->port, !=, 0);
}

/* Its exit status after SIGNAL. */
static int
stop (Process *self, int number)
{
  int status;
  g_assert_cmpint (kill (self->pid, number), ==, 0);
  status = wait_for_child (self->pid);
  g_assert_true (WIFEXITED (status));
  fclose (self->output);
  g_string_free (self->said, TRUE);
  g_spawn_close_pid (self->pid);
  return WEXITSTATUS (status);
}

/* What a first start prints is enough to log in. */
static void
test_first_start (void)
{
  Process process;
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("sampan-process-XXXXXX", &error);
  g_autofree char *state = g_build_filename (dir, "state", NULL);

  g_assert_no_error (error);
  start (&process, state);
  g_auto (GStrv) lines = g_strsplit (process.said->str, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4); /* three, and what is behind the last one */
  g_autofree char *port = g_strdup_printf ("port %u.", process.port);
  g_assert_true (g_str_has_suffix (lines[0], port));
  g_auto (GStrv) words = g_strsplit (lines[1], " ", -1);
  g_assert_cmpuint (g_strv_length (words), >, 8);
  const char *user = words[3];
  const char *code = words[8];
  g_auto (GStrv) code_words = g_strsplit (code, "-", -1);
  g_assert_cmpuint (g_strv_length (code_words), ==, 8);
  g_autoptr (TestClient) client = test_client_new_logged_in (process.port, user, code);
  g_assert_cmpuint (client->flags, ==, SAMPAN_LOGIN_MUST_SET_PASSWORD);
  g_assert_cmpint (stop (&process, SIGINT), ==, 0);

  /* The second start has an account and says nothing of the kind. */
  start (&process, state);
  g_assert_cmpstr (process.said->str, ==, "");
  g_assert_cmpint (stop (&process, SIGTERM), ==, 0);
  test_remove_tree (dir);
}

static void
test_sigterm_in_upload (void)
{
  static const char *const only[] = { "target", NULL };
  g_autoptr (TestFixture) fixture = test_fixture_new_without_server ();
  Process process;

  start (&process, fixture->state);
  g_autoptr (TestClient) idle = test_client_new_logged_in (process.port, "ann", TEST_PASSWORD);
  g_autoptr (TestClient) client = test_client_new_attached (process.port, idle);
  test_fixture_write (fixture, "target", "old", 3);
  test_client_begin_upload (client, "files/target");
  test_wait_for_staging (fixture->files);
  g_assert_cmpint (stop (&process, SIGTERM), ==, 0);
  test_client_expect_error (client, SAMPAN_ERROR_SHUTTING_DOWN);
  test_client_expect_goodbye (client);
  test_client_expect_goodbye (idle);
  test_fixture_assert_file (fixture, "target", "old", 3);
  test_assert_names (fixture->files, only);
}

/* ---- Resources ---- */

/* Field NUMBER (from 1) of a one-line file of the process. */
static uint64_t
read_field (const Process *self, const char *name, unsigned int number)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", self->pid, name);
  g_autofree char *contents = NULL;
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_auto (GStrv) fields = g_strsplit (contents, " ", -1);
  g_assert_cmpuint (g_strv_length (fields), >=, number);
  return g_ascii_strtoull (fields[number - 1], NULL, 10);
}

static size_t
get_resident_bytes (const Process *self)
{
  return read_field (self, "statm", 2) * (size_t)sysconf (_SC_PAGESIZE);
}

static uint64_t
get_cpu_ticks (const Process *self)
{
  return read_field (self, "stat", 14) + read_field (self, "stat", 15);
}

/* Within a second, as one who spins. */
static bool
spends_much (const Process *self)
{
  uint64_t before = get_cpu_ticks (self);

  g_usleep (G_USEC_PER_SEC);
  return get_cpu_ticks (self) - before >= (uint64_t)sysconf (_SC_CLK_TCK) / 4;
}

static void
test_idle_memory (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new_without_server ();
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify)test_client_free);
  Process process;
  size_t before = 0;

  start (&process, fixture->state);
  g_autoptr (TestClient) first = test_client_new_logged_in (process.port, "ann", TEST_PASSWORD);
  for (int i = 0; i < IDLE_CONNECTIONS + 100; i++)
    {
      g_ptr_array_add (clients, test_client_new_attached (process.port, first));
      test_client_ping (g_ptr_array_index (clients, i));
      /* Its threads and their buffers are there by now. */
      if (i == 100)
        before = get_resident_bytes (&process);
    }
  size_t after = get_resident_bytes (&process);
  size_t each = (after - MIN (before, after)) / IDLE_CONNECTIONS;
  g_test_message ("%zu bytes for each parked connection, %zu KiB in all", each, after / 1024);
  if (g_getenv ("SAMPAN_TEST_SANITIZED") == NULL)
    g_assert_cmpuint (each, <, IDLE_BYTES_EACH);
  test_client_ping (first);
  g_assert_cmpint (stop (&process, SIGTERM), ==, 0);
  for (guint i = 0; i < clients->len; i++)
    {
      SampanReader reader;
      uint8_t kind = SAMPAN_KIND_CLOSE;

      /* Nothing but that. To tell so many can take a busy machine longer than a server waits. */
      test_client_receive (g_ptr_array_index (clients, i), &kind, &reader);
      g_assert_cmphex (kind, ==, SAMPAN_KIND_CLOSE);
    }
}

/* Out of descriptors: those who are in go on, nothing spins, and others get in when some are free
 * again. */
static void
test_descriptors (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new_without_server ();
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify)test_client_free);
  Process process;

  child_descriptors = FEW_DESCRIPTORS;
  start (&process, fixture->state);
  child_descriptors = 0;
  g_autoptr (TestClient) first = test_client_new_logged_in (process.port, "ann", TEST_PASSWORD);
  for (int i = 0; i < 2 * FEW_DESCRIPTORS; i++)
    {
      g_autofree char *source = g_strdup_printf ("127.0.4.%d", 1 + i);
      g_ptr_array_add (clients, test_client_connect (process.port, source));
    }
  test_client_ping (first);
  /* A busy machine may still be at what came before. */
  int64_t until_us = g_get_monotonic_time () + TEST_TIMEOUT_SECS * G_USEC_PER_SEC;
  while (spends_much (&process))
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  test_client_ping (first);
  g_ptr_array_set_size (clients, 0);
  g_autoptr (TestClient) late = test_client_new_attached (process.port, first);
  test_client_ping (late);
  g_assert_cmpint (stop (&process, SIGTERM), ==, 0);
}

static size_t
count_in_file (const char *filename, const char *needle)
{
  g_autofree char *text = NULL;
  size_t count = 0;

  g_assert_true (g_file_get_contents (filename, &text, NULL, NULL));
  for (const char *at = text; (at = strstr (at, needle)) != NULL; at++)
    count++;
  return count;
}

/* I1, I2: the name is all that a stranger can make the log speak of, and it may be a password. */
static void
test_names_in_log (void)
{
  static const char *const names[] = {
    "unknown",
    "correct horse battery staple",
    "x\n2026-11-20T12:00:00.000Z notice login user=ann outcome=ok",
    "\033[2J\033]0;title\007",
    "\xff\xfe\x80",
    "\xc2\x9b"
    "2J\xe2\x80\xae",
    "user=ann outcome=ok",
  };
  g_autoptr (TestFixture) fixture = test_fixture_new_without_server ();
  g_autofree char *log = g_build_filename (fixture->dir, "log", NULL);
  g_autofree char *text = NULL;
  Process process;

  child_log = log;
  start (&process, fixture->state);
  child_log = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *source = g_strdup_printf ("127.0.5.%zu", 1 + i);
      g_autoptr (TestClient) client = test_client_connect (process.port, source);
      g_assert_cmpint (test_client_login (client, names[i], TEST_PASSWORD),
                       ==,
                       SAMPAN_ERROR_LOGIN_REFUSED);
    }
  /* A line comes behind the end of its connection; a server that stops refuses nobody. */
  int64_t until_us = g_get_monotonic_time () + TEST_TIMEOUT_SECS * G_USEC_PER_SEC;
  while (count_in_file (log, " login user=?") < G_N_ELEMENTS (names))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_usleep (1000);
    }
  g_assert_cmpint (stop (&process, SIGTERM), ==, 0);
  g_assert_true (g_file_get_contents (log, &text, NULL, NULL));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      for (const char *c = *line; *c != '\0'; c = g_utf8_next_char (c))
        g_assert_true (*c == ' ' || g_unichar_isgraph (g_utf8_get_char (c)));
      g_assert_null (strstr (*line, "outcome=ok"));
      g_assert_null (strstr (*line, "horse"));
    }
}

/* E6: what stretches a password runs at the client, so a flood of logins costs no memory. */
static void
test_login_memory (void)
{
  g_autoptr (TestFixture) fixture = test_fixture_new_without_server ();
  Process process;

  start (&process, fixture->state);
  g_autoptr (TestClient) first = test_client_new_logged_in (process.port, "ann", TEST_PASSWORD);
  test_client_ping (first);
  size_t before = get_resident_bytes (&process);
  for (int i = 0; i < LOGINS_AT_ONCE; i++)
    {
      g_autofree char *source = g_strdup_printf ("127.0.6.%d", 1 + i);
      g_autoptr (TestClient) client = test_client_connect (process.port, source);
      g_assert_cmpint (test_client_login (client, "ann", "wrong password"),
                       ==,
                       SAMPAN_ERROR_LOGIN_REFUSED);
    }
  if (g_getenv ("SAMPAN_TEST_SANITIZED") == NULL)
    g_assert_cmpuint (get_resident_bytes (&process), <, before + LOGINS_BYTES_MAX);
  test_client_ping (first);
  g_assert_cmpint (stop (&process, SIGTERM), ==, 0);
}

int
main (int argc, char **argv)
{
  struct rlimit limit;
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  if (g_getenv ("SAMPAND") == NULL)
    {
      g_printerr ("SAMPAND does not name the program\n");
      return 77;
    }
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_test_add_func ("/server/process/I1/names-in-log", test_names_in_log);
  g_test_add_func ("/server/process/E6/login-memory", test_login_memory);
  g_test_add_func ("/server/process/first-start", test_first_start);
  g_test_add_func ("/server/process/sigterm-in-upload", test_sigterm_in_upload);
  g_test_add_func ("/server/process/E4/idle-memory", test_idle_memory);
  g_test_add_func ("/server/process/E13/descriptors", test_descriptors);
  return g_test_run ();
}
