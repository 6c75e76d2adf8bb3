/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What one run of sampan-cli (or one shell) shares between its commands: options, sessions, the
 * cancellable that Ctrl-C cancels, and the exit status so far. */

#pragma once

#include "errors.h"
#include "remote.h"
#include "session.h"

G_BEGIN_DECLS

/* Exit statuses; scripts rely on the numbers. */
typedef enum
{
  CLI_STATUS_OK = 0,
  CLI_STATUS_ITEMS_FAILED = 1,
  CLI_STATUS_USAGE = 2,
  CLI_STATUS_UNREACHABLE = 3,   /* cannot reach or talk to the server */
  CLI_STATUS_LOGIN_REFUSED = 4, /* wrong name or password, no password at hand, or kicked */
  CLI_STATUS_OTHER_SERVER = 5,  /* not the server remembered, or somebody in between */
} CliStatus;
#define CLI_STATUS_SIGNAL_BASE 128 /* 128 + number, as shells report it: 130 for Ctrl-C */

/* Errors of this program itself: the code is the exit status, the message is for the person. */
#define CLI_ERROR (cli_error_quark ())
GQuark cli_error_quark (void);

typedef enum
{
  CLI_PROGRESS_AUTO, /* a bar if stderr is a terminal */
  CLI_PROGRESS_BAR,
  CLI_PROGRESS_JSON,
  CLI_PROGRESS_NONE,
} CliProgress;

/* A box that restarts, or a person who carries a laptop to another room, is back by then. */
#define CLI_RECONNECT_SECS 300

typedef struct
{
  gboolean json;
  gboolean quiet;
  char *password_file;
  int reconnect_secs; /* how long to try for a server that is gone; 0: not at all */
  CliProgress progress;
} CliOptions;

typedef struct _SessionPool SessionPool;
typedef struct _ProgressBar ProgressBar;

typedef struct
{
  CliOptions options;

  /* owned */
  SampanEngine *engine;
  SessionPool *sessions;
  GCancellable *cancellable; /* of the running command */
  SampanRemote *base;        /* the shell's server and folder; NULL: no relative paths */
  ProgressBar *bar;          /* while transfers run; else NULL */

  /* state */
  bool in_shell;
  int signal_number;   /* the signal that cancelled the running command; 0: none */
  CliStatus status;    /* the worst so far */
  uint64_t n_failed;   /* items that were named as failed */
  uint64_t n_left_out; /* and as left out, which is no failure */
  guint signal_sources[3];
} Cli;

void cli_init (Cli *self);
/* Ends the sessions. */
void cli_clear (Cli *self);
/* SIGINT, SIGTERM and SIGHUP cancel the running command; a second one ends the program. */
void cli_watch_signals (Cli *self);
/* A fresh cancellable, status and counts for the next command. */
void cli_begin_command (Cli *self);
/* Whether the next item is not worth a try: cancelled, or the server cannot be used. */
bool cli_should_stop (const Cli *self);
/* STATUS, or 128 + signal when one came. */
int cli_get_exit_status (const Cli *self);

/* TYPED is a sampan:// address or, in a shell, a path relative to its folder. Fails with CLI_ERROR,
 * CLI_STATUS_USAGE. */
SampanRemote *cli_resolve (Cli *self, const char *typed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a person sits at this program and can be asked. */
bool cli_can_ask (void);

G_END_DECLS
