/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* PLAN and its answers: open-ended runs of items, of which each fits or is left out whole. */

#include "config.h"

#include "message.h"

#include "message-private.h"

void
sampan_write_plan (SampanWriter *writer, SampanBytes folder)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PLAN);
  sampan_put_path (writer, folder);
}

bool
sampan_read_plan (SampanReader *reader, SampanBytes *folder)
{
  return sampan_get_path (reader, folder);
}

bool
sampan_write_plan_item (SampanWriter *writer, const SampanPlanItem *item)
{
  const SampanWriter before = *writer;

  sampan_put_enum (writer, item->kind, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_FOLDER);
  sampan_writer_put_u64 (writer, item->size);
  sampan_put_time (writer, item->mtime);
  sampan_writer_put_bytes16 (writer, item->path.data, item->path.length);
  if (sampan_writer_ok (writer))
    return true;
  *writer = before;
  return false;
}

bool
sampan_read_plan_item (SampanReader *reader, SampanPlanItem *item)
{
  return sampan_get_enum (reader, &item->kind, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_FOLDER) &&
         sampan_reader_get_u64 (reader, &item->size) && sampan_get_time (reader, &item->mtime) &&
         sampan_reader_get_bytes16 (reader, &item->path, UINT16_MAX);
}

bool
sampan_plan_verdict_has_entry (uint8_t verdict)
{
  return verdict >= SAMPAN_PLAN_SAME && verdict <= SAMPAN_PLAN_WRONG_KIND;
}

/* The kinds that a verdict can speak of. */
static void
get_kinds (uint8_t verdict, uint8_t *first, uint8_t *last)
{
  *first = verdict == SAMPAN_PLAN_FOLDER_THERE ? SAMPAN_ENTRY_FOLDER : SAMPAN_ENTRY_FILE;
  *last = verdict == SAMPAN_PLAN_WRONG_KIND ? SAMPAN_ENTRY_OTHER : *first;
}

static void
put_entry (SampanWriter *writer, const SampanPlanAnswer *answer)
{
  uint8_t first, last;

  get_kinds (answer->verdict, &first, &last);
  sampan_put_enum (writer, answer->kind, first, last);
  sampan_writer_put_u64 (writer, answer->size);
  sampan_put_time (writer, answer->mtime);
  sampan_writer_put_fixed (writer, answer->version, SAMPAN_VERSION_LENGTH);
}

static bool
get_entry (SampanReader *reader, SampanPlanAnswer *answer)
{
  uint8_t first, last;

  get_kinds (answer->verdict, &first, &last);
  return sampan_get_enum (reader, &answer->kind, first, last) &&
         sampan_reader_get_u64 (reader, &answer->size) &&
         sampan_get_time (reader, &answer->mtime) &&
         sampan_reader_get_fixed (reader, answer->version, SAMPAN_VERSION_LENGTH);
}

bool
sampan_write_plan_answer (SampanWriter *writer, const SampanPlanAnswer *answer)
{
  const SampanWriter before = *writer;

  sampan_put_enum (writer, answer->verdict, SAMPAN_PLAN_NEW, SAMPAN_PLAN_NAME_TWICE);
  if (sampan_plan_verdict_has_entry (answer->verdict))
    put_entry (writer, answer);
  if (sampan_writer_ok (writer))
    return true;
  *writer = before;
  return false;
}

bool
sampan_read_plan_answer (SampanReader *reader, SampanPlanAnswer *answer)
{
  *answer = (SampanPlanAnswer){ 0 };
  return sampan_get_enum (reader, &answer->verdict, SAMPAN_PLAN_NEW, SAMPAN_PLAN_NAME_TWICE) &&
         (!sampan_plan_verdict_has_entry (answer->verdict) || get_entry (reader, answer));
}

void
sampan_write_plan_end (SampanWriter *writer, const SampanPlanEnd *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PLAN_END);
  sampan_writer_put_u64 (writer, message->count);
  sampan_writer_put_u64 (writer, message->free_bytes);
  sampan_put_enum (writer, message->right, SAMPAN_RIGHT_NONE, SAMPAN_RIGHT_CHANGE);
  sampan_put_flags (writer, message->flags, SAMPAN_SPACE_OF_QUOTA);
}

bool
sampan_read_plan_end (SampanReader *reader, SampanPlanEnd *message)
{
  return sampan_reader_get_u64 (reader, &message->count) &&
         sampan_reader_get_u64 (reader, &message->free_bytes) &&
         sampan_get_enum (reader, &message->right, SAMPAN_RIGHT_NONE, SAMPAN_RIGHT_CHANGE) &&
         sampan_get_flags (reader, &message->flags, SAMPAN_SPACE_OF_QUOTA) &&
         sampan_reader_at_end (reader);
}
