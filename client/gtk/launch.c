/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Handing local files to the desktop's other programs. */

#include "config.h"

#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <unistd.h>

/* A file manager that takes longer to start still comes up; the other way is tried no more. */
#define MANAGER_TIMEOUT_MS 20000

static GTask *
new_task (GtkWidget *widget,
          const char *filename,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (widget, cancellable, callback, user_data);

  g_task_set_source_tag (task, new_task);
  g_task_set_task_data (task, g_strdup (filename), g_free);
  return task;
}

/* ---- with a program ---- */

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
launched_with_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_app_info_launch_uris_finish (G_APP_INFO (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes TASK. APP is NULL for the desktop's choice. */
static void
launch (GTask *task, const char *filename, GAppInfo *app)
{
  GtkWidget *widget = g_task_get_source_object (task);
  g_autoptr (GdkAppLaunchContext) context =
      gdk_display_get_app_launch_context (gtk_widget_get_display (widget));
  GError *error = NULL;
  g_autofree char *uri = g_filename_to_uri (filename, NULL, &error);

  if (uri == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  gdk_app_launch_context_set_timestamp (context, gtk_get_current_event_time ());
  if (app != NULL)
    {
      GList uris = { .data = uri };

      g_app_info_launch_uris_async (app,
                                    &uris,
                                    G_APP_LAUNCH_CONTEXT (context),
                                    g_task_get_cancellable (task),
                                    launched_with_cb,
                                    task);
      return;
    }
  g_app_info_launch_default_for_uri_async (uri,
                                           G_APP_LAUNCH_CONTEXT (context),
                                           g_task_get_cancellable (task),
                                           launched_cb,
                                           task);
}

bool
sampan_launch_is_in_sandbox (void)
{
  return access ("/.flatpak-info", F_OK) == 0;
}

void
sampan_launch_file_async (GtkWidget *widget,
                          const char *filename,
                          GAppInfo *app,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  launch (new_task (widget, filename, cancellable, callback, user_data), filename, app);
}

/* ---- in the file manager ---- */

static void
launch_folder (GTask *task)
{
  g_autofree char *folder = g_path_get_dirname (g_task_get_task_data (task));

  launch (task, folder, NULL);
}

static void
shown_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    launch_folder (g_steal_pointer (&task));
}

/* Takes TASK. */
static void
ask_file_manager (GTask *task, GDBusConnection *bus)
{
  GVariantBuilder uris;
  g_autofree char *uri = g_filename_to_uri (g_task_get_task_data (task), NULL, NULL);

  g_variant_builder_init (&uris, G_VARIANT_TYPE_STRING_ARRAY);
  if (uri != NULL)
    g_variant_builder_add (&uris, "s", uri);
  g_dbus_connection_call (bus,
                          "org.freedesktop.FileManager1",
                          "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1",
                          "ShowItems",
                          g_variant_new ("(ass)", &uris, ""),
                          NULL,
                          G_DBUS_CALL_FLAGS_NONE,
                          MANAGER_TIMEOUT_MS,
                          g_task_get_cancellable (task),
                          shown_cb,
                          task);
}

static void
shown_by_portal_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source),
                                                       NULL,
                                                       result,
                                                       &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes TASK. The portal learns which file by its descriptor. */
static void
ask_portal (GTask *task, GDBusConnection *bus)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int fd = open (g_task_get_task_data (task), O_PATH | O_CLOEXEC);
  GError *error = NULL;
  int handle;

  if (fd < 0)
    {
      int number = errno;

      g_task_return_new_error (task,
                               G_IO_ERROR,
                               (int)g_io_error_from_errno (number),
                               "%s",
                               g_strerror (number));
      g_object_unref (task);
      return;
    }
  handle = g_unix_fd_list_append (fds, fd, &error);
  close (fd);
  if (handle < 0)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (bus,
                                            "org.freedesktop.portal.Desktop",
                                            "/org/freedesktop/portal/desktop",
                                            "org.freedesktop.portal.OpenURI",
                                            "OpenDirectory",
                                            g_variant_new ("(sha{sv})", "", handle, NULL),
                                            NULL,
                                            G_DBUS_CALL_FLAGS_NONE,
                                            MANAGER_TIMEOUT_MS,
                                            fds,
                                            g_task_get_cancellable (task),
                                            shown_by_portal_cb,
                                            task);
}

static void
got_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    launch_folder (g_steal_pointer (&task));
  else if (sampan_launch_is_in_sandbox ())
    ask_portal (g_steal_pointer (&task), bus);
  else
    ask_file_manager (g_steal_pointer (&task), bus);
}

void
sampan_launch_folder_async (GtkWidget *widget,
                            const char *filename,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_bus_get (G_BUS_TYPE_SESSION,
             cancellable,
             got_bus_cb,
             new_task (widget, filename, cancellable, callback, user_data));
}

bool
sampan_launch_finish (GtkWidget *widget, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
