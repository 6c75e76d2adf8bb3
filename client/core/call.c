/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests of one message: sending, and decoding of the reply by kind. */

#include "config.h"

#include "call.h"

#include "folder-list-private.h"
#include "paths.h"
#include "session-trash.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

static GError *
error_from_code (SampanErrorCode code)
{
  return g_error_new (SAMPAN_ERROR,
                      (int)code,
                      "The server says: %s",
                      sampan_error_code_get_word (code));
}

GError *
sampan_error_from_reply (SampanReader *fields)
{
  SampanErrorReply reply;
  SampanErrorCode code;
  GError *error;

  if (!sampan_read_error_reply (fields, &reply))
    return NULL;
  code = sampan_error_code_from_wire (reply.code);
  if (code == SAMPAN_ERROR_TRY_LATER && reply.detail > 0 && reply.detail <= G_MAXINT)
    error = g_error_new (SAMPAN_ERROR,
                         (int)code,
                         /* Translators: the number of seconds to wait before the next login. */
                         ngettext ("The server asks to wait %d second",
                                   "The server asks to wait %d seconds",
                                   (gulong)reply.detail),
                         (int)reply.detail);
  else
    error = error_from_code (code);
  sampan_error_set_detail (error, reply.detail);
  return error;
}

static SampanProduced
call_produce (SampanRequest *request, SampanLink *link)
{
  SampanCall *self = (SampanCall *)request;
  uint8_t *frame = sampan_link_reserve (link);

  memcpy (frame, self->message, self->length);
  sampan_link_commit (link, self->length);
  if (self->sealed != NULL)
    self->sealed (self, link, self->user_data);
  return SAMPAN_PRODUCE_DONE;
}

static bool
read_page (SampanCall *self, SampanReader *fields)
{
  SampanEntry entry;

  while (!sampan_reader_at_end (fields))
    if (!sampan_read_page_entry (fields, &entry) || !sampan_folder_list_append (self->list, &entry))
      return false;
  return true;
}

/* Whatever is done with it later, it leads to nowhere else. */
static bool
is_path_below (SampanBytes bytes)
{
  g_autoptr (SampanPath) path = sampan_path_new (bytes.data, bytes.length, NULL);

  return path != NULL && !sampan_path_is_root (path);
}

static bool
read_found_page (SampanCall *self, SampanReader *fields)
{
  SampanEntry entry;

  g_clear_pointer (&self->list, sampan_folder_list_unref);
  self->list = sampan_folder_list_new ();
  while (!sampan_reader_at_end (fields))
    {
      if (self->n_found >= self->n_items || !sampan_read_found (fields, &entry) ||
          !is_path_below (entry.name) || !sampan_folder_list_append (self->list, &entry))
        return false;
      self->n_found++;
    }
  return true;
}

static bool
read_trash_page (SampanCall *self, SampanReader *fields)
{
  g_clear_pointer (&self->trash, g_ptr_array_unref);
  self->trash = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_trash_item_free);
  while (!sampan_reader_at_end (fields))
    {
      SampanTrashEntry entry;
      SampanTrashItem *item;

      if (!sampan_read_trash_entry (fields, &entry) || !is_path_below (entry.path) ||
          (entry.user.length > 0 && memchr (entry.user.data, 0, entry.user.length) != NULL) ||
          self->n_trash >= SAMPAN_FOLDER_LIST_MAX ||
          entry.path.length > SAMPAN_FOLDER_LIST_NAMES_MAX_BYTES - self->trash_bytes)
        return false;
      item = g_new0 (SampanTrashItem, 1);
      memcpy (item->id.bytes, entry.id, sizeof entry.id);
      item->kind = (SampanEntryKind)entry.kind;
      item->size = entry.size;
      item->removed = entry.removed;
      item->path = sampan_path_new (entry.path.data, entry.path.length, NULL);
      item->user = g_strndup ((const char *)entry.user.data, entry.user.length);
      g_ptr_array_add (self->trash, item);
      self->n_trash++;
      self->trash_bytes += entry.path.length;
    }
  return true;
}

static bool
read_plan_page (SampanCall *self, SampanReader *fields)
{
  SampanPlanAnswer answer;

  while (!sampan_reader_at_end (fields))
    {
      if (self->answers->len >= self->n_items || !sampan_read_plan_answer (fields, &answer))
        return false;
      g_array_append_val (self->answers, answer);
    }
  return true;
}

