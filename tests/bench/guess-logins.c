/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Attempts to log in, RATE a second until stdin ends, each from another address under another name,
 * so that no penalty spares the server the work. Each goes up to the challenge, from which a
 * guesser knows enough. Then prints how many were made, and how many had their challenge.
 *
 *   guess-logins PORT RATE */

#include "config.h"

#include "login.h"
#include "raw-client.h"

#include <err.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 16
#define FIRST_SOURCE 0x7f010000u /* 127.1.0.0 */
#define SOURCES 0xfd0000u

typedef struct
{
  uint16_t port;
  int64_t interval_us; /* of one thread */
  SampanLoginStart start;
  int has_ended;  /* atomic */
  int attempts;   /* atomic */
  int challenges; /* atomic */
} Flood;

static void
attempt (Flood *flood)
{
  uint8_t frame[RAW_CLIENT_FRAME_BYTES];
  unsigned int number = (unsigned int)g_atomic_int_add (&flood->attempts, 1);
  g_autofree char *user = g_strdup_printf ("guess-%u", number);
  SampanLoginStart start = flood->start;
  SampanReader reader;
  SampanWriter writer = raw_client_begin (frame);
  RawClient client;

  start.user = (SampanBytes){ (const uint8_t *)user, strlen (user) };
  sampan_write_login_start (&writer, &start);
  if (raw_client_open (&client, flood->port, FIRST_SOURCE + number % SOURCES) &&
      raw_client_send (&client, frame, &writer) &&
      raw_client_receive (&client, frame, &reader) == SAMPAN_KIND_LOGIN_CHALLENGE)
    g_atomic_int_inc (&flood->challenges);
  raw_client_close (&client);
}

/* A thread that is late does not catch up: the rate is a limit. */
static gpointer
flood_thread (gpointer data)
{
  Flood *flood = data;
  int64_t next_us = g_get_monotonic_time () + g_random_int_range (0, (int)flood->interval_us);

  while (!g_atomic_int_get (&flood->has_ended))
    {
      int64_t now_us = g_get_monotonic_time ();
      if (next_us > now_us)
        g_usleep ((gulong)(next_us - now_us));
      next_us = MAX (next_us, now_us) + flood->interval_us;
      attempt (flood);
    }
  return NULL;
}

/* One for all: the server cannot know, and making it costs as much as answering it. */
static void
make_ke1 (SampanLoginStart *start)
{
  g_autoptr (SampanSecret) password = sampan_secret_new ("guess", strlen ("guess"));
  g_autoptr (SampanLoginClient) login = sampan_login_client_new ("guess", password);
  if (login == NULL || !sampan_login_client_start (login, start->ke1, NULL))
    errx (1, "libsodium");
}

int
main (int argc, char **argv)
{
  Flood flood = { 0 };
  GThread *threads[THREADS];
  char byte;

  if (argc != 3 || atoi (argv[2]) <= 0)
    errx (2, "usage: guess-logins PORT RATE");
  if (!sampan_crypto_init ())
    errx (1, "libsodium");
  flood.port = (uint16_t)atoi (argv[1]);
  flood.interval_us = (int64_t)THREADS * G_USEC_PER_SEC / atoi (argv[2]);
  make_ke1 (&flood.start);
  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("guesses", flood_thread, &flood);
  while (read (STDIN_FILENO, &byte, 1) > 0)
    continue;
  g_atomic_int_set (&flood.has_ended, 1);
  for (int i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  printf ("%d %d\n", flood.attempts, flood.challenges);
  return 0;
}
