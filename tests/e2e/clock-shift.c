/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded, it shifts the wall clock of a program by what the file $CLOCK_SHIFT_FILE holds:
 * seconds as a 64-bit integer, which may change at any time. The monotonic clock goes on as it is.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *shift_secs;

__attribute__ ((constructor)) static void
begin (void)
{
  const char *name = getenv ("CLOCK_SHIFT_FILE");
  int fd = name != NULL ? open (name, O_RDONLY | O_CLOEXEC) : -1;
  void *map = fd >= 0 ? mmap (NULL, sizeof *shift_secs, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

  if (map == MAP_FAILED)
    abort ();
  shift_secs = map;
  close (fd);
}

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  static int (*real) (clockid_t, struct timespec *);
  int result;

  if (real == NULL)
    real = (int (*) (clockid_t, struct timespec *))dlsym (RTLD_NEXT, "clock_gettime");
  result = real (clock, now);
  if (result == 0 && shift_secs != NULL &&
      (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += *shift_secs;
  return result;
}

int
gettimeofday (struct timeval *now, void *zone)
{
  struct timespec exact;

  if (clock_gettime (CLOCK_REALTIME, &exact) != 0)
    return -1;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t
time (time_t *out)
{
  struct timespec exact = { 0 };

  clock_gettime (CLOCK_REALTIME, &exact);
  if (out != NULL)
    *out = exact.tv_sec;
  return exact.tv_sec;
}
