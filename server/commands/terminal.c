/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking for a password at the controlling terminal. */

#include "config.h"

#include "commands/terminal.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MAX_BYTES 1024 /* as in a password file */

static const int caught_signals[] = { SIGHUP, SIGINT, SIGTERM };

static volatile sig_atomic_t pending_signal;

static void
note_signal (int signal_number)
{
  pending_signal = signal_number;
}

/* What has to be put back. */
typedef struct
{
  int fd;
  struct termios mode;
  sigset_t mask;
  struct sigaction actions[G_N_ELEMENTS (caught_signals)];
} Terminal;

/* Signals stay blocked but while the line is awaited, so that none is missed before the wait. */
static void
catch_signals (Terminal *self)
{
  struct sigaction note = { .sa_handler = note_signal };
  sigset_t blocked;

  pending_signal = 0;
  sigemptyset (&note.sa_mask);
  sigemptyset (&blocked);
  for (size_t i = 0; i < G_N_ELEMENTS (caught_signals); i++)
    sigaddset (&blocked, caught_signals[i]);
  sigprocmask (SIG_BLOCK, &blocked, &self->mask);
  for (size_t i = 0; i < G_N_ELEMENTS (caught_signals); i++)
    sigaction (caught_signals[i], &note, &self->actions[i]);
}

static void
release_signals (Terminal *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (caught_signals); i++)
    sigaction (caught_signals[i], &self->actions[i], NULL);
  if (pending_signal != 0)
    raise (pending_signal);
  sigprocmask (SIG_SETMASK, &self->mask, NULL);
}

/* Stopping or quitting would leave the terminal without echo. */
static bool
hide_typing (Terminal *self)
{
  struct termios hidden;

  if (tcgetattr (self->fd, &self->mode) != 0)
    return false;
  hidden = self->mode;
  hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
  hidden.c_lflag |= ICANON | ISIG;
  hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
  hidden.c_cc[VQUIT] = _POSIX_VDISABLE;
  return tcsetattr (self->fd, TCSAFLUSH, &hidden) == 0;
}

static bool
show (const Terminal *self, const char *text)
{
  return write (self->fd, text, strlen (text)) == (ssize_t)strlen (text);
}

/* One line into ANSWER; its length, or -1. */
static ssize_t
read_line (const Terminal *self, char *answer, size_t size)
{
  struct pollfd wait = { .fd = self->fd, .events = POLLIN };
  ssize_t length;

  if (ppoll (&wait, 1, NULL, &self->mask) <= 0)
    return -1; /* a signal */
  length = read (self->fd, answer, size);
  if (length <= 0 || answer[length - 1] != '\n')
    return -1;
  return length - 1;
}

static SampanSecret *
ask_hidden (Terminal *self, const char *question)
{
  char answer[ANSWER_MAX_BYTES + 1];
  SampanSecret *secret = NULL;
  ssize_t length = -1;

  if (show (self, question))
    length = read_line (self, answer, sizeof answer);
  if (length > 0)
    secret = sampan_secret_new (answer, (size_t)length);
  sodium_memzero (answer, sizeof answer);
  tcsetattr (self->fd, TCSAFLUSH, &self->mode);
  (void)!show (self, "\n");
  return secret;
}

SampanSecret *
sampan_terminal_ask (const char *question, GError **error)
{
  Terminal self = { .fd = open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) };
  SampanSecret *secret = NULL;

  if (self.fd < 0)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_FAILED,
                           "there is no terminal to ask for a password: use --password-file FILE, "
                           "or --invite");
      return NULL;
    }
  catch_signals (&self);
  if (hide_typing (&self))
    secret = ask_hidden (&self, question);
  release_signals (&self);
  g_close (self.fd, NULL);
  if (secret == NULL)
    g_set_error_literal (error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_FAILED,
                         "no password was typed, or one that is too long");
  return secret;
}
