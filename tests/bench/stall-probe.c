/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded into a GLib program, measures how long the main thread's default main context stays
 * away from poll: the gap in which the window can neither draw nor answer.
 *
 * SIGUSR2 starts a new phase. Each phase's end, and the exit, append a line to $STALL_PROBE_OUT:
 * `longest_us=N longest_cpu_us=N longest_held_us=N over_16ms=N held_over_16ms=N iterations=N
 * wall_us=N first_frame_us=N`. *Held* is the gap without the time that the thread was ready to run
 * and had no processor, which belongs to whatever else the machine does; the processor time leaves
 * out all waiting. The first frame is how long after the start something was drawn. */

#include <fcntl.h>
#include <glib-object.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_US 16000 /* one frame at 60 Hz */

static gint64 woke_us, woke_cpu_us, woke_ready_us, phase_start_us;
static gint64 longest_us, longest_cpu_us, longest_held_us;
static gint64 start_us, first_frame_us;
static guint64 over, held_over, iterations;
static int schedstat = -1;
static gboolean is_hooked;
static GThread *main_thread;
static volatile sig_atomic_t phase_asked;

static gint64
get_cpu_us (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* How long the main thread has been ready without a processor, of all its life; 0 where the kernel
 * does not count it. */
static gint64
get_ready_us (void)
{
  char text[64];
  ssize_t length;
  unsigned long long ran_ns, ready_ns;

  if (schedstat < 0)
    schedstat = open ("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
  length = schedstat < 0 ? -1 : pread (schedstat, text, sizeof text - 1, 0);
  if (length <= 0)
    return 0;
  text[length] = '\0';
  return sscanf (text, "%llu %llu", &ran_ns, &ready_ns) == 2 ? (gint64)(ready_ns / 1000) : 0;
}

static void
report (void)
{
  const char *path = g_getenv ("STALL_PROBE_OUT");
  FILE *out = path ? fopen (path, "a") : NULL;
  if (out)
    {
      fprintf (out,
               "longest_us=%" G_GINT64_FORMAT " longest_cpu_us=%" G_GINT64_FORMAT
               " longest_held_us=%" G_GINT64_FORMAT " over_16ms=%" G_GUINT64_FORMAT
               " held_over_16ms=%" G_GUINT64_FORMAT " iterations=%" G_GUINT64_FORMAT
               " wall_us=%" G_GINT64_FORMAT " first_frame_us=%" G_GINT64_FORMAT "\n",
               longest_us,
               longest_cpu_us,
               longest_held_us,
               over,
               held_over,
               iterations,
               g_get_monotonic_time () - phase_start_us,
               first_frame_us);
      fclose (out);
    }
  longest_us = longest_cpu_us = longest_held_us = 0;
  over = held_over = iterations = 0;
  phase_start_us = g_get_monotonic_time ();
}

static gboolean
painted_cb (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  first_frame_us = g_get_monotonic_time () - start_us;
  return FALSE;
}

/* GDK comes with the program, if at all, and may not be there yet. */
static void
watch_first_frame (void)
{
  GType type = g_type_from_name ("GdkFrameClock");

  if (type == 0 || g_type_class_peek (type) == NULL)
    return;
  is_hooked = TRUE;
  g_signal_add_emission_hook (g_signal_lookup ("after-paint", type), 0, painted_cb, NULL, NULL);
}

static gint
probing_poll (GPollFD *fds, guint n_fds, gint timeout)
{
  gint64 now = g_get_monotonic_time ();
  gint result;

  if (main_thread == NULL)
    main_thread = g_thread_self ();
  if (g_thread_self () != main_thread)
    return g_poll (fds, n_fds, timeout);

  if (!is_hooked)
    watch_first_frame ();
  if (woke_us != 0)
    {
      gint64 gap = now - woke_us;
      gint64 held = gap - (get_ready_us () - woke_ready_us);
      iterations++;
      longest_us = MAX (longest_us, gap);
      longest_cpu_us = MAX (longest_cpu_us, get_cpu_us () - woke_cpu_us);
      longest_held_us = MAX (longest_held_us, held);
      over += gap > LIMIT_US;
      held_over += held > LIMIT_US;
    }
  if (phase_asked)
    {
      phase_asked = 0;
      report ();
    }
  result = g_poll (fds, n_fds, timeout);
  woke_ready_us = get_ready_us ();
  woke_us = g_get_monotonic_time ();
  woke_cpu_us = get_cpu_us ();
  return result;
}

static void
on_signal (int number)
{
  phase_asked = 1;
}

__attribute__ ((constructor)) static void
start (void)
{
  struct sigaction action = { .sa_handler = on_signal };
  sigaction (SIGUSR2, &action, NULL);
  phase_start_us = start_us = g_get_monotonic_time ();
  g_main_context_set_poll_func (NULL, probing_poll);
  atexit (report);
  unsetenv ("LD_PRELOAD"); /* children are not measured */
}
