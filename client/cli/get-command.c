/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* get: files and trees from the box. A remote name becomes part of a local path only after it was
 * checked to be a plain component. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "conflict.h"
#include "entry-text.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"
#include "transfer-batch.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER_MODE 0777 /* minus the umask, as every program makes them */
/* Folders that are listed before their turn, so that they cost no round trip each; the lists are
 * held until then. */
#define AHEAD_MAX 8

typedef struct
{
  Cli *cli;
  TransferBatch *batch;
  const char *local;    /* where to */
  bool local_is_folder; /* items keep their names there */
  GQueue folders;       /* Folder, still to be walked */
} Get;

typedef struct
{
  SampanSession *session; /* borrowed from the pool */
  SampanRemote *remote;
  char *local;
  bool named; /* on the command line: may be reached through a local link */
  bool is_asked_for;
  Await listed;
} Folder;

static void
folder_free (Folder *folder)
{
  if (folder->is_asked_for)
    await_result (&folder->listed);
  await_clear (&folder->listed);
  sampan_remote_unref (folder->remote);
  g_free (folder->local);
  g_free (folder);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Folder, folder_free)

static void
push_folder (Get *get, SampanSession *session, SampanRemote *remote, const char *local, bool named)
{
  Folder *folder = g_new0 (Folder, 1);

  folder->session = session;
  folder->remote = sampan_remote_ref (remote);
  folder->local = g_strdup (local);
  folder->named = named;
  g_queue_push_tail (&get->folders, folder);
}

static const char *
shown_name (const SampanRemote *remote)
{
  return sampan_path_get (sampan_remote_get_path (remote));
}

/* One thing that the box has: a file is fetched, a folder kept for later. */
static void
take (Get *get,
      SampanSession *session,
      SampanRemote *remote,
      const SampanFileInfo *info,
      const char *local)
{
  switch (info->kind)
    {
    case SAMPAN_ENTRY_FILE:
      if (!transfer_batch_download (get->batch, session, remote, local, info->size))
        g_debug ("No more is added");
      break;
    case SAMPAN_ENTRY_FOLDER:
    case SAMPAN_ENTRY_SHARE:
      push_folder (get, session, remote, local, false);
      break;
    case SAMPAN_ENTRY_SYMLINK:
      output_note (get->cli, shown_name (remote), _ ("left out: a link"));
      break;
    case SAMPAN_ENTRY_OTHER:
    default:
      output_note (get->cli, shown_name (remote), _ ("left out: no file"));
      break;
    }
}

static void
take_entry (Get *get, const Folder *folder, const SampanFileInfo *info)
{
  g_autofree char *local = NULL;
  g_autoptr (SampanPath) path = NULL;
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GError) error = NULL;

  if (!sampan_name_is_valid ((const uint8_t *)info->name, strlen (info->name)))
    {
      output_failed_because (get->cli,
                             info->name,
                             CLI_STATUS_ITEMS_FAILED,
                             _ ("The server sent a name that no file can have; left out"));
      return;
    }
  path = sampan_path_get_child (sampan_remote_get_path (folder->remote), info->name, &error);
  if (path == NULL)
    {
      output_failed (get->cli, info->name, error);
      return;
    }
  remote = remote_with_path (folder->remote, path);
  local = g_build_filename (folder->local, info->name, NULL);
  take (get, folder->session, remote, info, local);
}

static bool
make_local_folder (const Folder *folder)
{
  struct stat status;

  if (mkdir (folder->local, FOLDER_MODE) == 0)
    return true;
  if (errno != EEXIST)
    return false;
  if ((folder->named ? stat (folder->local, &status) : lstat (folder->local, &status)) != 0)
    return false;
  if (S_ISDIR (status.st_mode))
    return true;
  errno = ENOTDIR;
  return false;
}

static void
ask_for_folders (Get *get)
{
  GList *next = get->folders.tail;

  for (int i = 0; i < AHEAD_MAX && next != NULL; i++, next = next->prev)
    {
      Folder *folder = next->data;

      if (folder->is_asked_for)
        continue;
      folder->is_asked_for = true;
      sampan_session_list_async (folder->session,
                                 sampan_remote_get_path (folder->remote),
                                 get->cli->cancellable,
                                 await_done_cb,
                                 &folder->listed);
    }
}

