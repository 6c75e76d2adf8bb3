/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Every message of the protocol: its fields, encoder and decoder.
 *
 * write_* put the kind byte and the fields; read_* start after the kind byte, check every limit and
 * that nothing is left. Byte fields that are read are borrowed from the frame. Layouts:
 * PROTOCOL.md. */

#pragma once

#include "login.h"
#include "protocol.h"
#include "wire.h"

G_BEGIN_DECLS

typedef struct
{
  int64_t seconds; /* since 1970-01-01 UTC; may be negative */
  uint32_t nanoseconds;
} SampanTime;

/* ---- Login ---- */
typedef struct
{
  SampanBytes user; /* 1 to SAMPAN_USER_WIRE_MAX */
  uint8_t ke1[SAMPAN_KE1_LENGTH];
} SampanLoginStart;
typedef struct
{
  uint8_t ksf;
  uint8_t ke2[SAMPAN_KE2_LENGTH];
} SampanLoginChallenge; /* also PASSWD_CHALLENGE */
typedef struct
{
  uint8_t ke3[SAMPAN_KE3_LENGTH];
} SampanLoginFinish;
typedef struct
{
  uint8_t flags; /* SAMPAN_LOGIN_MUST_SET_PASSWORD */
  uint8_t session_id[SAMPAN_SESSION_ID_LENGTH];
  uint8_t ticket[SAMPAN_TICKET_LENGTH];
} SampanLoginOk;
typedef struct
{
  uint8_t session_id[SAMPAN_SESSION_ID_LENGTH];
  uint8_t proof[SAMPAN_ATTACH_PROOF_LENGTH];
} SampanAttach;

/* ---- Requests ---- paths are checked only for length here; sampan_path_new() decides. */
typedef struct
{
  SampanBytes path;
} SampanPathRequest; /* LIST STAT SPACE WATCH MEASURE */
typedef struct
{
  SampanBytes path;
  uint8_t flags;
} SampanPathFlagsRequest; /* MKDIR REMOVE */
typedef struct
{
  SampanBytes from;
  SampanBytes to;
  uint8_t conflict;                       /* SampanConflict, checked */
  uint8_t flags;                          /* SAMPAN_MOVE_EXPECT_VERSION */
  uint8_t version[SAMPAN_VERSION_LENGTH]; /* zero without the flag */
} SampanMoveRequest;                      /* RENAME COPY */
typedef struct
{
  SampanBytes path;
  uint64_t offset;
  uint8_t flags;                          /* SAMPAN_GET_EXPECT_VERSION */
  uint8_t version[SAMPAN_VERSION_LENGTH]; /* zero without the flag */
} SampanGetRequest;
typedef struct
{
  SampanBytes path;
  uint64_t size; /* total; END must carry the same */
  SampanTime mtime;
  uint8_t conflict;
  uint8_t flags; /* SAMPAN_PUT_* */
  uint8_t version[SAMPAN_VERSION_LENGTH];
  uint16_t mode; /* zero without SAMPAN_PUT_MODE; at most SAMPAN_MODE_MAX, checked */
  uint8_t upload_id[SAMPAN_UPLOAD_ID_LENGTH]; /* names the partial; chosen by the client */
} SampanPutRequest;
typedef struct
{
  SampanBytes path;
  uint64_t length; /* of the prefix; UINT64_MAX: the whole file */
} SampanHashRequest;
typedef struct
{
  SampanBytes path;
  SampanTime mtime;
} SampanSetTimeRequest;
typedef struct
{
  uint8_t kind; /* SAMPAN_ENTRY_FILE or FOLDER, checked */
  uint64_t size;
  SampanTime mtime;
  SampanBytes path; /* below the plan's folder; not checked: a bad one gets its verdict */
} SampanPlanItem;
typedef struct
{
  SampanBytes path;
  SampanBytes pattern; /* at most SAMPAN_FIND_PATTERN_MAX; empty: any name */
  uint8_t kind;        /* SampanEntryKind, FILE to OTHER, checked; 0: any */
  uint64_t size_min;   /* 0, and UINT64_MAX for the other: of any size; else files only */
  uint64_t size_max;
  uint8_t flags;     /* SAMPAN_FIND_SINCE, SAMPAN_FIND_BEFORE */
  SampanTime since;  /* earliest mtime; zero without the flag */
  SampanTime before; /* zero without the flag */
  uint32_t limit;    /* 1 to SAMPAN_FIND_MAX results, checked */
} SampanFindRequest;
typedef struct
{
  uint8_t ke1[SAMPAN_KE1_LENGTH];
} SampanPasswdStart;
typedef struct
{
  uint8_t ke3[SAMPAN_KE3_LENGTH];
  uint8_t request[SAMPAN_REGISTRATION_REQUEST_LENGTH];
} SampanPasswdFinish;
typedef struct
{
  uint8_t response[SAMPAN_REGISTRATION_RESPONSE_LENGTH];
} SampanPasswdResponse;
typedef struct
{
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
} SampanPasswdRecord;

