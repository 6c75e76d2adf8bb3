/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* get: from the page cache into the send buffer, sealed there, sent. */

#include "config.h"

#include "requests/requests.h"

#include "storage/files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Many times what the page cache takes for all that is read at once. */
#define DISK_WAIT_US 1000

typedef struct
{
  int fd;       /* borrowed */
  dev_t device; /* 0: not known */
  bool is_slow; /* its disk had to be waited for */
} Source;

static int
open_target (SampanExchange *self,
             const SampanGetRequest *request,
             SampanTarget *target,
             SampanGetInfo *info,
             GError **error)
{
  const uint8_t *expected = (request->flags & SAMPAN_GET_EXPECT_VERSION) != 0 ? request->version
                                                                              : NULL;
  if (!sampan_exchange_resolve (self, request->path, self->request->right, target, error))
    return -1;
  int fd = sampan_storage_open_file (target->root, target->below, expected, info, error);
  if (fd >= 0 && request->offset > info->size)
    {
      close (fd);
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED, "shorter than the offset");
      return -1;
    }
  return fd;
}

static bool
send_info (SampanExchange *self, const SampanGetInfo *info)
{
  SampanWriter writer;
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_get_info (&writer, info);
  return sampan_exchange_end (self, &writer);
}

static size_t
limit_slots (struct iovec *slots, size_t count, uint64_t left)
{
  size_t used = 0;
  while (used < count && left > 0)
    {
      slots[used].iov_len = MIN (slots[used].iov_len, left);
      left -= slots[used++].iov_len;
    }
  return used;
}

/* Who waits for a disk has no turn meanwhile: others have work for the processors. */
static ssize_t
read_some (SampanExchange *self,
           Source *source,
           const struct iovec *slots,
           size_t count,
           uint64_t offset)
{
  int64_t before_us = g_get_monotonic_time ();
  ssize_t got;
  if (source->is_slow)
    sampan_connection_end_turn (self->connection);
  do
    got = preadv (source->fd, slots, (int)count, (off_t)offset);
  while (got < 0 && errno == EINTR);
  source->is_slow = g_get_monotonic_time () - before_us > DISK_WAIT_US;
  return got;
}

/* Bytes sent, or -1: with error the file could not be read, without it the connection ended. */
static ssize_t
send_some (SampanExchange *self, Source *source, uint64_t offset, uint64_t left, GError **error)
{
  struct iovec slots[SAMPAN_CONNECTION_FRAMES];
  size_t count = sampan_connection_begin_data (self->connection, slots);
  if (count == 0)
    return -1;
  count = limit_slots (slots, count, left);
  ssize_t got = read_some (self, source, slots, count, offset);
  if (got < 0)
    sampan_error_set_from_errno (error, errno, "read");
  else if (got == 0)
    g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED, "the file became shorter");
  if (got <= 0 || !sampan_connection_end_data (self->connection, (size_t)got))
    return -1;
  return got;
}

/* A version would also differ after a rename, which leaves what was read as good as it was. */
static bool
check_unchanged (int fd, const SampanGetInfo *info, GError **error)
{
  struct stat status;
  if (fstat (fd, &status) != 0)
    {
      sampan_error_set_from_errno (error, errno, "stat");
      return false;
    }
  if ((uint64_t)status.st_size == info->size && status.st_mtim.tv_sec == info->mtime.seconds &&
      status.st_mtim.tv_nsec == (long)info->mtime.nanoseconds)
    return true;
  g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_CHANGED, "changed while it was read");
  return false;
}

/* FALSE without error: the connection ended. */
static bool
send_content (SampanExchange *self,
              int fd,
              const SampanGetInfo *info,
              uint64_t *offset,
              GError **error)
{
  struct stat status;
  Source source = { .fd = fd, .device = fstat (fd, &status) == 0 ? status.st_dev : 0 };
  while (*offset < info->size)
    {
      if (sampan_connection_get_end (self->connection) == SAMPAN_END_STOPPING)
        {
          g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_SHUTTING_DOWN, "stopping");
          return false;
        }
      ssize_t sent = send_some (self, &source, *offset, info->size - *offset, error);
      if (sent < 0)
        return false;
      *offset += (uint64_t)sent;
      sampan_connection_spend_turn (self->connection,
                                    self->services->get_turns,
                                    source.device,
                                    (size_t)sent);
    }
  return check_unchanged (fd, info, error);
}

static bool
finish (SampanExchange *self, const SampanGetInfo *info)
{
  SampanWriter writer;
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_number (&writer, SAMPAN_KIND_END, info->size);
  return sampan_exchange_end (self, &writer);
}

bool
sampan_request_get (SampanExchange *self, SampanReader *reader)
{
  SampanGetRequest request;
  SampanGetInfo info;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  int64_t started_us = g_get_monotonic_time ();
  if (!sampan_read_get_request (reader, &request))
    return sampan_exchange_break (self);
  uint64_t offset = request.offset;
  int fd = open_target (self, &request, &target, &info, &error);
  if (fd < 0)
    {
      sampan_exchange_log (self, target.path, NULL, 0, started_us, error);
      return sampan_exchange_reply_error (self, error);
    }
  g_atomic_int_inc (&self->services->transfers);
  g_atomic_int_inc (&self->session->downloads);
  bool ok = send_info (self, &info) && send_content (self, fd, &info, &offset, &error);
  sampan_connection_end_turn (self->connection);
  close (fd);
  g_atomic_int_add (&self->session->downloads, -1);
  g_atomic_int_add (&self->services->transfers, -1);
  if (ok)
    sampan_counters_add (&self->services->counters, SAMPAN_COUNT_FILES_SENT, 1);
  else if (error == NULL)
    g_set_error_literal (&error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "link lost");
  sampan_exchange_log (self,
                       target.path,
                       NULL,
                       (int64_t)(offset - request.offset),
                       started_us,
                       error);
  return ok ? finish (self, &info) : sampan_exchange_reply_error (self, error);
}
