/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Looking at files with the desktop's other programs. */

#include "config.h"

#include "window-private.h"

#include "launch.h"
#include "transfer-row.h"

#include <glib/gi18n.h>

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanWindow *self = SAMPAN_WINDOW (source);
  g_autoptr (GError) error = NULL;

  if (sampan_launch_finish (GTK_WIDGET (self), result, &error) || self->closing)
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    sampan_error_bar_tell (self->error_bar,
                           GTK_MESSAGE_INFO,
                           _ ("No program on this computer opens files of this kind."),
                           NULL,
                           NULL);
  else
    sampan_window_tell_error (self, error);
}

static void
open_local_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sampan_launch_file_async (user_data,
                            g_variant_get_bytestring (parameter),
                            NULL,
                            launched_cb,
                            NULL);
}

static void
show_local_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sampan_launch_folder_async (user_data,
                              g_variant_get_bytestring (parameter),
                              NULL,
                              launched_cb,
                              NULL);
}

void
sampan_window_open_if_wanted (SampanWindow *self, SampanTransfer *transfer)
{
  g_autofree char *filename = NULL;

  if (sampan_transfer_get_state (transfer) != SAMPAN_TRANSFER_DONE ||
      !sampan_transfer_row_opens_when_done (transfer))
    return;
  filename = sampan_transfer_row_dup_filename (transfer);
  sampan_launch_file_async (GTK_WIDGET (self), filename, NULL, launched_cb, NULL);
}

static const GActionEntry entries[] = {
  { "open-local", open_local_cb, "ay" },
  { "show-local", show_local_cb, "ay" },
};

void
sampan_window_init_open (SampanWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
