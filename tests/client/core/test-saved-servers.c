/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The saved servers: put, replaced, forgotten; in which order; damaged; writers at the same time.
 */

#include "config.h"

#include "saved-servers.h"

#include "secret.h"
#include "wait-for-child.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_WRITERS 8
#define N_PER_WRITER 10

static char *filename;

static void
put_over (const char *name,
          const char *host,
          uint16_t port,
          const char *user,
          int64_t last_used_us,
          SampanSavedServer *replaced)
{
  g_autoptr (SampanSavedServer) server =
      sampan_saved_server_new (name, host, port, user, false, last_used_us);
  g_autoptr (GError) error = NULL;
  bool ok = sampan_saved_servers_put (server, replaced, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
put (const char *name, const char *host, uint16_t port, const char *user, int64_t last_used_us)
{
  put_over (name, host, port, user, last_used_us, NULL);
}

/* All, as "title user host port; ". */
static void
expect (const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = sampan_saved_servers_load (&error);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < servers->len; i++)
    {
      SampanSavedServer *server = g_ptr_array_index (servers, i);

      g_string_append_printf (found,
                              "%s %s %s %u; ",
                              sampan_saved_server_get_title (server),
                              sampan_saved_server_get_user (server),
                              sampan_saved_server_get_host (server),
                              sampan_saved_server_get_port (server));
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static SampanSavedServer *
load_first (void)
{
  g_autoptr (GPtrArray) servers = sampan_saved_servers_load (NULL);

  g_assert_nonnull (servers);
  g_assert_cmpuint (servers->len, >, 0);
  return g_object_ref (g_ptr_array_index (servers, 0));
}

static void
test_life (void)
{
  g_autoptr (SampanSavedServer) first = NULL;
  g_autoptr (SampanSavedServer) second = NULL;
  g_autoptr (GError) error = NULL;

  g_unlink (filename);
  expect ("");
  put (NULL, "Box.local", 9002, "ann", 1);
  put ("阁楼 [2] \n=", "fe80::1%eth0", 9003, "ben", 3);
  put ("", "box.local", 9002, "ben", 2);
  expect ("阁楼 [2] \n= ben fe80::1%eth0 9003; box.local ben box.local 9002; "
          "box.local ann box.local 9002; ");
  put ("Attic", "BOX.local", 9002, "ann", 4);
  expect ("Attic ann box.local 9002; 阁楼 [2] \n= ben fe80::1%eth0 9003; "
          "box.local ben box.local 9002; ");
  first = load_first ();
  put_over ("Cellar", "cellar", 9002, "ann", 5, first);
  expect ("Cellar ann cellar 9002; 阁楼 [2] \n= ben fe80::1%eth0 9003; "
          "box.local ben box.local 9002; ");
  second = load_first ();
  g_assert_true (sampan_saved_servers_forget (second, &error));
  g_assert_true (sampan_saved_servers_forget (second, &error));
  expect ("阁楼 [2] \n= ben fe80::1%eth0 9003; box.local ben box.local 9002; ");
}

static void
test_order (void)
{
  g_unlink (filename);
  put ("b", "one", 1, "ann", 7);
  put ("a", "two", 1, "ann", 7);
  put ("c", "three", 1, "ann", INT64_MAX);
  put ("d", "four", 1, "ann", INT64_MIN);
  expect ("c ann three 1; a ann two 1; b ann one 1; d ann four 1; ");
}

static void
test_address (void)
{
  g_autoptr (SampanSavedServer) server =
      sampan_saved_server_new (NULL, "fe80::1%eth0", 9003, "ann", true, 0);
  g_autofree char *address = sampan_saved_server_dup_address (server);

  g_assert_cmpstr (address, ==, "sampan://ann@[fe80::1%25eth0]:9003/");
  g_assert_true (sampan_saved_server_get_keeps_password (server));
  g_assert_true (sampan_saved_server_is (server, "FE80::1%eth0", 9003, "ann"));
  g_assert_false (sampan_saved_server_is (server, "fe80::1%eth0", 9002, "ann"));
  g_assert_false (sampan_saved_server_is (server, "fe80::1%eth0", 9003, "anna"));
}

static void
test_mode (void)
{
  struct stat info;

  g_unlink (filename);
  put (NULL, "box", 9002, "ann", 1);
  g_assert_cmpint (stat (filename, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
}

/* What makes no sense is left out, and is still there afterwards. */
static void
test_odd_entries (void)
{
  static const char *const odd[] = { "ann@box",    "ann@box:",   "ann@box:0", "ann@box:65536",
                                     "ann@box:+1", "ann@box:09", "@box:1",    "ann@:1",
                                     "box:1",      "Ann@box:1",  "ann@BOX:1", ":1@ann",
                                     "a b@box:1",  "Last Server" };

  for (size_t i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *contents = g_strdup_printf ("[%s]\nname=x\n", odd[i]);
      g_autofree char *after = NULL;

      g_assert_true (g_file_set_contents (filename, contents, -1, NULL));
      expect ("");
      put (NULL, "good", 1, "ann", 1);
      expect ("good ann good 1; ");
      g_assert_true (g_file_get_contents (filename, &after, NULL, NULL));
      g_assert_nonnull (strstr (after, odd[i]));
    }
}

static void
test_damaged (void)
{
  static const char *const damaged[] = { "nonsense", "[ann@box:1", "name=x\n", "[a\n]\n" };

  for (size_t i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autoptr (SampanSavedServer) server =
          sampan_saved_server_new (NULL, "box", 1, "ann", false, 1);
      g_autoptr (GError) error = NULL;
      g_autofree char *after = NULL;

      g_assert_true (g_file_set_contents (filename, damaged[i], -1, NULL));
      g_assert_null (sampan_saved_servers_load (&error));
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_IO);
      g_assert_false (sampan_saved_servers_put (server, NULL, NULL));
      g_assert_false (sampan_saved_servers_forget (server, NULL));
      g_assert_true (g_file_get_contents (filename, &after, NULL, NULL));
      g_assert_cmpstr (after, ==, damaged[i]);
    }
}

static void
test_no_server (void)
{
  static const struct
  {
    const char *host;
    uint16_t port;
    const char *user;
  } cases[] = { { "", 1, "ann" },     { "a]b", 1, "ann" }, { "a\nb", 1, "ann" },
                { "\xff", 1, "ann" }, { "box", 0, "ann" }, { "box", 1, "" },
                { "box", 1, "a:b" },  { "box", 1, "a@b" } };

  g_unlink (filename);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SampanSavedServer) server =
          sampan_saved_server_new (NULL, cases[i].host, cases[i].port, cases[i].user, false, 1);
      g_autoptr (GError) error = NULL;

      g_assert_false (sampan_saved_servers_put (server, NULL, &error));
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
    }
  g_assert_false (g_file_test (filename, G_FILE_TEST_EXISTS));
}

static void
test_processes (void)
{
  g_autoptr (GPtrArray) servers = NULL;
  pid_t children[N_WRITERS];

  g_unlink (filename);
  for (int i = 0; i < N_WRITERS; i++)
    {
      children[i] = fork ();
      if (children[i] != 0)
        continue;
      for (int n = 0; n < N_PER_WRITER; n++)
        put (NULL, "box", (uint16_t)(i * N_PER_WRITER + n + 1), "ann", n);
      _exit (0);
    }
  for (int i = 0; i < N_WRITERS; i++)
    g_assert_cmpint (wait_for_child (children[i]), ==, 0);
  servers = sampan_saved_servers_load (NULL);
  g_assert_cmpuint (servers->len, ==, N_WRITERS * N_PER_WRITER);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("sampan-XXXXXX", NULL);
  g_autofree char *lock = g_build_filename (folder, "sampan", "saved-servers.lock", NULL);
  g_autofree char *sub = g_build_filename (folder, "sampan", NULL);
  int result;

  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  if (!sampan_crypto_init ())
    return 1;
  g_assert_cmpint (g_mkdir (sub, 0700), ==, 0);
  filename = g_build_filename (sub, "saved-servers", NULL);
  g_test_add_func ("/core/saved-servers/processes", test_processes);
  g_test_add_func ("/core/saved-servers/life", test_life);
  g_test_add_func ("/core/saved-servers/order", test_order);
  g_test_add_func ("/core/saved-servers/address", test_address);
  g_test_add_func ("/core/saved-servers/mode", test_mode);
  g_test_add_func ("/core/saved-servers/odd-entries", test_odd_entries);
  g_test_add_func ("/core/saved-servers/damaged", test_damaged);
  g_test_add_func ("/core/saved-servers/no-server", test_no_server);
  result = g_test_run ();
  g_unlink (filename);
  g_unlink (lock);
  g_rmdir (sub);
  g_rmdir (folder);
  g_free (filename);
  return result;
}
