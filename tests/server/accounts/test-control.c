/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The control socket, both sides. */

#include "config.h"

#include "control.h"

#include "scratch.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048
#define NOBODY 65534

/* Answers "echo" with what was counted, "big" with a long reply, nothing else. */
static char *
answer (const char *line, unsigned int uid, gpointer user_data)
{
  int *calls = user_data;

  g_assert_cmpuint (uid, ==, getuid ());
  (*calls)++;
  if (strcmp (line, "big") == 0)
    return g_strnfill (50000, 'x');
  return strcmp (line, "echo") == 0 ? g_strdup_printf ("{\"calls\":%d}", *calls) : NULL;
}

typedef struct
{
  const char *state;
  const char *line;
  char *reply;
  GError *error;
  int done;
} Call;

static gpointer
call_thread (gpointer user_data)
{
  Call *call = user_data;

  call->reply = sampan_control_call (call->state, call->line, &call->error);
  g_atomic_int_set (&call->done, 1);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* Calls from a thread while the main loop serves. Free with g_free. */
static char *
call (const char *state, const char *line, GError **error)
{
  Call parts = { state, line, NULL, NULL, 0 };
  GThread *thread = g_thread_new ("call", call_thread, &parts);

  while (!g_atomic_int_get (&parts.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  if (parts.error != NULL)
    g_propagate_error (error, parts.error);
  return parts.reply;
}

static SampanControl *
start (const char *state, int *calls)
{
  g_autoptr (GError) error = NULL;
  SampanControl *control = sampan_control_listen (state, answer, calls, &error);

  g_assert_no_error (error);
  g_assert_nonnull (control);
  return control;
}

static void
assert_reply (const char *state, const char *line, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reply = call (state, line, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (reply, ==, expected);
}

static void
test_call (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *state = NULL;
  g_autofree char *socket = NULL;
  g_autofree char *big = NULL;
  int calls = 0;
  SampanControl *control;
  struct stat info;

  scratch_init (&scratch);
  assert_reply (scratch.state, "echo", NULL); /* no folder: nobody runs */
  state = scratch_make_folder (&scratch, "state");
  assert_reply (state, "echo", NULL);
  control = start (state, &calls);
  socket = scratch_build (&scratch, "state/control");
  g_assert_cmpint (lstat (socket, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  assert_reply (state, "echo", "{\"calls\":1}");
  assert_reply (state, "echo", "{\"calls\":2}");
  assert_reply (state, "nonsense", "{\"error\":\"the server does not know this request\"}");
  big = g_strnfill (50000, 'x');
  assert_reply (state, "big", big);
  sampan_control_close (control);
  g_assert_cmpint (lstat (socket, &info), ==, -1);
  assert_reply (state, "echo", NULL);
}

/* The path of the folder does not fit into a socket address. */
static void
test_long_path (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *name = g_strnfill (200, 'd');
  g_autofree char *state = NULL;
  int calls = 0;
  SampanControl *control;

  scratch_init (&scratch);
  state = scratch_make_folder (&scratch, name);
  assert_reply (state, "echo", NULL);
  control = start (state, &calls);
  assert_reply (state, "echo", "{\"calls\":1}");
  sampan_control_close (control);
}

/* What was changed comes through as it is, and as one line. */
static void
test_reload_line (void)
{
  static const char *const names[] = { "ann",     "",         "two words", "a\nreload",
                                       "\033[2J", "\xff\xfe", "%41%",      "\xc3\xa9" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *line = sampan_control_make_reload ("user add", names[i], "read=* add=ben");
      g_auto (GStrv) parts = sampan_control_parse_reload (line);

      g_assert_cmpuint (strcspn (line, "\n\033"), ==, strlen (line));
      g_assert_cmpuint (g_strv_length (parts), ==, 3);
      g_assert_cmpstr (parts[0], ==, "user add");
      g_assert_cmpstr (parts[1], ==, names[i]);
      g_assert_cmpstr (parts[2], ==, "read=* add=ben");
    }
  g_assert_null (sampan_control_parse_reload ("reloaded"));
  g_assert_null (sampan_control_parse_reload (""));
}

/* Every part at its longest is below the longest line. */
static void
test_reload_longest (void)
{
  g_autofree char *name = g_strnfill (4096, '\n');
  g_autofree char *line = sampan_control_make_reload ("share grant", name, name);

  g_assert_cmpuint (strlen (line), <, LINE_MAX_BYTES);
}

static void
bind_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  close (fd);
}

static void
test_stale (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *state = NULL;
  g_autofree char *socket = NULL;
  int calls = 0;
  SampanControl *control;

  scratch_init (&scratch);
  state = scratch_make_folder (&scratch, "state");
  socket = scratch_build (&scratch, "state/control");
  bind_socket (socket); /* as a crash leaves it */
  assert_reply (state, "echo", NULL);
  control = start (state, &calls);
  assert_reply (state, "echo", "{\"calls\":1}");
  sampan_control_close (control);
}

static void
test_second_server (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *state = NULL;
  g_autoptr (GError) error = NULL;
  int calls = 0;
  SampanControl *control;

  scratch_init (&scratch);
  state = scratch_make_folder (&scratch, "state");
  control = start (state, &calls);
  g_assert_null (sampan_control_listen (state, answer, &calls, &error));
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS);
  assert_reply (state, "echo", "{\"calls\":1}"); /* the first one is still there */
  sampan_control_close (control);
  control = start (state, &calls);
  sampan_control_close (control);
}

static GSocketConnection *
connect_raw (const char *path)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection =
      g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
write_raw (GSocketConnection *connection, const char *bytes, size_t length)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  g_assert_true (g_output_stream_write_all (output, bytes, length, NULL, NULL, NULL));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gssize *n = user_data;

  *n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
}

/* What the server says while it is served here; "" when it closes. Free with g_free. */
static char *
read_raw (GSocketConnection *connection)
{
  char *text = g_malloc0 (1024);
  gssize n = -2;

  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                             text,
                             1023,
                             G_PRIORITY_DEFAULT,
                             NULL,
                             read_cb,
                             &n);
  while (n == -2)
    g_main_context_iteration (NULL, TRUE);
  if (n < 0) /* reset */
    text[0] = '\0';
  return text;
}

/* Lines at the limit, above it, in pieces, and without an end. */
static void
test_lines (void)
{
  static const struct
  {
    size_t length; /* without the line end */
    bool answered;
  } cases[] = {
    { 0, true },
    { LINE_MAX_BYTES - 1, true },
    { LINE_MAX_BYTES, false },
    { 100000, false },
  };
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *state = NULL;
  g_autofree char *path = NULL;
  int calls = 0;
  SampanControl *control;

  scratch_init (&scratch);
  state = scratch_make_folder (&scratch, "state");
  path = scratch_build (&scratch, "state/control");
  control = start (state, &calls);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSocketConnection) connection = connect_raw (path);
      g_autofree char *line = g_strnfill (cases[i].length + 1, 'a');
      g_autofree char *reply = NULL;

      line[cases[i].length] = '\n';
      write_raw (connection, line, cases[i].length + 1);
      reply = read_raw (connection);
      g_assert_cmpint (g_str_has_prefix (reply, "{\"error\":"), ==, cases[i].answered);
      g_assert_cmpint (reply[0] == '\0', ==, !cases[i].answered);
    }
  sampan_control_close (control);
}

