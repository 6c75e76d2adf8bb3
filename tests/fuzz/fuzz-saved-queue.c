/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The saved list of transfers. The first byte chooses: 0 for a file with its sums, else records
 * behind a length of two bytes each, which no sum keeps from being read. */

#include "config.h"

#include "batch-survey.h"
#include "fuzz.h"
#include "saved-job.h"

#include <string.h>

static void
check_job (const SampanSavedJob *job)
{
  g_assert_true (job->is_chosen);
  g_assert_cmpuint (job->locals->len + job->remotes->len, >, 0);
  if (job->is_upload)
    {
      g_assert_false (sampan_path_is_root (job->remote_folder));
      g_assert_cmpuint (job->remotes->len, ==, 0);
    }
  else
    {
      g_assert_true (g_path_is_absolute (job->local_folder));
      g_assert_cmpuint (job->locals->len, ==, 0);
    }
  for (guint i = 0; i < job->locals->len; i++)
    g_assert_true (g_path_is_absolute (g_ptr_array_index (job->locals, i)));
  for (guint i = 0; i < job->remotes->len; i++)
    {
      const SampanBatchRemote *remote = g_ptr_array_index (job->remotes, i);

      g_assert_false (sampan_path_is_root (remote->path));
      g_assert_cmpstr (remote->info->name, ==, sampan_path_get_name (remote->path));
    }
}

static void
check_move (const SampanSavedState *state, const SampanSavedMove *move)
{
  guint n_found = 0;

  g_assert_true (move->name[0] != '\0' && move->anchor_name[0] != '\0');
  for (guint i = 0; i < state->jobs->len; i++)
    {
      const SampanSavedJob *job = g_ptr_array_index (state->jobs, i);

      n_found += job->number == move->number;
      n_found += job->number == move->anchor_number;
    }
  g_assert_cmpuint (n_found, ==, 2);
}

static void
take_plain (SampanSavedState *state, const uint8_t *data, size_t size)
{
  while (size >= 2)
    {
      size_t length = (size_t)data[0] << 8 | data[1];

      data += 2;
      size -= 2;
      length = MIN (length, size);
      sampan_saved_state_take (data, length, state);
      sampan_saved_state_needs (state, data, length);
      data += length;
      size -= length;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SampanSavedState) state = sampan_saved_state_new ();

  if (size == 0)
    return 0;
  if (data[0] == 0)
    {
      SampanSavedSums sums;

      sampan_saved_records_read (data + 1, size - 1, sampan_saved_state_take, state, &sums, NULL);
      g_assert_cmpuint (sums.good_bytes, <=, size - 1);
    }
  else
    take_plain (state, data + 1, size - 1);
  sampan_saved_state_end (state);
  for (guint i = 0; i < state->jobs->len; i++)
    check_job (g_ptr_array_index (state->jobs, i));
  for (guint i = 0; i < state->moves->len; i++)
    check_move (state, g_ptr_array_index (state->moves, i));
  return 0;
}
