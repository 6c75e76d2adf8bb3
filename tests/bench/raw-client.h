/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A client without any comfort, for benchmarks that need very many: blocking frames over loopback
 * from a source address of choice. */

#pragma once

#include "channel.h"
#include "message.h"

#include <stdbool.h>

#define RAW_CLIENT_FRAME_BYTES 4096 /* larger than any message of a login */

typedef struct
{
  int fd;
  SampanChannel *channel;
} RawClient;

/* Up to the hello's answer, from 127.0.0.0/8. FALSE: the server closed. What else goes wrong ends
 * the program. */
bool raw_client_open (RawClient *self, uint16_t port, uint32_t source);
void raw_client_close (RawClient *self);

SampanWriter raw_client_begin (uint8_t frame[static RAW_CLIENT_FRAME_BYTES]);
bool raw_client_send (RawClient *self, uint8_t *frame, const SampanWriter *writer);
/* The message's kind, with READER on what follows it; 0: the server closed. */
uint8_t raw_client_receive (RawClient *self,
                            uint8_t frame[static RAW_CLIENT_FRAME_BYTES],
                            SampanReader *reader);

void raw_client_raise_file_limit (void);
