/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Moving and copying on the box: mv, cp. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "conflict.h"
#include "escape.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"
#include "undo-line.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

typedef struct
{
  Cli *cli;
  SampanSession *session;
  SampanRemote *from;
  SampanRemote *to;
  bool copy;
  UndoLine *undo;
} Move;

static bool
copy_once (const Move *move, SampanConflict conflict, SampanPlaced *placed, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;

  sampan_session_copy_async (move->session,
                             sampan_remote_get_path (move->from),
                             sampan_remote_get_path (move->to),
                             conflict,
                             NULL,
                             NULL,
                             move->cli->cancellable,
                             await_done_cb,
                             &await);
  return sampan_session_copy_finish (move->session, await_result (&await), placed, error);
}

static bool
rename_once (const Move *move, SampanConflict conflict, SampanPlaced *placed, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;

  sampan_session_rename_async (move->session,
                               sampan_remote_get_path (move->from),
                               sampan_remote_get_path (move->to),
                               conflict,
                               NULL,
                               move->cli->cancellable,
                               await_done_cb,
                               &await);
  return sampan_session_rename_finish (move->session, await_result (&await), placed, error);
}

static bool
in_same_share (const SampanRemote *a, const SampanRemote *b)
{
  g_autoptr (SampanPath) below_a = NULL;
  g_autoptr (SampanPath) below_b = NULL;
  g_autofree char *share_a = sampan_path_split_share (sampan_remote_get_path (a), &below_a);
  g_autofree char *share_b = sampan_path_split_share (sampan_remote_get_path (b), &below_b);

  return g_strcmp0 (share_a, share_b) == 0;
}

/* Nothing is removed before the copy is safe on the box. */
static bool
move_between_shares (const Move *move,
                     SampanConflict conflict,
                     SampanPlaced *placed,
                     uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
                     GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;

  if (!copy_once (move, conflict, placed, error))
    return false;
  sampan_session_remove_async (move->session,
                               sampan_remote_get_path (move->from),
                               true,
                               move->cli->cancellable,
                               await_done_cb,
                               &await);
  if (sampan_session_remove_finish (move->session, await_result (&await), trash_id, &local_error))
    return true;
  text = output_error_text (local_error);
  g_set_error (error,
               CLI_ERROR,
               CLI_STATUS_ITEMS_FAILED,
               /* Translators: %s is why. */
               _ ("Copied to the other share, but the original is still there as well: %s"),
               text);
  return false;
}

/* TRASH_ID: of what was left behind in another share; else zero. */
static bool
try_once (const Move *move,
          SampanConflict conflict,
          SampanPlaced *placed,
          uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
          GError **error)
{
  memset (trash_id, 0, SAMPAN_TRASH_ID_LENGTH);
  if (move->copy)
    return copy_once (move, conflict, placed, error);
  if (!in_same_share (move->from, move->to))
    return move_between_shares (move, conflict, placed, trash_id, error);
  return rename_once (move, conflict, placed, error);
}

/* What differs from what was asked for. */
static void
tell_placed (const Move *move, const SampanPlaced *placed)
{
  const char *asked = sampan_path_get_name (sampan_remote_get_path (move->to));
  g_autofree char *text = NULL;

  if (strcmp (placed->name, asked) != 0)
    {
      g_autofree char *name = sampan_escape (placed->name, -1, 0);
      /* Translators: %s is a file name. */
      g_autofree char *stored = g_strdup_printf (_ ("stored as %s"), name);

      output_note (move->cli, asked, stored);
    }
  if (placed->skipped == 0)
    return;
  /* Translators: how many links and special files a copy left out. */
  text = g_strdup_printf (ngettext ("%" PRIu64 " link or special file skipped",
                                    "%" PRIu64 " links or special files skipped",
                                    (unsigned long)placed->skipped),
                          placed->skipped);
  output_note (move->cli, asked, text);
}

/* PLACED is NULL if nothing was done. */
static void
report_done (const Move *move, const SampanPlaced *placed)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;

  if (!move->cli->options.json)
    {
      if (placed != NULL)
        tell_placed (move, placed);
      return;
    }
  output_begin_item (&line, move->copy ? "cp" : "mv", placed != NULL ? "done" : "skipped");
  json_line_add_remote (&line, "uri", move->from);
  json_line_add_remote (&line, "to", move->to);
  if (placed != NULL)
    {
      json_line_add_bytes (&line, "stored_name", placed->name);
      json_line_add_uint (&line, "skipped", placed->skipped);
      if (placed->has_replaced)
        json_line_add_hex (&line, "trash_id", placed->trash_id, sizeof placed->trash_id);
    }
  json_line_print (&line, stdout);
}