/* ---- Replies ---- */
typedef struct
{
  uint16_t code;   /* SampanErrorCode */
  uint64_t detail; /* seconds for TRY_LATER, bytes missing for NO_SPACE and QUOTA, else 0 */
} SampanErrorReply;
typedef struct
{
  uint8_t kind;  /* SampanEntryKind, checked */
  uint8_t right; /* SampanRight on it, checked; in a listing the folder's */
  uint64_t size;
  SampanTime mtime;
  uint8_t version[SAMPAN_VERSION_LENGTH];
  SampanBytes name; /* a valid component; empty only in ENTRY of the root */
} SampanEntry;
typedef struct
{
  uint64_t total_bytes;
  uint64_t free_bytes; /* for this account */
  uint8_t flags;       /* SAMPAN_SPACE_OF_QUOTA */
} SampanSpace;
typedef struct
{
  uint64_t size; /* of the whole file */
  SampanTime mtime;
  uint16_t mode; /* at most SAMPAN_MODE_MAX, checked */
  uint8_t version[SAMPAN_VERSION_LENGTH];
} SampanGetInfo;
typedef struct
{
  uint64_t offset;                  /* how much of the partial the server holds; 0 if none */
  uint8_t hash[SAMPAN_HASH_LENGTH]; /* BLAKE2b-256 of that prefix */
} SampanPutOffer;
typedef struct
{
  SampanBytes name; /* under which it was stored */
  uint8_t version[SAMPAN_VERSION_LENGTH];
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH]; /* of what it replaced; zero if nothing */
  uint64_t skipped;                         /* entries that a copy left out */
} SampanStored;
typedef struct
{
  uint64_t length;
  uint8_t hash[SAMPAN_HASH_LENGTH];
} SampanHashIs;
typedef struct
{
  uint64_t done_bytes;
  uint64_t total_bytes; /* 0: not known */
} SampanProgress;
typedef struct
{
  uint8_t verdict; /* SampanPlanVerdict, checked */
  /* What is there with SAME, DIFFERS and FOLDER_THERE, what is in the way with WRONG_KIND; not set
   * with the others, for which sampan_plan_verdict_has_entry() is FALSE. */
  uint8_t kind; /* SampanEntryKind, checked against the verdict */
  uint64_t size;
  SampanTime mtime;
  uint8_t version[SAMPAN_VERSION_LENGTH];
} SampanPlanAnswer;
typedef struct
{
  uint64_t count;      /* of items judged */
  uint64_t free_bytes; /* for this account */
  uint8_t right;       /* SampanRight, checked */
  uint8_t flags;       /* SAMPAN_SPACE_OF_QUOTA */
} SampanPlanEnd;

typedef struct
{
  uint64_t n_found;
  uint64_t n_seen;     /* entries looked at */
  uint64_t n_left_out; /* folders that could not be looked into, and names too long to tell */
  uint8_t flags;       /* SAMPAN_FOUND_MORE */
} SampanFoundEnd;
typedef struct
{
  uint64_t n_files;
  uint64_t n_folders; /* below the one that was asked for */
  uint64_t n_others;  /* links and special files */
  uint64_t n_left_out;
  uint64_t bytes; /* of the files */
} SampanMeasured;

