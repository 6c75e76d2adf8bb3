/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the commands of one run share. */

#include "config.h"

#include "cli.h"

#include "session-pool.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define URI_SCHEME "sampan://"

static const int watched_signals[] = { SIGINT, SIGTERM, SIGHUP };

GQuark
cli_error_quark (void)
{
  return g_quark_from_static_string ("cli-error-quark");
}

static gboolean
signal_arrived (Cli *self, int number)
{
  if (self->signal_number != 0)
    _exit (CLI_STATUS_SIGNAL_BASE + number);
  self->signal_number = number;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

static gboolean
sigint_cb (gpointer user_data)
{
  return signal_arrived (user_data, SIGINT);
}

static gboolean
sigterm_cb (gpointer user_data)
{
  return signal_arrived (user_data, SIGTERM);
}

static gboolean
sighup_cb (gpointer user_data)
{
  return signal_arrived (user_data, SIGHUP);
}

void
cli_init (Cli *self)
{
  memset (self, 0, sizeof *self);
  self->options.reconnect_secs = CLI_RECONNECT_SECS;
  self->engine = sampan_engine_new ();
  self->sessions = session_pool_new (self);
  self->cancellable = g_cancellable_new ();
}

void
cli_clear (Cli *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  g_clear_pointer (&self->sessions, session_pool_free);
  g_clear_pointer (&self->base, sampan_remote_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->options.password_file, g_free);
}

void
cli_watch_signals (Cli *self)
{
  static const GSourceFunc callbacks[] = { sigint_cb, sigterm_cb, sighup_cb };

  G_STATIC_ASSERT (G_N_ELEMENTS (callbacks) == G_N_ELEMENTS (watched_signals));
  G_STATIC_ASSERT (G_N_ELEMENTS (callbacks) == G_N_ELEMENTS (self->signal_sources));
  for (size_t i = 0; i < G_N_ELEMENTS (callbacks); i++)
    self->signal_sources[i] = g_unix_signal_add (watched_signals[i], callbacks[i], self);
}

void
cli_begin_command (Cli *self)
{
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->signal_number = 0;
  self->status = CLI_STATUS_OK;
  self->n_failed = self->n_left_out = 0;
}

bool
cli_should_stop (const Cli *self)
{
  return g_cancellable_is_cancelled (self->cancellable) || self->status >= CLI_STATUS_UNREACHABLE;
}

int
cli_get_exit_status (const Cli *self)
{
  if (self->signal_number != 0)
    return CLI_STATUS_SIGNAL_BASE + self->signal_number;
  return (int)self->status;
}

static SampanRemote *
resolve_relative (const SampanRemote *base, const char *typed, GError **error)
{
  g_autoptr (SampanPath) path =
      sampan_path_new_relative (sampan_remote_get_path (base), typed, error);

  if (path == NULL)
    return NULL;
  return sampan_remote_new (sampan_remote_get_user (base),
                            sampan_remote_get_host (base),
                            sampan_remote_get_port (base),
                            path);
}

SampanRemote *
cli_resolve (Cli *self, const char *typed, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (SampanRemote) remote = NULL;

  if (g_str_has_prefix (typed, URI_SCHEME) || (self->base == NULL && !self->in_shell))
    remote = sampan_remote_parse (typed, &local_error);
  else if (self->base != NULL)
    remote = resolve_relative (self->base, typed, &local_error);
  else
    {
      g_set_error_literal (error,
                           CLI_ERROR,
                           CLI_STATUS_USAGE,
                           _ ("Not connected. Type: open sampan://USER@HOST/"));
      return NULL;
    }
  if (remote != NULL && sampan_remote_get_user (remote) != NULL)
    return g_steal_pointer (&remote);
  g_set_error_literal (error,
                       CLI_ERROR,
                       CLI_STATUS_USAGE,
                       local_error != NULL
                           ? local_error->message
                           : _ ("The user is missing: write sampan://USER@HOST/SHARE/PATH"));
  return NULL;
}

bool
cli_can_ask (void)
{
  return isatty (STDIN_FILENO) && isatty (STDERR_FILENO);
}
