/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The real server as a process of its own, with one account and one share. */

#include "config.h"

#include "real-server.h"

#include "wait-for-child.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define SHARE_FOLDER "share"

static char *share; /* the folder that the server shares */

static void
run_sampand (const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *state = core_test_path ("state");
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  va_list list;

  g_ptr_array_add (arguments, (gpointer)g_getenv ("SAMPAND"));
  va_start (list, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (gpointer)argument);
  va_end (list);
  g_ptr_array_add (arguments, (gpointer) "--state");
  g_ptr_array_add (arguments, state);
  g_ptr_array_add (arguments, NULL);
  process =
      g_subprocess_newv ((const char *const *)arguments->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                         &error);
  g_assert_no_error (error);
  wait_for_subprocess (process);
  g_assert_true (g_subprocess_get_successful (process));
}

void
real_server_init (void)
{
  g_autofree char *password_file = core_test_path ("password");

  share = core_test_path (SHARE_FOLDER);
  g_assert_cmpint (g_mkdir (share, 0700), ==, 0);
  g_assert_true (g_file_set_contents (password_file, CORE_TEST_PASSWORD "\n", -1, NULL));
  run_sampand ("user", "add", CORE_TEST_USER, "--password-file", password_file, NULL);
  run_sampand ("share", "add", "files", share, "--change", CORE_TEST_USER, NULL);
}

void
real_server_set_password (const char *password)
{
  g_autofree char *file = core_test_path ("other-password");
  g_autofree char *line = g_strconcat (password, "\n", NULL);

  g_assert_true (g_file_set_contents (file, line, -1, NULL));
  run_sampand ("user", "passwd", CORE_TEST_USER, "--password-file", file, NULL);
}

/* PROGRAM is nullable. */
static void
start (RealServer *self, const char *program)
{
  const char *sampand = g_getenv ("SAMPAND");
  g_autofree char *state = core_test_path ("state");
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;

  const char *argv[] = {
    program, sampand, "run", "--state", state, "--listen", "127.0.0.1:0", NULL
  };

  self->process =
      g_subprocess_newv (program != NULL ? argv : argv + 1,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                         &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (line, "listening on 127.0.0.1:"));
  self->port = (uint16_t)g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
}

void
real_server_start (RealServer *self)
{
  start (self, NULL);
}

void
real_server_start_under (RealServer *self, const char *program)
{
  start (self, program);
}

void
real_server_stop (RealServer *self, int signal_number)
{
  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, signal_number);
  wait_for_subprocess (self->process);
  g_clear_object (&self->process);
}

void
real_server_set_up (RealServerTest *self)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (GError) error = NULL;

  real_server_start (&self->server);
  self->session = sampan_session_new (engine);
  error = core_test_login (self->session, self->server.port, CORE_TEST_PASSWORD);
  g_assert_no_error (error);
}

void
real_server_tear_down (RealServerTest *self)
{
  g_clear_object (&self->session);
  real_server_stop (&self->server, SIGTERM);
}

char *
real_server_share_path (const char *name)
{
  return g_build_filename (share, name, NULL);
}

void
real_server_write_share (const char *name, const char *contents)
{
  g_autofree char *path = real_server_share_path (name);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

void
real_server_assert_share (const char *name, const char *contents)
{
  g_autofree char *path = real_server_share_path (name);
  g_autofree char *found = NULL;

  if (g_file_get_contents (path, &found, NULL, NULL))
    g_assert_cmpstr (found, ==, contents);
  else
    g_assert_null (contents);
}