typedef struct
{
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  uint8_t kind;  /* SampanEntryKind, checked */
  uint64_t size; /* of a file, or of all files in a folder */
  SampanTime removed;
  SampanBytes user; /* whose doing; at most SAMPAN_USER_MAX, empty if not known */
  SampanBytes path; /* where it was, the share in front */
} SampanTrashEntry;
typedef struct
{
  uint64_t count; /* of entries */
  uint64_t bytes; /* the sum of their sizes */
} SampanTrashEnd;
typedef struct
{
  SampanBytes share; /* a path of one component */
  uint8_t conflict;  /* SampanConflict, checked */
} SampanRestoreRequest;
typedef struct
{
  uint16_t code;                            /* 0: restored; else SampanErrorCode */
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH]; /* of what it replaced; zero if nothing */
  SampanBytes path; /* where it is now, the share in front; empty if it is not */
} SampanRestored;

/* Messages without fields: CLOSE DONE LOGOUT PUT_ABORT ATTACH_OK CHANGES. */
void sampan_write_empty (SampanWriter *writer, SampanKind kind);
bool sampan_read_empty (SampanReader *reader) G_GNUC_WARN_UNUSED_RESULT;

#define SAMPAN_DECLARE_MESSAGE(name, Type)                                                         \
  void sampan_write_##name (SampanWriter *writer, const Type *message);                            \
  bool sampan_read_##name (SampanReader *reader, Type *message) G_GNUC_WARN_UNUSED_RESULT;
/* The same fields under several kinds: the writer takes the kind. */
#define SAMPAN_DECLARE_KINDS(name, Type)                                                           \
  void sampan_write_##name (SampanWriter *writer, SampanKind kind, const Type *message);           \
  bool sampan_read_##name (SampanReader *reader, Type *message) G_GNUC_WARN_UNUSED_RESULT;

SAMPAN_DECLARE_MESSAGE (login_start, SampanLoginStart)
SAMPAN_DECLARE_KINDS (login_challenge, SampanLoginChallenge)
SAMPAN_DECLARE_MESSAGE (login_finish, SampanLoginFinish)
SAMPAN_DECLARE_MESSAGE (login_ok, SampanLoginOk)
SAMPAN_DECLARE_MESSAGE (attach, SampanAttach)
SAMPAN_DECLARE_KINDS (path_request, SampanPathRequest)
SAMPAN_DECLARE_KINDS (path_flags_request, SampanPathFlagsRequest)
SAMPAN_DECLARE_KINDS (move_request, SampanMoveRequest)
SAMPAN_DECLARE_MESSAGE (get_request, SampanGetRequest)
SAMPAN_DECLARE_MESSAGE (put_request, SampanPutRequest)
SAMPAN_DECLARE_MESSAGE (hash_request, SampanHashRequest)
SAMPAN_DECLARE_MESSAGE (set_time_request, SampanSetTimeRequest)
SAMPAN_DECLARE_MESSAGE (find_request, SampanFindRequest)
SAMPAN_DECLARE_MESSAGE (passwd_start, SampanPasswdStart)
SAMPAN_DECLARE_MESSAGE (passwd_finish, SampanPasswdFinish)
SAMPAN_DECLARE_MESSAGE (passwd_response, SampanPasswdResponse)
SAMPAN_DECLARE_MESSAGE (passwd_record, SampanPasswdRecord)
SAMPAN_DECLARE_MESSAGE (error_reply, SampanErrorReply)
SAMPAN_DECLARE_MESSAGE (entry, SampanEntry)
SAMPAN_DECLARE_MESSAGE (space, SampanSpace)
SAMPAN_DECLARE_MESSAGE (get_info, SampanGetInfo)
SAMPAN_DECLARE_MESSAGE (put_offer, SampanPutOffer)
SAMPAN_DECLARE_MESSAGE (stored, SampanStored)
SAMPAN_DECLARE_MESSAGE (hash_is, SampanHashIs)
SAMPAN_DECLARE_MESSAGE (progress, SampanProgress)
SAMPAN_DECLARE_MESSAGE (plan_end, SampanPlanEnd)
SAMPAN_DECLARE_MESSAGE (trash_end, SampanTrashEnd)
SAMPAN_DECLARE_MESSAGE (found_end, SampanFoundEnd)
SAMPAN_DECLARE_MESSAGE (measured, SampanMeasured)

