/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Tab in the shell. */

#include "config.h"

#include "completion.h"

#include "await.h"
#include "completion-word.h"
#include "entry-text.h"
#include "escape.h"
#include "session-pool.h"

#include <stdio.h>
#include <string.h>

#define LISTING_WAIT_SECS 3 /* longer than a person waits for a Tab */
#define SHOWN_MAX 200       /* candidates; more scroll the question away */
#define URI_SCHEME "sampan://"

struct _Completion
{
  Cli *cli;                         /* borrowed */
  const char *const *command_names; /* borrowed */
  SampanFolderList *list;           /* owned, nullable */
  char *list_path;
};

Completion *
completion_new (Cli *cli, const char *const *command_names)
{
  Completion *self = g_new0 (Completion, 1);

  self->cli = cli;
  self->command_names = command_names;
  return self;
}

void
completion_forget (Completion *self)
{
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  g_clear_pointer (&self->list_path, g_free);
}

void
completion_free (Completion *self)
{
  completion_forget (self);
  g_free (self);
}

/* Names that cannot be typed are not offered. */
static bool
is_typable (const char *name)
{
  g_autofree char *shown = sampan_display_name (name, -1);

  return strcmp (shown, name) == 0;
}

static void
consider (GPtrArray *candidates, const char *prefix, const char *name, bool folder)
{
  if (!g_str_has_prefix (name, prefix) || (name[0] == '.' && prefix[0] != '.') ||
      !is_typable (name))
    return;
  g_ptr_array_add (candidates, g_strconcat (name, folder ? "/" : "", NULL));
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
interrupted_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static SampanFolderList *
fetch (Completion *self, SampanSession *session, const SampanPath *path)
{
  g_auto (Await) await = AWAIT_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint timer = g_timeout_add_seconds (LISTING_WAIT_SECS, cancel_cb, cancellable);
  gulong handler = g_cancellable_connect (self->cli->cancellable,
                                          G_CALLBACK (interrupted_cb),
                                          cancellable,
                                          NULL);
  SampanFolderList *list;

  sampan_session_list_async (session, path, cancellable, await_done_cb, &await);
  list = sampan_session_list_finish (session, await_result (&await), NULL);
  if (!g_cancellable_is_cancelled (cancellable))
    g_source_remove (timer);
  g_cancellable_disconnect (self->cli->cancellable, handler);
  return list;
}

/* The listing of FOLDER (as typed); borrowed, nullable. */
static const SampanFolderList *
get_list (Completion *self, const char *folder)
{
  const SampanRemote *base = self->cli->base;
  SampanSession *session = base != NULL ? session_pool_peek (self->cli->sessions, base) : NULL;
  g_autoptr (SampanPath) path = NULL;

  if (session == NULL)
    return NULL;
  path = sampan_path_new_relative (sampan_remote_get_path (base), folder, NULL);
  if (path == NULL)
    return NULL;
  if (self->list != NULL && strcmp (self->list_path, sampan_path_get (path)) == 0)
    return self->list;
  completion_forget (self);
  self->list = fetch (self, session, path);
  self->list_path = g_strdup (sampan_path_get (path));
  return self->list;
}

static void
add_remote (Completion *self, GPtrArray *candidates, const char *folder, const char *prefix)
{
  const SampanFolderList *list = get_list (self, folder);

  for (size_t i = 0; list != NULL && i < sampan_folder_list_get_length (list); i++)
    {
      const SampanFileInfo *info = sampan_folder_list_get (list, i);

      consider (candidates, prefix, info->name, entry_is_folder (info));
    }
}

static void
add_local (GPtrArray *candidates, const char *folder, const char *prefix)
{
  g_autoptr (GDir) directory = g_dir_open (folder[0] != '\0' ? folder : ".", 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder[0] != '\0' ? folder : ".", name, NULL);

      consider (candidates, prefix, name, g_file_test (path, G_FILE_TEST_IS_DIR));
    }
}

static bool
is_local_command (const char *command)
{
  return strcmp (command, "put") == 0 || strcmp (command, "lcd") == 0 ||
         strcmp (command, "lls") == 0;
}

static void
add_names (Completion *self, GPtrArray *candidates, const CompletionWord *word, const char *folder)
{
  const char *prefix = word->text + strlen (folder);

  if (g_str_has_prefix (word->text, URI_SCHEME))
    return;
  if (is_local_command (word->command))
    add_local (candidates, folder, prefix);
  if (candidates->len == 0)
    add_remote (self, candidates, folder, prefix);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
print_candidates (GPtrArray *candidates)
{
  g_ptr_array_sort (candidates, compare_strings);
  putchar ('\n');
  for (guint i = 0; i < candidates->len && i < SHOWN_MAX; i++)
    printf ("%s\n", (const char *)g_ptr_array_index (candidates, i));
  if (candidates->len > SHOWN_MAX)
    puts ("...");
  fflush (stdout);
}

static unsigned char
insert (EditLine *edit,
        const char *line,
        const CompletionWord *word,
        const char *folder,
        GPtrArray *candidates)
{
  g_autofree char *common = completion_word_common (candidates);
  g_autofree char *whole = g_strconcat (folder, common, NULL);
  g_autofree char *quoted = completion_word_quote (whole);
  g_autofree char *text = NULL;
  bool finished = candidates->len == 1 && !g_str_has_suffix (common, "/");

  if (candidates->len > 1 && strcmp (whole, word->text) == 0)
    {
      print_candidates (candidates);
      return CC_REDISPLAY;
    }
  text = g_strconcat (quoted, finished ? " " : "", NULL);
  el_deletestr (edit, (int)g_utf8_strlen (line + word->start, -1));
  return el_insertstr (edit, text) == 0 ? CC_REFRESH : CC_ERROR;
}

unsigned char
completion_run (Completion *self, EditLine *edit)
{
  const LineInfo *info = el_line (edit);
  g_autofree char *line = g_strndup (info->buffer, (gsize)(info->cursor - info->buffer));
  g_auto (CompletionWord) word = COMPLETION_WORD_INIT;
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = NULL;
  const char *slash;

  completion_word_scan (&word, line);
  slash = word.index > 0 ? strrchr (word.text, '/') : NULL;
  folder = slash != NULL ? g_strndup (word.text, (gsize)(slash + 1 - word.text)) : g_strdup ("");
  if (word.index > 0)
    add_names (self, candidates, &word, folder);
  for (guint i = 0; word.index == 0 && self->command_names[i] != NULL; i++)
    consider (candidates, word.text, self->command_names[i], false);
  if (candidates->len == 0)
    return CC_ERROR;
  return insert (edit, line, &word, folder, candidates);
}
