/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What was removed or replaced: trash, restore. */

#include "config.h"

#include "command.h"

#include "await.h"
#include "conflict.h"
#include "entry-text.h"
#include "escape.h"
#include "output.h"
#include "remote-target.h"
#include "session-pool.h"
#include "undo-line.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SIZE_COLUMN 10
#define ID_TEXT_SIZE (2 * SAMPAN_TRASH_ID_LENGTH + 1)

static void
format_id (const SampanTrashId *id, char text[static ID_TEXT_SIZE])
{
  sodium_bin2hex (text, ID_TEXT_SIZE, id->bytes, sizeof id->bytes);
}

/* NULL: one is no id; it was reported. */
static GArray *
parse_ids (Cli *cli, char **words)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SampanTrashId));

  for (; *words != NULL; words++)
    {
      SampanTrashId id;
      size_t length = 0;

      if (strlen (*words) != ID_TEXT_SIZE - 1 ||
          sodium_hex2bin (id.bytes,
                          sizeof id.bytes,
                          *words,
                          strlen (*words),
                          NULL,
                          &length,
                          NULL) != 0 ||
          length != sizeof id.bytes)
        {
          output_failed_because (cli,
                                 *words,
                                 CLI_STATUS_USAGE,
                                 _ ("This is no id; trash shows which there are"));
          return NULL;
        }
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

static const SampanTrashId *
get_ids (const GArray *ids)
{
  return (const SampanTrashId *)(gconstpointer)ids->data;
}

/* ---- List ---- */

typedef struct
{
  const SampanRemote *remote;
  GPtrArray *pages;
  bool as_json;
} Listing;

static void
print_item_json (const SampanTrashItem *item, const SampanRemote *server)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;
  g_autoptr (SampanRemote) remote = remote_with_path (server, item->path);

  json_line_add_hex (&line, "trash_id", item->id.bytes, sizeof item->id.bytes);
  json_line_add_remote (&line, "uri", remote);
  json_line_add_string (&line, "kind", entry_kind_word (item->kind));
  json_line_add_uint (&line, "size", item->size);
  json_line_add_int (&line, "removed", item->removed.seconds);
  json_line_add_uint (&line, "removed_nsec", item->removed.nanoseconds);
  json_line_add_bytes (&line, "user", item->user);
  json_line_print (&line, stdout);
}

static void
page_cb (GPtrArray *page, gpointer user_data)
{
  Listing *self = user_data;

  if (!self->as_json)
    g_ptr_array_add (self->pages, g_ptr_array_ref (page));
  for (guint i = 0; self->as_json && i < page->len; i++)
    print_item_json (g_ptr_array_index (page, i), self->remote);
}

static bool
list (Cli *cli, const SampanRemote *remote, GPtrArray *pages, bool as_json, GError **error)
{
  g_auto (Await) await = AWAIT_INIT;
  Listing listing = { remote, pages, as_json };
  SampanSession *session = session_pool_get (cli->sessions, remote, error);
  SampanTrashEnd end;

  if (session == NULL)
    return false;
  sampan_session_trash_list_async (session,
                                   sampan_remote_get_path (remote),
                                   page_cb,
                                   &listing,
                                   cli->cancellable,
                                   await_done_cb,
                                   &await);
  return sampan_session_trash_list_finish (session, await_result (&await), &end, error);
}

static int
compare_removed (const SampanTrashItem *a, const SampanTrashItem *b)
{
  if (a->removed.seconds != b->removed.seconds)
    return a->removed.seconds < b->removed.seconds ? -1 : 1;
  return (a->removed.nanoseconds > b->removed.nanoseconds) -
         (a->removed.nanoseconds < b->removed.nanoseconds);
}

static int
compare_removed_cb (gconstpointer a, gconstpointer b)
{
  return compare_removed (*(const SampanTrashItem *const *)a, *(const SampanTrashItem *const *)b);
}

static void
print_item (const SampanTrashItem *item)
{
  g_autofree char *size = g_format_size (item->size);
  g_autofree char *path = sampan_escape (sampan_path_get (item->path), -1, 0);
  g_autofree char *user = sampan_escape (item->user, -1, 0);
  char when[OUTPUT_TIME_SIZE];
  char id[ID_TEXT_SIZE];

  format_id (&item->id, id);
  printf ("%s  %s  %*s  %-8s  %s%s\n",
          id,
          output_format_time (item->removed.seconds, when),
          SIZE_COLUMN + (int)strlen (size) - (int)g_utf8_strlen (size, -1),
          size,
          user[0] != '\0' ? user : "-",
          path,
          item->kind == SAMPAN_ENTRY_FOLDER ? "/" : "");
}

