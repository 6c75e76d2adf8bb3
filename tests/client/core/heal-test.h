/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session over a relay to the real server, and what tests of broken networks do with it. */

#pragma once

#include "batch-test.h"
#include "real-server.h"
#include "relay.h"
#include "session-private.h"
#include "transfer.h"

#define HEAL_TEST_SIZE (24 * 1024 * 1024) /* what moves in a fraction of a second */
#define HEAL_TEST_RETRY_MS 20             /* in place of seconds */

typedef struct
{
  RealServer server;
  Relay *relay;
  SampanSession *session;
  char *local;
  char *stored;
  SampanPath *remote;
} HealTest;

GError *heal_test_login (HealTest *self);
void heal_test_set_up (HealTest *self);
void heal_test_set_up_with (HealTest *self, const SampanLinkTimes *times);
/* Nothing is left in the share, in its staging and here. */
void heal_test_tear_down (HealTest *self);
/* On another port. */
void heal_test_restart_server (HealTest *self, int signal_number);
GError *heal_test_list (SampanSession *session);
void heal_test_logout (SampanSession *session);

unsigned int heal_test_count_entries (const char *folder);
void heal_test_write_random (const char *filename, size_t size);
void heal_test_expect_same (const char *a, const char *b);

SampanTransfer *heal_test_new_transfer (HealTest *self, bool is_upload, SampanConflict conflict);
/* Stops in the middle, with nobody to connect to. */
void heal_test_start_and_cut (HealTest *self,
                              bool is_upload,
                              SampanTransfer **transfer,
                              GAsyncResult **result);
void heal_test_finish_well (SampanTransfer *transfer, GAsyncResult **result);

/* Conditions, of nothing, a transfer or a session. */
bool heal_test_staging_is_empty (gpointer data);
bool heal_test_has_moved_some (gpointer transfer);
bool heal_test_transfer_is_reconnecting (gpointer transfer);
bool heal_test_is_ready (gpointer session);
bool heal_test_is_broken (gpointer session);
bool heal_test_is_reconnecting (gpointer session);

/* NAME/upload with true, NAME/download with false. */
void heal_test_add_both_ways (const char *name, GTestDataFunc func);