/* PING and PONG: u16 length and text. */
void sampan_write_text (SampanWriter *writer, SampanKind kind, SampanBytes text);
bool sampan_read_text (SampanReader *reader, SampanBytes *text) G_GNUC_WARN_UNUSED_RESULT;

/* END, PUT_FROM, LIST_END: one u64 (total length, offset, number of entries). */
void sampan_write_number (SampanWriter *writer, SampanKind kind, uint64_t number);
bool sampan_read_number (SampanReader *reader, uint64_t *number) G_GNUC_WARN_UNUSED_RESULT;

/* REMOVED: the trash id. */
void sampan_write_removed (SampanWriter *writer,
                           const uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH]);
bool sampan_read_removed (SampanReader *reader, uint8_t trash_id[static SAMPAN_TRASH_ID_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;

/* LIST_PAGE: kind byte, then entries up to the end of the frame; no count to lie about. Start with
 * sampan_write_empty (LIST_PAGE), then add entries while they fit: FALSE leaves the page as it was.
 * Reading: call until sampan_reader_at_end(). */
bool sampan_write_page_entry (SampanWriter *writer,
                              const SampanEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_read_page_entry (SampanReader *reader, SampanEntry *entry) G_GNUC_WARN_UNUSED_RESULT;

/* FOUND_PAGE: the same with a path below the searched folder in place of the name; it is checked
 * for its length only. */
bool sampan_write_found (SampanWriter *writer, const SampanEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_read_found (SampanReader *reader, SampanEntry *entry) G_GNUC_WARN_UNUSED_RESULT;

/* PLAN: the folder, then items in the same way; the caller counts them. PLAN_PAGE: answers, begun
 * as a LIST_PAGE is. */
void sampan_write_plan (SampanWriter *writer, SampanBytes folder);
bool sampan_read_plan (SampanReader *reader, SampanBytes *folder) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_write_plan_item (SampanWriter *writer,
                             const SampanPlanItem *item) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_read_plan_item (SampanReader *reader, SampanPlanItem *item) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_write_plan_answer (SampanWriter *writer,
                               const SampanPlanAnswer *answer) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_read_plan_answer (SampanReader *reader,
                              SampanPlanAnswer *answer) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_plan_verdict_has_entry (uint8_t verdict);

/* TRASH_PAGE: entries, begun as a LIST_PAGE is. RESTORE and PURGE: the share, then ids to the end
 * of the frame; the caller counts them. RESTORED: results, begun as a LIST_PAGE is. */
bool sampan_write_trash_entry (SampanWriter *writer,
                               const SampanTrashEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_read_trash_entry (SampanReader *reader,
                              SampanTrashEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
void sampan_write_restore (SampanWriter *writer, const SampanRestoreRequest *message);
bool sampan_read_restore (SampanReader *reader,
                          SampanRestoreRequest *message) G_GNUC_WARN_UNUSED_RESULT;
void sampan_write_purge (SampanWriter *writer, SampanBytes share);
bool sampan_read_purge (SampanReader *reader, SampanBytes *share) G_GNUC_WARN_UNUSED_RESULT;
void sampan_write_trash_id (SampanWriter *writer, const uint8_t id[static SAMPAN_TRASH_ID_LENGTH]);
bool sampan_read_trash_id (SampanReader *reader,
                           uint8_t id[static SAMPAN_TRASH_ID_LENGTH]) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_write_restored (SampanWriter *writer,
                            const SampanRestored *message) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_read_restored (SampanReader *reader, SampanRestored *message) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
