/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A call on a leased link of its own: it delays nothing, and is cancelled by closing the link,
 * which ends the work on the box. */

#pragma once

#include "call.h"
#include "link-pool.h"
#include "pending-task.h"
#include "session-search.h"
#include "session-trash.h"

G_BEGIN_DECLS

typedef struct _SampanLoneCall SampanLoneCall;

struct _SampanLoneCall
{
  gatomicrefcount refs;
  SampanPendingTask pending;
  SampanLinkPool *pool;
  SampanCall *call; /* its reply is the engine's until it is posted back */

  /* owner's thread */
  SampanFoundFunc found; /* one of these for whom parts are to come */
  SampanTrashFunc trashed;
  SampanSessionProgressFunc progress;
  gpointer func_data;

  /* engine thread */
  SampanLink *link; /* while the call runs */
  int64_t last_progress_us;
  bool is_cancelled;
  bool is_over;
  GError *error; /* the owner's from then on */
};

/* For the session of TASK, whose cancellable it obeys and which it returns with itself, as a new
 * reference. SESSION is READY. Takes CALL. */
SampanLoneCall *sampan_lone_call_new (SampanSession *session, GTask *task, SampanCall *call);
void sampan_lone_call_unref (gpointer self);
/* Takes SELF, and gives it back with the task. */
void sampan_lone_call_start (SampanLoneCall *self);
/* What the task returned; NULL with an error. */
SampanLoneCall *
sampan_lone_call_finish (SampanSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
