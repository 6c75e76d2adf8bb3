/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Moves one file in a session that stands, as a person with a window does who looks at the list.
 * Logs in, says "ready", then for each line of stdin moves the file and prints the seconds.
 *
 *   move-file get|put PORT USER PASSWORD-FILE REMOTE-PATH LOCAL */

#include "config.h"

#include "engine.h"
#include "session.h"
#include "transfer.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static SampanSession *
log_in (SampanEngine *engine, char **arguments)
{
  SampanSession *session = sampan_session_new (engine);
  g_autoptr (SampanSecret) password = sampan_secret_read_file (arguments[2], NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (password == NULL)
    errx (1, "no password");
  sampan_session_login_async (session,
                              "127.0.0.1",
                              (uint16_t)atoi (arguments[0]),
                              arguments[1],
                              password,
                              NULL,
                              result_cb,
                              &result);
  if (!sampan_session_login_finish (session, await (&result), &error))
    errx (1, "login: %s", error->message);
  return session;
}

static double
move (SampanSession *session, bool is_upload, const SampanPath *remote, const char *local)
{
  g_autoptr (SampanTransfer) transfer =
      is_upload ? sampan_transfer_new_upload (session, local, remote, SAMPAN_CONFLICT_REPLACE)
                : sampan_transfer_new_download (session, remote, local, SAMPAN_CONFLICT_REPLACE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int64_t start_us = g_get_monotonic_time ();

  sampan_transfer_run_async (transfer, NULL, result_cb, &result);
  if (!sampan_transfer_run_finish (transfer, await (&result), &error))
    errx (1, "transfer: %s", error->message);
  return (double)(g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

int
main (int argc, char **argv)
{
  g_autoptr (SampanEngine) engine = NULL;
  g_autoptr (SampanSession) session = NULL;
  g_autoptr (SampanPath) remote = NULL;
  char line[8];

  if (argc != 7)
    errx (2, "usage: move-file get|put PORT USER PASSWORD-FILE REMOTE-PATH LOCAL");
  if (!sampan_crypto_init ())
    errx (1, "libsodium");
  engine = sampan_engine_new ();
  session = log_in (engine, argv + 2);
  remote = sampan_path_new ((const uint8_t *)argv[5], strlen (argv[5]), NULL);
  if (remote == NULL)
    errx (2, "no such path");
  puts ("ready");
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      printf ("%.6f\n", move (session, strcmp (argv[1], "put") == 0, remote, argv[6]));
      fflush (stdout);
    }
  return 0;
}
