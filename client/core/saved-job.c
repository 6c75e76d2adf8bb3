/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes sense of the records of jobs. */

#include "config.h"

#include "saved-job.h"

#include "batch-private.h"
#include "saved-job-private.h"
#include "wire.h"

#include <string.h>

#define JOBS_MAX 10000 /* that go on at a time: looked through one by one */

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
  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->ended);
  g_hash_table_unref (self->held);
  g_free (self);
}

static void
move_free (gpointer move)
{
  SampanSavedMove *self = move;

  g_free (self->name);
  g_free (self->anchor_name);
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
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

SampanSavedState *
sampan_saved_state_new (void)
{
  SampanSavedState *self = g_new0 (SampanSavedState, 1);

  self->jobs = g_ptr_array_new_with_free_func (sampan_saved_job_free);
  self->moves = g_ptr_array_new_with_free_func (move_free);
  return self;
}

void
sampan_saved_state_free (SampanSavedState *self)
{
  g_free (self->user);
  g_free (self->host);
  g_ptr_array_unref (self->jobs);
  g_clear_pointer (&self->moves, g_ptr_array_unref);
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
get_name (SampanReader *reader)
{
  SampanBytes bytes;

  if (!sampan_reader_get_bytes16 (reader, &bytes, LOCAL_MAX_BYTES) || bytes.length == 0 ||
      memchr (bytes.data, '\0', bytes.length) != NULL)
    return NULL;
  return g_strndup ((const char *)bytes.data, bytes.length);
}

/* The same as the last of a record. */
static char *
get_text (SampanReader *reader)
{
  g_autofree char *text = get_name (reader);

  return sampan_reader_at_end (reader) ? g_steal_pointer (&text) : NULL;
}

static char *
get_local (SampanReader *reader)
{
  g_autofree char *text = get_text (reader);

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
  g_ptr_array_add (job->remotes, sampan_batch_remote_new (path, &info, NULL));
  return true;
}

static bool
take_decision (SampanSavedJob *job, SampanReader *reader)
{
  uint8_t version[SAMPAN_VERSION_LENGTH];
  uint8_t decision;
  char *name;

  if (!sampan_reader_get_u8 (reader, &decision) ||
      !sampan_reader_get_fixed (reader, version, sizeof version) ||
      (decision != SAMPAN_BATCH_SKIP && decision != SAMPAN_BATCH_REPLACE &&
       decision != SAMPAN_BATCH_KEEP_BOTH))
    return false;
  name = get_text (reader);
  if (name == NULL)
    return false;
  g_hash_table_insert (job->seen, g_strdup (name), g_memdup2 (version, sizeof version));
  g_hash_table_insert (job->decisions, name, GUINT_TO_POINTER (decision));
  return true;
}

static bool
take_ended (SampanSavedJob *job, SampanReader *reader)
{
  char *name = get_text (reader);

  if (name != NULL)
    g_hash_table_add (job->ended, name);
  return name != NULL;
}

static bool
take_requeued (SampanSavedJob *job, SampanReader *reader)
{
  g_autofree char *name = get_text (reader);

  if (name != NULL)
    g_hash_table_remove (job->ended, name);
  return name != NULL;
}

static bool
take_held (SampanSavedJob *job, SampanReader *reader)
{
  uint8_t is_held;
  g_autofree char *name = NULL;

  if (!sampan_reader_get_u8 (reader, &is_held) || is_held > 1)
    return false;
  name = get_text (reader);
  if (name == NULL)
    return false;
  if (is_held == 1)
    g_hash_table_add (job->held, g_steal_pointer (&name));
  else
    g_hash_table_remove (job->held, name);
  return true;
}

static bool
take_moved (SampanSavedState *self, uint32_t number, SampanReader *reader)
{
  SampanSavedMove *move = g_new0 (SampanSavedMove, 1);
  const SampanSavedMove *last = NULL;
  uint8_t is_behind;

  move->number = number;
  if (!sampan_reader_get_u8 (reader, &is_behind) || is_behind > 1 ||
      (move->name = get_name (reader)) == NULL ||
      !sampan_reader_get_u32 (reader, &move->anchor_number) ||
      (move->anchor_name = get_text (reader)) == NULL)
    {
      move_free (move);
      return false;
    }
  move->is_behind = is_behind == 1;
  /* Up step by step: only the last step matters. */
  if (self->moves->len > 0)
    last = g_ptr_array_index (self->moves, self->moves->len - 1);
  if (last != NULL && last->number == number && strcmp (last->name, move->name) == 0)
    g_ptr_array_remove_index (self->moves, self->moves->len - 1);
  g_ptr_array_add (self->moves, move);
  return true;
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
    case KIND_HELD:
      return take_held (job, reader);
    case KIND_MOVED:
      return take_moved (self, job->number, reader);
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

static void
drop_moves (SampanSavedState *self)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < self->jobs->len; i++)
    g_hash_table_add (numbers,
                      GUINT_TO_POINTER (
                          ((SampanSavedJob *)g_ptr_array_index (self->jobs, i))->number));
  for (guint i = self->moves->len; i-- > 0;)
    {
      const SampanSavedMove *move = g_ptr_array_index (self->moves, i);

      if (!g_hash_table_contains (numbers, GUINT_TO_POINTER (move->number)) ||
          !g_hash_table_contains (numbers, GUINT_TO_POINTER (move->anchor_number)))
        g_ptr_array_remove_index (self->moves, i);
    }
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
  drop_moves (self);
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
  return kind != KIND_OVER && sampan_reader_get_u32 (&reader, &number) &&
         find_job (self, number) != NULL;
}
