/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The encrypted channel, sans I/O: bytes in, bytes out; no socket, clock or log.
 *
 * Noise_NN_25519_*_SHA512 (Noise specification revision 34). Hello first, then frames. */

#pragma once

#include "protocol.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_HANDSHAKE_HASH_LENGTH 64
#define SAMPAN_HELLO_CLIENT_MAX (SAMPAN_MAGIC_LENGTH + 2 + SAMPAN_SUITES_MAX + 32)
#define SAMPAN_HELLO_SERVER_LENGTH (SAMPAN_MAGIC_LENGTH + 2 + 48)

typedef enum
{
  SAMPAN_CHANNEL_NEED_MORE, /* nothing was consumed; come back with more bytes */
  SAMPAN_CHANNEL_READY,     /* a whole hello or message */
  SAMPAN_CHANNEL_FAILED,    /* close the connection; never use the channel again */
} SampanChannelResult;

typedef struct _SampanChannel SampanChannel; /* about 400 bytes; wiped when freed */

SampanChannel *sampan_channel_new_client (void);
SampanChannel *sampan_channel_new_server (void);
void sampan_channel_free (SampanChannel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanChannel, sampan_channel_free)

/* Client: writes the hello to send first; returns its length. */
size_t sampan_channel_write_hello (SampanChannel *self,
                                   uint8_t out[static SAMPAN_HELLO_CLIENT_MAX]);

/* Client: reads the server's hello. READY: *consumed says how much was used and frames may flow.
 * FAILED sets *error: UNSUPPORTED for a server of another version or without a common suite
 * (unproven, as nothing is authenticated yet), else PROTOCOL. */
SampanChannelResult sampan_channel_read_server_hello (SampanChannel *self,
                                                      const uint8_t *bytes,
                                                      size_t length,
                                                      size_t *consumed,
                                                      GError **error);

/* Server: reads the client's hello and writes the answer to OUT. Fails on the first byte that is
 * not the magic. On FAILED *out_length is above 0 only where an answer is due (another version, no
 * common suite): send it, then close. */
SampanChannelResult
sampan_channel_read_client_hello (SampanChannel *self,
                                  const uint8_t *bytes,
                                  size_t length,
                                  size_t *consumed,
                                  uint8_t out[static SAMPAN_HELLO_SERVER_LENGTH],
                                  size_t *out_length);

/* After the hellos: the Noise handshake hash h and the suite taken. */
const uint8_t *sampan_channel_get_handshake_hash (const SampanChannel *self);
SampanSuite sampan_channel_get_suite (const SampanChannel *self);

/* Seals in place: FRAME holds SAMPAN_FRAME_HEADER bytes of room, PLAIN_LENGTH (1 to
 * SAMPAN_FRAME_PLAIN_MAX) bytes of message, and SAMPAN_FRAME_TAG bytes of room. Returns the frame's
 * length, or 0 when no more may be sent under this key (2^64 - 1 records). Rekeys by itself.
 *
 * Sealing and opening share no state that changes: one thread may seal while another opens. */
size_t sampan_channel_seal (SampanChannel *self, uint8_t *frame, size_t plain_length);

/* Opens the first frame of BYTES in place. READY: *message points into BYTES, *message_length is at
 * least 1, *consumed is the frame's length. NEED_MORE: *consumed is 0 and *message_length says how
 * long the frame will be in all, or 0 if not yet known. FAILED: bad length or forged; the
 * connection ends. */
SampanChannelResult sampan_channel_open (SampanChannel *self,
                                         uint8_t *bytes,
                                         size_t length,
                                         size_t *consumed,
                                         uint8_t **message,
                                         size_t *message_length);

/* Largest plain text accepted from now on; starts at SAMPAN_PRE_LOGIN_FRAME_MAX and is raised to
 * SAMPAN_FRAME_PLAIN_MAX by sampan_channel_switch_receiving_key(). Larger frames are FAILED before
 * they are read. */

/* Moves one direction, or both, to fresh keys HKDF(salt = h, ikm = SECRET, label and direction):
 * the login's session key or an attach ticket. A direction is switched between two records. */
void sampan_channel_switch_sending_key (SampanChannel *self, const uint8_t *secret, size_t length);
void
sampan_channel_switch_receiving_key (SampanChannel *self, const uint8_t *secret, size_t length);

/* Proof that a holder of TICKET speaks on this very channel: HMAC-SHA512 over label and h. */
void sampan_channel_attach_proof (const SampanChannel *self,
                                  const uint8_t ticket[static SAMPAN_TICKET_LENGTH],
                                  uint8_t proof[static SAMPAN_ATTACH_PROOF_LENGTH]);

G_END_DECLS
