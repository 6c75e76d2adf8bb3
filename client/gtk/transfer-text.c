/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Progress in words. */

#include "config.h"

#include "transfer-text.h"

#include "escape.h"

#include <glib/gi18n.h>
#include <string.h>

#define SECS_PER_MINUTE 60
#define SECS_PER_HOUR 3600

/* "1.0 GB" and "1.6 GB" become "1.0 of 1.6 GB": the unit is said once when it is the same. */
static char *
dup_amount (uint64_t done_bytes, uint64_t total_bytes)
{
  g_autofree char *done = g_format_size (done_bytes);
  g_autofree char *total = g_format_size (total_bytes);
  /* GLib separates figure and unit by a no-break space. */
  static const char space[] = "\302\240";
  char *done_unit = strstr (done, space);
  const char *total_unit = strstr (total, space);

  if (done_unit != NULL && total_unit != NULL && strcmp (done_unit, total_unit) == 0)
    *done_unit = '\0';
  /* Translators: how much is done of the whole: "1.0 of 1.6 GB". */
  return g_strdup_printf (_ ("%s of %s"), done, total);
}

static char *
dup_time_left (int seconds)
{
  int minutes = (seconds + SECS_PER_MINUTE / 2) / SECS_PER_MINUTE;

  if (seconds < SECS_PER_MINUTE)
    return g_strdup_printf (ngettext ("%d s left", "%d s left", (gulong)seconds), seconds);
  if (seconds < SECS_PER_HOUR)
    return g_strdup_printf (ngettext ("%d min left", "%d min left", (gulong)minutes), minutes);
  return g_strdup_printf (_ ("%d h %d min left"),
                          seconds / SECS_PER_HOUR,
                          seconds % SECS_PER_HOUR / SECS_PER_MINUTE);
}

char *
sampan_transfer_text_dup_progress (uint64_t done_bytes,
                                   uint64_t total_bytes,
                                   uint64_t speed,
                                   int seconds_left)
{
  g_autofree char *amount = dup_amount (done_bytes, total_bytes);
  g_autoptr (GString) text = g_string_new (amount);

  if (speed > 0)
    {
      g_autofree char *bytes = g_format_size (speed);

      g_string_append (text, " · ");
      /* Translators: a speed, such as "112 MB/s". */
      g_string_append_printf (text, _ ("%s/s"), bytes);
    }
  if (seconds_left >= 0)
    {
      g_autofree char *left = dup_time_left (seconds_left);

      g_string_append (text, " · ");
      g_string_append (text, left);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
sampan_transfer_text_dup_stages (uint64_t sent_bytes, uint64_t safe_bytes)
{
  g_autofree char *sent = NULL;
  g_autofree char *safe = NULL;

  if (sent_bytes == 0)
    return NULL;
  sent = g_format_size (sent_bytes);
  safe = g_format_size (safe_bytes);
  /* Translators: two sizes; the second is what is on the disk of the receiving end. */
  return g_strdup_printf (_ ("%s sent, %s of it stored safely"), sent, safe);
}

double
sampan_transfer_text_get_fraction (uint64_t part_bytes, uint64_t total_bytes)
{
  return total_bytes > 0 ? MIN (1.0, (double)part_bytes / (double)total_bytes) : 0.0;
}

char *
sampan_transfer_text_dup_title (SampanTransfer *transfer)
{
  const char *stored = sampan_transfer_get_stored_name (transfer);

  return stored != NULL ? sampan_display_name (stored, -1)
                        : g_strdup (sampan_transfer_get_title (transfer));
}

static char *
dup_done (SampanTransfer *transfer)
{
  g_autofree char *size = g_format_size (sampan_transfer_get_total_bytes (transfer));
  const char *words = sampan_transfer_is_upload (transfer) ? _ ("Safe on the box") : _ ("Saved");

  return g_strconcat (size, " · ", words, NULL);
}

static char *
dup_paused (SampanTransfer *transfer)
{
  g_autofree char *amount = NULL;

  if (sampan_transfer_get_done_bytes (transfer) == 0)
    return g_strdup (_ ("Paused"));
  amount = dup_amount (sampan_transfer_get_done_bytes (transfer),
                       sampan_transfer_get_total_bytes (transfer));
  return g_strconcat (amount, " · ", _ ("Paused"), NULL);
}

char *
sampan_transfer_text_dup_status (SampanTransfer *transfer)
{
  bool upload = sampan_transfer_is_upload (transfer);

  switch (sampan_transfer_get_state (transfer))
    {
    case SAMPAN_TRANSFER_WAITING:
      return g_strdup (_ ("Waiting"));
    case SAMPAN_TRANSFER_PAUSED:
      return dup_paused (transfer);
    case SAMPAN_TRANSFER_CONNECTING:
      return g_strdup (_ ("Connecting…"));
    case SAMPAN_TRANSFER_RECONNECTING:
      return g_strdup (_ ("Waiting for the link…"));
    case SAMPAN_TRANSFER_SENDING:
    case SAMPAN_TRANSFER_RECEIVING:
      return sampan_transfer_text_dup_progress (sampan_transfer_get_done_bytes (transfer),
                                                sampan_transfer_get_total_bytes (transfer),
                                                sampan_transfer_get_speed (transfer),
                                                sampan_transfer_get_seconds_left (transfer));
    case SAMPAN_TRANSFER_SAVING:
      return g_strdup (upload ? _ ("Saving on the box…") : _ ("Saving…"));
    case SAMPAN_TRANSFER_DONE:
      return dup_done (transfer);
    case SAMPAN_TRANSFER_FAILED:
      return sampan_error_dup_text (sampan_transfer_get_error (transfer));
    case SAMPAN_TRANSFER_CANCELLED:
      return g_strdup (_ ("Cancelled"));
    }
  return g_strdup ("");
}
