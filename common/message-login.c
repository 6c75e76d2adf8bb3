/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages of login, attach and password change. */

#include "config.h"

#include "message.h"

#include "message-private.h"

void
sampan_write_login_start (SampanWriter *writer, const SampanLoginStart *message)
{
  if (message->user.length == 0 || message->user.length > SAMPAN_USER_WIRE_MAX)
    writer->failed = true;
  sampan_writer_put_u8 (writer, SAMPAN_KIND_LOGIN_START);
  sampan_writer_put_bytes8 (writer, message->user.data, message->user.length);
  sampan_writer_put_fixed (writer, message->ke1, SAMPAN_KE1_LENGTH);
}

bool
sampan_read_login_start (SampanReader *reader, SampanLoginStart *message)
{
  return sampan_reader_get_bytes8 (reader, &message->user, SAMPAN_USER_WIRE_MAX) &&
         message->user.length > 0 &&
         sampan_reader_get_fixed (reader, message->ke1, SAMPAN_KE1_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_login_challenge (SampanWriter *writer,
                              SampanKind kind,
                              const SampanLoginChallenge *message)
{
  sampan_writer_put_u8 (writer, kind);
  sampan_writer_put_u8 (writer, message->ksf);
  sampan_writer_put_fixed (writer, message->ke2, SAMPAN_KE2_LENGTH);
}

bool
sampan_read_login_challenge (SampanReader *reader, SampanLoginChallenge *message)
{
  return sampan_reader_get_u8 (reader, &message->ksf) &&
         sampan_reader_get_fixed (reader, message->ke2, SAMPAN_KE2_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_login_finish (SampanWriter *writer, const SampanLoginFinish *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_LOGIN_FINISH);
  sampan_writer_put_fixed (writer, message->ke3, SAMPAN_KE3_LENGTH);
}

bool
sampan_read_login_finish (SampanReader *reader, SampanLoginFinish *message)
{
  return sampan_reader_get_fixed (reader, message->ke3, SAMPAN_KE3_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_login_ok (SampanWriter *writer, const SampanLoginOk *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_LOGIN_OK);
  sampan_put_flags (writer, message->flags, SAMPAN_LOGIN_MUST_SET_PASSWORD);
  sampan_writer_put_fixed (writer, message->session_id, SAMPAN_SESSION_ID_LENGTH);
  sampan_writer_put_fixed (writer, message->ticket, SAMPAN_TICKET_LENGTH);
}

bool
sampan_read_login_ok (SampanReader *reader, SampanLoginOk *message)
{
  return sampan_get_flags (reader, &message->flags, SAMPAN_LOGIN_MUST_SET_PASSWORD) &&
         sampan_reader_get_fixed (reader, message->session_id, SAMPAN_SESSION_ID_LENGTH) &&
         sampan_reader_get_fixed (reader, message->ticket, SAMPAN_TICKET_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_attach (SampanWriter *writer, const SampanAttach *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_ATTACH);
  sampan_writer_put_fixed (writer, message->session_id, SAMPAN_SESSION_ID_LENGTH);
  sampan_writer_put_fixed (writer, message->proof, SAMPAN_ATTACH_PROOF_LENGTH);
}

bool
sampan_read_attach (SampanReader *reader, SampanAttach *message)
{
  return sampan_reader_get_fixed (reader, message->session_id, SAMPAN_SESSION_ID_LENGTH) &&
         sampan_reader_get_fixed (reader, message->proof, SAMPAN_ATTACH_PROOF_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_passwd_start (SampanWriter *writer, const SampanPasswdStart *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PASSWD_START);
  sampan_writer_put_fixed (writer, message->ke1, SAMPAN_KE1_LENGTH);
}

bool
sampan_read_passwd_start (SampanReader *reader, SampanPasswdStart *message)
{
  return sampan_reader_get_fixed (reader, message->ke1, SAMPAN_KE1_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_passwd_finish (SampanWriter *writer, const SampanPasswdFinish *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PASSWD_FINISH);
  sampan_writer_put_fixed (writer, message->ke3, SAMPAN_KE3_LENGTH);
  sampan_writer_put_fixed (writer, message->request, SAMPAN_REGISTRATION_REQUEST_LENGTH);
}

bool
sampan_read_passwd_finish (SampanReader *reader, SampanPasswdFinish *message)
{
  return sampan_reader_get_fixed (reader, message->ke3, SAMPAN_KE3_LENGTH) &&
         sampan_reader_get_fixed (reader, message->request, SAMPAN_REGISTRATION_REQUEST_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_passwd_response (SampanWriter *writer, const SampanPasswdResponse *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PASSWD_RESPONSE);
  sampan_writer_put_fixed (writer, message->response, SAMPAN_REGISTRATION_RESPONSE_LENGTH);
}

bool
sampan_read_passwd_response (SampanReader *reader, SampanPasswdResponse *message)
{
  return sampan_reader_get_fixed (reader, message->response, SAMPAN_REGISTRATION_RESPONSE_LENGTH) &&
         sampan_reader_at_end (reader);
}

void
sampan_write_passwd_record (SampanWriter *writer, const SampanPasswdRecord *message)
{
  sampan_writer_put_u8 (writer, SAMPAN_KIND_PASSWD_RECORD);
  sampan_writer_put_fixed (writer, message->record, SAMPAN_REGISTRATION_RECORD_LENGTH);
}

bool
sampan_read_passwd_record (SampanReader *reader, SampanPasswdRecord *message)
{
  return sampan_reader_get_fixed (reader, message->record, SAMPAN_REGISTRATION_RECORD_LENGTH) &&
         sampan_reader_at_end (reader);
}
