/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* put: files and trees to the box. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "conflict.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"
#include "transfer-batch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

/* Folders that are made on the box before their turn, so that they cost no round trip each. */
#define AHEAD_MAX 64

typedef struct
{
  Cli *cli;
  TransferBatch *batch;
  RemoteTarget target;
  GQueue folders; /* Folder, still to be walked */
} Put;

typedef struct
{
  char *local;
  SampanRemote *remote;
  bool is_asked_for;
  Await made;
} Folder;

static void
folder_free (Folder *folder)
{
  if (folder->is_asked_for)
    await_result (&folder->made);
  await_clear (&folder->made);
  g_free (folder->local);
  sampan_remote_unref (folder->remote);
  g_free (folder);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Folder, folder_free)

static void
fail_errno (Cli *cli, const char *name, int saved_errno)
{
  output_failed_because (cli, name, CLI_STATUS_ITEMS_FAILED, g_strerror (saved_errno));
}

static void
push_folder (Put *put, const char *local, SampanRemote *remote)
{
  Folder *folder = g_new0 (Folder, 1);

  folder->local = g_strdup (local);
  folder->remote = sampan_remote_ref (remote);
  g_queue_push_tail (&put->folders, folder);
}

static void
put_entry (Put *put, const Folder *folder, int folder_fd, const char *name)
{
  g_autofree char *local = g_build_filename (folder->local, name, NULL);
  g_autoptr (SampanPath) path = NULL;
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  if (fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    {
      fail_errno (put->cli, local, errno);
      return;
    }
  if (!S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode))
    {
      output_note (put->cli,
                   local,
                   S_ISLNK (status.st_mode) ? _ ("left out: a link") : _ ("left out: no file"));
      return;
    }
  path = sampan_path_get_child (sampan_remote_get_path (folder->remote), name, &error);
  if (path == NULL)
    {
      output_failed (put->cli, local, error);
      return;
    }
  remote = remote_with_path (folder->remote, path);
  if (S_ISDIR (status.st_mode))
    push_folder (put, local, remote);
  else if (!transfer_batch_upload (put->batch,
                                   put->target.session,
                                   local,
                                   remote,
                                   (uint64_t)status.st_size))
    g_debug ("No more is added");
}

static void
ask_for_folders (Put *put)
{
  GList *next = put->folders.tail;

  for (int i = 0; i < AHEAD_MAX && next != NULL; i++, next = next->prev)
    {
      Folder *folder = next->data;

      if (folder->is_asked_for)
        continue;
      folder->is_asked_for = true;
      sampan_session_mkdir_async (put->target.session,
                                  sampan_remote_get_path (folder->remote),
                                  true,
                                  put->cli->cancellable,
                                  await_done_cb,
                                  &folder->made);
    }
}

/* Made twice is made once. */
static bool
finish_making (Put *put, Folder *folder, GError **error)
{
  SampanSession *session = put->target.session;

  for (;;)
    {
      g_autoptr (GError) local_error = NULL;

      if (sampan_session_mkdir_finish (session, await_result (&folder->made), &local_error))
        return true;
      if (!session_pool_rides_through (put->cli->sessions, session, local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return false;
        }
      await_clear (&folder->made);
      sampan_session_mkdir_async (session,
                                  sampan_remote_get_path (folder->remote),
                                  true,
                                  put->cli->cancellable,
                                  await_done_cb,
                                  &folder->made);
    }
}

static void
put_folder (Put *put, Folder *folder)
{
  g_autoptr (GError) error = NULL;
  struct dirent *entry;
  DIR *directory = NULL;

  if (!finish_making (put, folder, &error))
    {
      output_failed (put->cli, folder->local, error);
      return;
    }
  directory = opendir (folder->local);
  if (directory == NULL)
    {
      fail_errno (put->cli, folder->local, errno);
      return;
    }
  for (;;)
    {
      errno = 0;
      entry = readdir (directory);
      if (entry == NULL || cli_should_stop (put->cli))
        break;
      if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
        put_entry (put, folder, dirfd (directory), entry->d_name);
    }
  if (entry == NULL && errno != 0)
    fail_errno (put->cli, folder->local, errno);
  closedir (directory);
}

/* What was named is followed if it is a link; what lies in a folder is not. */
static void
put_operand (Put *put, const char *local, bool recursive)
{
  g_autofree char *name = g_path_get_basename (local);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  if (stat (local, &status) != 0)
    {
      if (errno == ENOENT)
        {
          error = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND, "No such local file");
          output_failed (put->cli, local, error);
        }
      else
        fail_errno (put->cli, local, errno);
      return;
    }
  remote = remote_target_get_item (&put->target, name, &error);
  if (remote == NULL)
    output_failed (put->cli, local, error);
  else if (S_ISREG (status.st_mode))
    {
      if (!transfer_batch_upload (put->batch,
                                  put->target.session,
                                  local,
                                  remote,
                                  (uint64_t)status.st_size))
        g_debug ("No more is added");
    }
  else if (!S_ISDIR (status.st_mode))
    output_failed_because (put->cli,
                           local,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("This is neither a file nor a folder"));
  else if (!recursive)
    output_failed_because (put->cli,
                           local,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("This is a folder; -r takes it with all it holds"));
  else
    push_folder (put, local, remote);
  while (!g_queue_is_empty (&put->folders) && !cli_should_stop (put->cli))
    {
      g_autoptr (Folder) folder = NULL;

      ask_for_folders (put);
      folder = g_queue_pop_tail (&put->folders);
      put_folder (put, folder);
    }
}

static void
run (Cli *cli,
     char **locals,
     guint count,
     const char *typed_target,
     ConflictPolicy policy,
     bool recursive,
     bool resume)
{
  g_autoptr (TransferBatch) batch = NULL;
  g_autoptr (GError) error = NULL;
  Put put = { cli, NULL, REMOTE_TARGET_INIT, G_QUEUE_INIT };

  if (!remote_target_look (cli, typed_target, count > 1, &put.target, &error))
    output_failed (cli, typed_target, error);
  else
    {
      batch = transfer_batch_new (cli, policy, resume);
      put.batch = batch;
      for (guint i = 0; i < count && !cli_should_stop (cli); i++)
        put_operand (&put, locals[i], recursive);
      transfer_batch_wait (batch);
    }
  g_queue_clear_full (&put.folders, (GDestroyNotify)folder_free);
  remote_target_clear (&put.target);
}

void
command_put (Cli *cli, const Command *command, char **argv)
{
  gboolean recursive = FALSE, resume = FALSE;
  g_autofree char *word = NULL;
  const GOptionEntry entries[] = {
    { "recursive",
      'r',
      0,
      G_OPTION_ARG_NONE,
      &recursive,
      N_ ("Folders with all that they hold"),
      NULL },
    CONFLICT_OPTION (&word),
    { "resume",
      0,
      0,
      G_OPTION_ARG_NONE,
      &resume,
      N_ ("Continue what a broken upload left on the box"),
      NULL },
    { NULL },
  };
  g_auto (GStrv) operands =
      command_parse (cli, command, entries, argv, cli->in_shell ? 1 : 2, COMMAND_ANY_NUMBER);
  ConflictPolicy policy;
  guint count;

  if (operands == NULL || !conflict_policy_parse (cli, word, &policy))
    return;
  count = g_strv_length (operands);
  if (count == 1)
    run (cli, operands, 1, "", policy, recursive, resume);
  else
    run (cli, operands, count - 1, operands[count - 1], policy, recursive, resume);
}
