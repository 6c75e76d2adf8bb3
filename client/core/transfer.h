/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One file on its way, with properties that widgets bind to. Lives on the caller's main context;
 * the bytes move on the engine thread over a connection of their own. Properties are notified at
 * most ten times a second.
 *
 *   WAITING -> CONNECTING -> SENDING or RECEIVING -> SAVING -> DONE; from any but DONE: FAILED,
 * CANCELLED; from CONNECTING to SAVING: RECONNECTING, and on from there; from all before SAVING:
 * PAUSED; from PAUSED, FAILED, CANCELLED: WAITING again
 *
 * RECONNECTING: the link broke. The transfer goes on by itself when the session has healed, from
 * what the other end has: an upload proves by hash that it continues the same content, a download
 * names the version it began with (and begins anew, once, if that is gone). An upload whose
 * acknowledgement was lost ends as DONE without being stored twice. What makes no progress over
 * many breaks fails with DISCONNECTED.
 *
 * Upload: the local file is opened once, read and sent; SAVING is when all is sent and the box has
 * not yet confirmed; DONE means on the box's disk. Should the source change while it is read, the
 * upload fails with CHANGED. Cancel tells the server to drop what it has; out of reach it ends at
 * once, too, and the server is told when the session has healed. Download: written to a
 * hidden temporary file in the target folder (0600 minus umask), mtime set, synced, renamed; the
 * target name never shows a part. The server's size and version hold for the whole of it. When it
 * ends because of the link the part stays, where the disk can tell whose it is (extended
 * attributes): the same download goes on from there, in another process too, once a hash has proven
 * that it is still the beginning of the file. */

#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_TRANSFER_WAITING,
  SAMPAN_TRANSFER_PAUSED, /* moves only from here on; what compares with DONE means "not over" */
  SAMPAN_TRANSFER_CONNECTING,
  SAMPAN_TRANSFER_RECONNECTING,
  SAMPAN_TRANSFER_SENDING,
  SAMPAN_TRANSFER_RECEIVING,
  SAMPAN_TRANSFER_SAVING,
  SAMPAN_TRANSFER_DONE,
  SAMPAN_TRANSFER_FAILED,
  SAMPAN_TRANSFER_CANCELLED,
} SampanTransferState;
GType sampan_transfer_state_get_type (void);
#define SAMPAN_TYPE_TRANSFER_STATE (sampan_transfer_state_get_type ())

#define SAMPAN_TYPE_TRANSFER (sampan_transfer_get_type ())
G_DECLARE_FINAL_TYPE (SampanTransfer, sampan_transfer, SAMPAN, TRANSFER, GObject)

/* LOCAL: the local file (its target name for a download). CONFLICT for uploads applies on the box,
 * for downloads to the local name. */
SampanTransfer *sampan_transfer_new_upload (SampanSession *session,
                                            const char *local,
                                            const SampanPath *remote,
                                            SampanConflict conflict);
SampanTransfer *sampan_transfer_new_download (SampanSession *session,
                                              const SampanPath *remote,
                                              const char *local,
                                              SampanConflict conflict);

/* Uploads: continue a partial that the server kept of the same file (same path, size and mtime),
 * proven by hash. Before running. */
void sampan_transfer_set_resume (SampanTransfer *self, bool resume);

/* Uploads that replace: only if what is there still is VERSION, so that nothing is replaced that
 * nobody saw; else it fails with CHANGED. Before running. */
void sampan_transfer_set_expected_version (SampanTransfer *self,
                                           const uint8_t version[static SAMPAN_VERSION_LENGTH]);

/* An earlier process may have run it: what it left is looked for, of a small one too, which may
 * have arrived as a whole. Before running. */
void sampan_transfer_set_was_run (SampanTransfer *self);

/* What is there already stays when this end cancels, on either side, so that a later run can go on
 * from it; a download of which all is there ends as DONE. Before it is cancelled. */
void sampan_transfer_set_keep_partial (SampanTransfer *self, bool keep);

/* The file gets the permissions (the nine rwx bits) of the one that it is a copy of, but its owner
 * may always read and write; else what is usual at the target. A disk without permissions is no
 * error. Off by default. Before running. */
void sampan_transfer_set_keep_permissions (SampanTransfer *self, bool keep);

/* What the caller knows of the size, so that sums and times count it before it runs; corrected by
 * what is found. Before running and before it is added to a queue. */
void sampan_transfer_set_expected_bytes (SampanTransfer *self, uint64_t bytes);

/* What is not worth a turn of its own: up to this many expected bytes, files share connections and
 * many are under way at once, so that they cost bandwidth and not round trips; uploads are not
 * resumed. A new connection costs more than to read this to its end. */
#define SAMPAN_TRANSFER_SMALL_BYTES (1024 * 1024)
bool sampan_transfer_is_small (SampanTransfer *self);

/* Properties: "state", "title" (display name), "done-bytes", "total-bytes" (guint64), "safe-bytes"
 * (confirmed by the other end's disk), "speed" (bytes/s, smoothed, guint64), "seconds-left" (gint,
 * -1 unknown), "error-text" (translated, nullable). */
SampanTransferState sampan_transfer_get_state (SampanTransfer *self);
bool sampan_transfer_is_upload (SampanTransfer *self);
const char *sampan_transfer_get_title (SampanTransfer *self);
uint64_t sampan_transfer_get_done_bytes (SampanTransfer *self);
uint64_t sampan_transfer_get_total_bytes (SampanTransfer *self);
uint64_t sampan_transfer_get_safe_bytes (SampanTransfer *self);
uint64_t sampan_transfer_get_speed (SampanTransfer *self);
int sampan_transfer_get_seconds_left (SampanTransfer *self);
const GError *sampan_transfer_get_error (SampanTransfer *self);
const char *sampan_transfer_get_local (SampanTransfer *self);
const SampanPath *sampan_transfer_get_remote (SampanTransfer *self);
/* The name it got, when KEEP_BOTH chose another one; nullable. */
const char *sampan_transfer_get_stored_name (SampanTransfer *self);
/* Of what an upload stored, once it is DONE. Borrowed. */
const uint8_t *sampan_transfer_get_stored_version (SampanTransfer *self);
/* Where the share's trash has what an upload replaced; NULL: it replaced nothing. Borrowed. */
const uint8_t *sampan_transfer_get_trash_id (SampanTransfer *self);

/* When WAITING. Cancelling CANCELLABLE, sampan_transfer_cancel() and sampan_transfer_pause() end it
 * with G_IO_ERROR_CANCELLED. */
void sampan_transfer_run_async (SampanTransfer *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
bool sampan_transfer_run_finish (SampanTransfer *self, GAsyncResult *result, GError **error);
void sampan_transfer_cancel (SampanTransfer *self);
/* PAUSED, soon: what both ends have stays. Nothing happens from SAVING on: it is as good as done.
 */
void sampan_transfer_pause (SampanTransfer *self);
/* FAILED because what it was to replace is not what was seen: the same would come of it again.
 * Somebody has to look at what is there now. */
bool sampan_transfer_is_outdated (SampanTransfer *self);
/* From PAUSED, FAILED or CANCELLED back to WAITING, to be run once more: it goes on from what the
 * other end has of it. */
void sampan_transfer_requeue (SampanTransfer *self);

G_END_DECLS
