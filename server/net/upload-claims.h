/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Which uploads are being received now, so that a client who comes back can take over what a
 * connection that died unnoticed still holds. Only within one account. Any thread. */

#pragma once

#include "protocol.h"

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _SampanUploadClaims SampanUploadClaims;

/* One upload; belongs to the worker that receives it. */
typedef struct
{
  uint64_t account_id;
  const char *share; /* borrowed */
  uint8_t id[SAMPAN_UPLOAD_ID_LENGTH];
  bool is_armed;
  int wake_fd; /* eventfd for all that its worker is to look at, such as that it was taken over; -1
                  before it is armed, and if there was no descriptor left */
  int is_taken_over; /* atomic */
  GList link;
} SampanUploadClaim;

SampanUploadClaims *sampan_upload_claims_new (void);
/* No claim may be left. */
void sampan_upload_claims_free (SampanUploadClaims *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanUploadClaims, sampan_upload_claims_free)

/* Adds CLAIM, whose first three fields are set. TAKES_OVER: those who hold the same upload are told
 * to let go of it. */
void sampan_upload_claims_add (SampanUploadClaims *self, SampanUploadClaim *claim, bool takes_over);
/* Before its worker waits for the first time: most uploads arrive whole and need nothing to be
 * woken by. */
void sampan_upload_claims_arm (SampanUploadClaims *self, SampanUploadClaim *claim);

void sampan_upload_claims_remove (SampanUploadClaims *self, SampanUploadClaim *claim);

/* Makes wake_fd wait for the next time; what it was woken for is looked at afterwards. */
void sampan_upload_claim_clear_wake (SampanUploadClaim *claim);
bool sampan_upload_claim_is_taken_over (SampanUploadClaim *claim);

G_END_DECLS
