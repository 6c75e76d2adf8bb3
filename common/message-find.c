/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* FIND, MEASURE and what they answer. */

#include "config.h"

#include "message.h"

#include "message-private.h"
#include "wire.h"

#define FIND_FLAGS (SAMPAN_FIND_SINCE | SAMPAN_FIND_BEFORE)
#define FIND_KIND_ANY 0

/* A time that is all zero unless IS_USED: one encoding for each meaning. */
static void
put_bound (SampanWriter *writer, SampanTime time, bool is_used)
{
  sampan_put_time (writer, is_used ? time : (SampanTime){ 0 });
}

static bool
get_bound (SampanReader *reader, SampanTime *time, bool is_used)
{
  if (!sampan_get_time (reader, time))
    return false;
  if (!is_used && (time->seconds != 0 || time->nanoseconds != 0))
    reader->failed = true;
  return !reader->failed;
}

static bool
is_legal_limit (uint32_t limit)
{
  return limit >= 1 && limit <= SAMPAN_FIND_MAX;
}

void
sampan_write_find_request (SampanWriter *writer, const SampanFindRequest *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_FIND);
  sampan_put_path (writer, message->path);
  sampan_writer_put_bytes8 (writer, message->pattern.data, message->pattern.length);
  sampan_put_enum (writer, message->kind, FIND_KIND_ANY, SAMPAN_ENTRY_OTHER);
  sampan_writer_put_u64 (writer, message->size_min);
  sampan_writer_put_u64 (writer, message->size_max);
  sampan_put_flags (writer, message->flags, FIND_FLAGS);
  put_bound (writer, message->since, (message->flags & SAMPAN_FIND_SINCE) != 0);
  put_bound (writer, message->before, (message->flags & SAMPAN_FIND_BEFORE) != 0);
  sampan_writer_put_u32 (writer, message->limit);
  if (!is_legal_limit (message->limit))
    writer->failed = true;
}

bool
sampan_read_find_request (SampanReader *reader, SampanFindRequest *message)
{
  return sampan_get_path (reader, &message->path) &&
         sampan_reader_get_bytes8 (reader, &message->pattern, SAMPAN_FIND_PATTERN_MAX) &&
         sampan_get_enum (reader, &message->kind, FIND_KIND_ANY, SAMPAN_ENTRY_OTHER) &&
         sampan_reader_get_u64 (reader, &message->size_min) &&
         sampan_reader_get_u64 (reader, &message->size_max) &&
         sampan_get_flags (reader, &message->flags, FIND_FLAGS) &&
         get_bound (reader, &message->since, (message->flags & SAMPAN_FIND_SINCE) != 0) &&
         get_bound (reader, &message->before, (message->flags & SAMPAN_FIND_BEFORE) != 0) &&
         sampan_reader_get_u32 (reader, &message->limit) && is_legal_limit (message->limit) &&
         sampan_reader_at_end (reader);
}

bool
sampan_write_found (SampanWriter *writer, const SampanEntry *entry)
{
  const SampanWriter before = *writer;

  sampan_put_entry_facts (writer, entry);
  sampan_put_path (writer, entry->name);
  if (sampan_writer_ok (writer))
    return true;
  *writer = before;
  return false;
}

bool
sampan_read_found (SampanReader *reader, SampanEntry *entry)
{
  return sampan_get_entry_facts (reader, entry) && sampan_get_path (reader, &entry->name);
}

void
sampan_write_found_end (SampanWriter *writer, const SampanFoundEnd *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_FOUND_END);
  sampan_writer_put_u64 (writer, message->n_found);
  sampan_writer_put_u64 (writer, message->n_seen);
  sampan_writer_put_u64 (writer, message->n_left_out);
  sampan_put_flags (writer, message->flags, SAMPAN_FOUND_MORE);
}

bool
sampan_read_found_end (SampanReader *reader, SampanFoundEnd *message)
{
  return sampan_reader_get_u64 (reader, &message->n_found) &&
         sampan_reader_get_u64 (reader, &message->n_seen) &&
         sampan_reader_get_u64 (reader, &message->n_left_out) &&
         sampan_get_flags (reader, &message->flags, SAMPAN_FOUND_MORE) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_measured (SampanWriter *writer, const SampanMeasured *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_MEASURED);
  sampan_writer_put_u64 (writer, message->n_files);
  sampan_writer_put_u64 (writer, message->n_folders);
  sampan_writer_put_u64 (writer, message->n_others);
  sampan_writer_put_u64 (writer, message->n_left_out);
  sampan_writer_put_u64 (writer, message->bytes);
}

bool
sampan_read_measured (SampanReader *reader, SampanMeasured *message)
{
  return sampan_reader_get_u64 (reader, &message->n_files) &&
         sampan_reader_get_u64 (reader, &message->n_folders) &&
         sampan_reader_get_u64 (reader, &message->n_others) &&
         sampan_reader_get_u64 (reader, &message->n_left_out) &&
         sampan_reader_get_u64 (reader, &message->bytes) && sampan_reader_at_end (reader);
}
