/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A logged-in session with a misbehaving server. */

#pragma once

#include "core-test.h"
#include "evil-server.h"
#include "session-private.h"

G_BEGIN_DECLS

typedef struct
{
  EvilServer *server;
  SampanSession *session;
  SampanPath *path;
} SessionTest;

void session_test_set_up (SessionTest *self,
                          EvilScript script,
                          gpointer data,
                          const SampanLinkTimes *times);
void session_test_tear_down (SessionTest *self);
/* Waits until the session is BROKEN with that error. */
void session_test_expect_broken (SessionTest *self, SampanErrorCode code);
/* NULL with the entries, or the error. OUT and ANSWER may be NULL. */
GError *session_test_list (SessionTest *self, SampanFolderList **out);
GError *session_test_ping (SessionTest *self, const char *text, char **answer);
/* ---- For scripts ---- */
void session_test_answer_ping (EvilPeer *peer, SampanReader *fields);
/* By hand: the codec would not write some names. */
void session_test_put_entry (SampanWriter *writer, const void *name, size_t length);

G_END_DECLS
