/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The one error domain of Sampan, on the wire and in GError. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_ERROR (sampan_error_quark ())
GQuark sampan_error_quark (void);

/* The values travel in ERROR replies. Each says what the person can do. */
typedef enum
{
  SAMPAN_ERROR_FAILED = 1,           /* a fault inside the server: its log says more */
  SAMPAN_ERROR_PROTOCOL = 2,         /* the other end broke the protocol: use matching versions */
  SAMPAN_ERROR_UNREACHABLE = 3,      /* no answer or refused: check address, port, network
                                        (detail: SampanUnreachable) */
  SAMPAN_ERROR_DISCONNECTED = 4,     /* the link broke: try again */
  SAMPAN_ERROR_LOGIN_REFUSED = 5,    /* wrong name or password */
  SAMPAN_ERROR_INTERCEPTED = 6,      /* right password, but somebody is in between: do not go on */
  SAMPAN_ERROR_SERVER_CHANGED = 7,   /* not the server remembered: ask its admin */
  SAMPAN_ERROR_TRY_LATER = 8,        /* too many attempts or too busy: wait (detail: seconds) */
  SAMPAN_ERROR_SHUTTING_DOWN = 9,    /* the server is stopping: try again when it is back */
  SAMPAN_ERROR_NOT_FOUND = 10,       /* no such file, folder or share: refresh */
  SAMPAN_ERROR_NOT_ALLOWED = 11,     /* the account lacks the right: ask the admin for it
                                        (detail: SampanRefuser) */
  SAMPAN_ERROR_EXISTS = 12,          /* the name is taken: replace, rename or skip */
  SAMPAN_ERROR_NOT_EMPTY = 13,       /* the folder holds something: remove recursively */
  SAMPAN_ERROR_WRONG_KIND = 14,      /* a folder where a file is needed, a symlink, a device */
  SAMPAN_ERROR_BAD_NAME = 15,        /* not canonical, too long, too deep or reserved: rename */
  SAMPAN_ERROR_NO_SPACE = 16,        /* disk full: free some (detail: bytes missing) */
  SAMPAN_ERROR_CHANGED = 17,         /* the file is not the one that was seen: look again */
  SAMPAN_ERROR_UNSUPPORTED = 18,     /* the server does not know this request: update it */
  SAMPAN_ERROR_IO = 19,              /* the disk failed: check it */
  SAMPAN_ERROR_PASSWORD_NEEDED = 20, /* logged in by one-time code: choose a password first */
  SAMPAN_ERROR_TAKEN_OVER = 21,      /* the same upload goes on from elsewhere: look there */
  SAMPAN_ERROR_QUOTA = 22,           /* more than may be stored in the share: remove some or ask its
                                        admin for more (detail: bytes missing) */
  SAMPAN_ERROR_SESSION_ENDED = 23,   /* the server's admin ended it: log in again */
} SampanErrorCode;
#define SAMPAN_ERROR_LAST SAMPAN_ERROR_SESSION_ENDED

/* Who does not allow it. */
typedef enum
{
  SAMPAN_REFUSER_RIGHTS = 0,
  SAMPAN_REFUSER_DISK = 1, /* the permissions on the server's disk, or it is read-only */
} SampanRefuser;

/* Why nothing can be reached; never on the wire. */
typedef enum
{
  SAMPAN_UNREACHABLE_SILENT = 0,
  SAMPAN_UNREACHABLE_REFUSED = 1, /* there is a computer, and nothing listens at the port */
  SAMPAN_UNREACHABLE_NO_HOST = 2, /* the name leads to no computer */
} SampanUnreachable;

/* The number that an ERROR reply carries beside the code, kept in a GError of SAMPAN_ERROR; 0: not
 * known. */
void sampan_error_set_detail (GError *error, uint64_t detail);
/* 0 for errors of other domains and for NULL. */
uint64_t sampan_error_get_detail (const GError *error);

/* ERROR, of SAMPAN_ERROR, is about a file of this computer: its text says so. Returns it. */
GError *sampan_error_mark_local (GError *error);
/* One from errno; NAME, fit for a message, is what it is about. */
GError *sampan_error_new_local (int saved_errno, const char *name);
bool sampan_error_is_local (const GError *error);

/* Maps an errno of a file system call. Never returns 0; unknown ones are SAMPAN_ERROR_IO. */
SampanErrorCode sampan_error_code_from_errno (int saved_errno);

/* Sets *error from errno with a printf-style prefix naming the item: "PREFIX: strerror". For logs
 * and the local side; what goes to the other end is only the code. The format must escape remote
 * names itself (sampan_escape). */
void sampan_error_set_from_errno (GError **error, int saved_errno, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* The code for the wire of any GError: SAMPAN_ERROR codes as they are, GIO errors mapped, else
 * FAILED. */
SampanErrorCode sampan_error_to_code (const GError *error);

/* A number from the wire as a code: unknown ones become SAMPAN_ERROR_FAILED. */
SampanErrorCode sampan_error_code_from_wire (uint16_t value);

/* Translated sentence for a person: what is wrong and what to do. Static; never NULL.
 * Takes SAMPAN_ERROR, GIO and GResolver errors, and G_FILE_ERROR_NOMEM; detail in the message is
 * not used for SAMPAN_ERROR codes, so no text of the other end is ever shown. */
const char *sampan_error_get_text (const GError *error);

/* The same with the figures that came with it, such as how much space is missing, and for a local
 * LOGIN_REFUSED with its message, the word that is none of a one-time code; g_free. */
char *sampan_error_dup_text (const GError *error);

/* A short stable word for logs and --json, such as "not-found". Static. */
const char *sampan_error_code_get_word (SampanErrorCode code);

G_END_DECLS
