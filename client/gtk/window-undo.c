/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Taking back what was changed on the box: the last act first. */

#include "config.h"

#include "window-private.h"

#include <glib/gi18n.h>

#define UNDO_MAX 100 /* acts: nobody remembers more */

static void
update (SampanWindow *self)
{
  sampan_window_set_enabled (self, "undo", self->undos->len > 0 && !self->is_undoing);
}

void
sampan_window_did (SampanWindow *self, SampanUndo *undo, const char *text)
{
  if (sampan_undo_get_length (undo) == 0 || !sampan_window_is_ready (self))
    return;
  g_ptr_array_add (self->undos, g_object_ref (undo));
  if (self->undos->len > UNDO_MAX)
    g_ptr_array_remove_index (self->undos, 0);
  update (self);
  sampan_notice_tell (self->notice, text, true);
}

void
sampan_window_forget_undo (SampanWindow *self)
{
  g_ptr_array_set_size (self->undos, 0);
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
undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  SampanUndoSums sums;
  bool is_undone = sampan_undo_run_finish (SAMPAN_UNDO (source), result, &sums, &error);

  self->is_undoing = false;
  if (!sampan_window_is_ready (self))
    return;
  update (self);
  if (is_undone)
    tell_undone (self, &sums);
  else
    {
      sampan_notice_hide (self->notice);
      sampan_window_tell_error (self, error);
    }
  sampan_window_refresh (self);
}

void
sampan_window_undo (SampanWindow *self)
{
  g_autoptr (SampanUndo) undo = NULL;

  if (self->undos->len == 0 || self->is_undoing || !sampan_window_is_ready (self))
    return;
  undo = g_ptr_array_steal_index (self->undos, self->undos->len - 1);
  self->is_undoing = true;
  update (self);
  sampan_undo_run_async (undo, NULL, undone_cb, g_object_ref (self));
}
