/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A client and a server whose hellos pass through the test's hands. */

#pragma once

#include "channel-pair.h"
#include "channel.h"
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Magic, version, count and suites; then message 1. */
#define VERSION_OFFSET SAMPAN_MAGIC_LENGTH
#define COUNT_OFFSET (SAMPAN_MAGIC_LENGTH + 1)
#define SUITES_OFFSET (SAMPAN_MAGIC_LENGTH + 2)
#define SERVER_SUITE_OFFSET (SAMPAN_MAGIC_LENGTH + 1)

typedef struct
{
  SampanChannel *client;
  SampanChannel *server;
  uint8_t hello[SAMPAN_HELLO_CLIENT_MAX + 8];
  size_t hello_length;
  uint8_t answer[SAMPAN_HELLO_SERVER_LENGTH];
  size_t answer_length;
  size_t consumed;
} HelloFixture;

/* Makes both ends and the client's hello. LACKS: a suite that this end cannot do, or NONE. */
void set_up_lacking (HelloFixture *self, SampanSuite client_lacks, SampanSuite server_lacks);
/* Both ends can do whatever this machine can. */
void set_up (HelloFixture *self);
/* SUITE alone is offered. */
void set_up_suite (HelloFixture *self, SampanSuite suite);
void tear_down (HelloFixture *self);

/* The server reads the hello as it is in the fixture and fills the answer in. */
SampanChannelResult run_server (HelloFixture *self);
/* The client reads the answer. The code of the error, or 0 for READY. */
int run_client (HelloFixture *self);
