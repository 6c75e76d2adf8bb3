/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the core's tests share: a private configuration folder, waiting on the main context. */

#pragma once

#include "session.h"

G_BEGIN_DECLS

#define CORE_TEST_USER "ann"
#define CORE_TEST_PASSWORD "correct horse"

/* Before all else; sets $XDG_CONFIG_HOME to a new folder. */
void core_test_init (int *argc, char ***argv);
/* Runs the tests and removes the folder. */
int core_test_run (void);
/* A path below the private folder (g_free). */
char *core_test_path (const char *name);
/* Number of entries in that folder whose name has PREFIX. */
unsigned int core_test_count (const char *prefix);
void core_test_remove (const char *prefix);

/* As GAsyncReadyCallback; USER_DATA is a GAsyncResult ** that gets a reference. */
void core_test_result_cb (GObject *source, GAsyncResult *result, gpointer user_data);
/* Runs the main context until *slot is set; fails the test after 30 seconds. */
GAsyncResult *core_test_await (GAsyncResult **slot);
typedef bool (*CoreTestCondition) (gpointer data);
void core_test_await_condition (CoreTestCondition condition, gpointer data);

SampanSecret *core_test_secret (const char *text);
SampanPath *core_test_remote_path (const char *text);
/* Logs SESSION in at 127.0.0.1; NULL on success. */
GError *core_test_login (SampanSession *session, uint16_t port, const char *password);

G_END_DECLS
