/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Replies of a session. */

#include "config.h"

#include "message.h"

#include "message-private.h"
#include "paths.h"

void
sampan_write_error_reply (SampanWriter *writer, const SampanErrorReply *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_ERROR);
  sampan_writer_put_u16 (writer, message->code);
  sampan_writer_put_u64 (writer, message->detail);
}

bool
sampan_read_error_reply (SampanReader *reader, SampanErrorReply *message)
{
  return sampan_reader_get_u16 (reader, &message->code) &&
         sampan_reader_get_u64 (reader, &message->detail) && sampan_reader_at_end (reader);
}

void
sampan_put_entry_facts (SampanWriter *writer, const SampanEntry *entry)
{
  sampan_put_enum (writer, entry->kind, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_SHARE);
  sampan_put_enum (writer, entry->right, SAMPAN_RIGHT_NONE, SAMPAN_RIGHT_CHANGE);
  sampan_writer_put_u64 (writer, entry->size);
  sampan_put_time (writer, entry->mtime);
  sampan_writer_put_fixed (writer, entry->version, SAMPAN_VERSION_LENGTH);
}

bool
sampan_get_entry_facts (SampanReader *reader, SampanEntry *entry)
{
  return sampan_get_enum (reader, &entry->kind, SAMPAN_ENTRY_FILE, SAMPAN_ENTRY_SHARE) &&
         sampan_get_enum (reader, &entry->right, SAMPAN_RIGHT_NONE, SAMPAN_RIGHT_CHANGE) &&
         sampan_reader_get_u64 (reader, &entry->size) && sampan_get_time (reader, &entry->mtime) &&
         sampan_reader_get_fixed (reader, entry->version, SAMPAN_VERSION_LENGTH);
}

void
sampan_write_entry (SampanWriter *writer, const SampanEntry *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_ENTRY);
  sampan_put_entry_facts (writer, message);
  if (message->name.length == 0)
    sampan_writer_put_u8 (writer, 0);
  else
    sampan_put_name (writer, message->name);
}

bool
sampan_read_entry (SampanReader *reader, SampanEntry *message)
{
  return sampan_get_entry_facts (reader, message) &&
         sampan_reader_get_bytes8 (reader, &message->name, SAMPAN_NAME_MAX) &&
         (message->name.length == 0 ||
          sampan_name_is_valid (message->name.data, message->name.length)) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_space (SampanWriter *writer, const SampanSpace *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_SPACE_IS);
  sampan_writer_put_u64 (writer, message->total_bytes);
  sampan_writer_put_u64 (writer, message->free_bytes);
  sampan_put_flags (writer, message->flags, SAMPAN_SPACE_OF_QUOTA);
}

bool
sampan_read_space (SampanReader *reader, SampanSpace *message)
{
  return sampan_reader_get_u64 (reader, &message->total_bytes) &&
         sampan_reader_get_u64 (reader, &message->free_bytes) &&
         sampan_get_flags (reader, &message->flags, SAMPAN_SPACE_OF_QUOTA) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_get_info (SampanWriter *writer, const SampanGetInfo *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_GET_INFO);
  sampan_writer_put_u64 (writer, message->size);
  sampan_put_time (writer, message->mtime);
  sampan_put_mode (writer, message->mode);
  sampan_writer_put_fixed (writer, message->version, SAMPAN_VERSION_LENGTH);
}

bool
sampan_read_get_info (SampanReader *reader, SampanGetInfo *message)
{
  return sampan_reader_get_u64 (reader, &message->size) &&
         sampan_get_time (reader, &message->mtime) && sampan_get_mode (reader, &message->mode) &&
         sampan_reader_get_fixed (reader, message->version, SAMPAN_VERSION_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_put_offer (SampanWriter *writer, const SampanPutOffer *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PUT_OFFER);
  sampan_writer_put_u64 (writer, message->offset);
  sampan_writer_put_fixed (writer, message->hash, SAMPAN_HASH_LENGTH);
}

bool
sampan_read_put_offer (SampanReader *reader, SampanPutOffer *message)
{
  return sampan_reader_get_u64 (reader, &message->offset) &&
         sampan_reader_get_fixed (reader, message->hash, SAMPAN_HASH_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_stored (SampanWriter *writer, const SampanStored *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_STORED);
  sampan_writer_put_fixed (writer, message->version, SAMPAN_VERSION_LENGTH);
  sampan_writer_put_fixed (writer, message->trash_id, SAMPAN_TRASH_ID_LENGTH);
  sampan_writer_put_u64 (writer, message->skipped);
  sampan_put_name (writer, message->name);
}

bool
sampan_read_stored (SampanReader *reader, SampanStored *message)
{
  return sampan_reader_get_fixed (reader, message->version, SAMPAN_VERSION_LENGTH) &&
         sampan_reader_get_fixed (reader, message->trash_id, SAMPAN_TRASH_ID_LENGTH) &&
         sampan_reader_get_u64 (reader, &message->skipped) &&
         sampan_get_name (reader, &message->name) && sampan_reader_at_end (reader);
}

void
sampan_write_hash_is (SampanWriter *writer, const SampanHashIs *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_HASH_IS);
  sampan_writer_put_u64 (writer, message->length);
  sampan_writer_put_fixed (writer, message->hash, SAMPAN_HASH_LENGTH);
}

bool
sampan_read_hash_is (SampanReader *reader, SampanHashIs *message)
{
  return sampan_reader_get_u64 (reader, &message->length) &&
         sampan_reader_get_fixed (reader, message->hash, SAMPAN_HASH_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_progress (SampanWriter *writer, const SampanProgress *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PROGRESS);
  sampan_writer_put_u64 (writer, message->done_bytes);
  sampan_writer_put_u64 (writer, message->total_bytes);
}

bool
sampan_read_progress (SampanReader *reader, SampanProgress *message)
{
  return sampan_reader_get_u64 (reader, &message->done_bytes) &&
         sampan_reader_get_u64 (reader, &message->total_bytes) && sampan_reader_at_end (reader);
}

void
sampan_write_removed (SampanWriter *writer, const uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH])
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_REMOVED);
  sampan_writer_put_fixed (writer, trash_id, SAMPAN_TRASH_ID_LENGTH);
}

bool
sampan_read_removed (SampanReader *reader, uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH])
{
  return sampan_reader_get_fixed (reader, trash_id, SAMPAN_TRASH_ID_LENGTH) &&
         sampan_reader_at_end (reader);
}

bool
sampan_write_page_entry (SampanWriter *writer, const SampanEntry *entry)
{
  const SampanWriter before = *writer;

  sampan_put_entry_facts (writer, entry);
  sampan_put_name (writer, entry->name);
  if (sampan_writer_ok (writer))
    return true;
  *writer = before;
  return false;
}

bool
sampan_read_page_entry (SampanReader *reader, SampanEntry *entry)
{
  return sampan_get_entry_facts (reader, entry) && sampan_get_name (reader, &entry->name);
}
