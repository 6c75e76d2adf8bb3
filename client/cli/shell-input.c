/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Lines for the shell. */

#include "config.h"

#include "shell-input.h"

#include "prompt.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define HISTORY_LINES 1000
#define FOLDER_MODE 0700
#define READ_CHUNK_BYTES 4096
#define LINE_MAX_BYTES (64 * 1024) /* far above any command; a binary file by mistake ends here */

struct _ShellInput
{
  /* borrowed */
  Cli *cli;
  Completion *completion;
  const char *prompt;

  /* owned; NULL without a terminal */
  EditLine *edit;
  History *history;
  char *history_file;
  guint resize_source;

  /* state of the plain reader */
  GString *pending;
  bool at_end;
};

static ShellInput *
input_of (EditLine *edit)
{
  void *data = NULL;

  el_get (edit, EL_CLIENTDATA, &data);
  return data;
}

static char *
prompt_cb (EditLine *edit)
{
  return (char *)input_of (edit)->prompt;
}

static int
read_character_cb (EditLine *edit, wchar_t *character)
{
  ShellInput *self = input_of (edit);
  mbstate_t state = { 0 };

  for (;;)
    {
      char byte;
      ssize_t got;
      size_t used;

      if (!prompt_wait_readable (STDIN_FILENO, self->cli->cancellable))
        return -1;
      got = read (STDIN_FILENO, &byte, 1);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return (int)got;
      used = mbrtowc (character, &byte, 1, &state);
      if (used <= 1)
        return 1;
      if (used == (size_t)-1) /* not a character here: drop it */
        memset (&state, 0, sizeof state);
    }
}

static unsigned char
complete_cb (EditLine *edit, int key)
{
  return completion_run (input_of (edit)->completion, edit);
}

static gboolean
resized_cb (gpointer user_data)
{
  ShellInput *self = user_data;

  el_resize (self->edit);
  return G_SOURCE_CONTINUE;
}

static void
load_history (ShellInput *self)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "sampan", NULL);
  HistEvent event;

  self->history_file = g_build_filename (folder, "history", NULL);
  history (self->history, &event, H_SETSIZE, HISTORY_LINES);
  history (self->history, &event, H_SETUNIQUE, 1);
  if (g_mkdir_with_parents (folder, FOLDER_MODE) == 0)
    history (self->history, &event, H_LOAD, self->history_file);
}

/* Written whole and renamed: another shell that ends now never sees half of it. */
static void
save_history (ShellInput *self)
{
  g_autofree char *temporary = g_strconcat (self->history_file, ".XXXXXX", NULL);
  int fd = g_mkstemp (temporary);
  FILE *stream = fd >= 0 ? fdopen (fd, "w") : NULL;
  HistEvent event;
  bool written;

  if (stream == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  written = history (self->history, &event, H_SAVE_FP, stream) >= 0;
  if (fclose (stream) != 0 || !written || g_rename (temporary, self->history_file) != 0)
    g_unlink (temporary);
}

static void
set_up_editor (ShellInput *self)
{
  self->edit = el_init ("sampan-cli", stdin, stdout, stderr);
  if (self->edit == NULL)
    return;
  self->history = history_init ();
  load_history (self);
  el_set (self->edit, EL_CLIENTDATA, self);
  el_set (self->edit, EL_EDITOR, "emacs");
  el_set (self->edit, EL_PROMPT, prompt_cb);
  el_set (self->edit, EL_HIST, history, self->history);
  el_set (self->edit, EL_GETCFN, read_character_cb);
  /* The narrow form copies both strings and never frees them. */
  el_wset (self->edit, EL_ADDFN, L"sampan-complete", L"Complete a name", complete_cb);
  el_set (self->edit, EL_BIND, "^I", "sampan-complete", NULL);
  el_set (self->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_source (self->edit, NULL);
  self->resize_source = g_unix_signal_add (SIGWINCH, resized_cb, self);
}

ShellInput *
shell_input_new (Cli *cli, Completion *completion)
{
  ShellInput *self = g_new0 (ShellInput, 1);

  self->cli = cli;
  self->completion = completion;
  self->pending = g_string_new (NULL);
  if (isatty (STDIN_FILENO) && isatty (STDOUT_FILENO))
    set_up_editor (self);
  return self;
}

void
shell_input_free (ShellInput *self)
{
  g_clear_handle_id (&self->resize_source, g_source_remove);
  if (self->edit != NULL)
    {
      save_history (self);
      history_end (self->history);
      el_end (self->edit);
    }
  g_string_free (self->pending, TRUE);
  g_free (self->history_file);
  g_free (self);
}

bool
shell_input_is_terminal (const ShellInput *self)
{
  return self->edit != NULL;
}

static char *
read_edited (ShellInput *self, const char *prompt)
{
  int length = 0;
  const char *line;
  HistEvent event;
  char *copy;

  self->prompt = prompt;
  /* Else the prompt comes first, and what is typed right then is treated as for a plain line. */
  el_set (self->edit, EL_PREP_TERM, 1);
  line = el_gets (self->edit, &length);
  if (line == NULL || length <= 0)
    {
      putchar ('\n');
      return NULL;
    }
  copy = g_strchomp (g_strdup (line));
  if (copy[0] != '\0')
    history (self->history, &event, H_ENTER, copy);
  return copy;
}

/* The first line of what is pending, or at the end all of it. */
static char *
cut_line (ShellInput *self)
{
  char *newline = memchr (self->pending->str, '\n', self->pending->len);
  size_t length = newline != NULL ? (size_t)(newline - self->pending->str) : self->pending->len;
  char *line;

  if (newline == NULL && (!self->at_end || length == 0))
    return NULL;
  line = g_strndup (self->pending->str, length);
  g_string_erase (self->pending, 0, (gssize)(length + (newline != NULL ? 1 : 0)));
  return line;
}

static char *
read_plain (ShellInput *self)
{
  for (;;)
    {
      char chunk[READ_CHUNK_BYTES];
      char *line = cut_line (self);
      ssize_t got;

      if (line != NULL || self->at_end)
        return line;
      if (!prompt_wait_readable (STDIN_FILENO, self->cli->cancellable))
        return NULL;
      got = read (STDIN_FILENO, chunk, sizeof chunk);
      if (got > 0)
        g_string_append_len (self->pending, chunk, got);
      else if (got == 0 || errno != EINTR)
        self->at_end = true;
      if (self->pending->len > LINE_MAX_BYTES)
        self->at_end = true;
    }
}

char *
shell_input_read_line (ShellInput *self, const char *prompt)
{
  return self->edit != NULL ? read_edited (self, prompt) : read_plain (self);
}
