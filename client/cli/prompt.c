/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asking the person at the terminal. */

#include "config.h"

#include "prompt.h"

#include "cli.h"
#include "login.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MAX_BYTES 1024 /* as in a password file */
#define NEW_PASSWORD_TRIES 3  /* mistyped twice in a row is common, three times is not */

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  bool *ready = user_data;

  *ready = true;
  return G_SOURCE_CONTINUE;
}

bool
prompt_wait_readable (int fd, GCancellable *cancellable)
{
  bool ready = false;
  guint source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable_cb, &ready);

  while (!ready && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  return ready && !g_cancellable_is_cancelled (cancellable);
}

static bool
write_all (int fd, const char *text)
{
  size_t left = strlen (text);

  while (left > 0)
    {
      ssize_t written = write (fd, text, left);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return false;
      text += written;
      left -= (size_t)written;
    }
  return true;
}

static int
open_terminal (GError **error)
{
  int fd = open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    g_set_error_literal (error,
                         CLI_ERROR,
                         CLI_STATUS_LOGIN_REFUSED,
                         _ ("A password is needed and there is no terminal to ask on; use "
                            "--password-file FILE"));
  return fd;
}

/* Suspending or quitting would leave the terminal without echo. */
static bool
hide_typing (int fd, const struct termios *saved)
{
  struct termios hidden = *saved;

  hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
  hidden.c_lflag |= ICANON | ISIG;
  hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
  hidden.c_cc[VQUIT] = _POSIX_VDISABLE;
  return tcsetattr (fd, TCSAFLUSH, &hidden) == 0;
}

/* Reads one line of at most SIZE - 1 bytes into ANSWER. -1: none, with *error. */
static ssize_t
read_answer (int fd, char *answer, size_t size, GCancellable *cancellable, GError **error)
{
  ssize_t length;

  if (!prompt_wait_readable (fd, cancellable))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
      return -1;
    }
  do
    length = read (fd, answer, size - 1);
  while (length < 0 && errno == EINTR);
  if (length <= 0)
    {
      g_set_error_literal (error, CLI_ERROR, CLI_STATUS_LOGIN_REFUSED, _ ("Nothing was typed"));
      return -1;
    }
  if (answer[length - 1] == '\n')
    length--;
  else if ((size_t)length == size - 1)
    {
      g_set_error_literal (error, CLI_ERROR, CLI_STATUS_LOGIN_REFUSED, _ ("This is too long"));
      return -1;
    }
  answer[length] = '\0';
  return length;
}

SampanSecret *
prompt_password (const char *question, GCancellable *cancellable, GError **error)
{
  char answer[ANSWER_MAX_BYTES + 2];
  SampanSecret *password = NULL;
  struct termios saved;
  ssize_t length = -1;
  int fd = open_terminal (error);

  if (fd < 0)
    return NULL;
  if (tcgetattr (fd, &saved) != 0 || !hide_typing (fd, &saved))
    g_set_error_literal (error,
                         CLI_ERROR,
                         CLI_STATUS_LOGIN_REFUSED,
                         _ ("The terminal cannot hide what is typed; use --password-file FILE"));
  else
    {
      if (write_all (fd, question))
        length = read_answer (fd, answer, sizeof answer, cancellable, error);
      tcsetattr (fd, TCSAFLUSH, &saved);
      write_all (fd, "\n");
    }
  if (length > 0)
    password = sampan_secret_new (answer, (size_t)length);
  sodium_memzero (answer, sizeof answer);
  close (fd);
  if (password == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, CLI_ERROR, CLI_STATUS_LOGIN_REFUSED, _ ("No password was typed"));
  return password;
}

static bool
secrets_equal (const SampanSecret *a, const SampanSecret *b)
{
  size_t length = sampan_secret_get_length (a);

  return length == sampan_secret_get_length (b) &&
         sodium_memcmp (sampan_secret_get (a), sampan_secret_get (b), length) == 0;
}

bool
prompt_check_new_password (const SampanSecret *password, GError **error)
{
  const char *text = (const char *)sampan_secret_get (password);
  size_t length = sampan_secret_get_length (password);

  if (g_utf8_validate_len (text, length, NULL))
    length = (size_t)g_utf8_strlen (text, (gssize)length);
  if (length >= SAMPAN_PASSWORD_MIN_CHARACTERS)
    return true;
  g_set_error (error,
               CLI_ERROR,
               CLI_STATUS_ITEMS_FAILED,
               ngettext ("A password needs at least %d character.",
                         "A password needs at least %d characters.",
                         SAMPAN_PASSWORD_MIN_CHARACTERS),
               SAMPAN_PASSWORD_MIN_CHARACTERS);
  return false;
}

SampanSecret *
prompt_new_password (GCancellable *cancellable, GError **error)
{
  for (int i = 0; i < NEW_PASSWORD_TRIES; i++)
    {
      g_autoptr (SampanSecret) first = NULL;
      g_autoptr (SampanSecret) second = NULL;
      g_autoptr (GError) too_short = NULL;

      first = prompt_password (_ ("New password: "), cancellable, error);
      if (first == NULL)
        return NULL;
      if (!prompt_check_new_password (first, &too_short))
        {
          g_printerr ("%s\n", too_short->message);
          continue;
        }
      second = prompt_password (_ ("New password again: "), cancellable, error);
      if (second == NULL)
        return NULL;
      if (secrets_equal (first, second))
        return g_steal_pointer (&first);
      g_printerr ("%s\n", _ ("The two are not the same. Try again."));
    }
  g_set_error_literal (error,
                       CLI_ERROR,
                       CLI_STATUS_LOGIN_REFUSED,
                       _ ("The password was not changed: the new one was never typed twice alike "
                          "and long enough"));
  return NULL;
}

char *
prompt_line (const char *question, GCancellable *cancellable, GError **error)
{
  char answer[ANSWER_MAX_BYTES + 2];

  fputs (question, stderr);
  fflush (stderr);
  if (read_answer (STDIN_FILENO, answer, sizeof answer, cancellable, error) < 0)
    return NULL;
  return g_strdup (answer);
}
