/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* get: files and trees from the box. A remote name becomes part of a local path only after it was
 * checked to be a plain component. */

#include "config.h"

#include "command.h"

#include "entry-text.h"
#include "output.h"
#include "remote-look.h"
#include "transfer-batch.h"

#include <glib/gi18n.h>
#include <string.h>

#define LOOKS_AT_ONCE 32 /* bounds the lists that are held */

/* What comes from one server. */
typedef struct
{
  SampanSession *session; /* borrowed from the pool */
  SampanRemote *server;
  SampanBatch *batch;
} Part;

typedef struct
{
  Cli *cli;
  const TransferOptions *options;
  const char *local;    /* where to */
  bool local_is_folder; /* items keep their names there */
  GArray *parts;        /* of Part */
} Get;

static void
part_clear (gpointer data)
{
  Part *part = data;

  sampan_remote_unref (part->server);
  g_object_unref (part->batch);
}

static void
fail (Get *get, const char *name, const char *text)
{
  output_failed_because (get->cli, name, CLI_STATUS_ITEMS_FAILED, text);
}

static SampanBatch *
batch_for (Get *get, SampanSession *session, SampanRemote *remote, const char *folder)
{
  Part part = { session, NULL, NULL };

  for (guint i = 0; i < get->parts->len; i++)
    if (g_array_index (get->parts, Part, i).session == session)
      return g_array_index (get->parts, Part, i).batch;
  part.server = sampan_remote_ref (remote);
  part.batch = sampan_batch_new_download (session, folder);
  g_array_append_val (get->parts, part);
  return part.batch;
}

/* The shares, for the root, which has no name of its own. */
static void
add_shares (Get *get, SampanSession *session, SampanRemote *remote, SampanFolderList *list)
{
  const SampanPath *root = sampan_remote_get_path (remote);

  for (size_t i = 0; i < sampan_folder_list_get_length (list); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (list, i);
      g_autoptr (SampanPath) path = sampan_path_get_child (root, info->name, NULL);

      if (path != NULL)
        sampan_batch_add_remote (batch_for (get, session, remote, get->local), path, info);
    }
}

static void
add_one (Get *get,
         SampanSession *session,
         SampanRemote *remote,
         const SampanFileInfo *info,
         SampanFolderList *list)
{
  const SampanPath *path = sampan_remote_get_path (remote);
  g_autofree char *whole = g_canonicalize_filename (get->local, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);
  g_autofree char *name = g_path_get_basename (whole);
  SampanBatch *batch = batch_for (get, session, remote, get->local_is_folder ? get->local : parent);

  sampan_batch_add_listed (batch, path, info, list);
  if (!get->local_is_folder)
    sampan_batch_set_new_name (batch, name);
}

static void
add_operand (Get *get, SampanRemote *remote, RemoteLook *look, const char *typed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanFolderList) list = NULL;
  SampanSession *session = NULL;
  g_autoptr (SampanFileInfo) info = remote_look_end (look, &session, &list, &error);
  bool is_root = sampan_path_is_root (sampan_remote_get_path (remote));

  if (info == NULL)
    output_failed (get->cli, typed, error);
  else if (info->kind != SAMPAN_ENTRY_FILE && !entry_is_folder (info) && !is_root)
    fail (get, typed, _ ("This is neither a file nor a folder"));
  else if (info->kind != SAMPAN_ENTRY_FILE && !get->options->recursive)
    fail (get, typed, _ ("This is a folder; -r takes it with all it holds"));
  else if (is_root)
    add_shares (get, session, remote, list);
  else
    add_one (get, session, remote, info, list);
}

static void
add_all (Get *get, GPtrArray *remotes, char **operands)
{
  g_autoptr (GPtrArray) looks = g_ptr_array_new_with_free_func ((GDestroyNotify)remote_look_free);

  for (guint i = 0; i < remotes->len && !cli_should_stop (get->cli); i++)
    {
      while (looks->len < remotes->len && looks->len < i + LOOKS_AT_ONCE)
        g_ptr_array_add (looks,
                         remote_look_begin (get->cli,
                                            g_ptr_array_index (remotes, looks->len),
                                            get->options->recursive,
                                            true));
      add_operand (get, g_ptr_array_index (remotes, i), g_ptr_array_index (looks, i), operands[i]);
    }
}

static bool
is_target_good (Get *get, guint count)
{
  g_autofree char *whole = g_canonicalize_filename (get->local, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);

  if (!get->local_is_folder && (count > 1 || g_str_has_suffix (get->local, "/")))
    fail (get, get->local, _ ("This is no folder on this computer"));
  else if (!g_file_test (parent, G_FILE_TEST_IS_DIR))
    fail (get, parent, _ ("This is no folder on this computer"));
  else
    return true;
  return false;
}

static void
run (Cli *cli, char **operands, guint count, const char *local, const TransferOptions *options)
{
  g_autoptr (GPtrArray) remotes = command_resolve_all (cli, operands, count);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autoptr (TransferBatch) transfers = NULL;
  Get get = { cli, options, local, g_file_test (local, G_FILE_TEST_IS_DIR), parts };

  g_array_set_clear_func (parts, part_clear);
  if (remotes == NULL || !is_target_good (&get, count))
    return;
  add_all (&get, remotes, operands);
  if (parts->len == 0)
    return;
  transfers = transfer_batch_new (cli, options);
  for (guint i = 0; i < parts->len && !cli_should_stop (cli); i++)
    {
      const Part *part = &g_array_index (parts, Part, i);

      transfer_batch_run (transfers, part->session, part->server, part->batch);
    }
  transfer_batch_tell_end (transfers);
}

void
command_get (Cli *cli, const Command *command, char **argv)
{
  g_auto (TransferOptions) options = TRANSFER_OPTIONS_INIT;
  g_auto (GStrv) operands = transfer_options_parse (&options, cli, command, argv);
  guint count = operands != NULL ? g_strv_length (operands) : 0;

  if (count == 1)
    run (cli, operands, 1, ".", &options);
  else if (count > 1)
    run (cli, operands, count - 1, operands[count - 1], &options);
}
