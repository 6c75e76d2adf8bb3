/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The numbers both ends agree on: magic, version, message kinds, limits. PROTOCOL.md describes the
 * same layouts in prose; the two change together. */

#pragma once

#include <stdint.h>

/* ---- Hello (before the channel) ----
 * client: magic[8] version suite_count suite... noise_message_1[32]
 * server: magic[8] version suite noise_message_2[48]
 * All but the Noise messages is the Noise prologue, client part first. */
#define SAMPAN_MAGIC "\x89SAMPAN\n" /* high bit and newline: no text protocol starts like this */
#define SAMPAN_MAGIC_LENGTH 8
#define SAMPAN_PROTOCOL_VERSION 1
#define SAMPAN_SUITES_MAX 8 /* room to grow; keeps the whole hello below 64 bytes */
#define SAMPAN_DEFAULT_PORT 9002

typedef enum
{
  SAMPAN_SUITE_NONE = 0,       /* the server's answer when it speaks none of what was offered */
  SAMPAN_SUITE_CHACHAPOLY = 1, /* Noise_NN_25519_ChaChaPoly_SHA512: always there */
  SAMPAN_SUITE_AESGCM = 2,     /* Noise_NN_25519_AESGCM_SHA512: where the CPU has AES */
} SampanSuite;

/* ---- Frames ---- 16-bit big-endian length of the sealed part, then the sealed part. */
#define SAMPAN_FRAME_HEADER 2
#define SAMPAN_FRAME_TAG 16
#define SAMPAN_FRAME_SEALED_MAX 65535                                       /* Noise, section 3 */
#define SAMPAN_FRAME_PLAIN_MAX (SAMPAN_FRAME_SEALED_MAX - SAMPAN_FRAME_TAG) /* 65519 */
#define SAMPAN_FRAME_MAX (SAMPAN_FRAME_HEADER + SAMPAN_FRAME_SEALED_MAX)    /* 65537 */
#define SAMPAN_DATA_MAX (SAMPAN_FRAME_PLAIN_MAX - 1) /* after the kind byte */
#define SAMPAN_PRE_LOGIN_FRAME_MAX 1024 /* the largest login message is below 400 bytes */
#define SAMPAN_REKEY_RECORDS                                                                       \
  65536 /* both ends rekey after this many records a direction (4 GiB)                             \
         */

