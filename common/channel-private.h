/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a channel holds; for channel.c and its tests. */

#pragma once

#include "channel.h"
#include "cipher.h"
#include "noise.h"

G_BEGIN_DECLS

/* hello bytes before message 1: magic, version, count, suites */
#define SAMPAN_HELLO_CLIENT_PROLOGUE_MAX (SAMPAN_MAGIC_LENGTH + 2 + SAMPAN_SUITES_MAX)
#define SAMPAN_HELLO_SERVER_PROLOGUE (SAMPAN_MAGIC_LENGTH + 2)

/* A client between its hello and the server's. */
typedef struct
{
  SampanNoise noise;
  uint8_t prologue[SAMPAN_HELLO_CLIENT_PROLOGUE_MAX];
  size_t prologue_length;
} SampanHello;
/* Wipes; NULL is fine. */
void sampan_hello_free (SampanHello *hello);

/* The two directions share nothing that changes after the hellos, so one thread may seal while
 * another opens. */
struct _SampanChannel
{
  bool is_client;
  uint8_t lacks;     /* bits by suite: what is neither offered nor taken although it could be */
  SampanSuite suite; /* SAMPAN_SUITE_NONE until the hellos are over */
  uint8_t h[SAMPAN_HANDSHAKE_HASH_LENGTH];
  SampanHello *hello; /* owned; NULL but on a client that waits for the server's hello */
  SampanCipher sending;
  SampanCipher receiving;  /* cleared by the first failure */
  size_t plain_length_max; /* of a received frame */
};

/* Before the hello: behaves as on a machine without SUITE. For tests, which want each suite on any
 * machine. */
void sampan_channel_set_lacks (SampanChannel *self, SampanSuite suite);

G_END_DECLS
