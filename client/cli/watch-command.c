/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* watch: prints what changes in a folder until it is stopped. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "entry-text.h"
#include "folder-watch.h"
#include "json-line.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* The box is not told of what others do on a disk that it shares with other machines. */
#define LOOK_ANYWAY_SECS 30

typedef struct
{
  Cli *cli;
  const char *where; /* as it was typed */
  const SampanRemote *remote;
  SampanFolderWatch *watch; /* nullable */
  SampanSession *session;   /* of the watch; owned, nullable */
  SampanFolderList *seen;   /* nullable: nothing yet */
  bool has_changed;
} Watching;

static void
watching_clear (Watching *self)
{
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (self->watch, self);
  g_clear_object (&self->watch);
  g_clear_object (&self->session);
  g_clear_pointer (&self->seen, sampan_folder_list_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watching, watching_clear)

/* ---- What changed ---- */

static void
tell (Watching *self, char sign, const char *status, const SampanFileInfo *info)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (SampanPath) path = NULL;

  if (!self->cli->options.json)
    {
      printf ("%c ", sign);
      entry_text_print_name (info);
      return;
    }
  path = sampan_path_get_child (sampan_remote_get_path (self->remote), info->name, NULL);
  remote = path != NULL ? remote_with_path (self->remote, path) : NULL;
  output_begin_item (&line, "watch", status);
  json_line_add_bytes (&line, "name", info->name);
  if (remote != NULL)
    json_line_add_remote (&line, "uri", remote);
  json_line_add_string (&line, "kind", entry_kind_word (info->kind));
  json_line_add_uint (&line, "size", info->size);
  json_line_add_int (&line, "mtime", info->mtime.seconds);
  json_line_print (&line, stdout);
}

/* Takes LIST. */
static void
compare (Watching *self, SampanFolderList *list)
{
  g_autoptr (GHashTable) left = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer item;

  for (size_t i = 0; i < sampan_folder_list_get_length (self->seen); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (self->seen, i);

      g_hash_table_insert (left, (gpointer)info->name, (gpointer)info);
    }
  for (size_t i = 0; i < sampan_folder_list_get_length (list); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (list, i);
      const SampanFileInfo *before = g_hash_table_lookup (left, info->name);

      if (before == NULL)
        tell (self, '+', "added", info);
      else if (memcmp (before->version, info->version, sizeof info->version) != 0)
        tell (self, '~', "changed", info);
      g_hash_table_remove (left, info->name);
    }
  g_hash_table_iter_init (&iter, left);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    tell (self, '-', "removed", item);
  sampan_folder_list_unref (self->seen);
  self->seen = list;
  output_flush (self->cli);
}

static void
tell_begin (Watching *self)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;

  if (!self->cli->options.json)
    {
      if (!self->cli->options.quiet)
        output_note (self->cli, self->where, _ ("Watching; Ctrl-C ends it"));
      return;
    }
  output_begin_item (&line, "watch", "watching");
  json_line_add_remote (&line, "uri", self->remote);
  json_line_print (&line, stdout);
  output_flush (self->cli);
}

/* ---- Looking and waiting ---- */

static void
changed_cb (gpointer object, gpointer user_data)
{
  ((Watching *)user_data)->has_changed = true;
}

static gboolean
look_anyway_cb (gpointer user_data)
{
  ((Watching *)user_data)->has_changed = true;
  return G_SOURCE_CONTINUE;
}

static void
state_changed_cb (GObject *session, GParamSpec *pspec, gpointer user_data)
{
  ((Watching *)user_data)->has_changed = true;
}

/* Before the folder is listed, so that nothing is missed in between. */
static void
begin (Watching *self, SampanSession *session)
{
  if (self->session == session)
    return;
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (self->watch, self);
    }
  g_set_object (&self->session, session);
  g_clear_object (&self->watch);
  self->watch = sampan_folder_watch_new (session, sampan_remote_get_path (self->remote));
  g_signal_connect (self->watch, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (session, "notify::state", G_CALLBACK (state_changed_cb), self);
}

static bool
look (Watching *self, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (GError) list_error = NULL;
  SampanFolderList *list;
  SampanSession *session = session_pool_get (self->cli->sessions, self->remote, error);

  if (session == NULL)
    return false;
  begin (self, session);
  self->has_changed = false;
  sampan_session_list_async (session,
                             sampan_remote_get_path (self->remote),
                             self->cli->cancellable,
                             await_done_cb,
                             &await);
  list = sampan_session_list_finish (session, await_result (&await), &list_error);
  if (list != NULL && self->seen != NULL)
    compare (self, list);
  else if (list != NULL)
    {
      self->seen = list;
      tell_begin (self);
    }
  else if (session_pool_rides_through (self->cli->sessions, session, &list_error))
    self->has_changed = true;
  else
    {
      g_propagate_error (error, g_steal_pointer (&list_error));
      return false;
    }
  return true;
}

static bool
watch (Watching *self, GError **error)
{
  while (look (self, error))
    {
      while (!self->has_changed && !g_cancellable_is_cancelled (self->cli->cancellable))
        g_main_context_iteration (NULL, TRUE);
      if (g_cancellable_is_cancelled (self->cli->cancellable))
        return true;
    }
  return g_cancellable_is_cancelled (self->cli->cancellable);
}

void
command_watch (Cli *cli, const Command *command, char **argv)
{
  g_auto (GStrv) operands = command_parse (cli, command, NULL, argv, cli->in_shell ? 0 : 1, 1);
  const char *where = operands != NULL && operands[0] != NULL ? operands[0] : "";
  g_auto (Watching) watching = { .cli = cli, .where = where };
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  guint timer;

  if (operands == NULL)
    return;
  remote = cli_resolve (cli, where, &error);
  watching.remote = remote;
  timer = g_timeout_add_seconds (LOOK_ANYWAY_SECS, look_anyway_cb, &watching);
  if (remote == NULL || !watch (&watching, &error))
    output_failed (cli, where, error);
  g_source_remove (timer);
  watching_clear (&watching);
}
