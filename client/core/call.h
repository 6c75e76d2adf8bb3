/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A request of one message, with its reply decoded by kind. Made anywhere, run on the engine
 * thread.
 */

#pragma once

#include "errors.h"
#include "folder-list.h"
#include "link.h"
#include "message.h"
#include "paths.h"

G_BEGIN_DECLS

typedef struct _SampanCall SampanCall;

/* ERROR is NULL if the reply is in the call. Engine thread. */
typedef void (*SampanCallDone) (SampanCall *self, const GError *error, gpointer user_data);

struct _SampanCall
{
  SampanRequest request;
  SampanKind final_kind; /* what ends the reply, but for ERROR */
  SampanKind part_kind;  /* 0: no parts */
  uint8_t *message;
  size_t length;
  GError *error; /* from an ERROR reply */

  /* engine thread, until done */
  void (*sealed) (SampanCall *self, SampanLink *link, gpointer user_data); /* nullable */
  void (*part) (SampanCall *self, gpointer user_data);                     /* nullable */
  SampanCallDone done;
  gpointer user_data;

  /* the reply; wiped with the call */
  union
  {
    SampanLoginChallenge challenge;
    SampanLoginOk login_ok;
    SampanPasswdResponse passwd_response;
    SampanSpace space;
    SampanHashIs hash;
    SampanProgress progress;
    SampanPlanEnd plan_end;
    SampanStored stored; /* without its name */
    SampanFoundEnd found_end;
    SampanMeasured measured;
    SampanTrashEnd trash_end;
    uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  } reply;
  SampanFolderList *list; /* of a search: the page that came last */
  uint64_t n_found;       /* by a search, up to here */
  GPtrArray *trash;       /* SampanTrashItem: the page that came last */
  uint64_t n_trash;       /* items, up to here */
  uint64_t trash_bytes;   /* of their paths, up to here */
  GPtrArray *restored;    /* SampanRestoreResult, without their ids */
  SampanFileInfo *info;
  char *text;      /* of a PONG, or the name that something was stored under */
  GArray *answers; /* SampanPlanAnswer */
  size_t n_items;  /* answers that a plan needs, or that a search or restore may give; set by who
                      made it */
};

/* The largest message sent by a call: two paths and their lengths. */
#define SAMPAN_CALL_MESSAGE_MAX (2 * SAMPAN_PATH_MAX + 64)

/* Copies the message that WRITER holds, kind byte first. PART_KIND: 0, LIST_PAGE, PLAN_PAGE,
 * FOUND_PAGE, TRASH_PAGE, CHANGES or PROGRESS. */
SampanCall *
sampan_call_new (SampanKind final_kind, SampanKind part_kind, const SampanWriter *writer);
/* The same for a message of KIND that is a path and nothing else. */
SampanCall *sampan_call_new_for_path (SampanKind kind,
                                      SampanKind final_kind,
                                      SampanKind part_kind,
                                      const SampanPath *path);

/* The error of an ERROR reply; NULL if the reply is malformed. */
GError *sampan_error_from_reply (SampanReader *fields);

/* The bytes of PATH, borrowed, as requests take them. */
SampanBytes sampan_path_bytes (const SampanPath *path);

G_END_DECLS