/* What was removed last comes last: next to the prompt. */
static void
print_sorted (GPtrArray *pages)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  for (guint i = 0; i < pages->len; i++)
    {
      GPtrArray *page = g_ptr_array_index (pages, i);

      for (guint j = 0; j < page->len; j++)
        g_ptr_array_add (items, g_ptr_array_index (page, j));
    }
  g_ptr_array_sort (items, compare_removed_cb);
  for (guint i = 0; i < items->len; i++)
    print_item (g_ptr_array_index (items, i));
}

static GPtrArray *
new_pages (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
}

static void
run_list (Cli *cli, const char *typed, const SampanRemote *remote)
{
  g_autoptr (GPtrArray) pages = new_pages ();
  g_autoptr (GError) error = NULL;

  if (list (cli, remote, pages, cli->options.json, &error))
    print_sorted (pages);
  else
    output_failed (cli, typed, error);
}

/* ---- Purge ---- */

static void
run_purge (Cli *cli, const char *typed, const SampanRemote *remote, const GArray *ids)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (GError) error = NULL;
  SampanSession *session = session_pool_get (cli->sessions, remote, &error);

  if (session != NULL)
    sampan_session_purge_async (session,
                                sampan_remote_get_path (remote),
                                get_ids (ids),
                                ids->len,
                                cli->cancellable,
                                await_done_cb,
                                &await);
  if (session != NULL && sampan_session_purge_finish (session, await_result (&await), &error))
    output_remote_done (cli, "purge", remote);
  else
    output_failed (cli, typed, error);
}

void
command_trash (Cli *cli, const Command *command, char **argv)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("With purge: all that is in the trash"), NULL },
    { NULL },
  };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, 0, COMMAND_ANY_NUMBER);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GError) error = NULL;
  char **rest = operands;
  bool is_purge, is_named;
  const char *where;

  if (operands == NULL)
    return;
  is_purge = rest[0] != NULL && strcmp (rest[0], "purge") == 0;
  is_named = is_purge || (rest[0] != NULL && strcmp (rest[0], "ls") == 0);
  rest += is_named ? 1 : 0;
  where = rest[0] != NULL ? rest[0] : "";
  rest += rest[0] != NULL ? 1 : 0;
  /* Nothing goes for good because an id was forgotten. */
  if ((where[0] == '\0' && !cli->in_shell) || is_purge == (rest[0] == NULL && !all) ||
      (all && (!is_purge || rest[0] != NULL)))
    {
      command_print_usage (cli, command);
      return;
    }
  ids = parse_ids (cli, rest);
  if (ids == NULL)
    return;
  remote = cli_resolve (cli, where, &error);
  if (remote == NULL)
    output_failed (cli, where, error);
  else if (is_purge)
    run_purge (cli, where, remote, ids);
  else
    run_list (cli, where, remote);
}

/* ---- Restore ---- */

typedef struct
{
  Cli *cli;
  const SampanRemote *remote;
  SampanSession *session; /* borrowed */
  ConflictPolicy policy;
  const char *name; /* as typed; NULL: the ids were */
} Restore;

static GPtrArray *
ask (const Restore *self,
     const SampanTrashId *ids,
     size_t n_ids,
     SampanConflict conflict,
     GError **error)
{
  g_auto (Await) await = AWAIT_INIT;

  sampan_session_restore_async (self->session,
                                sampan_remote_get_path (self->remote),
                                ids,
                                n_ids,
                                conflict,
                                self->cli->cancellable,
                                await_done_cb,
                                &await);
  return sampan_session_restore_finish (self->session, await_result (&await), error);
}

static void
report_done (const Restore *self, const SampanRestoreResult *result, const char *status)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;
  g_autofree char *shown = NULL;

  if (self->cli->options.json)
    {
      output_begin_item (&line, "restore", status);
      json_line_add_hex (&line, "restored_id", result->id.bytes, sizeof result->id.bytes);
      if (result->path != NULL)
        {
          g_autoptr (SampanRemote) remote = remote_with_path (self->remote, result->path);

          json_line_add_remote (&line, "uri", remote);
        }
      if (result->has_replaced)
        json_line_add_hex (&line,
                           "trash_id",
                           result->replaced.bytes,
                           sizeof result->replaced.bytes);
      json_line_print (&line, stdout);
    }
  else if (!self->cli->options.quiet && result->path != NULL)
    {
      shown = sampan_escape (sampan_path_get (result->path), -1, 0);
      /* Translators: %s is where something is that came out of the trash. */
      printf (_ ("Back again: %s"), shown);
      putchar ('\n');
    }
}