static bool
read_part (SampanCall *self, SampanReader *fields)
{
  bool ok;

  if (self->part_kind == SAMPAN_KIND_LIST_PAGE)
    ok = read_page (self, fields);
  else if (self->part_kind == SAMPAN_KIND_PLAN_PAGE)
    ok = read_plan_page (self, fields);
  else if (self->part_kind == SAMPAN_KIND_FOUND_PAGE)
    ok = read_found_page (self, fields);
  else if (self->part_kind == SAMPAN_KIND_TRASH_PAGE)
    ok = read_trash_page (self, fields);
  else if (self->part_kind == SAMPAN_KIND_CHANGES)
    ok = sampan_read_empty (fields);
  else
    ok = sampan_read_progress (fields, &self->reply.progress);

  if (ok && self->part != NULL)
    self->part (self, self->user_data);
  return ok;
}

static bool
read_pong (SampanCall *self, SampanReader *fields)
{
  SampanBytes text;

  if (!sampan_read_text (fields, &text) ||
      (text.length > 0 && memchr (text.data, '\0', text.length) != NULL))
    return false;
  self->text = g_strndup ((const char *)text.data, text.length);
  return true;
}

static bool
read_entry (SampanCall *self, SampanReader *fields)
{
  SampanEntry entry;

  if (!sampan_read_entry (fields, &entry))
    return false;
  self->info = sampan_file_info_new_from_entry (&entry);
  return true;
}

static bool
read_list_end (SampanCall *self, SampanReader *fields)
{
  uint64_t number;

  return sampan_read_number (fields, &number) &&
         number == sampan_folder_list_get_length (self->list);
}

static bool
read_plan_end (SampanCall *self, SampanReader *fields)
{
  return sampan_read_plan_end (fields, &self->reply.plan_end) &&
         self->reply.plan_end.count == self->n_items && self->answers->len == self->n_items;
}

static bool
read_stored (SampanCall *self, SampanReader *fields)
{
  SampanStored *stored = &self->reply.stored;

  if (!sampan_read_stored (fields, stored))
    return false;
  self->text = g_strndup ((const char *)stored->name.data, stored->name.length);
  stored->name = (SampanBytes){ 0 };
  return true;
}

/* Fewer than were asked for, if no more fit: but never none. */
static bool
read_restored (SampanCall *self, SampanReader *fields)
{
  self->restored = g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_restore_result_free);
  while (!sampan_reader_at_end (fields))
    {
      SampanRestored restored;
      SampanRestoreResult *result;

      if (self->restored->len >= self->n_items || !sampan_read_restored (fields, &restored) ||
          (restored.code == 0 && !is_path_below (restored.path)))
        return false;
      result = g_new0 (SampanRestoreResult, 1);
      g_ptr_array_add (self->restored, result);
      memcpy (result->replaced.bytes, restored.trash_id, sizeof restored.trash_id);
      result->has_replaced = !sodium_is_zero (restored.trash_id, sizeof restored.trash_id);
      if (restored.code != 0)
        result->error = error_from_code (sampan_error_code_from_wire (restored.code));
      else
        result->path = sampan_path_new (restored.path.data, restored.path.length, NULL);
    }
  return self->restored->len > 0;
}

