/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The line that a command ends with: what to type to take back all that it did. */

#include "config.h"

#include "undo-line.h"

#include "output.h"
#include "remote-target.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define STEPS_MAX 100 /* a longer line is of no use in a terminal */

typedef struct
{
  char *command; /* without ids */
  char *id;      /* nullable; steps of the same command with ids are one */
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->command);
  g_free (step->id);
  g_free (step);
}

/* Takes COMMAND and ID. */
static void
add (UndoLine *self, char *command, char *id)
{
  Step *step = g_new0 (Step, 1);

  step->command = command;
  step->id = id;
  if (self->steps == NULL)
    self->steps = g_ptr_array_new_with_free_func (step_free);
  g_ptr_array_add (self->steps, step);
}

/* As a shell takes it for one word. */
static char *
quote (const SampanRemote *remote)
{
  g_autofree char *uri = sampan_remote_to_string (remote);

  for (const char *p = uri; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("%+,-./:@_[]", *p) == NULL)
      return g_shell_quote (uri);
  return g_steal_pointer (&uri);
}

static SampanRemote *
get_share (const SampanRemote *remote)
{
  g_autoptr (SampanPath) below = NULL;
  g_autofree char *name = sampan_path_split_share (sampan_remote_get_path (remote), &below);
  g_autoptr (SampanPath) path =
      name != NULL ? sampan_path_new ((const uint8_t *)name, strlen (name), NULL) : NULL;

  return path != NULL ? remote_with_path (remote, path) : NULL;
}

void
undo_line_add_restore (UndoLine *self,
                       const SampanRemote *remote,
                       const uint8_t id[static SAMPAN_TRASH_ID_LENGTH],
                       bool replace)
{
  g_autoptr (SampanRemote) share = get_share (remote);
  char hex[2 * SAMPAN_TRASH_ID_LENGTH + 1];
  g_autofree char *uri = NULL;

  if (share == NULL || sodium_is_zero (id, SAMPAN_TRASH_ID_LENGTH))
    return;
  uri = quote (share);
  sodium_bin2hex (hex, sizeof hex, id, SAMPAN_TRASH_ID_LENGTH);
  add (self,
       g_strconcat ("restore ", replace ? "--on-conflict=replace " : "", uri, NULL),
       g_strdup (hex));
}

void
undo_line_add_move (UndoLine *self, const SampanRemote *now, const SampanRemote *before)
{
  g_autofree char *from = quote (now);
  g_autofree char *to = quote (before);

  add (self, g_strconcat ("mv ", from, " ", to, NULL), NULL);
}

void
undo_line_add_remove (UndoLine *self, const SampanRemote *remote)
{
  g_autofree char *uri = quote (remote);

  add (self, g_strconcat ("rm -r ", uri, NULL), NULL);
}

static char *
format (const UndoLine *self, const Cli *cli)
{
  GString *line = g_string_new (NULL);
  const char *before = NULL; /* the command that an id can be added to */

  for (guint i = self->steps->len; i-- > 0;)
    {
      const Step *step = g_ptr_array_index (self->steps, i);

      if (step->id == NULL || g_strcmp0 (before, step->command) != 0)
        {
          /* The prompt takes one command at a time. */
          if (line->len > 0)
            g_string_append (line, cli->in_shell ? "\n" : " && ");
          g_string_append_printf (line, "%s%s", cli->in_shell ? "" : "sampan-cli ", step->command);
        }
      if (step->id != NULL)
        g_string_append_printf (line, " %s", step->id);
      before = step->id != NULL ? step->command : NULL;
    }
  return g_string_free (line, FALSE);
}

void
undo_line_print (UndoLine *self, const Cli *cli)
{
  g_autofree char *line = NULL;

  if (self->steps == NULL || cli->options.json || cli->options.quiet ||
      cli->options.progress == CLI_PROGRESS_JSON)
    return;
  fflush (stdout);
  if (self->steps->len > STEPS_MAX)
    {
      fprintf (
          stderr,
          "%s\n",
          _ ("What was there before is in the trash: trash lists it, restore brings it back."));
      return;
    }
  line = format (self, cli);
  /* Translators: %s is a command to be typed as it is. */
  fprintf (stderr, _ ("To undo: %s"), line);
  fputc ('\n', stderr);
}

void
undo_line_clear (UndoLine *self)
{
  g_clear_pointer (&self->steps, g_ptr_array_unref);
}
