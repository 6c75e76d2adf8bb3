/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One request on a link: how it is sent, how its replies are taken, how it ends. Reference-counted;
 * the methods run on the engine thread, finalize on either. */

#pragma once

#include "wire.h"
#include <glib.h>

G_BEGIN_DECLS

typedef struct _SampanLink SampanLink;
typedef struct _SampanRequest SampanRequest;

typedef enum
{
  SAMPAN_PRODUCE_MORE, /* wrote what had room; call again when there is more */
  SAMPAN_PRODUCE_WAIT, /* nothing to write until sampan_link_wake() */
  SAMPAN_PRODUCE_DONE, /* all is written; the next request may follow */
} SampanProduced;

typedef enum
{
  SAMPAN_REPLY_PART,  /* more of this reply comes */
  SAMPAN_REPLY_FINAL, /* the reply is complete */
  SAMPAN_REPLY_BAD,   /* not a legal reply: the link is closed with PROTOCOL */
} SampanReply;

typedef struct
{
  /* Writes messages with sampan_link_reserve() and sampan_link_commit(). */
  SampanProduced (*produce) (SampanRequest *self, SampanLink *link);
  SampanReply (*message) (SampanRequest *self,
                          SampanLink *link,
                          uint8_t kind,
                          SampanReader *fields);
  /* Exactly once for a submitted request, unless withdrawn: after the final reply (ERROR is NULL)
   * or when the link ended before it. Production may still go on after an early final reply. */
  void (*end) (SampanRequest *self, SampanLink *link, const GError *error);
  /* Nullable: the link ended after the final reply, when production was still going on. */
  void (*abandoned) (SampanRequest *self, SampanLink *link);
  void (*finalize) (SampanRequest *self); /* frees the whole object */
} SampanRequestClass;

struct _SampanRequest
{
  const SampanRequestClass *klass;
  gatomicrefcount refs;
  bool slow;     /* the reply may wait for the disk: patience of a dead peer */
  bool busy;     /* this end works on it: no reply is due */
  bool held;     /* no reply is due until the next request is sent */
  bool given_up; /* by this end; the server is still to be told */
  /* Kept by the link. */
  bool started;
  bool ended;
};

void sampan_request_init (SampanRequest *self, const SampanRequestClass *klass);
gpointer sampan_request_ref (gpointer request);
void sampan_request_unref (gpointer request);

G_END_DECLS