/* ---- Message kinds: the first byte inside a frame ---- */
typedef enum
{
  /* both directions */
  SAMPAN_KIND_CLOSE = 0x01, /* authenticated end of stream; nothing follows */
  SAMPAN_KIND_DATA = 0x02,  /* bytes of the running get or put */
  SAMPAN_KIND_END = 0x03,   /* end of the running get or put: total length */

  /* client to server, before login */
  SAMPAN_KIND_LOGIN_START = 0x10,
  SAMPAN_KIND_LOGIN_FINISH = 0x11,
  SAMPAN_KIND_ATTACH = 0x12,

  /* client to server, requests */
  SAMPAN_KIND_PING = 0x20,
  SAMPAN_KIND_LIST = 0x21,
  SAMPAN_KIND_STAT = 0x22,
  SAMPAN_KIND_SPACE = 0x23,
  SAMPAN_KIND_MKDIR = 0x24,
  SAMPAN_KIND_RENAME = 0x25,
  SAMPAN_KIND_COPY = 0x26,
  SAMPAN_KIND_REMOVE = 0x27,
  SAMPAN_KIND_GET = 0x28,
  SAMPAN_KIND_PUT = 0x29,
  SAMPAN_KIND_HASH = 0x2a,
  SAMPAN_KIND_LOGOUT = 0x2b,
  SAMPAN_KIND_PASSWD_START = 0x2c,
  SAMPAN_KIND_PASSWD_FINISH = 0x2d,
  SAMPAN_KIND_PASSWD_RECORD = 0x2e,
  SAMPAN_KIND_PLAN = 0x2f,
  SAMPAN_KIND_TRASH_LIST = 0x30,
  SAMPAN_KIND_RESTORE = 0x31,
  SAMPAN_KIND_PURGE = 0x32,
  SAMPAN_KIND_FIND = 0x33,
  SAMPAN_KIND_WATCH = 0x34,
  SAMPAN_KIND_MEASURE = 0x35,
  SAMPAN_KIND_SET_TIME = 0x36, /* of a folder */

  /* client to server, inside a put */
  SAMPAN_KIND_PUT_FROM = 0x40,  /* answer to PUT_OFFER: the offset that the data starts at */
  SAMPAN_KIND_PUT_ABORT = 0x41, /* instead of END: give up, drop what was sent */

  /* server to client, before login */
  SAMPAN_KIND_LOGIN_CHALLENGE = 0x90,
  SAMPAN_KIND_LOGIN_OK = 0x91,
  SAMPAN_KIND_ATTACH_OK = 0x92,

  /* server to client, final replies: one for each request, in order */
  SAMPAN_KIND_ERROR = 0xa0,
  SAMPAN_KIND_DONE = 0xa1, /* plain success of mkdir, set time, logout, passwd record, watch */
  SAMPAN_KIND_PONG = 0xa2,
  SAMPAN_KIND_LIST_END = 0xa3,
  SAMPAN_KIND_ENTRY = 0xa4,
  SAMPAN_KIND_SPACE_IS = 0xa5,
  SAMPAN_KIND_REMOVED = 0xa6,
  SAMPAN_KIND_STORED =
      0xa7, /* put committed: the bytes and the name are durable; also ends a rename and a copy */
  SAMPAN_KIND_HASH_IS = 0xa8,
  SAMPAN_KIND_PASSWD_CHALLENGE = 0xa9,
  SAMPAN_KIND_PASSWD_RESPONSE = 0xaa,
  SAMPAN_KIND_PLAN_END = 0xab,
  SAMPAN_KIND_TRASH_END = 0xac,
  SAMPAN_KIND_RESTORED = 0xad,
  SAMPAN_KIND_FOUND_END = 0xae,
  SAMPAN_KIND_MEASURED = 0xaf,
  /* a get ends with END, a list with LIST_END */

  /* server to client, parts of a reply that come before the final one */
  SAMPAN_KIND_LIST_PAGE = 0xc0,
  SAMPAN_KIND_GET_INFO = 0xc1,
  SAMPAN_KIND_PUT_OFFER = 0xc2,
  SAMPAN_KIND_PROGRESS = 0xc3,
  SAMPAN_KIND_PLAN_PAGE = 0xc4,
  SAMPAN_KIND_TRASH_PAGE = 0xc5,
  SAMPAN_KIND_FOUND_PAGE = 0xc6,
  SAMPAN_KIND_CHANGES = 0xc7, /* in the watched folder */
} SampanKind;

/* ---- Field limits ---- */
#define SAMPAN_NAME_MAX 255  /* bytes in one component: NAME_MAX of Linux file systems */
#define SAMPAN_PATH_MAX 4096 /* bytes in a path: PATH_MAX */
#define SAMPAN_DEPTH_MAX 128 /* components in a path: bounds the walk and its fds */
#define SAMPAN_USER_MAX 32   /* bytes in an account name, [a-z0-9._-]{1,32} */
#define SAMPAN_USER_WIRE_MAX                                                                       \
  255 /* what may be asked for; longer than an account can be, refused alike */
#define SAMPAN_PING_TEXT_MAX 1024     /* a line a person types */
#define SAMPAN_LIST_PAGE_ENTRIES 1000 /* also bounded by the frame */
/* Names of usual length fill a frame with so many, all their answers fit one as well, and a cold
 * disk is through with them in a few seconds. */
#define SAMPAN_PLAN_ITEMS_MAX 1000
#define SAMPAN_FIND_PATTERN_MAX SAMPAN_NAME_MAX
#define SAMPAN_FIND_MAX 100000 /* results of one search: more than a person looks through */
#define SAMPAN_VERSION_LENGTH 16
#define SAMPAN_HASH_LENGTH 32 /* BLAKE2b-256 */
#define SAMPAN_UPLOAD_ID_LENGTH 16
#define SAMPAN_TRASH_ID_LENGTH 16
#define SAMPAN_TRASH_IDS_MAX 1000 /* in one request: bounds the server's work before the reply */
#define SAMPAN_SESSION_ID_LENGTH 16
#define SAMPAN_TICKET_LENGTH 32
#define SAMPAN_ATTACH_PROOF_LENGTH 64
#define SAMPAN_MTIME_NSEC_MAX 999999999
#define SAMPAN_MODE_MAX 0777 /* rwx bits: setuid, setgid and sticky never travel */

