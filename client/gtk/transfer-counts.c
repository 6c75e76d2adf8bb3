/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How many transfers of a list there are of each kind. */

#include "config.h"

#include "transfer-counts.h"

#include "transfer.h"

#include <glib/gi18n.h>

SampanTransferCounts
sampan_transfer_counts_of (GListModel *transfers)
{
  guint length = g_list_model_get_n_items (transfers);
  SampanTransferCounts counts = { 0 };

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (transfers, i);
      SampanTransferState state = sampan_transfer_get_state (transfer);

      if (state == SAMPAN_TRANSFER_DONE)
        {
          counts.n_done++;
          counts.done_bytes += sampan_transfer_get_total_bytes (transfer);
        }
      else if (state == SAMPAN_TRANSFER_FAILED)
        {
          counts.n_failed++;
          counts.failed_bytes += sampan_transfer_get_total_bytes (transfer);
        }
      else if (state == SAMPAN_TRANSFER_CANCELLED)
        counts.n_cancelled++;
    }
  return counts;
}

char *
sampan_transfer_counts_dup_text (const SampanTransferCounts *self)
{
  GString *text = g_string_new (NULL);

  /* Translators: how many transfers wait, how many are done. */
  g_string_printf (text, _ ("%u waiting, %u done"), self->n_waiting, self->n_done);
  if (self->n_paused > 0)
    g_string_append_printf (text,
                            /* Translators: how many transfers are paused, in a list of counts. */
                            ngettext (", %u paused", ", %u paused", self->n_paused),
                            self->n_paused);
  if (self->n_failed > 0)
    g_string_append_printf (text,
                            /* Translators: how many transfers failed, in a list of counts. */
                            ngettext (", %u failed", ", %u failed", self->n_failed),
                            self->n_failed);
  if (self->n_skipped > 0)
    g_string_append_printf (text,
                            /* Translators: how many files were left as they are, in a list of
                               counts. */
                            ngettext (", %u skipped", ", %u skipped", self->n_skipped),
                            self->n_skipped);
  return g_string_free (text, FALSE);
}

char *
sampan_transfer_counts_dup_sizes (const SampanTransferCounts *self)
{
  g_autofree char *done = g_format_size (self->done_bytes);
  g_autofree char *failed = g_format_size (self->failed_bytes);

  if (self->failed_bytes > 0)
    /* Translators: two sizes. */
    return g_strdup_printf (_ ("%s done, %s failed"), done, failed);
  if (self->done_bytes > 0)
    /* Translators: a size. */
    return g_strdup_printf (_ ("%s done"), done);
  return g_strdup ("");
}
