/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server of the tests. */

#include "config.h"

#include "test-fixture.h"

#include "test-client.h"

#include <glib/gstdio.h>
#include <string.h>

static void
register_account (SampanAccountStore *store, const char *name, bool one_time, int64_t expires_secs)
{
  static const SampanKsf ksf = SAMPAN_KSF_64M;
  g_autoptr (SampanSecret) password = sampan_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  g_autoptr (GError) error = NULL;

  g_assert_true (sampan_registration_local (sampan_account_store_get_keys (store),
                                            name,
                                            password,
                                            ksf,
                                            record,
                                            &error));
  g_assert_true (
      sampan_account_store_add (store, name, record, ksf, one_time, expires_secs, &error));
  g_assert_no_error (error);
}

static char *
make_folder (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
add_share (SampanAccountStore *store, const char *name, const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sampan_account_store_add_share (store, name, directory, &error));
  g_assert_true (sampan_account_store_grant (store, name, "ann", SAMPAN_RIGHT_CHANGE, &error));
  g_assert_true (sampan_account_store_grant (store, name, "off", SAMPAN_RIGHT_CHANGE, &error));
  g_assert_true (sampan_account_store_grant (store, name, "new", SAMPAN_RIGHT_CHANGE, &error));
  g_assert_true (sampan_account_store_grant (store, name, "adder", SAMPAN_RIGHT_ADD, &error));
  g_assert_true (sampan_account_store_grant (store, name, "reader", SAMPAN_RIGHT_READ, &error));
  g_assert_no_error (error);
}

static void
fill_store (TestFixture *self)
{
  static const char *const names[] = { "ann", "adder", "reader", "off", "nobody" };
  int64_t now_secs = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *gone = make_folder (self->dir, "gone");
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    register_account (self->store, names[i], false, 0);
  register_account (self->store, "late", true, now_secs - 1);
  register_account (self->store, "new", true, now_secs + 3600);
  g_assert_true (sampan_account_store_set_enabled (self->store, "off", false, &error));
  add_share (self->store, "files", self->files);
  add_share (self->store, "other", self->other);
  add_share (self->store, "gone", gone);
  g_assert_cmpint (g_rmdir (gone), ==, 0);
}

/* ---- The server's thread ---- */

static gpointer
thread_func (gpointer user_data)
{
  TestFixture *self = user_data;
  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

typedef struct
{
  TestFixture *fixture;
  void (*func) (TestFixture *fixture, gpointer user_data);
  gpointer user_data;
} Call;

static gboolean
call_cb (gpointer user_data)
{
  Call *call = user_data;
  call->func (call->fixture, call->user_data);
  g_mutex_lock (&call->fixture->lock);
  call->fixture->is_done = true;
  g_cond_signal (&call->fixture->changed);
  g_mutex_unlock (&call->fixture->lock);
  return G_SOURCE_REMOVE;
}

/* Runs FUNC on the server's thread and waits for it. */
static void
call (TestFixture *self, void (*func) (TestFixture *, gpointer), gpointer user_data)
{
  Call what = { .fixture = self, .func = func, .user_data = user_data };
  self->is_done = false;
  g_main_context_invoke (self->context, call_cb, &what);
  g_mutex_lock (&self->lock);
  while (!self->is_done)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
listen_cb (TestFixture *self, gpointer user_data)
{
  struct sockaddr_storage address;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;

  self->server = sampan_server_new (self->store, user_data, &error);
  g_assert_no_error (error);
  g_assert_true (sampan_address_parse ("127.0.0.1:0", &address, &error));
  g_assert_true (
      sampan_server_listen (self->server, (struct sockaddr *)&address, &endpoint, &error));
  self->port = (uint16_t)g_ascii_strtoull (strrchr (endpoint, ':') + 1, NULL, 10);
}

TestFixture *
test_fixture_new_without_server (void)
{
  TestFixture *self = g_new0 (TestFixture, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->dir = g_dir_make_tmp ("sampan-server-XXXXXX", &error);
  g_assert_no_error (error);
  self->state = make_folder (self->dir, "state");
  self->files = make_folder (self->dir, "files");
  self->other = make_folder (self->dir, "other");
  self->store = sampan_account_store_open (self->state, true, &error);
  g_assert_no_error (error);
  fill_store (self);
  return self;
}

TestFixture *
test_fixture_new (const SampanServerTimes *times)
{
  TestFixture *self = test_fixture_new_without_server ();

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("server", thread_func, self);
  call (self, listen_cb, (gpointer)times);
  return self;
}

static void
stopped_cb (bool is_clean, gpointer user_data)
{
  TestFixture *self = user_data;
  g_assert_true (is_clean);
  g_main_loop_quit (self->loop);
}

static void
stop_cb (TestFixture *self, gpointer user_data)
{
  sampan_server_stop (self->server, stopped_cb, self);
}

void
test_fixture_stop (TestFixture *self)
{
  self->is_stopping = true;
  call (self, stop_cb, NULL);
}

void
test_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        test_remove_tree (child);
      else
        g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

void
test_fixture_free (TestFixture *self)
{
  if (self == NULL)
    return;
  if (self->server != NULL && !self->is_stopping)
    test_fixture_stop (self);
  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_pointer (&self->server, sampan_server_free);
  g_clear_pointer (&self->store, sampan_account_store_close);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  test_remove_tree (self->dir);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->dir);
  g_free (self->state);
  g_free (self->files);
  g_free (self->other);
  g_free (self);
}

static void
reload_cb (TestFixture *self, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  unsigned int ended_sessions;
  g_assert_true (sampan_server_reload (self->server, &ended_sessions, &error));
}

void
test_fixture_reload (TestFixture *self)
{
  call (self, reload_cb, NULL);
}

static void
status_cb (TestFixture *self, gpointer user_data)
{
  *(char **)user_data = sampan_server_get_status (self->server);
}

char *
test_fixture_get_status (TestFixture *self)
{
  char *status = NULL;
  call (self, status_cb, &status);
  return status;
}

/* ---- The share ---- */

GBytes *
test_fixture_read (TestFixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->files, name, NULL);
  char *contents = NULL;
  gsize length = 0;
  if (!g_file_get_contents (path, &contents, &length, NULL))
    return NULL;
  return g_bytes_new_take (contents, length);
}

void
test_fixture_write (TestFixture *self, const char *name, const void *data, gsize length)
{
  g_autofree char *path = g_build_filename (self->files, name, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path, data, (gssize)length, &error));
}

void
test_fixture_assert_file (TestFixture *self, const char *name, const void *data, gsize length)
{
  g_autoptr (GBytes) bytes = test_fixture_read (self, name);
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, length);
}

void
test_wait_for_staging (const char *files)
{
  g_autofree char *staging = g_build_filename (files, ".sampan", "staging", NULL);
  int64_t until_us = g_get_monotonic_time () + TEST_TIMEOUT_SECS * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < until_us)
    {
      g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);
      if (dir != NULL && g_dir_read_name (dir) != NULL)
        return;
      g_usleep (1000);
    }
  g_assert_not_reached ();
}

void
test_assert_names (const char *files, const char *const *expected)
{
  g_autoptr (GDir) dir = g_dir_open (files, 0, NULL);
  const char *name;
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (strcmp (name, ".sampan") != 0)
      g_assert_true (g_strv_contains (expected, name));
}