/* In flight per connection. 64 would cap 4 KiB files at one per 0.3 ms on a 20 ms link. */
#define SAMPAN_WINDOW_REQUESTS 4096

/* ---- Time ---- */
#define SAMPAN_LOGIN_DEADLINE_SECS 10 /* absolute, from accept to login */
#define SAMPAN_KEEPALIVE_SECS 60      /* the client pings when a connection was idle this long */
#define SAMPAN_DEAD_PEER_SECS 180     /* three keepalives missed */

/* ---- Enumerated fields ---- */
typedef enum
{
  SAMPAN_ENTRY_FILE = 1,
  SAMPAN_ENTRY_FOLDER = 2,
  SAMPAN_ENTRY_SYMLINK = 3, /* listed, never followed */
  SAMPAN_ENTRY_OTHER = 4,   /* devices, sockets, pipes: listed, never opened */
  SAMPAN_ENTRY_SHARE = 5,   /* an entry of the root listing */
} SampanEntryKind;

typedef enum
{
  SAMPAN_CONFLICT_REFUSE = 1,        /* error EXISTS */
  SAMPAN_CONFLICT_REPLACE = 2,       /* the old one goes to trash */
  SAMPAN_CONFLICT_REPLACE_NEWER = 3, /* replace if the new mtime is later, else error EXISTS */
  SAMPAN_CONFLICT_KEEP_BOTH = 4,     /* store under "name (2).ext" and tell the name */
} SampanConflict;

/* What would become of one item of a plan. */
typedef enum
{
  SAMPAN_PLAN_NEW = 1,          /* nothing is there; its parents may be missing too */
  SAMPAN_PLAN_SAME = 2,         /* a file of that size and mtime: need not be sent */
  SAMPAN_PLAN_DIFFERS = 3,      /* another file is there: the conflict policy decides */
  SAMPAN_PLAN_FOLDER_THERE = 4, /* a folder onto a folder: they merge */
  SAMPAN_PLAN_WRONG_KIND = 5,   /* something else is in the way, at the name or at a parent */
  SAMPAN_PLAN_BAD_NAME = 6,     /* not canonical, too long, too deep or reserved */
  SAMPAN_PLAN_NOT_ALLOWED = 7,  /* it would have to be written, and may not */
  SAMPAN_PLAN_NAME_TWICE = 8,   /* an item before it has that name */
} SampanPlanVerdict;

/* Rights on a share; each includes those before it. */
typedef enum
{
  SAMPAN_RIGHT_NONE = 0,
  SAMPAN_RIGHT_READ = 1,
  SAMPAN_RIGHT_ADD = 2,
  SAMPAN_RIGHT_CHANGE = 3,
} SampanRight;

/* Request flags */
#define SAMPAN_MKDIR_PARENTS 0x01    /* make missing parents; an existing folder is no error */
#define SAMPAN_REMOVE_RECURSIVE 0x01 /* without it a folder must be empty */
#define SAMPAN_GET_EXPECT_VERSION 0x01
#define SAMPAN_MOVE_EXPECT_VERSION 0x01 /* RENAME: only if the source still has this version */
#define SAMPAN_PUT_EXPECT_VERSION                                                                  \
  0x01                         /* with REPLACE: only if the target still has this version          \
                                */
#define SAMPAN_PUT_RESUME 0x02 /* send PUT_OFFER before any data */
#define SAMPAN_PUT_MODE 0x04   /* the file gets the mode, but its owner may always read and write */
#define SAMPAN_LOGIN_MUST_SET_PASSWORD                                                             \
  0x01                          /* logged in by a one-time code: only ping, passwd, logout */
#define SAMPAN_FIND_SINCE 0x01  /* the search has an earliest mtime */
#define SAMPAN_FIND_BEFORE 0x02 /* ...and a time that it lies before */

/* Reply flags */
#define SAMPAN_FOUND_MORE 0x01     /* the search ended at its limit */
#define SAMPAN_SPACE_OF_QUOTA 0x01 /* what is free is what a quota leaves, not the disk */
