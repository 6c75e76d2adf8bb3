/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A session with a misbehaving server, and what tests of transfers do with it. */

#pragma once

#include "core-test.h"
#include "evil-server.h"
#include "session-private.h"
#include "transfer.h"

#include <stdatomic.h>

G_BEGIN_DECLS

#define TRANSFER_TEST_SIZE 200000
#define TRANSFER_TEST_BIG (64 * 1024 * 1024) /* more than the buffers of both ends hold */
#define TRANSFER_TEST_MTIME 1234567890
#define TRANSFER_TEST_TEMP_PREFIX ".sampan-"

typedef struct
{
  EvilServer *server;
  SampanSession *session;
  SampanPath *remote;
  char *local;
} TransferTest;

typedef enum
{
  TRANSFER_TEST_BEFORE,
  TRANSFER_TEST_AT_ONCE,
  TRANSFER_TEST_MID,
  TRANSFER_TEST_LATE,
  TRANSFER_TEST_AFTER,
} TransferTestMoment;

extern atomic_uint transfer_test_aborts_seen;
extern atomic_ullong transfer_test_bytes_seen;
extern atomic_bool transfer_test_may_read;

void transfer_test_set_up (TransferTest *self,
                           EvilScript script,
                           gpointer data,
                           const SampanLinkTimes *times);
/* No temporary file may be left. */
void transfer_test_tear_down (TransferTest *self);
void transfer_test_write_local (TransferTest *self, size_t size);
void transfer_test_expect_local (const char *filename, size_t size, char byte);
void transfer_test_set_local_mtime (TransferTest *self, time_t seconds);
GError *transfer_test_run (SampanTransfer *transfer, GCancellable *cancellable);
SampanTransfer *transfer_test_new_download (TransferTest *self, SampanConflict conflict);
SampanTransfer *transfer_test_new_upload (TransferTest *self);
void transfer_test_send_info (EvilPeer *peer, uint64_t size);
bool transfer_test_send_bytes (EvilPeer *peer, size_t size);
/* The kind that ended the put: END or PUT_ABORT; 0 if the client is gone or after STOP_AFTER bytes.
 * Counts in transfer_test_bytes_seen and transfer_test_aborts_seen. */
uint8_t transfer_test_read_put (EvilPeer *peer, uint64_t stop_after);
bool transfer_test_send_stored (EvilPeer *peer, const char *name, size_t length);
/* Takes puts; reads none of the data before transfer_test_may_read is set. */
void transfer_test_slow_put_script (EvilPeer *peer, gpointer data);
bool transfer_test_bytes_were_seen (gpointer data);
bool transfer_test_abort_was_seen (gpointer data);
/* For conditions that nothing wakes the main context for. */
void transfer_test_spin_until (CoreTestCondition condition);
/* Runs TRANSFER and cancels it at that moment; checks how it ended. */
void
transfer_test_cancel_one (TransferTest *self, SampanTransfer *transfer, TransferTestMoment moment);
/* One test for each moment, which is the data of FUNC. */
void transfer_test_add_moments (const char *prefix, GTestDataFunc func);

G_END_DECLS
