/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A logged-in session with one server. Lives on the caller's main context (where it was made):
 * callbacks, finish calls and property notifications come there; sockets, sealing and Argon2id run
 * elsewhere.
 *
 * One connection is for browsing requests; transfers attach their own to the session by ticket, so
 * a full link never delays a listing. Every operation takes a cancellable: a cancelled request's
 * reply is read and dropped, the connection stays usable.
 *
 *   DISCONNECTED -> CONNECTING -> LOGGING_IN -> READY -> LOGGING_OUT -> DISCONNECTED; a broken
 * link: READY -> RECONNECTING -> READY, or BROKEN if trying again cannot help
 *
 * Requests may be made as soon as a login was begun: they leave behind its last message, without
 * waiting for the answer, when the server has proved who it is. They fail with DISCONNECTED if the
 * login fails, and with PASSWORD_NEEDED after a one-time code. Plans, transfers and a change of
 * password wait for READY.
 *
 * RECONNECTING tries again and again, first by ticket, then with the password, which the session
 * keeps for that until it ends. Requests fail with DISCONNECTED meanwhile; transfers wait. */

#pragma once

#include "engine.h"
#include "errors.h"
#include "folder-list.h"
#include "paths.h"
#include "plan.h"
#include "secret.h"

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_SESSION_DISCONNECTED,
  SAMPAN_SESSION_CONNECTING,
  SAMPAN_SESSION_LOGGING_IN, /* connected; the key stretching takes most of it */
  SAMPAN_SESSION_READY,
  SAMPAN_SESSION_RECONNECTING, /* the link failed; "error" says why; it heals by itself */
  SAMPAN_SESSION_LOGGING_OUT,
  SAMPAN_SESSION_BROKEN, /* ended for good; "error" says why; log in again */
} SampanSessionState;
GType sampan_session_state_get_type (void);
#define SAMPAN_TYPE_SESSION_STATE (sampan_session_state_get_type ())

#define SAMPAN_TYPE_SESSION (sampan_session_get_type ())
G_DECLARE_FINAL_TYPE (SampanSession, sampan_session, SAMPAN, SESSION, GObject)

/* Properties (read-only, notified on the owner's context): "state" SampanSessionState,
 * "must-set-password" gboolean, "seconds-to-retry" gint (0: trying now, -1: not RECONNECTING). */
SampanSession *sampan_session_new (SampanEngine *engine);
/* FALSE: a link that breaks makes it BROKEN, and its transfers fail. Before the login. */
void sampan_session_set_heals (SampanSession *self, bool heals);
SampanSessionState sampan_session_get_state (SampanSession *self);
bool sampan_session_get_must_set_password (SampanSession *self);
/* Of the current or last login; nullable before the first. Borrowed. */
const char *sampan_session_get_host (SampanSession *self);
const char *sampan_session_get_user (SampanSession *self);
uint16_t sampan_session_get_port (SampanSession *self);
int sampan_session_get_seconds_to_retry (SampanSession *self);
/* While RECONNECTING: without waiting for the next turn. */
void sampan_session_retry_now (SampanSession *self);
/* Why it is RECONNECTING or BROKEN; borrowed, nullable. */
const GError *sampan_session_get_error (SampanSession *self);

/* Connects and logs in. PASSWORD is copied. Errors: UNREACHABLE (message holds the reason),
 * LOGIN_REFUSED (local, with the word as its message, for a mistyped one-time code), INTERCEPTED,
 * SERVER_CHANGED, TRY_LATER, UNSUPPORTED, PROTOCOL, G_IO_ERROR_CANCELLED. A new server's key is
 * remembered. Only when DISCONNECTED or BROKEN. */
