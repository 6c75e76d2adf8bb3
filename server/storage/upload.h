/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An upload: staged in .sampan/staging under the account's and the upload's id, locked while in
 * use, and given its real name only by a commit (commit-batch.h). Freed without a commit it is kept
 * for resuming (if it holds something worth it) or dropped. Worker threads only. */

#pragma once

#include "message.h"
#include "storage/share-root.h"

G_BEGIN_DECLS

#define SAMPAN_PARTIALS_PER_ACCOUNT 32 /* the oldest unlocked one makes room */
#define SAMPAN_PARTIAL_DAYS 7
#define SAMPAN_PARTIAL_MIN_BYTES 65536 /* below this, sending anew costs less than asking */

typedef struct _SampanUpload SampanUpload;

/* Checks target, conflict and free space before the first byte. REQUEST is copied where needed.
 * Without SAMPAN_PUT_RESUME an existing partial of that id is dropped. A partial that another
 * connection is writing is left alone: the upload gets a random id. With SAMPAN_PUT_RESUME a file
 * of the announced size and mtime that stands where the upload would go counts as this upload,
 * complete, if the client then proves that it has the same content. With SAMPAN_PUT_MODE the file
 * gets that mode, with which its owner may always read and write. Errors: EXISTS, CHANGED,
 * NO_SPACE, NOT_FOUND (no such folder), WRONG_KIND, BAD_NAME. */
SampanUpload *sampan_upload_begin (SampanShareRoot *root,
                                   const SampanPath *path,
                                   const SampanPutRequest *request,
                                   uint64_t account_id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is already there and its BLAKE2b-256: for PUT_OFFER. Slow for a large partial. */
bool sampan_upload_get_offer (SampanUpload *self,
                              SampanPutOffer *offer,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Continues at OFFSET (0 or the offered one); cuts off what is behind. */
bool sampan_upload_start_at (SampanUpload *self,
                             uint64_t offset,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends. Fails with PROTOCOL beyond the announced size, NO_SPACE, IO. After a failure only free
 * it. */
bool sampan_upload_write (SampanUpload *self, const uint8_t *data, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* That it is staged on. */
dev_t sampan_upload_get_device (const SampanUpload *self);

/* What came since it began; a resume found the rest. */
uint64_t sampan_upload_get_received_bytes (const SampanUpload *self);

/* Begins to make what came so far safe against a power cut, on another thread, when it is time.
 * *WAIT_US gets the microseconds until it is, if nothing comes before; -1: there is no more to do
 * until something comes or the eventfd is written to. Fails with IO if that failed before; then
 * only free it. */
bool sampan_upload_make_safe (SampanUpload *self,
                              int64_t *wait_us,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How much of it a resume will find even after a power cut; 0 if not known. An eventfd to be
 * written to when that may have grown (-1: none) is borrowed. */
uint64_t sampan_upload_get_safe_bytes (SampanUpload *self);
void sampan_upload_set_wake_fd (SampanUpload *self, int fd);

/* All bytes are there: length must equal the announced size. The upload is ready to be added to a
 * batch. */
bool sampan_upload_finish (SampanUpload *self,
                           uint64_t length,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* KEEP: leave the partial for a resume if it is large enough; else remove it. NULL is fine. */
void sampan_upload_free (SampanUpload *self, bool keep);

G_END_DECLS
