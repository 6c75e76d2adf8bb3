/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Passwords in a real keyring, which keyring.sh has started; and what is said of one that stays
 * locked, or is not there. */

#include "config.h"

#include "keyring.h"

#include <string.h>

typedef struct
{
  GMainLoop *loop;
  GAsyncResult *result;
} Wait;

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
  g_main_loop_quit (wait->loop);
}

static GAsyncResult *
run (Wait *wait)
{
  g_main_loop_run (wait->loop);
  g_main_loop_unref (wait->loop);
  return wait->result;
}

static SampanSavedServer *
new_server (const char *user)
{
  return sampan_saved_server_new (NULL, "box.local", 9002, user, true, 0);
}

static bool
store (const char *user, const char *text, GError **error)
{
  g_autoptr (SampanSavedServer) server = new_server (user);
  g_autoptr (SampanSecret) password = sampan_secret_new (text, strlen (text));
  g_autoptr (GAsyncResult) result = NULL;
  Wait wait = { g_main_loop_new (NULL, FALSE), NULL };

  sampan_keyring_store_async (server, "Sampan: a test", password, NULL, done_cb, &wait);
  result = run (&wait);
  return sampan_keyring_store_finish (result, error);
}

static SampanSecret *
look_up (const char *user, GCancellable *cancellable, GError **error)
{
  g_autoptr (SampanSavedServer) server = new_server (user);
  g_autoptr (GAsyncResult) result = NULL;
  Wait wait = { g_main_loop_new (NULL, FALSE), NULL };

  sampan_keyring_look_up_async (server, cancellable, done_cb, &wait);
  result = run (&wait);
  return sampan_keyring_look_up_finish (result, error);
}

static bool
forget (const char *user, GError **error)
{
  g_autoptr (SampanSavedServer) server = new_server (user);
  g_autoptr (GAsyncResult) result = NULL;
  Wait wait = { g_main_loop_new (NULL, FALSE), NULL };

  sampan_keyring_forget_async (server, NULL, done_cb, &wait);
  result = run (&wait);
  return sampan_keyring_forget_finish (result, error);
}

static void
expect (const char *user, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanSecret) secret = look_up (user, NULL, &error);

  if (text == NULL)
    {
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND);
      g_assert_null (secret);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpmem (sampan_secret_get (secret),
                   sampan_secret_get_length (secret),
                   text,
                   strlen (text));
}

static void
test_life (void)
{
  GError *error = NULL;

  expect ("ann", NULL);
  g_assert_true (store ("ann", "correct horse", &error));
  g_assert_true (store ("ben", "密码 with spaces", &error));
  expect ("ann", "correct horse");
  expect ("ben", "密码 with spaces");
  g_assert_true (store ("ann", "another", &error));
  expect ("ann", "another");
  g_assert_true (forget ("ann", &error));
  g_assert_no_error (error);
  expect ("ann", NULL);
  expect ("ben", "密码 with spaces");
  g_assert_true (forget ("ann", &error));
  g_assert_no_error (error);
  g_assert_true (forget ("ben", &error));
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (look_up ("ann", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
expect_text (GError *error, const char *text)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_cmpstr (sampan_keyring_get_text (error), ==, text);
  g_error_free (error);
}

static void
test_locked (void)
{
  GError *error = NULL;

  g_assert_false (store ("ann", "correct horse", &error));
  expect_text (error, "The keyring stayed locked.");
}

static void
test_missing (void)
{
  const char *text = "This computer has no keyring that could keep a password.";
  GError *error = NULL;

  g_assert_false (store ("ann", "correct horse", &error));
  expect_text (g_steal_pointer (&error), text);
  g_assert_null (look_up ("ann", NULL, &error));
  expect_text (g_steal_pointer (&error), text);
  g_assert_false (forget ("ann", &error));
  expect_text (g_steal_pointer (&error), text);
}

int
main (int argc, char **argv)
{
  const char *kind = g_getenv ("KEYRING");

  g_test_init (&argc, &argv, NULL);
  if (!sampan_crypto_init ())
    return 1;
  if (g_strcmp0 (kind, "locked") == 0)
    g_test_add_func ("/core/keyring/locked", test_locked);
  else if (g_strcmp0 (kind, "missing") == 0)
    g_test_add_func ("/core/keyring/missing", test_missing);
  else
    {
      g_test_add_func ("/core/keyring/life", test_life);
      g_test_add_func ("/core/keyring/cancelled", test_cancelled);
    }
  return g_test_run ();
}
