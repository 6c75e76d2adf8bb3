/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A client and a server whose hellos pass through the test's hands. */

#include "config.h"

#include "hello-fixture.h"

#include "errors.h"

#include <string.h>

void
set_up_lacking (HelloFixture *self, SampanSuite client_lacks, SampanSuite server_lacks)
{
  memset (self, 0, sizeof *self);
  self->client = sampan_channel_new_client ();
  self->server = sampan_channel_new_server ();
  sampan_channel_set_lacks (self->client, client_lacks);
  sampan_channel_set_lacks (self->server, server_lacks);
  self->hello_length = sampan_channel_write_hello (self->client, self->hello);
}

void
set_up (HelloFixture *self)
{
  set_up_lacking (self, SAMPAN_SUITE_NONE, SAMPAN_SUITE_NONE);
}

void
set_up_suite (HelloFixture *self, SampanSuite suite)
{
  set_up_lacking (self, get_other_suite (suite), SAMPAN_SUITE_NONE);
}

void
tear_down (HelloFixture *self)
{
  sampan_channel_free (self->client);
  sampan_channel_free (self->server);
}

SampanChannelResult
run_server (HelloFixture *self)
{
  return sampan_channel_read_client_hello (self->server,
                                           self->hello,
                                           self->hello_length,
                                           &self->consumed,
                                           self->answer,
                                           &self->answer_length);
}

int
run_client (HelloFixture *self)
{
  g_autoptr (GError) error = NULL;
  SampanChannelResult result = sampan_channel_read_server_hello (self->client,
                                                                 self->answer,
                                                                 self->answer_length,
                                                                 &self->consumed,
                                                                 &error);

  if (result == SAMPAN_CHANNEL_READY)
    return 0;
  g_assert_cmpint (result, ==, SAMPAN_CHANNEL_FAILED);
  g_assert_true (error->domain == SAMPAN_ERROR);
  g_assert_cmpint (sampan_channel_get_suite (self->client), ==, SAMPAN_SUITE_NONE);
  return error->code;
}
