/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests of a session. */

#include "config.h"

#include "message.h"

#include "message-private.h"

#define PUT_FLAGS (SAMPAN_PUT_EXPECT_VERSION | SAMPAN_PUT_RESUME | SAMPAN_PUT_MODE)

/* MKDIR and REMOVE have one flag each, of the same value. */
#define PATH_FLAGS (SAMPAN_MKDIR_PARENTS | SAMPAN_REMOVE_RECURSIVE)

void
sampan_write_path_request (SampanWriter *writer, SampanKind kind, const SampanPathRequest *message)
{
  sampan_writer_put_u8 (writer, kind);
  sampan_put_path (writer, message->path);
}

bool
sampan_read_path_request (SampanReader *reader, SampanPathRequest *message)
{
  return sampan_get_path (reader, &message->path) && sampan_reader_at_end (reader);
}

void
sampan_write_path_flags_request (SampanWriter *writer,
                                 SampanKind kind,
                                 const SampanPathFlagsRequest *message)
{
  sampan_writer_put_u8 (writer, kind);
  sampan_put_path (writer, message->path);
  sampan_put_flags (writer, message->flags, PATH_FLAGS);
}

bool
sampan_read_path_flags_request (SampanReader *reader, SampanPathFlagsRequest *message)
{
  return sampan_get_path (reader, &message->path) &&
         sampan_get_flags (reader, &message->flags, PATH_FLAGS) && sampan_reader_at_end (reader);
}

void
sampan_write_move_request (SampanWriter *writer, SampanKind kind, const SampanMoveRequest *message)
{
  sampan_writer_put_u8 (writer, kind);
  sampan_put_path (writer, message->from);
  sampan_put_path (writer, message->to);
  sampan_put_enum (writer, message->conflict, SAMPAN_CONFLICT_REFUSE, SAMPAN_CONFLICT_KEEP_BOTH);
  sampan_put_flags (writer, message->flags, SAMPAN_MOVE_EXPECT_VERSION);
  sampan_put_expected_version (writer,
                               message->version,
                               (message->flags & SAMPAN_MOVE_EXPECT_VERSION) != 0);
}

bool
sampan_read_move_request (SampanReader *reader, SampanMoveRequest *message)
{
  return sampan_get_path (reader, &message->from) && sampan_get_path (reader, &message->to) &&
         sampan_get_enum (reader,
                          &message->conflict,
                          SAMPAN_CONFLICT_REFUSE,
                          SAMPAN_CONFLICT_KEEP_BOTH) &&
         sampan_get_flags (reader, &message->flags, SAMPAN_MOVE_EXPECT_VERSION) &&
         sampan_get_expected_version (reader,
                                      message->version,
                                      (message->flags & SAMPAN_MOVE_EXPECT_VERSION) != 0) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_get_request (SampanWriter *writer, const SampanGetRequest *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_GET);
  sampan_put_path (writer, message->path);
  sampan_writer_put_u64 (writer, message->offset);
  sampan_put_flags (writer, message->flags, SAMPAN_GET_EXPECT_VERSION);
  sampan_put_expected_version (writer,
                               message->version,
                               (message->flags & SAMPAN_GET_EXPECT_VERSION) != 0);
}

bool
sampan_read_get_request (SampanReader *reader, SampanGetRequest *message)
{
  return sampan_get_path (reader, &message->path) &&
         sampan_reader_get_u64 (reader, &message->offset) &&
         sampan_get_flags (reader, &message->flags, SAMPAN_GET_EXPECT_VERSION) &&
         sampan_get_expected_version (reader,
                                      message->version,
                                      (message->flags & SAMPAN_GET_EXPECT_VERSION) != 0) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_put_request (SampanWriter *writer, const SampanPutRequest *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PUT);
  sampan_put_path (writer, message->path);
  sampan_writer_put_u64 (writer, message->size);
  sampan_put_time (writer, message->mtime);
  sampan_put_enum (writer, message->conflict, SAMPAN_CONFLICT_REFUSE, SAMPAN_CONFLICT_KEEP_BOTH);
  sampan_put_flags (writer, message->flags, PUT_FLAGS);
  sampan_put_expected_version (writer,
                               message->version,
                               (message->flags & SAMPAN_PUT_EXPECT_VERSION) != 0);
  sampan_put_mode (writer, (message->flags & SAMPAN_PUT_MODE) != 0 ? message->mode : 0);
  sampan_writer_put_fixed (writer, message->upload_id, SAMPAN_UPLOAD_ID_LENGTH);
}

/* One encoding for each meaning: no mode that no flag asks for. */
static bool
get_put_mode (SampanReader *reader, SampanPutRequest *message)
{
  if (!sampan_get_mode (reader, &message->mode))
    return false;
  if (message->mode != 0 && (message->flags & SAMPAN_PUT_MODE) == 0)
    reader->failed = true;
  return !reader->failed;
}

bool
sampan_read_put_request (SampanReader *reader, SampanPutRequest *message)
{
  return sampan_get_path (reader, &message->path) &&
         sampan_reader_get_u64 (reader, &message->size) &&
         sampan_get_time (reader, &message->mtime) &&
         sampan_get_enum (reader,
                          &message->conflict,
                          SAMPAN_CONFLICT_REFUSE,
                          SAMPAN_CONFLICT_KEEP_BOTH) &&
         sampan_get_flags (reader, &message->flags, PUT_FLAGS) &&
         sampan_get_expected_version (reader,
                                      message->version,
                                      (message->flags & SAMPAN_PUT_EXPECT_VERSION) != 0) &&
         get_put_mode (reader, message) &&
         sampan_reader_get_fixed (reader, message->upload_id, SAMPAN_UPLOAD_ID_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_hash_request (SampanWriter *writer, const SampanHashRequest *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_HASH);
  sampan_put_path (writer, message->path);
  sampan_writer_put_u64 (writer, message->length);
}

bool
sampan_read_hash_request (SampanReader *reader, SampanHashRequest *message)
{
  return sampan_get_path (reader, &message->path) &&
         sampan_reader_get_u64 (reader, &message->length) && sampan_reader_at_end (reader);
}

void
sampan_write_set_time_request (SampanWriter *writer, const SampanSetTimeRequest *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_SET_TIME);
  sampan_put_path (writer, message->path);
  sampan_put_time (writer, message->mtime);
}

bool
sampan_read_set_time_request (SampanReader *reader, SampanSetTimeRequest *message)
{
  return sampan_get_path (reader, &message->path) && sampan_get_time (reader, &message->mtime) &&
         sampan_reader_at_end (reader);
}
