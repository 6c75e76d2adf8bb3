/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A client for the tests: blocking sockets, the real channel and login, and nothing it would not
 * send if a test asks for it. Every wait ends after TEST_TIMEOUT_SECS with a failure. */

#pragma once

#include "channel.h"
#include "errors.h"
#include "message.h"

G_BEGIN_DECLS

/* Only what went wrong takes so long, however busy the machine and its disk are. */
#define TEST_TIMEOUT_SECS 120

typedef struct
{
  int fd;
  SampanChannel *channel;
  uint8_t *in;
  size_t in_start;
  size_t in_end;
  GByteArray *out; /* sealed, not yet sent */
  uint8_t session_id[SAMPAN_SESSION_ID_LENGTH];
  uint8_t ticket[SAMPAN_TICKET_LENGTH];
  uint8_t flags;          /* of LOGIN_OK */
  GByteArray *sent;       /* nullable: a test may set it, to hold all that was sent */
  GArray *received_bytes; /* size_t: how long each hello and frame of the server was */
} TestClient;

/* From SOURCE, an address such as "127.0.0.9"; NULL: 127.0.0.1. Nothing is sent yet. */
TestClient *test_client_connect (uint16_t port, const char *source);
void test_client_free (TestClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestClient, test_client_free)

/* Raw bytes. FALSE: the server has closed. */
bool test_client_send_raw (TestClient *self, const void *bytes, size_t length);
/* TRUE when the server closes (or resets) without sending anything more. */
bool test_client_is_closed (TestClient *self);

/* Both hellos. FALSE: the server closed instead. */
bool test_client_hello (TestClient *self);

/* Queue a message, then send all that is queued. */
void test_client_begin (SampanWriter *writer);
void test_client_queue (TestClient *self, SampanWriter *writer);
bool test_client_flush (TestClient *self);
bool test_client_send (TestClient *self, SampanWriter *writer);

/* The next message; FALSE: the stream ended (with or without CLOSE before). */
bool test_client_receive (TestClient *self, uint8_t *kind, SampanReader *reader);
/* Fails the test unless the next message, PROGRESS passed over, is of KIND. */
void test_client_expect (TestClient *self, SampanKind kind, SampanReader *reader);
/* Fails the test unless the next message is that ERROR. Returns its detail. */
uint64_t test_client_expect_error (TestClient *self, SampanErrorCode code);
/* CLOSE, then the end of the stream. */
void test_client_expect_goodbye (TestClient *self);

/* LOGIN_START; TRUE with the challenge, FALSE when it was refused with *code (0: closed). */
bool test_client_start_login (TestClient *self,
                              SampanLoginClient *login,
                              const char *user,
                              SampanLoginChallenge *challenge,
                              SampanErrorCode *code);

/* Hellos and login. 0: logged in; else the code, where LOGIN_REFUSED is also what the client finds
 * out by itself. */
SampanErrorCode test_client_login (TestClient *self, const char *user, const char *password);
/* A connection that is logged in; fails the test otherwise. */
TestClient *test_client_new_logged_in (uint16_t port, const char *user, const char *password);
/* FALSE: refused. */
bool test_client_attach (TestClient *self, const TestClient *session);
/* Up to the answer. */
bool test_client_try_to_attach (TestClient *self, const TestClient *session);
TestClient *test_client_new_attached (uint16_t port, const TestClient *session);

void test_client_queue_number (TestClient *self, SampanKind kind, uint64_t number);
/* In as many DATA as it takes. */
void test_client_queue_data (TestClient *self, const uint8_t *data, size_t length);
/* Requests with one path. */
void test_client_queue_path (TestClient *self, SampanKind kind, const char *path);
void test_client_queue_put (TestClient *self,
                            const char *path,
                            const void *data,
                            size_t length,
                            SampanConflict conflict);
/* A put that is announced and has sent something, but not its end. */
void test_client_begin_upload (TestClient *self, const char *path);
void test_client_ping (TestClient *self);
SampanBytes test_bytes (const char *text);

G_END_DECLS
