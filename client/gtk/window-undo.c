/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Taking back what was changed on the box, the last act first, and doing it again. */

#include "config.h"

#include "window-private.h"

#include "sentence-name.h"

#include <glib/gi18n.h>

#define UNDO_MAX 100 /* acts: nobody remembers more */

static void
update (SampanWindow *self)
{
  sampan_window_set_enabled (self, "undo", self->undos->len > 0 && !self->is_undoing);
  sampan_window_set_enabled (self, "redo", self->redos->len > 0 && !self->is_undoing);
}

/* Takes ACT. */
static void
push (GPtrArray *acts, SampanUndo *act)
{
  g_ptr_array_add (acts, act);
  if (acts->len > UNDO_MAX)
    g_ptr_array_remove_index (acts, 0);
}

void
sampan_window_did (SampanWindow *self, SampanUndo *undo, const char *text)
{
  if (sampan_undo_get_length (undo) == 0 || !sampan_window_is_ready (self))
    return;
  push (self->undos, g_object_ref (undo));
  g_ptr_array_set_size (self->redos, 0);
  update (self);
  sampan_notice_tell (self->notice, text, true);
}

/* ---- what uploads replaced ---- */

void
sampan_window_note_replaced (SampanWindow *self, SampanTransfer *transfer)
{
  const SampanPath *path = sampan_transfer_get_remote (transfer);
  const uint8_t *id = sampan_transfer_get_trash_id (transfer);

  if (sampan_transfer_get_state (transfer) != SAMPAN_TRANSFER_DONE || id == NULL)
    return;
  if (self->replaced == NULL)
    self->replaced = sampan_undo_new (self->session);
  sampan_undo_add_replaced (self->replaced,
                            path,
                            sampan_transfer_get_stored_version (transfer),
                            id);
  g_free (self->replaced_name);
  self->replaced_name = sampan_sentence_name (sampan_path_get_name (path), -1);
}

void
sampan_window_tell_replaced (SampanWindow *self)
{
  g_autoptr (SampanUndo) undo = g_steal_pointer (&self->replaced);
  g_autofree char *text = NULL;
  guint count;

  if (undo == NULL)
    return;
  count = sampan_undo_get_length (undo);
  if (count == 1)
    /* Translators: the name of a file. */
    text = g_strdup_printf (_ ("“%s” was replaced"), self->replaced_name);
  else
    text =
        g_strdup_printf (ngettext ("%u file was replaced", "%u files were replaced", count), count);
  sampan_window_did (self, undo, text);
}

/* ---- back and forth ---- */

void
sampan_window_forget_undo (SampanWindow *self)
{
  g_ptr_array_set_size (self->undos, 0);
  g_ptr_array_set_size (self->redos, 0);
  g_clear_object (&self->replaced);
  sampan_notice_hide (self->notice);
  update (self);
}

static void
tell_undone (SampanWindow *self, const SampanUndoSums *sums)
{
  g_autofree char *text = NULL;

  if (sums->n_renamed > 0)
    text = g_strdup_printf (ngettext ("Undone. %u item has another name now, as its own was taken.",
                                      "Undone. %u items have other names now, as theirs were "
                                      "taken.",
                                      sums->n_renamed),
                            sums->n_renamed);
  sampan_notice_tell (self->notice, text != NULL ? text : _ ("Undone"), false);
}

static void
end_run (SampanWindow *self, GAsyncResult *result, SampanUndo *act, bool is_redo)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanUndo) reverse = sampan_undo_steal_reverse (act);
  SampanUndoSums sums;
  bool is_done = sampan_undo_run_finish (act, result, &sums, &error);

  self->is_undoing = false;
  if (!sampan_window_is_ready (self))
    return;
  if (reverse != NULL)
    push (is_redo ? self->undos : self->redos, g_steal_pointer (&reverse));
  update (self);
  if (!is_done)
    {
      sampan_notice_hide (self->notice);
      sampan_window_tell_error (self, error);
    }
  else if (is_redo)
    sampan_notice_tell (self->notice, _ ("Done again"), true);
  else
    tell_undone (self, &sums);
  sampan_window_refresh (self);
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;

  end_run (self, result, SAMPAN_UNDO (source), false);
}

static void
redone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;

  end_run (self, result, SAMPAN_UNDO (source), true);
}

static void
run_last (SampanWindow *self, GPtrArray *acts, GAsyncReadyCallback callback)
{
  g_autoptr (SampanUndo) act = NULL;

  if (acts->len == 0 || self->is_undoing || !sampan_window_is_ready (self))
    return;
  act = g_ptr_array_steal_index (acts, acts->len - 1);
  self->is_undoing = true;
  update (self);
  sampan_undo_run_async (act, NULL, callback, g_object_ref (self));
}

void
sampan_window_undo (SampanWindow *self)
{
  run_last (self, self->undos, undone_cb);
}

void
sampan_window_redo (SampanWindow *self)
{
  run_last (self, self->redos, redone_cb);
}
