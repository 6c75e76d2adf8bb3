/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The trash: its pages, and requests and replies that are runs of items. */

#include "config.h"

#include "message.h"

#include "message-private.h"

bool
sampan_write_trash_entry (SampanWriter *writer, const SampanTrashEntry *entry)
{
  const SampanWriter before = *writer;

  sampan_writer_put_fixed (writer, entry->id, SAMPAN_TRASH_ID_LENGTH);
  sampan_put_enum (writer, entry->kind, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_OTHER);
  sampan_writer_put_u64 (writer, entry->size);
  sampan_put_time (writer, entry->removed);
  sampan_writer_put_bytes8 (writer, entry->user.data, entry->user.length);
  sampan_put_path (writer, entry->path);
  if (sampan_writer_ok (writer) && entry->user.length <= SAMPAN_USER_MAX)
    return true;
  *writer = before;
  return false;
}

bool
sampan_read_trash_entry (SampanReader *reader, SampanTrashEntry *entry)
{
  return sampan_reader_get_fixed (reader, entry->id, SAMPAN_TRASH_ID_LENGTH) &&
         sampan_get_enum (reader, &entry->kind, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_OTHER) &&
         sampan_reader_get_u64 (reader, &entry->size) &&
         sampan_get_time (reader, &entry->removed) &&
         sampan_reader_get_bytes8 (reader, &entry->user, SAMPAN_USER_MAX) &&
         sampan_get_path (reader, &entry->path);
}

void
sampan_write_trash_end (SampanWriter *writer, const SampanTrashEnd *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_TRASH_END);
  sampan_writer_put_u64 (writer, message->count);
  sampan_writer_put_u64 (writer, message->bytes);
}

bool
sampan_read_trash_end (SampanReader *reader, SampanTrashEnd *message)
{
  return sampan_reader_get_u64 (reader, &message->count) &&
         sampan_reader_get_u64 (reader, &message->bytes) && sampan_reader_at_end (reader);
}

void
sampan_write_restore (SampanWriter *writer, const SampanRestoreRequest *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_RESTORE);
  sampan_put_path (writer, message->share);
  sampan_put_enum (writer, message->conflict, SAMPAN_CONFLICT_REFUSE, SAMPAN_CONFLICT_KEEP_BOTH);
}

bool
sampan_read_restore (SampanReader *reader, SampanRestoreRequest *message)
{
  return sampan_get_path (reader, &message->share) && sampan_get_enum (reader,
                                                                       &message->conflict,
                                                                       SAMPAN_CONFLICT_REFUSE,
                                                                       SAMPAN_CONFLICT_KEEP_BOTH);
}

void
sampan_write_purge (SampanWriter *writer, SampanBytes share)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PURGE);
  sampan_put_path (writer, share);
}

bool
sampan_read_purge (SampanReader *reader, SampanBytes *share)
{
  return sampan_get_path (reader, share);
}

void
sampan_write_trash_id (SampanWriter *writer, const uint8_t id[static SAMPAN_TRASH_ID_LENGTH])
{
  sampan_writer_put_fixed (writer, id, SAMPAN_TRASH_ID_LENGTH);
}

bool
sampan_read_trash_id (SampanReader *reader, uint8_t id[static SAMPAN_TRASH_ID_LENGTH])
{
  return sampan_reader_get_fixed (reader, id, SAMPAN_TRASH_ID_LENGTH);
}

bool
sampan_write_restored (SampanWriter *writer, const SampanRestored *message)
{
  const SampanWriter before = *writer;

  sampan_writer_put_u16 (writer, message->code);
  sampan_writer_put_fixed (writer, message->trash_id, SAMPAN_TRASH_ID_LENGTH);
  sampan_put_path (writer, message->path);
  if (sampan_writer_ok (writer))
    return true;
  *writer = before;
  return false;
}

bool
sampan_read_restored (SampanReader *reader, SampanRestored *message)
{
  return sampan_reader_get_u16 (reader, &message->code) &&
         sampan_reader_get_fixed (reader, message->trash_id, SAMPAN_TRASH_ID_LENGTH) &&
         sampan_get_path (reader, &message->path);
}