void sampan_session_login_async (SampanSession *self,
                                 const char *host,
                                 uint16_t port,
                                 const char *user,
                                 const SampanSecret *password,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
bool sampan_session_login_finish (SampanSession *self, GAsyncResult *result, GError **error);
/* Transfers come right after the login that is under way: connects for them meanwhile, so that they
 * save a round trip. Harmless if none come, or at another time. */
void sampan_session_expect_transfers (SampanSession *self);

/* Ends the session on the server, all its connections included; uploads that were cancelled before
 * are cleared away there first. Always leaves DISCONNECTED, even with an error. */
void sampan_session_logout_async (SampanSession *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* The same without waiting for the server's answer, for a program that ends. */
void sampan_session_hang_up_async (SampanSession *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
bool sampan_session_logout_finish (SampanSession *self, GAsyncResult *result, GError **error);

/* The text in upper case (g_free) and the round trip in microseconds. */
void sampan_session_ping_async (SampanSession *self,
                                const char *text,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
char *sampan_session_ping_finish (SampanSession *self,
                                  GAsyncResult *result,
                                  int64_t *round_trip_us,
                                  GError **error);

/* New reference. The root's entries are the shares. */
void sampan_session_list_async (SampanSession *self,
                                const SampanPath *path,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
SampanFolderList *
sampan_session_list_finish (SampanSession *self, GAsyncResult *result, GError **error);

void sampan_session_stat_async (SampanSession *self,
                                const SampanPath *path,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
SampanFileInfo *
sampan_session_stat_finish (SampanSession *self, GAsyncResult *result, GError **error);

void sampan_session_space_async (SampanSession *self,
                                 const SampanPath *path,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
bool sampan_session_space_finish (SampanSession *self,
                                  GAsyncResult *result,
                                  SampanSpace *space,
                                  GError **error);

void sampan_session_mkdir_async (SampanSession *self,
                                 const SampanPath *path,
                                 bool parents,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
bool sampan_session_mkdir_finish (SampanSession *self, GAsyncResult *result, GError **error);

/* Of a folder below a share. An older server says UNSUPPORTED. */
void sampan_session_set_time_async (SampanSession *self,
                                    const SampanPath *path,
                                    SampanTime mtime,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
bool sampan_session_set_time_finish (SampanSession *self, GAsyncResult *result, GError **error);

/* Something that has its place now. */
typedef struct
{
  char *name; /* bytes; another than asked for with KEEP_BOTH */
  uint8_t version[SAMPAN_VERSION_LENGTH];
  bool has_replaced;
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH]; /* of what it replaced */
  uint64_t skipped;                         /* links and special files that a copy left out */
} SampanPlaced;
void sampan_placed_clear (SampanPlaced *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanPlaced, sampan_placed_clear)

/* VERSION (nullable): fails with CHANGED if FROM has another one. */
void sampan_session_rename_async (SampanSession *self,
                                  const SampanPath *from,
                                  const SampanPath *to,
                                  SampanConflict conflict,
                                  const uint8_t *version,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* PLACED (nullable) is to be cleared. */
bool sampan_session_rename_finish (SampanSession *self,
                                   GAsyncResult *result,
                                   SampanPlaced *placed,
                                   GError **error);

/* On the box, on a connection of its own: it delays nothing, and cancelling it ends the work there.
 * PROGRESS (nullable) comes on the owner's context. */
typedef void (*SampanSessionProgressFunc) (uint64_t done_bytes,
                                           uint64_t total_bytes,
                                           gpointer user_data);
void sampan_session_copy_async (SampanSession *self,
                                const SampanPath *from,
                                const SampanPath *to,
                                SampanConflict conflict,
                                SampanSessionProgressFunc progress,
                                gpointer progress_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
bool sampan_session_copy_finish (SampanSession *self,
                                 GAsyncResult *result,
                                 SampanPlaced *placed,
                                 GError **error);

/* To the share's trash. */
void sampan_session_remove_async (SampanSession *self,
                                  const SampanPath *path,
                                  bool recursive,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
bool sampan_session_remove_finish (SampanSession *self,
                                   GAsyncResult *result,
                                   uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH],
                                   GError **error);

void sampan_session_hash_async (SampanSession *self,
                                const SampanPath *path,
                                uint64_t length,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
bool sampan_session_hash_finish (SampanSession *self,
                                 GAsyncResult *result,
                                 SampanHashIs *hash,
                                 GError **error);

/* Asks what uploads of PLAN's items into FOLDER (below a share; may be missing) would find, in as
 * few round trips as there can be; nothing is changed. PLAN can be judged again later. Finishes
 * with a new reference to it. Errors: also WRONG_KIND (FOLDER is none), UNSUPPORTED. */
void sampan_session_plan_async (SampanSession *self,
                                const SampanPath *folder,
                                SampanPlan *plan,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
SampanPlan *sampan_session_plan_finish (SampanSession *self, GAsyncResult *result, GError **error);

/* A fresh login with CURRENT (the one-time code after a login by code), then the new record. The
 * server ends the account's other sessions; this one goes on. */
void sampan_session_passwd_async (SampanSession *self,
                                  const SampanSecret *current,
                                  const SampanSecret *fresh,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
bool sampan_session_passwd_finish (SampanSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
