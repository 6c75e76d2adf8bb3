/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The real server as a process of its own, with one account and one share. $SAMPAND is the program.
 */

#pragma once

#include "core-test.h"

G_BEGIN_DECLS

typedef struct
{
  GSubprocess *process;
  uint16_t port;
} RealServer;

typedef struct
{
  RealServer server;
  SampanSession *session;
} RealServerTest;

/* After core_test_init(): the state, CORE_TEST_USER and the share "files". */
void real_server_init (void);
void real_server_set_password (const char *password);
void real_server_start (RealServer *self);
/* As the child of PROGRAM, which is told what to run. */
void real_server_start_under (RealServer *self, const char *program);
/* Waits for its end. */
void real_server_stop (RealServer *self, int signal_number);
/* With a session that is logged in. */
void real_server_set_up (RealServerTest *self);
void real_server_tear_down (RealServerTest *self);
/* A path in the shared folder (g_free). */
char *real_server_share_path (const char *name);
/* Files in it, with the folders above. No CONTENTS: there is none. */
void real_server_write_share (const char *name, const char *contents);
void real_server_assert_share (const char *name, const char *contents);

G_END_DECLS