static void
report_failed (const Restore *self, const char *name, const GError *error)
{
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    output_failed_because (self->cli,
                           name,
                           CLI_STATUS_ITEMS_FAILED,
                           _ ("This is not in the trash any more"));
  else
    output_failed (self->cli, name, error);
}

/* RESULT is what TRIED led to; until it is back, or nobody wants it. */
static void
settle (Restore *self, const SampanRestoreResult *result, SampanConflict tried)
{
  g_autoptr (GPtrArray) again = NULL;
  char id[ID_TEXT_SIZE];
  const char *name = self->name != NULL ? self->name : id;

  format_id (&result->id, id);
  while (g_error_matches (result->error, SAMPAN_ERROR, SAMPAN_ERROR_EXISTS))
    {
      g_autoptr (GError) error = NULL;
      SampanTrashId wanted = result->id;
      ConflictOutcome outcome = conflict_resolve (self->cli, &self->policy, name, tried, &tried);

      if (outcome == CONFLICT_CANCEL)
        g_cancellable_cancel (self->cli->cancellable);
      if (outcome == CONFLICT_SKIP)
        {
          report_done (self, result, "skipped");
          return;
        }
      if (outcome != CONFLICT_RETRY)
        break;
      g_clear_pointer (&again, g_ptr_array_unref);
      again = ask (self, &wanted, 1, tried, &error);
      if (again == NULL)
        {
          output_failed (self->cli, name, error);
          return;
        }
      result = g_ptr_array_index (again, 0);
    }
  if (result->error == NULL)
    report_done (self, result, "done");
  else
    report_failed (self, name, result->error);
}

/* What was removed last of what lay there. */
static bool
find_last (Cli *cli, const SampanRemote *remote, GArray *ids, GError **error)
{
  g_autoptr (GPtrArray) pages = new_pages ();
  const SampanTrashItem *last = NULL;

  if (!list (cli, remote, pages, false, error))
    return false;
  for (guint i = 0; i < pages->len; i++)
    {
      GPtrArray *page = g_ptr_array_index (pages, i);

      for (guint j = 0; j < page->len; j++)
        {
          const SampanTrashItem *item = g_ptr_array_index (page, j);

          if (sampan_path_equal (item->path, sampan_remote_get_path (remote)) &&
              (last == NULL || compare_removed (last, item) < 0))
            last = item;
        }
    }
  if (last != NULL)
    g_array_append_val (ids, last->id);
  else
    g_set_error_literal (error,
                         CLI_ERROR,
                         CLI_STATUS_ITEMS_FAILED,
                         _ ("Nothing that was there is in the trash"));
  return last != NULL;
}

static bool
run_restore (Restore *self, GArray *ids, GError **error)
{
  g_autoptr (GPtrArray) results = NULL;
  SampanConflict first = conflict_first_try (self->policy);

  self->session = session_pool_get (self->cli->sessions, self->remote, error);
  if (self->session == NULL || (ids->len == 0 && !find_last (self->cli, self->remote, ids, error)))
    return false;
  results = ask (self, get_ids (ids), ids->len, first, error);
  for (guint i = 0; results != NULL && i < results->len && !cli_should_stop (self->cli); i++)
    settle (self, g_ptr_array_index (results, i), first);
  return results != NULL;
}

void
command_restore (Cli *cli, const Command *command, char **argv)
{
  g_autofree char *word = NULL;
  const GOptionEntry entries[] = { CONFLICT_OPTION (&word), { NULL } };
  g_auto (GStrv) operands = command_parse (cli, command, entries, argv, 1, COMMAND_ANY_NUMBER);
  g_autoptr (SampanRemote) remote = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GError) error = NULL;
  Restore restore = { .cli = cli };

  if (operands == NULL || !conflict_policy_parse (cli, word, &restore.policy))
    return;
  ids = parse_ids (cli, operands + 1);
  if (ids == NULL)
    return;
  remote = cli_resolve (cli, operands[0], &error);
  restore.remote = remote;
  restore.name = ids->len == 0 ? operands[0] : NULL;
  if (remote == NULL || !run_restore (&restore, ids, &error))
    output_failed (cli, operands[0], error);
}
