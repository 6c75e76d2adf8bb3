/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Records of jobs: writing them, and making sense of what is read. */

#include "config.h"

#include "saved-job.h"

#include "batch-private.h"
#include "wire.h"

#include <string.h>

#define LOCAL_MAX_BYTES 16384 /* PATH_MAX four times: of what is joined more can be opened */
#define HOST_MAX_BYTES 255    /* of a name in the DNS */
#define JOBS_MAX 10000        /* that go on at a time: looked through one by one */
#define RECORD_BYTES (LOCAL_MAX_BYTES + 64) /* one path and some numbers */

enum
{
  KIND_ACCOUNT = 1,
  KIND_JOB,
  KIND_LOCAL,
  KIND_REMOTE,
  KIND_CHOSEN,
  KIND_STARTED,
  KIND_DECISION,
  KIND_ENDED,
  KIND_REQUEUED,
  KIND_OVER,
  KIND_PAUSED,
};

enum
{
  JOB_UPLOAD = 0x01,
  JOB_KEEPS_PERMISSIONS = 0x02,
  JOB_FLAGS = JOB_UPLOAD | JOB_KEEPS_PERMISSIONS,
};

/* ---- Life ---- */

void
sampan_saved_job_free (gpointer job)
{
  SampanSavedJob *self = job;

  g_clear_pointer (&self->remote_folder, sampan_path_unref);
  g_free (self->local_folder);
  g_ptr_array_unref (self->locals);
  g_ptr_array_unref (self->remotes);
  g_hash_table_unref (self->decisions);
  g_hash_table_unref (self->ended);
  g_free (self);
}

static SampanSavedJob *
job_new (uint32_t number)
{
  SampanSavedJob *self = g_new0 (SampanSavedJob, 1);

  self->number = number;
  self->locals = g_ptr_array_new_with_free_func (g_free);
  self->remotes = g_ptr_array_new_with_free_func (sampan_batch_remote_free);
  self->decisions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

SampanSavedState *
sampan_saved_state_new (void)
{
  SampanSavedState *self = g_new0 (SampanSavedState, 1);

  self->jobs = g_ptr_array_new_with_free_func (sampan_saved_job_free);
  return self;
}

void
sampan_saved_state_free (SampanSavedState *self)
{
  g_free (self->user);
  g_free (self->host);
  g_ptr_array_unref (self->jobs);
  g_free (self);
}

/* ---- Reading ---- */

static SampanSavedJob *
find_job (const SampanSavedState *self, uint32_t number)
{
  for (guint i = self->jobs->len; i-- > 0;)
    {
      SampanSavedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->number == number)
        return job;
    }
  return NULL;
}

/* Text without NUL, not empty; NULL if it is none. */
static char *
get_text (SampanReader *reader, size_t max)
{
  SampanBytes bytes;

  if (!sampan_reader_get_bytes16 (reader, &bytes, max) || !sampan_reader_at_end (reader) ||
      bytes.length == 0 || memchr (bytes.data, '\0', bytes.length) != NULL)
    return NULL;
  return g_strndup ((const char *)bytes.data, bytes.length);
}

static char *
get_local (SampanReader *reader)
{
  g_autofree char *text = get_text (reader, LOCAL_MAX_BYTES);

  return text != NULL && g_path_is_absolute (text) ? g_canonicalize_filename (text, NULL) : NULL;
}

static SampanPath *
get_remote (SampanReader *reader)
{
  SampanBytes bytes;
  g_autoptr (SampanPath) path = NULL;

  if (!sampan_reader_get_bytes16 (reader, &bytes, SAMPAN_PATH_MAX) ||
      !sampan_reader_at_end (reader))
    return NULL;
  path = sampan_path_new (bytes.data, bytes.length, NULL);
  return path != NULL && !sampan_path_is_root (path) ? g_steal_pointer (&path) : NULL;
}

static bool
take_account (SampanSavedState *self, SampanReader *reader)
{
  SampanBytes user, host;

  if (self->user != NULL ||
      !sampan_reader_get_fixed (reader, self->server_key, sizeof self->server_key) ||
      !sampan_reader_get_u16 (reader, &self->port) ||
      !sampan_reader_get_bytes8 (reader, &user, SAMPAN_USER_MAX) ||
      !sampan_reader_get_bytes8 (reader, &host, HOST_MAX_BYTES) || !sampan_reader_at_end (reader) ||
      user.length == 0)
    return false;
  self->user = g_strndup ((const char *)user.data, user.length);
  self->host = g_strndup ((const char *)host.data, host.length);
  return true;
}

static bool
take_paused (SampanSavedState *self, SampanReader *reader)
{
  uint8_t value;

  if (!sampan_reader_get_u8 (reader, &value) || value > 1 || !sampan_reader_at_end (reader))
    return false;
  self->is_paused = value == 1;
  return true;
}

static bool
take_job (SampanSavedState *self, uint32_t number, SampanReader *reader)
{
  SampanSavedJob *job;
  uint8_t flags;

  if (number <= self->last_number || self->jobs->len == JOBS_MAX ||
      !sampan_reader_get_u8 (reader, &flags) || (flags & ~JOB_FLAGS) != 0)
    return false;
  job = job_new (number);
  job->is_upload = (flags & JOB_UPLOAD) != 0;
  job->keeps_permissions = (flags & JOB_KEEPS_PERMISSIONS) != 0;
  if (job->is_upload)
    job->remote_folder = get_remote (reader);
  else
    job->local_folder = get_local (reader);
  if (job->remote_folder == NULL && job->local_folder == NULL)
    {
      sampan_saved_job_free (job);
      return false;
    }
  self->last_number = number;
  g_ptr_array_add (self->jobs, job);
  return true;
}

