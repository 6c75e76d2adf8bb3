/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looks that are under way. */

#include "config.h"

#include "remote-look.h"

#include "await.h"
#include "entry-text.h"
#include "session-pool.h"

struct _RemoteLook
{
  Cli *cli;
  SampanRemote *remote;
  SampanSession *session; /* borrowed; NULL: nothing was asked */
  bool lists;
  Await info;
  Await list;
  GError *error; /* of the begin */
};

static void
ask (RemoteLook *self)
{
  const SampanPath *path = sampan_remote_get_path (self->remote);
  GCancellable *cancellable = self->cli->cancellable;

  sampan_session_stat_async (self->session, path, cancellable, await_done_cb, &self->info);
  if (self->lists)
    sampan_session_list_async (self->session, path, cancellable, await_done_cb, &self->list);
}

static void
forget_answers (RemoteLook *self)
{
  if (self->session != NULL)
    await_result (&self->info);
  if (self->session != NULL && self->lists)
    await_result (&self->list);
  await_clear (&self->info);
  await_clear (&self->list);
}

RemoteLook *
remote_look_begin (Cli *cli, SampanRemote *remote, bool lists, bool moves)
{
  RemoteLook *self = g_new0 (RemoteLook, 1);

  self->cli = cli;
  self->remote = sampan_remote_ref (remote);
  self->lists = lists;
  self->session = session_pool_begin (cli->sessions, remote, &self->error);
  if (self->session != NULL)
    ask (self);
  if (self->session != NULL && moves)
    sampan_session_expect_transfers (self->session);
  return self;
}

static bool
is_folder (RemoteLook *self, const SampanFileInfo *info)
{
  return entry_is_folder (info) || sampan_path_is_root (sampan_remote_get_path (self->remote));
}

static SampanFileInfo *
take_answers (RemoteLook *self, SampanFolderList **list, GError **error)
{
  g_autoptr (GError) list_error = NULL;
  g_autoptr (SampanFileInfo) info =
      sampan_session_stat_finish (self->session, await_result (&self->info), error);

  if (info == NULL || !self->lists)
    return g_steal_pointer (&info);
  *list = sampan_session_list_finish (self->session, await_result (&self->list), &list_error);
  if (*list != NULL || !is_folder (self, info))
    return g_steal_pointer (&info);
  g_propagate_error (error, g_steal_pointer (&list_error));
  return NULL;
}

/* What was asked during a login that did not come about as it was begun. */
static bool
is_to_be_asked_again (const GError *error)
{
  return g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED) ||
         g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_PASSWORD_NEEDED);
}

SampanFileInfo *
remote_look_end (RemoteLook *self, SampanSession **session, SampanFolderList **list, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  SampanFileInfo *info;

  *list = NULL;
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }
  *session = session_pool_get (self->cli->sessions, self->remote, error);
  if (*session == NULL)
    return NULL;
  info = take_answers (self, list, &local_error);
  if (info == NULL && is_to_be_asked_again (local_error))
    {
      forget_answers (self);
      ask (self);
      return take_answers (self, list, error);
    }
  if (info == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return info;
}

void
remote_look_free (RemoteLook *self)
{
  forget_answers (self);
  sampan_remote_unref (self->remote);
  g_clear_error (&self->error);
  g_free (self);
}
