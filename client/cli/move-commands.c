/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Moving and copying on the box: mv, cp. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "conflict-list.h"
#include "conflict.h"
#include "escape.h"
#include "output.h"
#include "relocation.h"
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
  const char *typed;
  SampanRemote *from; /* borrowed */
  SampanRemote *to;
  bool copy;
  UndoLine *undo;
  SampanBatchConflict *conflict; /* that was asked about with others; borrowed, nullable */
} Move;

static void
move_free (gpointer data)
{
  Move *move = data;

  sampan_remote_unref (move->to);
  g_free (move);
}

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
report_failed (const Move *move, const GError *error)
{
  const SampanPath *from = sampan_remote_get_path (move->from);
  g_autoptr (SampanFileInfo) info = NULL;

  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    info = remote_stat (move->cli, move->session, from, NULL);
  if (info != NULL)
    output_failed_because (move->cli,
                           move->typed,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("The folder where it should go is not there"));
  else
    output_failed (move->cli, move->typed, error);
}

static SampanConflict
first_try (const Move *move, ConflictPolicy policy)
{
  if (move->conflict == NULL)
    return conflict_first_try (policy);
  switch (sampan_batch_conflict_get_decision (move->conflict))
    {
    case SAMPAN_BATCH_REPLACE:
      return SAMPAN_CONFLICT_REPLACE;
    case SAMPAN_BATCH_KEEP_BOTH:
      return SAMPAN_CONFLICT_KEEP_BOTH;
    case SAMPAN_BATCH_ASK:
    case SAMPAN_BATCH_SKIP:
    case SAMPAN_BATCH_REPLACE_IF_NEWER:
    default:
      return SAMPAN_CONFLICT_REFUSE;
    }
}

static void
run (const Move *move, ConflictPolicy *policy)
{
  SampanConflict conflict = first_try (move, *policy);

  if (move->conflict != NULL && conflict == SAMPAN_CONFLICT_REFUSE)
    {
      report_done (move, NULL);
      return;
    }
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
        report_failed (move, error);
      if (outcome == CONFLICT_CANCEL)
        g_cancellable_cancel (move->cli->cancellable);
      return;
    }
}

/* NULL: it cannot be; it was reported. */
static Move *
plan_move (Cli *cli, const RemoteTarget *target, const char *typed, SampanRemote *from)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanRemote) to = NULL;
  Move *move;

  if (!remote_is_same_server (from, target->remote))
    {
      output_failed_because (cli,
                             typed,
                             CLI_STATUS_ITEMS_FAILED,
                             _ ("This is on another server: get it from there, then put it here"));
      return NULL;
    }
  to =
      remote_target_get_item (target, sampan_path_get_name (sampan_remote_get_path (from)), &error);
  if (to == NULL)
    {
      output_failed (cli, typed, error);
      return NULL;
    }
  if (sampan_path_is_below (sampan_remote_get_path (to), sampan_remote_get_path (from)))
    {
      output_failed_because (cli,
                             typed,
                             CLI_STATUS_ITEMS_FAILED,
                             _ ("Nothing can go onto or into itself"));
      return NULL;
    }
  move = g_new0 (Move, 1);
  move->cli = cli;
  move->session = target->session;
  move->typed = typed;
  move->from = from;
  move->to = g_steal_pointer (&to);
  return move;
}

/* One list of all names that are taken. RELOCATION is to be kept as long as MOVES. FALSE: nothing
 * is to be moved. */
static bool
ask_about_all (Cli *cli, GPtrArray *moves, SampanRelocation *relocation)
{
  g_auto (Await) await = AWAIT_INIT;
  GListModel *conflicts = sampan_relocation_get_conflicts (relocation);

  for (guint i = 0; i < moves->len; i++)
    {
      const Move *move = g_ptr_array_index (moves, i);

      sampan_relocation_add (relocation,
                             sampan_remote_get_path (move->from),
                             sampan_remote_get_path (move->to));
    }
  sampan_relocation_prepare_async (relocation, cli->cancellable, await_done_cb, &await);
  if (!sampan_relocation_prepare_finish (relocation, await_result (&await), NULL))
    return false;
  if (g_list_model_get_n_items (conflicts) > 0 &&
      !conflict_list_ask (cli,
                          conflicts,
                          CONFLICT_LIST_ON_BOX,
                          sampan_relocation_may_replace (relocation)))
    {
      output_failed_because (cli, NULL, CLI_STATUS_ITEMS_FAILED, _ ("Cancelled."));
      return false;
    }
  for (guint i = 0; i < moves->len; i++)
    ((Move *)g_ptr_array_index (moves, i))->conflict =
        sampan_relocation_get_conflict (relocation, i);
  return true;
}

static void
run_all (Cli *cli, const RemoteTarget *target, GPtrArray *moves, ConflictPolicy policy)
{
  g_autoptr (SampanRelocation) relocation = sampan_relocation_new (target->session);

  if (policy == CONFLICT_POLICY_ASK && moves->len > 1 && !ask_about_all (cli, moves, relocation))
    return;
  for (guint i = 0; i < moves->len && !cli_should_stop (cli); i++)
    run (g_ptr_array_index (moves, i), &policy);
}

static void
run_command (Cli *cli, const Command *command, char **argv, bool copy)
{
  g_autofree char *word = NULL;
  const GOptionEntry entries[] = { CONFLICT_OPTION (&word), { NULL } };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, 2, COMMAND_ANY_NUMBER);
  g_auto (RemoteTarget) target = REMOTE_TARGET_INIT;
  g_autoptr (GPtrArray) sources = NULL;
  g_autoptr (GPtrArray) moves = g_ptr_array_new_with_free_func (move_free);
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
  for (guint i = 0; i < sources->len; i++)
    {
      Move *move = plan_move (cli, &target, operands[i], g_ptr_array_index (sources, i));

      if (move == NULL)
        continue;
      move->copy = copy;
      move->undo = &undo;
      g_ptr_array_add (moves, move);
    }
  run_all (cli, &target, moves, policy);
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
