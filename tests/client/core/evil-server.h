/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A server that keeps to the protocol up to a chosen point and then does what no server should. One
 * thread for each connection, straight-line blocking scripts. */

#pragma once

#include "errors.h"
#include "message.h"

G_BEGIN_DECLS

typedef struct _EvilServer EvilServer;
typedef struct _EvilPeer EvilPeer;

/* Runs on the connection's thread; the connection is closed, without CLOSE, when it returns. */
typedef void (*EvilScript) (EvilPeer *peer, gpointer data);

typedef enum
{
  EVIL_LOGIN_FINE,
  EVIL_LOGIN_SILENT,          /* accepts and says nothing */
  EVIL_LOGIN_HANGS_UP,        /* accepts and closes */
  EVIL_LOGIN_NOISE,           /* answers the hello with random bytes */
  EVIL_LOGIN_HTTP,            /* answers the hello as a web server would */
  EVIL_LOGIN_OTHER_VERSION,   /* refuses the hello as another version does */
  EVIL_LOGIN_NO_SUITE,        /* the same for the suites */
  EVIL_LOGIN_STALL_HELLO,     /* half a hello, then nothing */
  EVIL_LOGIN_STALL_CHALLENGE, /* nothing after KE1 */
  EVIL_LOGIN_TRY_LATER,       /* ERROR in place of the challenge */
  EVIL_LOGIN_SHUTTING_DOWN,
  EVIL_LOGIN_BAD_MAC,      /* KE2 as somebody in between would send it */
  EVIL_LOGIN_BAD_POINTS,   /* KE2 of zeros */
  EVIL_LOGIN_UNKNOWN_KSF,  /* a key-stretching set that does not exist */
  EVIL_LOGIN_WRONG_KIND,   /* LOGIN_OK in place of the challenge */
  EVIL_LOGIN_SHORT,        /* a challenge with a byte too few */
  EVIL_LOGIN_HUGE,         /* a frame above the limit before login */
  EVIL_LOGIN_HANGS_UP_KE3, /* closes after KE3 without a word */
  EVIL_LOGIN_STALL_KE3,
  EVIL_LOGIN_OLD_KEY,  /* LOGIN_OK under the handshake's key */
  EVIL_LOGIN_REFUSES,  /* ERROR after KE3 */
  EVIL_LOGIN_MUST_SET, /* fine, with the flag for a one-time code */
} EvilLogin;

typedef struct
{
  EvilLogin login;
  EvilScript browse;   /* after LOGIN_OK; NULL: answers PING and LOGOUT */
  EvilScript transfer; /* after ATTACH_OK; NULL: closes at ATTACH */
  gpointer data;
} EvilPlan;

/* Listens on an ephemeral port of the loopback; knows CORE_TEST_USER and CORE_TEST_PASSWORD. */
EvilServer *evil_server_new (const EvilPlan *plan);
uint16_t evil_server_get_port (EvilServer *self);
const uint8_t *evil_server_get_public_key (EvilServer *self);
/* How many records came on all connections after KE1: KE3 and all behind it. */
unsigned int evil_server_count_after_ke1 (EvilServer *self);
/* Number of connections that were accepted, and that are over. */
unsigned int evil_server_count_accepted (EvilServer *self);
unsigned int evil_server_count_ended (EvilServer *self);
/* Cuts all connections. */
void evil_server_free (EvilServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EvilServer, evil_server_free)

/* ---- For scripts ---- FALSE when the client is gone. */
bool evil_read (EvilPeer *peer, uint8_t *kind, SampanReader *fields);
/* Reads on until KIND; for scripts that do not care what comes before. */
bool evil_read_until (EvilPeer *peer, SampanKind kind, SampanReader *fields);
/* Room for one message, the same again, send it. */
SampanWriter *evil_begin (EvilPeer *peer);
SampanWriter *evil_current (EvilPeer *peer);
bool evil_send (EvilPeer *peer);
bool evil_send_empty (EvilPeer *peer, SampanKind kind);
bool evil_send_number (EvilPeer *peer, SampanKind kind, uint64_t number);
bool evil_send_error (EvilPeer *peer, SampanErrorCode code, uint64_t detail);
bool evil_send_data (EvilPeer *peer, size_t length);
bool evil_send_raw (EvilPeer *peer, const void *bytes, size_t length);
/* The next frame will be forged. */
void evil_spoil_next (EvilPeer *peer);
/* Says nothing until the client closes. */
void evil_stall (EvilPeer *peer);
/* Answers PING and LOGOUT until the client closes. */
void evil_serve (EvilPeer *peer, gpointer data);

G_END_DECLS
