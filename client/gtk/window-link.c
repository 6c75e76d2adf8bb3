/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Links that are opened from outside of the window, and folders in a window of their own. */

#include "config.h"

#include "window-private.h"

#include "application.h"

#include <glib/gi18n.h>

bool
sampan_window_has_session_of (SampanWindow *self, const SampanRemote *remote)
{
  const char *user = sampan_remote_get_user (remote);

  return sampan_window_is_ready (self) &&
         g_ascii_strcasecmp (sampan_remote_get_host (remote),
                             sampan_session_get_host (self->session)) == 0 &&
         sampan_remote_get_port (remote) == sampan_session_get_port (self->session) &&
         (user == NULL || g_strcmp0 (user, sampan_session_get_user (self->session)) == 0);
}

bool
sampan_window_is_free (SampanWindow *self)
{
  return sampan_window_can_log_in (self) && self->path == NULL && !self->closing;
}

void
sampan_window_open (SampanWindow *self, const SampanRemote *remote, const SampanSecret *password)
{
  if (sampan_window_has_session_of (self, remote))
    {
      sampan_window_go (self, sampan_remote_get_path (remote));
      return;
    }
  g_clear_pointer (&self->wanted, sampan_path_unref);
  self->wanted = sampan_path_ref (sampan_remote_get_path (remote));
  sampan_login_form_fill (self->form,
                          sampan_remote_get_host (remote),
                          sampan_remote_get_port (remote),
                          sampan_remote_get_user (remote));
  if (password != NULL && sampan_remote_get_user (remote) != NULL)
    sampan_window_log_in_with (self, password);
  else if (sampan_remote_get_user (remote) != NULL &&
           sampan_login_form_get_kept (self->form) != NULL)
    sampan_window_log_in (self);
  else
    sampan_login_form_focus (self->form);
}

void
sampan_window_tell_bad_link (SampanWindow *self, const GError *error)
{
  g_autofree char *text = NULL;

  /* Translators: %s says what is wrong. sampan://… stays as it is. */
  text = g_strdup_printf (_ ("This link cannot be opened: %s. One looks like "
                             "sampan://USER@HOST/SHARE/PATH."),
                          error->message);
  sampan_window_tell (self, text);
}

void
sampan_window_tell (SampanWindow *self, const char *text)
{
  sampan_error_bar_tell (self->error_bar, GTK_MESSAGE_WARNING, text, NULL, NULL);
}

void
sampan_window_open_aside (SampanWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (GPtrArray) paths = sampan_window_dup_selected_paths (self);
  g_autoptr (SampanRemote) remote = NULL;
  SampanWindow *other;

  if (paths->len != 1)
    return;
  remote = sampan_remote_new (sampan_session_get_user (self->session),
                              sampan_session_get_host (self->session),
                              sampan_session_get_port (self->session),
                              g_ptr_array_index (paths, 0));
  other = sampan_application_add_window (SAMPAN_APPLICATION (application));
  sampan_window_open (other, remote, self->password);
  gtk_window_present (GTK_WINDOW (other));
}