static void
test_pieces (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *state = NULL;
  g_autofree char *path = NULL;
  g_autofree char *reply = NULL;
  g_autoptr (GSocketConnection) silent = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  int calls = 0;
  SampanControl *control;

  scratch_init (&scratch);
  state = scratch_make_folder (&scratch, "state");
  path = scratch_build (&scratch, "state/control");
  control = start (state, &calls);
  silent = connect_raw (path); /* holds up nobody */
  connection = connect_raw (path);
  for (const char *c = "echo\n"; *c != '\0'; c++)
    {
      write_raw (connection, c, 1);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  reply = read_raw (connection);
  g_assert_cmpstr (reply, ==, "{\"calls\":1}\n");
  sampan_control_close (control); /* with a session open */
  g_clear_pointer (&reply, g_free);
  reply = read_raw (silent);
  g_assert_cmpstr (reply, ==, "");
}

/* Runs in a child as another user: 0 if the server closed without an answer. */
static int
call_as_nobody (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  char byte;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (setgid (NOBODY) != 0 || setuid (NOBODY) != 0 ||
      connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    return 1;
  (void)!send (fd, "echo\n", 5, MSG_NOSIGNAL);
  return read (fd, &byte, 1) <= 0 ? 0 : 2;
}

static void
test_other_user (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *state = NULL;
  g_autofree char *path = NULL;
  int calls = 0, status = 0;
  SampanControl *control;
  pid_t child;

  if (geteuid () != 0)
    {
      g_test_skip ("needs two users");
      return;
    }
  scratch_init (&scratch);
  state = scratch_make_folder (&scratch, "state");
  path = scratch_build (&scratch, "state/control");
  control = start (state, &calls);
  /* Even where the modes would let somebody in. */
  g_assert_cmpint (chmod (scratch.path, 0755), ==, 0);
  g_assert_cmpint (chmod (state, 0755), ==, 0);
  g_assert_cmpint (chmod (path, 0666), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (call_as_nobody (path));
  while (waitpid (child, &status, WNOHANG) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_cmpint (calls, ==, 0);
  sampan_control_close (control);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/control/reload-line", test_reload_line);
  g_test_add_func ("/control/reload-longest", test_reload_longest);
  g_test_add_func ("/control/other-user", test_other_user);
  g_test_add_func ("/control/call", test_call);
  g_test_add_func ("/control/long-path", test_long_path);
  g_test_add_func ("/control/stale", test_stale);
  g_test_add_func ("/control/second-server", test_second_server);
  g_test_add_func ("/control/lines", test_lines);
  g_test_add_func ("/control/pieces", test_pieces);
  return g_test_run ();
}
