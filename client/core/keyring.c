/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Passwords in the keyring, by libsecret. */

#include "config.h"

#include "keyring.h"

#include <glib/gi18n-lib.h>

#ifdef HAVE_LIBSECRET
#include <libsecret/secret.h>

static const SecretSchema schema = {
  .name = SAMPAN_APP_ID,
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
                  { "port", SECRET_SCHEMA_ATTRIBUTE_INTEGER },
                  { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
                  { NULL, 0 } },
};

static GHashTable *
build_attributes (SampanSavedServer *server)
{
  return secret_attributes_build (&schema,
                                  "server",
                                  sampan_saved_server_get_host (server),
                                  "port",
                                  (int)sampan_saved_server_get_port (server),
                                  "user",
                                  sampan_saved_server_get_user (server),
                                  NULL);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
store (GTask *task, SampanSavedServer *server, const char *label, const SampanSecret *password)
{
  g_autoptr (GHashTable) attributes = build_attributes (server);
  /* A copy in locked memory, wiped with its last reference. */
  SecretValue *value = secret_value_new ((const char *)sampan_secret_get (password),
                                         (gssize)sampan_secret_get_length (password),
                                         "text/plain");

  secret_password_storev_binary (&schema,
                                 attributes,
                                 SECRET_COLLECTION_DEFAULT,
                                 label,
                                 value,
                                 g_task_get_cancellable (task),
                                 stored_cb,
                                 task);
  secret_value_unref (value);
}

static SampanSecret *
take_value (SecretValue *value, GError **error)
{
  const char *bytes;
  size_t length;
  SampanSecret *secret;

  bytes = secret_value_get (value, &length);
  secret = sampan_secret_new (bytes, length);
  if (secret == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "There is no locked memory");
  return secret;
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  SecretValue *value = secret_password_lookup_binary_finish (result, &error);
  SampanSecret *secret = NULL;

  if (value != NULL)
    {
      secret = take_value (value, &error);
      secret_value_unref (value);
    }
  else if (error == NULL)
    g_set_error_literal (&error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND, "There is no such password");
  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify)sampan_secret_free);
  else
    g_task_return_error (task, error);
}

static void
look_up (GTask *task, SampanSavedServer *server)
{
  g_autoptr (GHashTable) attributes = build_attributes (server);

  secret_password_lookupv (&schema, attributes, g_task_get_cancellable (task), looked_up_cb, task);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  (void)secret_password_clear_finish (result, &error);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
forget (GTask *task, SampanSavedServer *server)
{
  g_autoptr (GHashTable) attributes = build_attributes (server);

  secret_password_clearv (&schema, attributes, g_task_get_cancellable (task), forgotten_cb, task);
}

static bool
is_locked (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED);
}
#else
static void
refuse (GTask *task)
{
  g_task_return_new_error (task,
                           G_IO_ERROR,
                           G_IO_ERROR_NOT_SUPPORTED,
                           "This program was built without the keyring");
  g_object_unref (task);
}

static void
store (GTask *task, SampanSavedServer *server, const char *label, const SampanSecret *password)
{
  refuse (task);
}

static void
look_up (GTask *task, SampanSavedServer *server)
{
  refuse (task);
}

static void
forget (GTask *task, SampanSavedServer *server)
{
  refuse (task);
}

static bool
is_locked (const GError *error)
{
  return false;
}
#endif

void
sampan_keyring_store_async (SampanSavedServer *server,
                            const char *label,
                            const SampanSecret *password,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, sampan_keyring_store_async);
  store (task, server, label, password);
}

bool
sampan_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sampan_keyring_look_up_async (SampanSavedServer *server,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, sampan_keyring_look_up_async);
  look_up (task, server);
}

SampanSecret *
sampan_keyring_look_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sampan_keyring_forget_async (SampanSavedServer *server,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, sampan_keyring_forget_async);
  forget (task, server);
}

bool
sampan_keyring_forget_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* No bus; or nobody has the name of the service, and nothing can be started that takes it. */
static bool
is_missing (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return error->domain == G_SPAWN_ERROR ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
         (name != NULL && g_str_has_prefix (name, "org.freedesktop.DBus.Error.Spawn."));
}

const char *
sampan_keyring_get_text (const GError *error)
{
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    return _ ("The keyring does not have the password any more.");
  if (is_locked (error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return _ ("The keyring stayed locked.");
  if (is_missing (error))
    return _ ("This computer has no keyring that could keep a password.");
  return _ ("The keyring does not work.");
}
