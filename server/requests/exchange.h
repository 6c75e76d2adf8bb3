/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One worker's turn with one connection: what a request's handler needs to find its target and to
 * answer. A handler returns FALSE when the connection has to end. */

#pragma once

#include "message.h"
#include "net/connection.h"
#include "requests/held-puts.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SampanExchange SampanExchange;
typedef struct _SampanRequest SampanRequest;

/* READER stands behind the kind byte; what is read is borrowed until the next read. */
typedef bool (*SampanRequestFunc) (SampanExchange *self, SampanReader *reader);

struct _SampanRequest
{
  SampanKind kind;
  const char *name; /* in the log */
  SampanRequestFunc handle;
  SampanRight right; /* needed on the path, or on the target of two */
  bool writes;
  bool is_for_all; /* also before a password is set */
  size_t max_payload_bytes;
};

struct _SampanExchange
{
  /* Borrowed */
  SampanConnection *connection;
  SampanServices *services;
  SampanServerSession *session;
  const SampanRequest *request; /* the one being handled */

  /* Owned */
  SampanHeldPuts *puts;
  SampanPath *asked; /* nullable: what the request being handled is about */

  /* State */
  int64_t started_us; /* of the request being handled */
  bool is_logged;     /* it has its line */
};

/* Where a path of a request leads: the only way to a share's directory, and so the one place where
 * rights are checked. */
typedef struct
{
  SampanPath *path; /* whole */
  char *share;
  SampanPath *below;
  SampanShareRoot *root;
  SampanRight right;
  int shares_number; /* of the shares and rights that it was found in */
} SampanTarget;
void sampan_target_clear (SampanTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanTarget, sampan_target_clear)

/* Errors: BAD_NAME, NOT_FOUND (also where the account may not look), NOT_ALLOWED. */
bool sampan_exchange_resolve (SampanExchange *self,
                              SampanBytes path,
                              SampanRight needed,
                              SampanTarget *target,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* With the right to add alone nothing may be replaced: such a request is carried out as REFUSE. */
SampanConflict sampan_exchange_limit_conflict (SampanRight right, uint8_t conflict);
/* ...and what comes of that is told as a lack of rights. Takes ERROR. */
void sampan_exchange_explain_conflict (SampanRight right, uint8_t conflict, GError **error);

/* Answers held puts first, so that replies stay in order. */
bool sampan_exchange_begin (SampanExchange *self, SampanWriter *writer) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_exchange_end (SampanExchange *self, SampanWriter *writer) G_GNUC_WARN_UNUSED_RESULT;

bool sampan_exchange_reply_empty (SampanExchange *self, SampanKind kind) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_exchange_reply_code (SampanExchange *self,
                                 SampanErrorCode code,
                                 uint64_t detail) G_GNUC_WARN_UNUSED_RESULT;
/* STORED, with NAME put in. */
bool sampan_exchange_reply_stored (SampanExchange *self,
                                   SampanStored *stored,
                                   const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* SHUTTING_DOWN where the server's stop is the reason. A refusal and a fault get their line in the
 * log here, unless the request has one already. */
bool sampan_exchange_reply_error (SampanExchange *self,
                                  const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* A message that cannot be read, or one in a wrong place: always FALSE. */
bool sampan_exchange_break (SampanExchange *self);

/* One line: who, from where, what, how much, how long, how it ended. PATH and TO are nullable,
 * BYTES may be -1; STARTED_US 0: since the request came. */
void sampan_exchange_log (SampanExchange *self,
                          const SampanPath *path,
                          const SampanPath *to,
                          int64_t bytes,
                          int64_t started_us,
                          const GError *error);

/* Progress of long work on the disk: sends PROGRESS now and then, and cancels the work when nobody
 * waits for it any more. */
typedef struct
{
  SampanExchange *exchange;
  GCancellable *cancellable;
  int64_t last_us;
} SampanProgressReport;
void sampan_progress_report_init (SampanProgressReport *self, SampanExchange *exchange);
void sampan_progress_report_clear (SampanProgressReport *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanProgressReport, sampan_progress_report_clear)
/* A SampanProgressFunc; USER_DATA is the report. */
void sampan_progress_report_cb (uint64_t done_bytes, uint64_t total_bytes, gpointer user_data);

G_END_DECLS
