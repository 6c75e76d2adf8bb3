/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file "info" of a slot in the trash. */

#include "config.h"

#include "storage/trash-record.h"

#include "wire.h"

#include <string.h>

#define MAGIC "SAMPANT\x02"
#define MAGIC_LENGTH SAMPAN_TRASH_RECORD_SIZE_OFFSET
G_STATIC_ASSERT (sizeof MAGIC - 1 == MAGIC_LENGTH);

size_t
sampan_trash_record_encode (const SampanTrashRecord *record,
                            uint8_t buffer[static SAMPAN_TRASH_RECORD_MAX_BYTES])
{
  SampanWriter writer;

  sampan_writer_init (&writer, buffer, SAMPAN_TRASH_RECORD_MAX_BYTES);
  sampan_writer_put_fixed (&writer, (const uint8_t *)MAGIC, MAGIC_LENGTH);
  sampan_writer_put_u64 (&writer, record->size);
  sampan_writer_put_i64 (&writer, record->removed.tv_sec);
  sampan_writer_put_u32 (&writer, (uint32_t)record->removed.tv_nsec);
  sampan_writer_put_u64 (&writer, record->account_id);
  sampan_writer_put_bytes16 (&writer,
                             (const uint8_t *)sampan_path_get (record->path),
                             sampan_path_get_length (record->path));
  g_assert (sampan_writer_ok (&writer));
  return writer.length;
}

bool
sampan_trash_record_decode (SampanTrashRecord *record, const uint8_t *data, size_t length)
{
  SampanReader reader;
  SampanBytes path;
  uint8_t magic[MAGIC_LENGTH];
  int64_t seconds;
  uint32_t nanoseconds;

  record->path = NULL;
  sampan_reader_init (&reader, data, length);
  if (!sampan_reader_get_fixed (&reader, magic, sizeof magic) ||
      memcmp (magic, MAGIC, MAGIC_LENGTH) != 0 || !sampan_reader_get_u64 (&reader, &record->size) ||
      !sampan_reader_get_i64 (&reader, &seconds) ||
      !sampan_reader_get_u32 (&reader, &nanoseconds) || nanoseconds > SAMPAN_MTIME_NSEC_MAX ||
      !sampan_reader_get_u64 (&reader, &record->account_id) ||
      !sampan_reader_get_bytes16 (&reader, &path, SAMPAN_PATH_MAX) ||
      !sampan_reader_at_end (&reader))
    return false;
  record->removed = (struct timespec){ .tv_sec = seconds, .tv_nsec = nanoseconds };
  record->path = sampan_path_new (path.data, path.length, NULL);
  return record->path != NULL;
}

void
sampan_trash_record_clear (SampanTrashRecord *record)
{
  g_clear_pointer (&record->path, sampan_path_unref);
}
