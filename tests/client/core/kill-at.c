/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs a program and kills it with SIGKILL when it is about to make its n-th system call that
 * changes a disk, in whichever thread: kill-at PROGRAM ARGUMENT...
 *
 * $KILL_AT_STEP is n; SIGUSR1 with a value sets it and starts the count anew. At the end the number
 * of steps that were left is written to the file $KILL_AT_LEFT. SIGTERM is passed on. Ends as the
 * program does; with 137 when it was killed, with 77 where tracing is not allowed. A program built
 * with the leak checker runs without it. */

#include <err.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_KILLED 137
#define EXIT_NOT_ALLOWED 77

/* What storage changes a disk with. Opening is in it as it makes files. */
static const unsigned int watched[] = {
  SYS_openat,    SYS_openat2,   SYS_mkdirat,  SYS_pwrite64,        SYS_pwritev,   SYS_fsync,
  SYS_fdatasync, SYS_renameat2, SYS_unlinkat, SYS_ftruncate,       SYS_fallocate, SYS_fchmod,
  SYS_utimensat, SYS_fsetxattr, SYS_linkat,   SYS_copy_file_range,
};
#define N_WATCHED (sizeof watched / sizeof watched[0])

static volatile sig_atomic_t left; /* 0: not counting */
static pid_t traced;               /* set before signals come */

static void
arm_cb (int signal_number, siginfo_t *info, void *context)
{
  left = info->si_value.sival_int;
}

static void
end_cb (int signal_number)
{
  kill (traced, SIGTERM);
}

static void
set_filter (void)
{
  struct sock_filter code[N_WATCHED + 3];
  struct sock_fprog program = { .len = N_WATCHED + 3, .filter = code };

  code[0] =
      (struct sock_filter)BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr));
  for (size_t i = 0; i < N_WATCHED; i++)
    code[1 + i] = (struct sock_filter)
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, watched[i], (unsigned char)(N_WATCHED - i), 0);
  code[1 + N_WATCHED] = (struct sock_filter)BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  code[2 + N_WATCHED] = (struct sock_filter)BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_TRACE);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    err (EXIT_NOT_ALLOWED, "seccomp");
}

/* The leak checker is a tracer itself, and a process can have but one. */
static void
leave_out_leaks (void)
{
  const char *options = getenv ("ASAN_OPTIONS");
  char *without = NULL;

  if (asprintf (&without, "%s:detect_leaks=0", options != NULL ? options : "") < 0 ||
      setenv ("ASAN_OPTIONS", without, 1) != 0)
    err (EXIT_FAILURE, "ASAN_OPTIONS");
  free (without);
}

static void
run_program (char **argv, int ready_fd)
{
  char byte;

  if (read (ready_fd, &byte, 1) != 1)
    _exit (EXIT_NOT_ALLOWED);
  close (ready_fd);
  leave_out_leaks ();
  set_filter ();
  execv (argv[0], argv);
  err (EXIT_FAILURE, "%s", argv[0]);
}

/* PID stopped with STATUS. */
static void
handle_stop (pid_t pid, int status)
{
  int event = status >> 16;
  int signal_number = WSTOPSIG (status);

  if (event == PTRACE_EVENT_SECCOMP && left > 0 && --left == 0)
    {
      kill (traced, SIGKILL);
      return;
    }
  /* Gone meanwhile is fine. */
  if (event == PTRACE_EVENT_STOP && signal_number != SIGTRAP)
    ptrace (PTRACE_LISTEN, pid, 0, 0);
  else
    ptrace (PTRACE_CONT, pid, 0, event != 0 ? 0 : signal_number);
}

static void
tell_left (void)
{
  const char *name = getenv ("KILL_AT_LEFT");
  FILE *file = name != NULL ? fopen (name, "w") : NULL;

  if (file == NULL)
    return;
  fprintf (file, "%d\n", (int)left);
  fclose (file);
}

static int
trace (void)
{
  for (;;)
    {
      int status;
      pid_t pid = waitpid (-1, &status, __WALL);

      if (pid < 0 && errno != EINTR)
        err (EXIT_FAILURE, "waitpid");
      if (pid < 0)
        continue;
      if (WIFSTOPPED (status))
        handle_stop (pid, status);
      else if (pid == traced)
        {
          tell_left ();
          return WIFEXITED (status) ? WEXITSTATUS (status) : EXIT_KILLED;
        }
    }
}

int
main (int argc, char **argv)
{
  struct sigaction on_arm = { .sa_sigaction = arm_cb, .sa_flags = SA_SIGINFO };
  struct sigaction on_end = { .sa_handler = end_cb };
  const unsigned long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                                PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  int pipes[2];

  if (argc < 2 || pipe (pipes) != 0)
    errx (EXIT_FAILURE, "which program?");
  traced = fork ();
  if (traced < 0)
    err (EXIT_FAILURE, "fork");
  if (traced == 0)
    {
      close (pipes[1]);
      run_program (argv + 1, pipes[0]);
    }
  close (pipes[0]);
  sigaction (SIGUSR1, &on_arm, NULL);
  sigaction (SIGTERM, &on_end, NULL);
  if (ptrace (PTRACE_SEIZE, traced, 0, options) != 0)
    {
      kill (traced, SIGKILL);
      err (EXIT_NOT_ALLOWED, "ptrace");
    }
  if (write (pipes[1], "g", 1) != 1)
    err (EXIT_FAILURE, "pipe");
  close (pipes[1]);
  if (getenv ("KILL_AT_STEP") != NULL)
    left = atoi (getenv ("KILL_AT_STEP"));
  return trace ();
}
