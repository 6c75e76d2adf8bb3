/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where mv, cp and put go to. */

#include "config.h"

#include "remote-target.h"

#include "await.h"
#include "entry-text.h"

#include <glib/gi18n.h>
#include <string.h>

SampanFileInfo *
remote_stat (Cli *cli, SampanSession *session, const SampanPath *path, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;

  sampan_session_stat_async (session, path, cli->cancellable, await_done_cb, &await);
  return sampan_session_stat_finish (session, await_result (&await), error);
}

static void
look_at_parent (Cli *cli, RemoteTarget *target)
{
  g_autoptr (SampanPath) path = sampan_path_get_parent (sampan_remote_get_path (target->remote));
  g_autoptr (SampanRemote) parent = path != NULL ? remote_with_path (target->remote, path) : NULL;

  if (parent != NULL)
    target->parent = remote_look_begin (cli, parent, false, true);
}

bool
remote_is_share (const SampanPath *path)
{
  g_autoptr (SampanPath) parent = sampan_path_get_parent (path);

  return parent != NULL && sampan_path_is_root (parent);
}

/* NULL: all is well. Shares stand where no file can go, and only the box makes them. */
static const char *
why_not_there (const SampanPath *path, bool exists)
{
  if (sampan_path_is_root (path))
    return _ ("Files go into a share; ls shows which there are");
  return exists || !remote_is_share (path)
             ? NULL
             : _ ("There is no such share; shares are made on the box");
}

bool
remote_target_look (Cli *cli,
                    const char *typed,
                    bool many,
                    bool parent,
                    RemoteTarget *target,
                    GError **error)
{
  g_autoptr (RemoteLook) look = NULL;
  g_autoptr (SampanFolderList) list = NULL;
  g_autoptr (SampanFileInfo) info = NULL;
  g_autoptr (GError) local_error = NULL;
  const SampanPath *path;
  const char *reason;

  target->remote = cli_resolve (cli, typed, error);
  if (target->remote == NULL)
    return false;
  path = sampan_remote_get_path (target->remote);
  look = remote_look_begin (cli, target->remote, false, parent);
  if (parent)
    look_at_parent (cli, target);
  info = remote_look_end (look, &target->session, &list, &local_error);
  if (info == NULL && !g_error_matches (local_error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return false;
    }
  target->is_folder = info != NULL && entry_is_folder (info);
  reason = why_not_there (path, info != NULL);
  if (reason == NULL && (target->is_folder || (!many && !g_str_has_suffix (typed, "/"))))
    return true;
  g_set_error_literal (error,
                       CLI_ERROR,
                       CLI_STATUS_ITEMS_FAILED,
                       reason != NULL ? reason : _ ("This is no folder on the box"));
  return false;
}

SampanRemote *
remote_target_get_item (const RemoteTarget *target, const char *name, GError **error)
{
  g_autoptr (SampanPath) path = NULL;

  if (!target->is_folder || strcmp (name, "") == 0 || strcmp (name, ".") == 0 ||
      strcmp (name, "..") == 0 || strcmp (name, "/") == 0)
    return sampan_remote_ref (target->remote);
  path = sampan_path_get_child (sampan_remote_get_path (target->remote), name, error);
  return path != NULL ? remote_with_path (target->remote, path) : NULL;
}

void
remote_target_clear (RemoteTarget *target)
{
  g_clear_pointer (&target->parent, remote_look_free);
  g_clear_pointer (&target->remote, sampan_remote_unref);
}

SampanRemote *
remote_with_path (const SampanRemote *remote, const SampanPath *path)
{
  return sampan_remote_new (sampan_remote_get_user (remote),
                            sampan_remote_get_host (remote),
                            sampan_remote_get_port (remote),
                            path);
}

bool
remote_is_same_server (const SampanRemote *a, const SampanRemote *b)
{
  return g_strcmp0 (sampan_remote_get_user (a), sampan_remote_get_user (b)) == 0 &&
         g_ascii_strcasecmp (sampan_remote_get_host (a), sampan_remote_get_host (b)) == 0 &&
         sampan_remote_get_port (a) == sampan_remote_get_port (b);
}
