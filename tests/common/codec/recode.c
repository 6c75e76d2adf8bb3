/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One decode-and-encode function for each layout, and which kind has which. */

#include "config.h"

#include "recode.h"

typedef bool (*Recode) (SampanKind kind, SampanReader *reader, SampanWriter *writer);

#define DEFINE_RECODE(name, Type)                                                                  \
  static bool recode_##name (SampanKind kind, SampanReader *reader, SampanWriter *writer)          \
  {                                                                                                \
    Type message;                                                                                  \
                                                                                                   \
    if (!sampan_read_##name (reader, &message))                                                    \
      return false;                                                                                \
    sampan_write_##name (writer, &message);                                                        \
    return true;                                                                                   \
  }

#define DEFINE_RECODE_KINDS(name, Type)                                                            \
  static bool recode_##name (SampanKind kind, SampanReader *reader, SampanWriter *writer)          \
  {                                                                                                \
    Type message;                                                                                  \
                                                                                                   \
    if (!sampan_read_##name (reader, &message))                                                    \
      return false;                                                                                \
    sampan_write_##name (writer, kind, &message);                                                  \
    return true;                                                                                   \
  }

DEFINE_RECODE (login_start, SampanLoginStart)
DEFINE_RECODE (login_finish, SampanLoginFinish)
DEFINE_RECODE (login_ok, SampanLoginOk)
DEFINE_RECODE (attach, SampanAttach)
DEFINE_RECODE (get_request, SampanGetRequest)
DEFINE_RECODE (put_request, SampanPutRequest)
DEFINE_RECODE (hash_request, SampanHashRequest)
DEFINE_RECODE (set_time_request, SampanSetTimeRequest)
DEFINE_RECODE (find_request, SampanFindRequest)
DEFINE_RECODE (passwd_start, SampanPasswdStart)
DEFINE_RECODE (passwd_finish, SampanPasswdFinish)
DEFINE_RECODE (passwd_response, SampanPasswdResponse)
DEFINE_RECODE (passwd_record, SampanPasswdRecord)
DEFINE_RECODE (error_reply, SampanErrorReply)
DEFINE_RECODE (entry, SampanEntry)
DEFINE_RECODE (space, SampanSpace)
DEFINE_RECODE (get_info, SampanGetInfo)
DEFINE_RECODE (put_offer, SampanPutOffer)
DEFINE_RECODE (stored, SampanStored)
DEFINE_RECODE (hash_is, SampanHashIs)
DEFINE_RECODE (progress, SampanProgress)
DEFINE_RECODE (plan_end, SampanPlanEnd)
DEFINE_RECODE (trash_end, SampanTrashEnd)
DEFINE_RECODE (found_end, SampanFoundEnd)
DEFINE_RECODE (measured, SampanMeasured)
DEFINE_RECODE_KINDS (login_challenge, SampanLoginChallenge)
DEFINE_RECODE_KINDS (path_request, SampanPathRequest)
DEFINE_RECODE_KINDS (path_flags_request, SampanPathFlagsRequest)
DEFINE_RECODE_KINDS (move_request, SampanMoveRequest)

static bool
recode_empty (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  if (!sampan_read_empty (reader))
    return false;
  sampan_write_empty (writer, kind);
  return true;
}

static bool
recode_text (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  SampanBytes text;

  if (!sampan_read_text (reader, &text))
    return false;
  sampan_write_text (writer, kind, text);
  return true;
}

static bool
recode_number (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  uint64_t number;

  if (!sampan_read_number (reader, &number))
    return false;
  sampan_write_number (writer, kind, number);
  return true;
}

static bool
recode_removed (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];

  if (!sampan_read_removed (reader, trash_id))
    return false;
  sampan_write_removed (writer, trash_id);
  return true;
}

static bool
recode_data (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  SampanBytes data = sampan_reader_get_rest (reader);

  sampan_write_empty (writer, kind);
  sampan_writer_put_fixed (writer, data.data, data.length);
  return sampan_reader_at_end (reader);
}

static bool
recode_list_page (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  sampan_write_empty (writer, kind);
  while (!sampan_reader_at_end (reader))
    {
      SampanEntry entry;

      if (!sampan_read_page_entry (reader, &entry))
        return false;
      if (!sampan_write_page_entry (writer, &entry))
        writer->failed = true;
    }
  return true;
}

static bool
recode_found_page (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  sampan_write_empty (writer, kind);
  while (!sampan_reader_at_end (reader))
    {
      SampanEntry entry;

      if (!sampan_read_found (reader, &entry))
        return false;
      if (!sampan_write_found (writer, &entry))
        writer->failed = true;
    }
  return true;
}

static bool
recode_plan (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  SampanBytes folder;

  if (!sampan_read_plan (reader, &folder))
    return false;
  sampan_write_plan (writer, folder);
  while (!sampan_reader_at_end (reader))
    {
      SampanPlanItem item;

      if (!sampan_read_plan_item (reader, &item))
        return false;
      if (!sampan_write_plan_item (writer, &item))
        writer->failed = true;
    }
  return true;
}

static bool
recode_plan_page (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  sampan_write_empty (writer, kind);
  while (!sampan_reader_at_end (reader))
    {
      SampanPlanAnswer answer;

      if (!sampan_read_plan_answer (reader, &answer))
        return false;
      if (!sampan_write_plan_answer (writer, &answer))
        writer->failed = true;
    }
  return true;
}

static bool
recode_trash_page (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  sampan_write_empty (writer, kind);
  while (!sampan_reader_at_end (reader))
    {
      SampanTrashEntry entry;

      if (!sampan_read_trash_entry (reader, &entry))
        return false;
      if (!sampan_write_trash_entry (writer, &entry))
        writer->failed = true;
    }
  return true;
}

static bool
recode_trash_ids (SampanReader *reader, SampanWriter *writer)
{
  while (!sampan_reader_at_end (reader))
    {
      uint8_t id[SAMPAN_TRASH_ID_LENGTH];

      if (!sampan_read_trash_id (reader, id))
        return false;
      sampan_write_trash_id (writer, id);
    }
  return true;
}

static bool
recode_restore (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  SampanRestoreRequest request;

  if (!sampan_read_restore (reader, &request))
    return false;
  sampan_write_restore (writer, &request);
  return recode_trash_ids (reader, writer);
}

static bool
recode_purge (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  SampanBytes share;

  if (!sampan_read_purge (reader, &share))
    return false;
  sampan_write_purge (writer, share);
  return recode_trash_ids (reader, writer);
}

static bool
recode_restored (SampanKind kind, SampanReader *reader, SampanWriter *writer)
{
  sampan_write_empty (writer, kind);
  while (!sampan_reader_at_end (reader))
    {
      SampanRestored restored;

      if (!sampan_read_restored (reader, &restored))
        return false;
      if (!sampan_write_restored (writer, &restored))
        writer->failed = true;
    }
  return true;
}

static const struct
{
  SampanKind kind;
  Recode recode;
} recoders[] = {
  { SAMPAN_KIND_CLOSE, recode_empty },
  { SAMPAN_KIND_DATA, recode_data },
  { SAMPAN_KIND_END, recode_number },
  { SAMPAN_KIND_LOGIN_START, recode_login_start },
  { SAMPAN_KIND_LOGIN_FINISH, recode_login_finish },
  { SAMPAN_KIND_ATTACH, recode_attach },
  { SAMPAN_KIND_PING, recode_text },
  { SAMPAN_KIND_LIST, recode_path_request },
  { SAMPAN_KIND_STAT, recode_path_request },
  { SAMPAN_KIND_SPACE, recode_path_request },
  { SAMPAN_KIND_MKDIR, recode_path_flags_request },
  { SAMPAN_KIND_RENAME, recode_move_request },
  { SAMPAN_KIND_COPY, recode_move_request },
  { SAMPAN_KIND_REMOVE, recode_path_flags_request },
  { SAMPAN_KIND_GET, recode_get_request },
  { SAMPAN_KIND_PUT, recode_put_request },
  { SAMPAN_KIND_HASH, recode_hash_request },
  { SAMPAN_KIND_LOGOUT, recode_empty },
  { SAMPAN_KIND_PASSWD_START, recode_passwd_start },
  { SAMPAN_KIND_PASSWD_FINISH, recode_passwd_finish },
  { SAMPAN_KIND_PASSWD_RECORD, recode_passwd_record },
  { SAMPAN_KIND_PLAN, recode_plan },
  { SAMPAN_KIND_TRASH_LIST, recode_path_request },
  { SAMPAN_KIND_RESTORE, recode_restore },
  { SAMPAN_KIND_PURGE, recode_purge },
  { SAMPAN_KIND_TRASH_END, recode_trash_end },
  { SAMPAN_KIND_RESTORED, recode_restored },
  { SAMPAN_KIND_TRASH_PAGE, recode_trash_page },
  { SAMPAN_KIND_FIND, recode_find_request },
  { SAMPAN_KIND_WATCH, recode_path_request },
  { SAMPAN_KIND_MEASURE, recode_path_request },
  { SAMPAN_KIND_SET_TIME, recode_set_time_request },
  { SAMPAN_KIND_PUT_FROM, recode_number },
  { SAMPAN_KIND_PUT_ABORT, recode_empty },
  { SAMPAN_KIND_LOGIN_CHALLENGE, recode_login_challenge },
  { SAMPAN_KIND_LOGIN_OK, recode_login_ok },
  { SAMPAN_KIND_ATTACH_OK, recode_empty },
  { SAMPAN_KIND_ERROR, recode_error_reply },
  { SAMPAN_KIND_DONE, recode_empty },
  { SAMPAN_KIND_PONG, recode_text },
  { SAMPAN_KIND_LIST_END, recode_number },
  { SAMPAN_KIND_ENTRY, recode_entry },
  { SAMPAN_KIND_SPACE_IS, recode_space },
  { SAMPAN_KIND_REMOVED, recode_removed },
  { SAMPAN_KIND_STORED, recode_stored },
  { SAMPAN_KIND_HASH_IS, recode_hash_is },
  { SAMPAN_KIND_PASSWD_CHALLENGE, recode_login_challenge },
  { SAMPAN_KIND_PASSWD_RESPONSE, recode_passwd_response },
  { SAMPAN_KIND_PLAN_END, recode_plan_end },
  { SAMPAN_KIND_FOUND_END, recode_found_end },
  { SAMPAN_KIND_MEASURED, recode_measured },
  { SAMPAN_KIND_LIST_PAGE, recode_list_page },
  { SAMPAN_KIND_GET_INFO, recode_get_info },
  { SAMPAN_KIND_PUT_OFFER, recode_put_offer },
  { SAMPAN_KIND_PROGRESS, recode_progress },
  { SAMPAN_KIND_PLAN_PAGE, recode_plan_page },
  { SAMPAN_KIND_FOUND_PAGE, recode_found_page },
  { SAMPAN_KIND_CHANGES, recode_empty },
};

bool
recode_message (const uint8_t *message, size_t length, SampanWriter *writer)
{
  SampanReader reader;
  uint8_t kind;

  sampan_reader_init (&reader, message, length);
  if (!sampan_reader_get_u8 (&reader, &kind))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (recoders); i++)
    if (recoders[i].kind == (SampanKind)kind)
      return recoders[i].recode (recoders[i].kind, &reader, writer);
  return false;
}