static void
get_folder (Get *get, Folder *folder)
{
  g_autoptr (SampanFolderList) list = NULL;
  g_autoptr (GError) error = NULL;

  list = sampan_session_list_finish (folder->session, await_result (&folder->listed), &error);
  while (list == NULL && session_pool_rides_through (get->cli->sessions, folder->session, error))
    {
      g_clear_error (&error);
      await_clear (&folder->listed);
      sampan_session_list_async (folder->session,
                                 sampan_remote_get_path (folder->remote),
                                 get->cli->cancellable,
                                 await_done_cb,
                                 &folder->listed);
      list = sampan_session_list_finish (folder->session, await_result (&folder->listed), &error);
    }
  if (list == NULL)
    {
      output_failed (get->cli, shown_name (folder->remote), error);
      return;
    }
  if (!make_local_folder (folder))
    {
      output_failed_because (get->cli, folder->local, CLI_STATUS_ITEMS_FAILED, g_strerror (errno));
      return;
    }
  for (size_t i = 0; i < sampan_folder_list_get_length (list); i++)
    {
      if (cli_should_stop (get->cli))
        return;
      take_entry (get, folder, sampan_folder_list_get (list, i));
    }
}

static void
get_one (Get *get,
         SampanSession *session,
         SampanRemote *remote,
         const char *typed,
         const SampanFileInfo *info,
         bool recursive)
{
  const char *name = sampan_path_get_name (sampan_remote_get_path (remote));
  g_autofree char *local = get->local_is_folder ? g_build_filename (get->local, name, NULL)
                                                : g_strdup (get->local);

  if (info->kind == SAMPAN_ENTRY_FILE)
    take (get, session, remote, info, local);
  else if (!entry_is_folder (info) && name[0] != '\0')
    output_failed_because (get->cli,
                           typed,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("This is neither a file nor a folder"));
  else if (!recursive)
    output_failed_because (get->cli,
                           typed,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("This is a folder; -r takes it with all it holds"));
  else
    push_folder (get, session, remote, local, true);
}

static void
get_operand (Get *get, SampanRemote *remote, const char *typed, bool recursive)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanFileInfo) info = NULL;
  SampanSession *session = session_pool_get (get->cli->sessions, remote, &error);

  if (session != NULL)
    info = remote_stat (get->cli, session, sampan_remote_get_path (remote), &error);
  if (info == NULL)
    {
      output_failed (get->cli, typed, error);
      return;
    }
  get_one (get, session, remote, typed, info, recursive);
  while (!g_queue_is_empty (&get->folders) && !cli_should_stop (get->cli))
    {
      g_autoptr (Folder) folder = NULL;

      ask_for_folders (get);
      folder = g_queue_pop_tail (&get->folders);
      get_folder (get, folder);
    }
}

static void
run (Cli *cli,
     char **operands,
     guint count,
     const char *local,
     ConflictPolicy policy,
     bool recursive)
{
  g_autoptr (GPtrArray) remotes = command_resolve_all (cli, operands, count);
  g_autoptr (TransferBatch) batch = NULL;
  g_autofree char *parent = g_path_get_dirname (local);
  Get get = { cli, NULL, local, g_file_test (local, G_FILE_TEST_IS_DIR), G_QUEUE_INIT };

  if (remotes == NULL)
    return;
  if (!get.local_is_folder && (count > 1 || g_str_has_suffix (local, "/")))
    {
      output_failed_because (cli,
                             local,
                             CLI_STATUS_ITEMS_FAILED,
                             _ ("This is no folder on this computer"));
      return;
    }
  if (!g_file_test (parent, G_FILE_TEST_IS_DIR))
    {
      output_failed_because (cli,
                             parent,
                             CLI_STATUS_ITEMS_FAILED,
                             _ ("This is no folder on this computer"));
      return;
    }
  batch = transfer_batch_new (cli, policy, false);
  get.batch = batch;
  for (guint i = 0; i < count && !cli_should_stop (cli); i++)
    get_operand (&get, g_ptr_array_index (remotes, i), operands[i], recursive);
  transfer_batch_wait (batch);
  g_queue_clear_full (&get.folders, (GDestroyNotify)folder_free);
}

void
command_get (Cli *cli, const Command *command, char **argv)
{
  gboolean recursive = FALSE;
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
    run (cli, operands, 1, ".", policy, recursive);
  else
    run (cli, operands, count - 1, operands[count - 1], policy, recursive);
}
