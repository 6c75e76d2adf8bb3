/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* mkdir, set-time, rename and remove. */

#include "config.h"

#include "requests/requests.h"

#include "storage/files.h"

#include <string.h>

bool
sampan_request_mkdir (SampanExchange *self, SampanReader *reader)
{
  SampanPathFlagsRequest request;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_path_flags_request (reader, &request))
    return sampan_exchange_break (self);
  bool parents = (request.flags & SAMPAN_MKDIR_PARENTS) != 0;
  bool ok = sampan_exchange_resolve (self, request.path, self->request->right, &target, &error) &&
            sampan_storage_mkdir (target.root, target.below, parents, &error);
  sampan_exchange_log (self, target.path, NULL, -1, 0, error);
  return ok ? sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE)
            : sampan_exchange_reply_error (self, error);
}

bool
sampan_request_set_time (SampanExchange *self, SampanReader *reader)
{
  SampanSetTimeRequest request;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_set_time_request (reader, &request))
    return sampan_exchange_break (self);
  bool ok = sampan_exchange_resolve (self, request.path, self->request->right, &target, &error) &&
            sampan_storage_set_time (target.root, target.below, request.mtime, &error);
  sampan_exchange_log (self, target.path, NULL, -1, 0, error);
  return ok ? sampan_exchange_reply_empty (self, SAMPAN_KIND_DONE)
            : sampan_exchange_reply_error (self, error);
}

/* Within one share: between two it would be a copy, which the client asks for itself. */
static bool
rename_within_share (SampanExchange *self,
                     const SampanMoveRequest *request,
                     SampanTarget *from,
                     SampanTarget *to,
                     SampanStored *stored,
                     char **stored_name,
                     GError **error)
{
  SampanRight right = self->request->right;
  if (!sampan_exchange_resolve (self, request->from, right, from, error) ||
      !sampan_exchange_resolve (self, request->to, right, to, error))
    return false;
  if (strcmp (from->share, to->share) != 0)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_WRONG_KIND, "another share");
      return false;
    }
  return sampan_storage_rename (from->root,
                                from->below,
                                to->below,
                                request->conflict,
                                (request->flags & SAMPAN_MOVE_EXPECT_VERSION) != 0
                                    ? request->version
                                    : NULL,
                                self->session->account_id,
                                stored,
                                stored_name,
                                error);
}

bool
sampan_request_rename (SampanExchange *self, SampanReader *reader)
{
  SampanMoveRequest request;
  SampanStored stored;
  g_auto (SampanTarget) from = { 0 };
  g_auto (SampanTarget) to = { 0 };
  g_autofree char *stored_name = NULL;
  g_autoptr (GError) error = NULL;
  if (!sampan_read_move_request (reader, &request))
    return sampan_exchange_break (self);
  bool ok = rename_within_share (self, &request, &from, &to, &stored, &stored_name, &error);
  sampan_exchange_log (self, from.path, to.path, -1, 0, error);
  return ok ? sampan_exchange_reply_stored (self, &stored, stored_name)
            : sampan_exchange_reply_error (self, error);
}

bool
sampan_request_remove (SampanExchange *self, SampanReader *reader)
{
  SampanPathFlagsRequest request;
  SampanWriter writer;
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_path_flags_request (reader, &request))
    return sampan_exchange_break (self);
  bool recursive = (request.flags & SAMPAN_REMOVE_RECURSIVE) != 0;
  bool ok = sampan_exchange_resolve (self, request.path, self->request->right, &target, &error) &&
            sampan_storage_remove (target.root,
                                   target.below,
                                   recursive,
                                   self->session->account_id,
                                   trash_id,
                                   &error);
  sampan_exchange_log (self, target.path, NULL, -1, 0, error);
  if (!ok)
    return sampan_exchange_reply_error (self, error);
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_removed (&writer, trash_id);
  return sampan_exchange_end (self, &writer);
}
