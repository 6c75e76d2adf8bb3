/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* put: files and trees to the box. */

#include "config.h"

#include "command.h"

#include "output.h"
#include "remote-target.h"
#include "transfer-batch.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  Cli *cli;
  const TransferOptions *options;
  RemoteTarget target;
  SampanBatch *batch; /* NULL: nothing to be sent */
} Put;

static void
fail (Put *put, const char *name, const char *text)
{
  output_failed_because (put->cli, name, CLI_STATUS_ITEMS_FAILED, text);
}

static void
leave_out_link (Put *put, const char *local)
{
  g_autoptr (SampanBatchProblem) problem =
      sampan_batch_problem_new_from_kind (local, SAMPAN_ENTRY_SYMLINK);

  output_left_out (put->cli, "put", local, sampan_batch_problem_get_reason (problem));
}

/* What the folder LOCAL holds, for what has no name of its own, such as "." */
static void
add_content (Put *put, const char *local)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (local, 0, &error);
  const char *name;

  if (folder == NULL)
    {
      fail (put, local, error->message);
      return;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (local, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        leave_out_link (put, child);
      else
        sampan_batch_add_local (put->batch, child);
    }
}

/* What was named is followed if it is a link; what lies in a folder is not. */
static bool
can_be_put (Put *put, const char *local, struct stat *status)
{
  g_autoptr (GError) error = NULL;

  if (stat (local, status) != 0)
    {
      if (errno != ENOENT)
        {
          fail (put, local, g_strerror (errno));
          return false;
        }
      error = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND, "No such local file");
      output_failed (put->cli, local, error);
      return false;
    }
  if (!S_ISREG (status->st_mode) && !S_ISDIR (status->st_mode))
    fail (put, local, _ ("This is neither a file nor a folder"));
  else if (S_ISDIR (status->st_mode) && !put->options->recursive)
    fail (put, local, _ ("This is a folder; -r takes it with all it holds"));
  else
    return true;
  return false;
}

/* A file does not make folders on the box that nobody asked for. */
static bool
is_folder_there (Put *put, const SampanPath *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanFolderList) list = NULL;
  SampanSession *session;
  g_autoptr (SampanFileInfo) info = remote_look_end (put->target.parent, &session, &list, &error);

  if (info != NULL)
    return true;
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    fail (put,
          sampan_path_get (folder),
          _ ("The folder on the box where it should go is not there"));
  else
    output_failed (put->cli, sampan_path_get (folder), error);
  return false;
}

static bool
has_own_name (const char *name)
{
  return strcmp (name, ".") != 0 && strcmp (name, "..") != 0 && strcmp (name, "/") != 0;
}

static void
add_operand (Put *put, const char *local)
{
  const SampanPath *path = sampan_remote_get_path (put->target.remote);
  g_autofree char *name = g_path_get_basename (local);
  g_autoptr (SampanPath) parent = NULL;
  struct stat status;
  bool is_renamed = !put->target.is_folder;

  if (!can_be_put (put, local, &status))
    return;
  if (put->batch != NULL || !is_renamed || !has_own_name (name))
    {
      if (put->batch == NULL)
        put->batch = sampan_batch_new_upload (put->target.session, path);
      if (has_own_name (name))
        sampan_batch_add_local (put->batch, local);
      else
        add_content (put, local);
      return;
    }
  parent = sampan_path_get_parent (path);
  if (S_ISREG (status.st_mode) && !is_folder_there (put, parent))
    return;
  put->batch = sampan_batch_new_upload (put->target.session, parent);
  sampan_batch_add_local (put->batch, local);
  sampan_batch_set_new_name (put->batch, sampan_path_get_name (path));
}

static void
run (Cli *cli, char **locals, guint count, const char *typed_target, const TransferOptions *options)
{
  g_autoptr (TransferBatch) transfers = NULL;
  g_autoptr (GError) error = NULL;
  Put put = { cli, options, REMOTE_TARGET_INIT, NULL };

  if (!remote_target_look (cli, typed_target, count > 1, count == 1, &put.target, &error))
    output_failed (cli, typed_target, error);
  for (guint i = 0; error == NULL && i < count && !cli_should_stop (cli); i++)
    add_operand (&put, locals[i]);
  if (put.batch != NULL && !cli_should_stop (cli))
    {
      transfers = transfer_batch_new (cli, options);
      transfer_batch_run (transfers, put.target.session, put.target.remote, put.batch);
      transfer_batch_tell_end (transfers);
    }
  g_clear_object (&put.batch);
  remote_target_clear (&put.target);
}

void
command_put (Cli *cli, const Command *command, char **argv)
{
  g_auto (TransferOptions) options = TRANSFER_OPTIONS_INIT;
  g_auto (GStrv) operands = transfer_options_parse (&options, cli, command, argv);
  guint count = operands != NULL ? g_strv_length (operands) : 0;

  if (count == 1)
    run (cli, operands, 1, "", &options);
  else if (count > 1)
    run (cli, operands, count - 1, operands[count - 1], &options);
}