/* A copy onto a name that was free is no loss: it leads back nowhere. */
static void
add_undo (const Move *move,
          const SampanPlaced *placed,
          const uint8_t source_id[static SAMPAN_TRASH_ID_LENGTH])
{
  g_autoptr (SampanPath) folder = sampan_path_get_parent (sampan_remote_get_path (move->to));
  g_autoptr (SampanPath) path = folder != NULL ? sampan_path_get_child (folder, placed->name, NULL)
                                               : NULL;
  g_autoptr (SampanRemote) now = path != NULL ? remote_with_path (move->to, path) : NULL;

  if (now == NULL)
    return;
  if (move->copy)
    {
      undo_line_add_restore (move->undo, now, placed->trash_id, true);
      return;
    }
  undo_line_add_restore (move->undo, now, placed->trash_id, false);
  if (in_same_share (move->from, move->to))
    undo_line_add_move (move->undo, now, move->from);
  else
    {
      undo_line_add_remove (move->undo, now);
      undo_line_add_restore (move->undo, move->from, source_id, false);
    }
}

/* Says what is not there: the thing itself, or where it should go. */
static void
report_failed (const Move *move, const char *typed, const GError *error)
{
  const SampanPath *from = sampan_remote_get_path (move->from);
  g_autoptr (SampanFileInfo) info = NULL;

  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    info = remote_stat (move->cli, move->session, from, NULL);
  if (info != NULL)
    output_failed_because (move->cli,
                           typed,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("The folder where it should go is not there"));
  else
    output_failed (move->cli, typed, error);
}

static void
run (const Move *move, const char *typed, ConflictPolicy *policy)
{
  SampanConflict conflict = conflict_first_try (*policy);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_auto (SampanPlaced) placed = { 0 };
      uint8_t source_id[SAMPAN_TRASH_ID_LENGTH];
      ConflictOutcome outcome = CONFLICT_FAIL;

      if (try_once (move, conflict, &placed, source_id, &error))
        {
          report_done (move, &placed);
          add_undo (move, &placed, source_id);
          return;
        }
      if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS))
        outcome = conflict_resolve (move->cli,
                                    policy,
                                    sampan_path_get (sampan_remote_get_path (move->to)),
                                    conflict,
                                    &conflict);
      if (outcome == CONFLICT_RETRY)
        continue;
      if (outcome == CONFLICT_SKIP)
        report_done (move, NULL);
      else
        report_failed (move, typed, error);
      if (outcome == CONFLICT_CANCEL)
        g_cancellable_cancel (move->cli->cancellable);
      return;
    }
}

static void
move_one (Cli *cli,
          const RemoteTarget *target,
          const char *typed,
          SampanRemote *from,
          bool copy,
          ConflictPolicy *policy,
          UndoLine *undo)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanRemote) to = NULL;
  Move move = { cli, target->session, from, NULL, copy, undo };

  if (!remote_is_same_server (from, target->remote))
    {
      output_failed_because (cli,
                             typed,
                             CLI_STATUS_ITEMS_FAILED,
                             _ ("This is on another server: get it from there, then put it here"));
      return;
    }
  to =
      remote_target_get_item (target, sampan_path_get_name (sampan_remote_get_path (from)), &error);
  if (to == NULL)
    {
      output_failed (cli, typed, error);
      return;
    }
  move.to = to;
  if (sampan_path_is_below (sampan_remote_get_path (to), sampan_remote_get_path (from)))
    output_failed_because (cli,
                           typed,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("Nothing can go onto or into itself"));
  else
    run (&move, typed, policy);
}

static void
run_command (Cli *cli, const Command *command, char **argv, bool copy)
{
  g_autofree char *word = NULL;
  const GOptionEntry entries[] = { CONFLICT_OPTION (&word), { NULL } };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, 2, COMMAND_ANY_NUMBER);
  g_auto (RemoteTarget) target = REMOTE_TARGET_INIT;
  g_autoptr (GPtrArray) sources = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (UndoLine) undo = UNDO_LINE_INIT;
  ConflictPolicy policy;
  guint last;

  if (operands == NULL || !conflict_policy_parse (cli, word, &policy))
    return;
  last = g_strv_length (operands) - 1;
  sources = command_resolve_all (cli, operands, last);
  if (sources == NULL)
    return;
  if (!remote_target_look (cli, operands[last], sources->len > 1, false, &target, &error))
    {
      output_failed (cli, operands[last], error);
      return;
    }
  for (guint i = 0; i < sources->len && !cli_should_stop (cli); i++)
    move_one (cli, &target, operands[i], g_ptr_array_index (sources, i), copy, &policy, &undo);
  undo_line_print (&undo, cli);
}

void
command_mv (Cli *cli, const Command *command, char **argv)
{
  run_command (cli, command, argv, false);
}

void
command_cp (Cli *cli, const Command *command, char **argv)
{
  run_command (cli, command, argv, true);
}
