/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A call on the link that all requests of a session share: they are answered in order, so it is for
 * what is quick; see lone-call.h for the others. */

#pragma once

#include "call.h"
#include "link-pool.h"
#include "pending-task.h"
#include "session.h"

G_BEGIN_DECLS

typedef struct _SampanSharedCall SampanSharedCall;

struct _SampanSharedCall
{
  gatomicrefcount refs;
  SampanPendingTask pending;
  SampanLinkPool *pool;
  SampanCall *call; /* its reply is the engine's until the ask is posted back */
  GError *error;    /* the same */

  /* engine thread */
  int64_t sent_us;
  int64_t round_trip_us;
};

/* For the session of TASK, whose cancellable it obeys and which it returns with itself, as a new
 * reference. SESSION is READY or logs in. Takes CALL. */
SampanSharedCall *sampan_shared_call_new (SampanSession *session, GTask *task, SampanCall *call);
void sampan_shared_call_unref (gpointer self);
/* Takes SELF, and gives it back with the task. */
void sampan_shared_call_start (SampanSharedCall *self);
/* What the task returned; NULL with an error. */
SampanSharedCall *
sampan_shared_call_finish (SampanSession *session, GAsyncResult *result, GError **error);
/* The same where nothing of the answer matters. */
bool sampan_shared_call_finish_plain (SampanSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