static bool
take_local (SampanSavedJob *job, SampanReader *reader)
{
  char *local = job->is_upload && !job->is_chosen ? get_local (reader) : NULL;

  if (local != NULL)
    g_ptr_array_add (job->locals, local);
  return local != NULL;
}

static bool
take_remote (SampanSavedJob *job, SampanReader *reader)
{
  SampanFileInfo info = { 0 };
  uint8_t kind;
  g_autoptr (SampanPath) path = NULL;

  if (job->is_upload || job->is_chosen || !sampan_reader_get_u8 (reader, &kind) ||
      !sampan_reader_get_u64 (reader, &info.size) ||
      !sampan_reader_get_i64 (reader, &info.mtime.seconds) ||
      !sampan_reader_get_u32 (reader, &info.mtime.nanoseconds) || kind < SAMPAN_ENTRY_FILE ||
      kind > SAMPAN_ENTRY_SHARE || info.mtime.nanoseconds > SAMPAN_MTIME_NSEC_MAX)
    return false;
  path = get_remote (reader);
  if (path == NULL)
    return false;
  info.kind = (SampanEntryKind)kind;
  info.name = sampan_path_get_name (path);
  g_ptr_array_add (job->remotes, sampan_batch_remote_new (path, &info));
  return true;
}

static bool
take_decision (SampanSavedJob *job, SampanReader *reader)
{
  uint8_t decision;
  char *name;

  if (!sampan_reader_get_u8 (reader, &decision) ||
      (decision != SAMPAN_BATCH_SKIP && decision != SAMPAN_BATCH_REPLACE &&
       decision != SAMPAN_BATCH_KEEP_BOTH))
    return false;
  name = get_text (reader, LOCAL_MAX_BYTES);
  if (name != NULL)
    g_hash_table_insert (job->decisions, name, GUINT_TO_POINTER (decision));
  return name != NULL;
}

static bool
take_ended (SampanSavedJob *job, SampanReader *reader)
{
  char *name = get_text (reader, LOCAL_MAX_BYTES);

  if (name != NULL)
    g_hash_table_add (job->ended, name);
  return name != NULL;
}

static bool
take_requeued (SampanSavedJob *job, SampanReader *reader)
{
  g_autofree char *name = get_text (reader, LOCAL_MAX_BYTES);

  if (name != NULL)
    g_hash_table_remove (job->ended, name);
  return name != NULL;
}

static bool
take_of_job (SampanSavedState *self, uint8_t kind, SampanSavedJob *job, SampanReader *reader)
{
  switch (kind)
    {
    case KIND_LOCAL:
      return take_local (job, reader);
    case KIND_REMOTE:
      return take_remote (job, reader);
    case KIND_CHOSEN:
      job->is_chosen = true;
      return sampan_reader_at_end (reader);
    case KIND_STARTED:
      job->is_started = true;
      return sampan_reader_at_end (reader);
    case KIND_DECISION:
      return take_decision (job, reader);
    case KIND_ENDED:
      return take_ended (job, reader);
    case KIND_REQUEUED:
      return take_requeued (job, reader);
    case KIND_OVER:
      self->n_over++;
      g_ptr_array_remove (self->jobs, job);
      return sampan_reader_at_end (reader);
    default:
      return false;
    }
}

static bool
take (SampanSavedState *self, SampanReader *reader)
{
  uint8_t kind;
  uint32_t number;
  SampanSavedJob *job;

  if (!sampan_reader_get_u8 (reader, &kind))
    return false;
  if (kind == KIND_ACCOUNT)
    return take_account (self, reader);
  if (self->user == NULL)
    return false;
  if (kind == KIND_PAUSED)
    return take_paused (self, reader);
  if (!sampan_reader_get_u32 (reader, &number))
    return false;
  if (kind == KIND_JOB)
    return take_job (self, number, reader);
  job = find_job (self, number);
  /* What was under way when a job ended may be told of after it. */
  return job == NULL || take_of_job (self, kind, job, reader);
}

void
sampan_saved_state_take (const uint8_t *bytes, size_t length, gpointer user_data)
{
  SampanSavedState *self = user_data;
  SampanReader reader;

  sampan_reader_init (&reader, bytes, length);
  if (!take (self, &reader))
    self->n_bad++;
}

void
sampan_saved_state_end (SampanSavedState *self)
{
  for (guint i = self->jobs->len; i-- > 0;)
    {
      SampanSavedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->is_chosen && job->locals->len + job->remotes->len > 0)
        continue;
      self->n_over++;
      g_ptr_array_remove_index (self->jobs, i);
    }
}

bool
sampan_saved_state_needs (const SampanSavedState *self, const uint8_t *bytes, size_t length)
{
  SampanReader reader;
  uint8_t kind;
  uint32_t number;

  sampan_reader_init (&reader, bytes, length);
  if (!sampan_reader_get_u8 (&reader, &kind))
    return false;
  if (kind == KIND_ACCOUNT || kind == KIND_PAUSED)
    return true;
  return kind < KIND_OVER && sampan_reader_get_u32 (&reader, &number) &&
         find_job (self, number) != NULL;
}

/* ---- Writing ---- */

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
                           SampanBatchDecision decision)
{
  Record record;

  record_begin_of_job (&record, KIND_DECISION, number);
  sampan_writer_put_u8 (&record.writer, (uint8_t)decision);
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
