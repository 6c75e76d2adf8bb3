/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A list: as long as there are uploads that worker threads receive at this moment. */

#include "config.h"

#include "net/upload-claims.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct _SampanUploadClaims
{
  GMutex lock;
  GQueue claims;
};

SampanUploadClaims *
sampan_upload_claims_new (void)
{
  SampanUploadClaims *self = g_new0 (SampanUploadClaims, 1);
  g_mutex_init (&self->lock);
  g_queue_init (&self->claims);
  return self;
}

void
sampan_upload_claims_free (SampanUploadClaims *self)
{
  if (self == NULL)
    return;
  g_assert (g_queue_is_empty (&self->claims));
  g_mutex_clear (&self->lock);
  g_free (self);
}

static bool
is_same_upload (const SampanUploadClaim *a, const SampanUploadClaim *b)
{
  return a->account_id == b->account_id && memcmp (a->id, b->id, sizeof a->id) == 0 &&
         strcmp (a->share, b->share) == 0;
}

static void
take_over (SampanUploadClaim *claim)
{
  g_atomic_int_set (&claim->is_taken_over, 1);
  if (claim->wake_fd >= 0 && eventfd_write (claim->wake_fd, 1) != 0)
    g_debug ("an upload that was woken already");
}

void
sampan_upload_claims_add (SampanUploadClaims *self, SampanUploadClaim *claim, bool takes_over)
{
  claim->is_armed = false;
  claim->wake_fd = -1;
  claim->is_taken_over = 0;
  claim->link = (GList){ .data = claim };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  for (GList *l = takes_over ? self->claims.head : NULL; l != NULL; l = l->next)
    if (is_same_upload (l->data, claim))
      take_over (l->data);
  g_queue_push_tail_link (&self->claims, &claim->link);
}

void
sampan_upload_claims_arm (SampanUploadClaims *self, SampanUploadClaim *claim)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_assert (!claim->is_armed);
  claim->is_armed = true;
  claim->wake_fd =
      eventfd (sampan_upload_claim_is_taken_over (claim) ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void
sampan_upload_claims_remove (SampanUploadClaims *self, SampanUploadClaim *claim)
{
  g_mutex_lock (&self->lock);
  g_queue_unlink (&self->claims, &claim->link);
  g_mutex_unlock (&self->lock);
  if (claim->wake_fd >= 0)
    close (claim->wake_fd);
}

void
sampan_upload_claim_clear_wake (SampanUploadClaim *claim)
{
  eventfd_t count;

  if (claim->wake_fd >= 0 && eventfd_read (claim->wake_fd, &count) != 0)
    g_debug ("an upload that was not woken");
}

bool
sampan_upload_claim_is_taken_over (SampanUploadClaim *claim)
{
  return g_atomic_int_get (&claim->is_taken_over) != 0;
}
