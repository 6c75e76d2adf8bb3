/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A thread beside the one that waits ends what does not end. */

#include "config.h"

#include "wait-for-child.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#define PATIENCE_SECS 120 /* only what went wrong takes so long, however busy the machine is */

typedef struct
{
  pid_t pid;
  GThread *thread;
  GMutex lock;
  GCond changed;
  bool has_ended; /* guarded */
  bool is_killed; /* guarded */
} Guard;

/* What each thread waits in, and which signals are kept from it. */
static void
describe (pid_t pid)
{
  static const char script[] =
      "cd /proc/$0/task && grep -H -e ^Name: -e ^State: -e ^Sig -e ^ShdPnd: */status; "
      "grep -H . */wchan; gdb -batch -p $0 -ex 'thread apply all bt'";
  g_autofree char *number = g_strdup_printf ("%d", (int)pid);
  const char *argv[] = { "/bin/sh", "-c", script, number, NULL };
  /* The debugger is not to run with the libraries of a sanitizer. */
  g_auto (GStrv) environment = g_environ_unsetenv (g_get_environ (), "LD_LIBRARY_PATH");
  g_autofree char *text = NULL;

  g_spawn_sync (NULL,
                (char **)argv,
                environment,
                G_SPAWN_STDERR_TO_DEV_NULL,
                NULL,
                NULL,
                &text,
                NULL,
                NULL,
                NULL);
  g_printerr ("process %s does not end:\n%s\n", number, text);
}

static gpointer
guard_thread (gpointer user_data)
{
  Guard *self = user_data;
  int64_t until_us = g_get_monotonic_time () + PATIENCE_SECS * G_USEC_PER_SEC;

  g_mutex_lock (&self->lock);
  while (!self->has_ended && g_cond_wait_until (&self->changed, &self->lock, until_us))
    continue;
  self->is_killed = !self->has_ended;
  g_mutex_unlock (&self->lock);
  if (self->is_killed)
    {
      describe (self->pid);
      kill (self->pid, SIGKILL);
    }
  return NULL;
}

static void
guard_begin (Guard *self, pid_t pid)
{
  self->pid = pid;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("guard", guard_thread, self);
}

static void
guard_end (Guard *self)
{
  g_mutex_lock (&self->lock);
  self->has_ended = true;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_assert_false (self->is_killed);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
}

int
wait_for_child (pid_t pid)
{
  Guard guard = { 0 };
  int status = 0;
  pid_t ended;

  guard_begin (&guard, pid);
  do
    ended = waitpid (pid, &status, 0);
  while (ended < 0 && errno == EINTR);
  g_assert_cmpint (ended, ==, pid);
  guard_end (&guard);
  return status;
}

void
wait_for_subprocess (GSubprocess *process)
{
  const char *number = g_subprocess_get_identifier (process);
  Guard guard = { 0 };

  if (number == NULL)
    return;
  guard_begin (&guard, (pid_t)g_ascii_strtoll (number, NULL, 10));
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  guard_end (&guard);
}
