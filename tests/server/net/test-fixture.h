/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A real server on a thread of this process, with a state directory and a share of its own.
 *
 * Accounts, all with TEST_PASSWORD: "ann" may change, "adder" may add, "reader" may read, "off" is
 * disabled, "nobody" has no rights, "late" has an expired and "new" a valid one-time code. Shares:
 * "files" and "other", and "gone" whose directory is not there. */

#pragma once

#include "accounts/account-store.h"
#include "net/server.h"

G_BEGIN_DECLS

#define TEST_PASSWORD "correct horse"

typedef struct
{
  char *dir; /* private, removed at the end */
  char *state;
  char *files; /* directory of the share "files" */
  char *other;
  SampanAccountStore *store;
  SampanServer *server;
  uint16_t port;

  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GMutex lock;
  GCond changed;
  bool is_stopping;
  bool is_done; /* what was called on the server's thread */
} TestFixture;

/* Everything but the server: the store is open, nobody listens. */
TestFixture *test_fixture_new_without_server (void);
/* TIMES is nullable. */
TestFixture *test_fixture_new (const SampanServerTimes *times);
/* Stops the server; fails the test if that is not clean. */
void test_fixture_free (TestFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestFixture, test_fixture_free)

/* As the admin commands do after a change. */
void test_fixture_reload (TestFixture *self);
/* Begins to stop; wait with test_fixture_free(). */
void test_fixture_stop (TestFixture *self);
char *test_fixture_get_status (TestFixture *self);

/* A file of the share "files"; NULL if it is not there. */
GBytes *test_fixture_read (TestFixture *self, const char *name);
void test_fixture_write (TestFixture *self, const char *name, const void *data, gsize length);
void test_fixture_assert_file (TestFixture *self, const char *name, const void *data, gsize length);

void test_remove_tree (const char *path);
/* Until the staging folder of the share at FILES holds something: a put is in the middle. */
void test_wait_for_staging (const char *files);
/* Nothing else lies in FILES, but not all of EXPECTED need to. */
void test_assert_names (const char *files, const char *const *expected);

G_END_DECLS
