/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the desktop learns from the window: that files arrived while somebody looked elsewhere, and
 * that this is no time to sleep. */

#include "config.h"

#include "window-private.h"

#include "problems-dialog.h"

#include <glib/gi18n.h>

/* ---- notifications ---- */

static const char *
choose_title (SampanBatch *batch, bool has_failed)
{
  if (sampan_batch_is_upload (batch))
    return has_failed ? _ ("Not Everything Was Uploaded") : _ ("Upload Finished");
  return has_failed ? _ ("Not Everything Was Downloaded") : _ ("Download Finished");
}

static char *
dup_body (SampanBatch *batch, const char *folder)
{
  g_autofree char *outcome = sampan_problems_dialog_dup_outcome (batch);

  /* Translators: the name of a folder, then "3 finished, 1 failed, 2 skipped". */
  return g_strdup_printf (_ ("To “%s”: %s"), folder, outcome);
}

/* Its actions are the application's, so that they work when this window is gone. */
static GNotification *
make_notification (SampanWindow *self, SampanBatch *batch, const char *folder, bool has_failed)
{
  GNotification *notification = g_notification_new (choose_title (batch, has_failed));
  guint window = gtk_application_window_get_id (GTK_APPLICATION_WINDOW (self));
  const char *local = sampan_batch_get_local_folder (batch);
  g_autofree char *body = dup_body (batch, folder);
  g_autofree char *uri = local != NULL ? g_filename_to_uri (local, NULL, NULL) : NULL;

  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-window", "u", window);
  if (has_failed)
    g_notification_add_button_with_target (notification, _ ("Retry"), "app.retry", "u", window);
  if (uri != NULL && sampan_batch_get_sums (batch).n_done > 0)
    g_notification_add_button_with_target (notification,
                                           _ ("Show in Folder"),
                                           "app.show-folder",
                                           "s",
                                           uri);
  return notification;
}

void
sampan_window_notify_finished (SampanWindow *self, SampanBatch *batch, const char *folder)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  SampanBatchSums sums = sampan_batch_get_sums (batch);
  bool has_failed = sums.n_problems > sums.n_odd;
  g_autoptr (GNotification) notification = NULL;
  char *id;

  /* What was cancelled, or was the same already, is no news. */
  if (application == NULL || gtk_window_is_active (GTK_WINDOW (self)) ||
      (sums.n_done == 0 && !has_failed))
    return;
  notification = make_notification (self, batch, folder, has_failed);
  id = g_uuid_string_random ();
  g_application_send_notification (application, id, notification);
  g_ptr_array_add (self->notifications, id);
}

static void
is_active_cb (SampanWindow *self)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));

  if (application == NULL || self->notifications == NULL ||
      !gtk_window_is_active (GTK_WINDOW (self)))
    return;
  for (guint i = 0; i < self->notifications->len; i++)
    g_application_withdraw_notification (application, g_ptr_array_index (self->notifications, i));
  g_ptr_array_set_size (self->notifications, 0);
}

void
sampan_window_retry_failed (SampanWindow *self)
{
  sampan_transfer_panel_retry_failed (self->transfer_panel);
}

/* ---- sleep ---- */

/* Only while bytes can move: who waits for a box that is away should not keep a battery going. */
void
sampan_window_update_inhibit (SampanWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  gboolean active = FALSE;

  g_object_get (self->queue, "active", &active, NULL);
  active = active && sampan_session_get_state (self->session) == SAMPAN_SESSION_READY;
  if (application == NULL || active == (self->inhibit_cookie != 0))
    return;
  if (active)
    self->inhibit_cookie =
        gtk_application_inhibit (application,
                                 GTK_WINDOW (self),
                                 GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_LOGOUT,
                                 _ ("Files are on their way"));
  else
    {
      gtk_application_uninhibit (application, self->inhibit_cookie);
      self->inhibit_cookie = 0;
    }
}

void
sampan_window_init_desktop (SampanWindow *self)
{
  self->notifications = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (is_active_cb), NULL);
  g_signal_connect_object (self->queue,
                           "notify::active",
                           G_CALLBACK (sampan_window_update_inhibit),
                           self,
                           G_CONNECT_SWAPPED);
}
