/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Records of jobs, as they are written. */

#include "config.h"

#include "saved-job-private.h"

#include "batch-private.h"
#include "saved-job.h"
#include "wire.h"

#include <string.h>

#define RECORD_BYTES (2 * LOCAL_MAX_BYTES + 64) /* two paths and some numbers */

/* A record on its way. */
typedef struct
{
  SampanWriter writer;
  uint8_t bytes[RECORD_BYTES];
} Record;

static void
record_begin (Record *record, uint8_t kind)
{
  sampan_writer_init (&record->writer, record->bytes, sizeof record->bytes);
  sampan_writer_put_u8 (&record->writer, kind);
}

static void
record_begin_of_job (Record *record, uint8_t kind, uint32_t number)
{
  record_begin (record, kind);
  sampan_writer_put_u32 (&record->writer, number);
}

static void
record_put_text (Record *record, const char *text)
{
  size_t length = strlen (text);

  if (length > LOCAL_MAX_BYTES)
    record->writer.failed = true;
  else
    sampan_writer_put_bytes16 (&record->writer, (const uint8_t *)text, length);
}

static void
record_end (Record *record, GByteArray *out)
{
  if (sampan_writer_ok (&record->writer))
    sampan_saved_records_append (out, record->bytes, record->writer.length);
}

void
sampan_saved_put_account (GByteArray *out,
                          const uint8_t server_key[static SAMPAN_PUBLIC_KEY_LENGTH],
                          const char *user,
                          const char *host,
                          uint16_t port)
{
  Record record;

  record_begin (&record, KIND_ACCOUNT);
  sampan_writer_put_fixed (&record.writer, server_key, SAMPAN_PUBLIC_KEY_LENGTH);
  sampan_writer_put_u16 (&record.writer, port);
  sampan_writer_put_bytes8 (&record.writer, (const uint8_t *)user, strlen (user));
  sampan_writer_put_bytes8 (&record.writer,
                            (const uint8_t *)host,
                            MIN (strlen (host), HOST_MAX_BYTES));
  record_end (&record, out);
}

static void
put_remote (GByteArray *out, uint32_t number, const SampanBatchRemote *remote)
{
  Record record;

  record_begin_of_job (&record, KIND_REMOTE, number);
  sampan_writer_put_u8 (&record.writer, (uint8_t)remote->info->kind);
  sampan_writer_put_u64 (&record.writer, remote->info->size);
  sampan_writer_put_i64 (&record.writer, remote->info->mtime.seconds);
  sampan_writer_put_u32 (&record.writer, remote->info->mtime.nanoseconds);
  record_put_text (&record, sampan_path_get (remote->path));
  record_end (&record, out);
}

static void
put_plain (GByteArray *out, uint8_t kind, uint32_t number)
{
  Record record;

  record_begin_of_job (&record, kind, number);
  record_end (&record, out);
}

static void
put_named (GByteArray *out, uint8_t kind, uint32_t number, const char *name)
{
  Record record;

  record_begin_of_job (&record, kind, number);
  record_put_text (&record, name);
  record_end (&record, out);
}

void
sampan_saved_put_job (GByteArray *out, uint32_t number, SampanBatch *batch)
{
  Record record;

  record_begin_of_job (&record, KIND_JOB, number);
  sampan_writer_put_u8 (&record.writer,
                        (uint8_t)((batch->is_upload ? JOB_UPLOAD : 0) |
                                  (batch->keeps_permissions ? JOB_KEEPS_PERMISSIONS : 0)));
  record_put_text (&record,
                   batch->is_upload ? sampan_path_get (batch->remote_folder) : batch->local_folder);
  if (!sampan_writer_ok (&record.writer))
    return;
  record_end (&record, out);
  for (guint i = 0; i < batch->locals->len; i++)
    put_named (out, KIND_LOCAL, number, g_ptr_array_index (batch->locals, i));
  for (guint i = 0; i < batch->remotes->len; i++)
    put_remote (out, number, g_ptr_array_index (batch->remotes, i));
  put_plain (out, KIND_CHOSEN, number);
}

void
sampan_saved_put_started (GByteArray *out, uint32_t number)
{
  put_plain (out, KIND_STARTED, number);
}

void
sampan_saved_put_decision (GByteArray *out,
                           uint32_t number,
                           const char *name,
                           SampanBatchDecision decision,
                           const uint8_t version[static SAMPAN_VERSION_LENGTH])
{
  Record record;

  record_begin_of_job (&record, KIND_DECISION, number);
  sampan_writer_put_u8 (&record.writer, (uint8_t)decision);
  sampan_writer_put_fixed (&record.writer, version, SAMPAN_VERSION_LENGTH);
  record_put_text (&record, name);
  record_end (&record, out);
}

void
sampan_saved_put_ended (GByteArray *out, uint32_t number, const char *name)
{
  put_named (out, KIND_ENDED, number, name);
}

void
sampan_saved_put_requeued (GByteArray *out, uint32_t number, const char *name)
{
  put_named (out, KIND_REQUEUED, number, name);
}

void
sampan_saved_put_held (GByteArray *out, uint32_t number, const char *name, bool is_held)
{
  Record record;

  record_begin_of_job (&record, KIND_HELD, number);
  sampan_writer_put_u8 (&record.writer, is_held);
  record_put_text (&record, name);
  record_end (&record, out);
}

void
sampan_saved_put_moved (GByteArray *out, const SampanSavedMove *move)
{
  Record record;

  record_begin_of_job (&record, KIND_MOVED, move->number);
  sampan_writer_put_u8 (&record.writer, move->is_behind);
  record_put_text (&record, move->name);
  sampan_writer_put_u32 (&record.writer, move->anchor_number);
  record_put_text (&record, move->anchor_name);
  record_end (&record, out);
}

void
sampan_saved_put_over (GByteArray *out, uint32_t number)
{
  put_plain (out, KIND_OVER, number);
}

void
sampan_saved_put_paused (GByteArray *out, bool is_paused)
{
  Record record;

  record_begin (&record, KIND_PAUSED);
  sampan_writer_put_u8 (&record.writer, is_paused);
  record_end (&record, out);
}