static bool
read_final (SampanCall *self, SampanReader *fields)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* only what may end a call */
  switch (self->final_kind)
    {
    case SAMPAN_KIND_DONE:
    case SAMPAN_KIND_ATTACH_OK:
      return sampan_read_empty (fields);
    case SAMPAN_KIND_PONG:
      return read_pong (self, fields);
    case SAMPAN_KIND_LIST_END:
      return read_list_end (self, fields);
    case SAMPAN_KIND_ENTRY:
      return read_entry (self, fields);
    case SAMPAN_KIND_SPACE_IS:
      return sampan_read_space (fields, &self->reply.space);
    case SAMPAN_KIND_REMOVED:
      return sampan_read_removed (fields, self->reply.trash_id);
    case SAMPAN_KIND_STORED:
      return read_stored (self, fields);
    case SAMPAN_KIND_HASH_IS:
      return sampan_read_hash_is (fields, &self->reply.hash);
    case SAMPAN_KIND_PLAN_END:
      return read_plan_end (self, fields);
    case SAMPAN_KIND_FOUND_END:
      return sampan_read_found_end (fields, &self->reply.found_end) &&
             self->reply.found_end.n_found == self->n_found;
    case SAMPAN_KIND_TRASH_END:
      return sampan_read_trash_end (fields, &self->reply.trash_end) &&
             self->reply.trash_end.count == self->n_trash;
    case SAMPAN_KIND_RESTORED:
      return read_restored (self, fields);
    case SAMPAN_KIND_MEASURED:
      return sampan_read_measured (fields, &self->reply.measured);
    case SAMPAN_KIND_LOGIN_CHALLENGE:
    case SAMPAN_KIND_PASSWD_CHALLENGE:
      return sampan_read_login_challenge (fields, &self->reply.challenge);
    case SAMPAN_KIND_LOGIN_OK:
      return sampan_read_login_ok (fields, &self->reply.login_ok);
    case SAMPAN_KIND_PASSWD_RESPONSE:
      return sampan_read_passwd_response (fields, &self->reply.passwd_response);
    default:
      return false;
    }
#pragma GCC diagnostic pop
}

static SampanReply
call_message (SampanRequest *request, SampanLink *link, uint8_t kind, SampanReader *fields)
{
  SampanCall *self = (SampanCall *)request;

  if (kind == SAMPAN_KIND_ERROR)
    {
      self->error = sampan_error_from_reply (fields);
      return self->error != NULL ? SAMPAN_REPLY_FINAL : SAMPAN_REPLY_BAD;
    }
  if (self->part_kind != 0 && kind == self->part_kind)
    return read_part (self, fields) ? SAMPAN_REPLY_PART : SAMPAN_REPLY_BAD;
  if (kind == self->final_kind)
    return read_final (self, fields) ? SAMPAN_REPLY_FINAL : SAMPAN_REPLY_BAD;
  return SAMPAN_REPLY_BAD;
}

static void
call_end (SampanRequest *request, SampanLink *link, const GError *error)
{
  SampanCall *self = (SampanCall *)request;

  if (self->done != NULL)
    self->done (self, error != NULL ? error : self->error, self->user_data);
}

static void
call_finalize (SampanRequest *request)
{
  SampanCall *self = (SampanCall *)request;

  sodium_memzero (&self->reply, sizeof self->reply);
  sodium_memzero (self->message, self->length);
  g_free (self->message);
  g_clear_error (&self->error);
  g_clear_pointer (&self->list, sampan_folder_list_unref);
  g_clear_pointer (&self->info, sampan_file_info_free);
  g_clear_pointer (&self->trash, g_ptr_array_unref);
  g_clear_pointer (&self->restored, g_ptr_array_unref);
  g_clear_pointer (&self->answers, g_array_unref);
  g_free (self->text);
  g_free (self);
}

static const SampanRequestClass call_class = { .produce = call_produce,
                                               .message = call_message,
                                               .end = call_end,
                                               .finalize = call_finalize };

SampanCall *
sampan_call_new (SampanKind final_kind, SampanKind part_kind, const SampanWriter *writer)
{
  SampanCall *self = g_new0 (SampanCall, 1);

  g_assert (sampan_writer_ok (writer) && writer->length > 0);
  sampan_request_init (&self->request, &call_class);
  self->final_kind = final_kind;
  self->part_kind = part_kind;
  self->message = g_memdup2 (writer->data, writer->length);
  self->length = writer->length;
  if (part_kind == SAMPAN_KIND_LIST_PAGE)
    self->list = sampan_folder_list_new ();
  if (part_kind == SAMPAN_KIND_PLAN_PAGE)
    self->answers = g_array_new (FALSE, FALSE, sizeof (SampanPlanAnswer));
  return self;
}

SampanCall *
sampan_call_new_for_path (SampanKind kind,
                          SampanKind final_kind,
                          SampanKind part_kind,
                          const SampanPath *path)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  SampanPathRequest request = { sampan_path_bytes (path) };
  SampanWriter writer;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_path_request (&writer, kind, &request);
  return sampan_call_new (final_kind, part_kind, &writer);
}

SampanBytes
sampan_path_bytes (const SampanPath *path)
{
  return (SampanBytes){ (const uint8_t *)sampan_path_get (path), sampan_path_get_length (path) };
}
