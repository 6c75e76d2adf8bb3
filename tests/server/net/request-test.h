/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of requests share: one server and one login for all of a program's tests, requests
 * in one line and their answers. */

#pragma once

#include "test-client.h"
#include "test-fixture.h"

#define LARGE_BYTES (1024 * 1024 + 7) /* many frames, the last one short */

extern TestFixture *fixture;
extern TestClient *ann; /* each test leaves it ready for the next request */

/* What main() does before and instead of g_test_run(). */
void request_test_begin (int *argc, char ***argv);
int request_test_run (void);

/* LARGE_BYTES of noise, to be freed. */
uint8_t *make_large (void);
void send_path (TestClient *client, SampanKind kind, const char *path);
void send_path_flags (TestClient *client, SampanKind kind, const char *path, uint8_t flags);
void send_move (TestClient *client,
                SampanKind kind,
                const char *from,
                const char *to,
                SampanConflict conflict);
/* Only if the source has that version. */
void send_move_of (TestClient *client,
                   SampanKind kind,
                   const char *from,
                   const char *to,
                   const uint8_t version[static SAMPAN_VERSION_LENGTH]);
void send_get (TestClient *client, const char *path, uint64_t offset, const uint8_t *version);
void expect_done (TestClient *client);
/* "name:kind:right ..." in order of names. */
char *list (TestClient *client, const char *path);
SampanErrorCode get_error (TestClient *client);
/* The whole reply to a get; fails the test unless it ends well. */
GByteArray *receive_file (TestClient *client, SampanGetInfo *info);
char *expect_stored (TestClient *client);
void put (TestClient *client,
          const char *path,
          const void *data,
          size_t length,
          SampanConflict conflict);
void queue_empty (TestClient *client, SampanKind kind);
