/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* watch: the answer waits for a change in the folder. Meanwhile the connection is parked as an idle
 * one; whatever the client sends next ends the watch first, so that it holds back nothing. */

#include "config.h"

#include "requests/requests.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <string.h>

#define RETRY_SECS 60

static bool
reply (SampanExchange *self, bool has_changed)
{
  return (!has_changed || sampan_exchange_reply_empty (self, SAMPAN_KIND_CHANGES)) &&
         sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE);
}

static bool
reply_error (SampanExchange *self, const GError *error)
{
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_TRY_LATER))
    return sampan_exchange_reply_code (self, SAMPAN_ERROR_TRY_LATER, RETRY_SECS);
  return sampan_exchange_reply_error (self, error);
}

/* An fd of the folder, or -1. */
static int
open_folder (SampanExchange *self, SampanBytes path, SampanTarget *target, GError **error)
{
  if (!sampan_exchange_resolve (self, path, SAMPAN_RIGHT_READ, target, error))
    return -1;
  return sampan_share_root_open_path (target->root, target->below, O_PATH | O_DIRECTORY, error);
}

/* FALSE with error. */
static bool
begin_watch (SampanExchange *self, int fd, const SampanPath *path, GError **error)
{
  SampanWatch *watch = NULL;
  /* First, as it counts. */
  sampan_connection_set_watch (self->connection, NULL);
  watch = sampan_watches_add (self->services->watches,
                              fd,
                              sampan_path_get (path),
                              &self->session->watches,
                              self->connection,
                              error);
  sampan_connection_set_watch (self->connection, watch);
  return watch != NULL;
}

bool
sampan_request_watch (SampanExchange *self, SampanReader *reader)
{
  SampanPathRequest request;
  struct stat status;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  SampanWatch *watch = sampan_connection_get_watch (self->connection);
  SAMPAN_AUTO_FD int fd = -1;
  if (!sampan_read_path_request (reader, &request))
    return sampan_exchange_break (self);
  fd = open_folder (self, request.path, &target, &error);
  if (fd < 0)
    return reply_error (self, error);
  bool is_known =
      watch != NULL && strcmp (sampan_watch_get_path (watch), sampan_path_get (target.path)) == 0;
  if (!is_known || fstat (fd, &status) != 0 || !sampan_watch_is_on (watch, &status))
    return begin_watch (self, fd, target.path, &error) ? reply (self, is_known)
                                                       : reply_error (self, error);
  if (sampan_watch_take_changes (watch))
    return reply (self, true);
  sampan_watch_set_waiting (watch, true);
  return true;
}

bool
sampan_watch_settle (SampanExchange *self, bool only_if_due)
{
  SampanWatch *watch = sampan_connection_get_watch (self->connection);
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  if (watch == NULL || !sampan_watch_is_waiting (watch) ||
      (only_if_due && !sampan_watch_is_due (watch)))
    return true;
  sampan_watch_set_waiting (watch, false);
  const char *path = sampan_watch_get_path (watch);
  /* The right to know may have ended meanwhile. */
  if (!sampan_exchange_resolve (self,
                                (SampanBytes){ (const uint8_t *)path, strlen (path) },
                                SAMPAN_RIGHT_READ,
                                &target,
                                &error))
    return reply_error (self, error);
  return reply (self, sampan_watch_take_changes (watch));
}
