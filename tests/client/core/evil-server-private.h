/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the misbehaving server is made of, for scripts that need its keys. */

#pragma once

#include "channel.h"
#include "evil-server.h"
#include "login.h"

#include <stdatomic.h>

G_BEGIN_DECLS

struct _EvilServer
{
  EvilPlan plan;
  int listen_fd;
  uint16_t port;
  GThread *thread;
  SampanServerKeys keys;
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  uint8_t ticket[SAMPAN_TICKET_LENGTH];
  atomic_uint after_ke1;
  atomic_uint accepted;
  atomic_uint ended;

  GMutex lock;
  GPtrArray *peers; /* of EvilPeer, until the server is freed */
};

struct _EvilPeer
{
  EvilServer *server;
  GThread *thread;
  int fd;
  SampanChannel *channel;
  bool has_ke1;
  bool spoil;
  size_t start;
  size_t end;
  size_t used; /* of the message that was read last */
  uint8_t in[2 * SAMPAN_FRAME_MAX];
  uint8_t out[SAMPAN_FRAME_MAX];
  SampanWriter writer;
};

G_END_DECLS
