/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded, it fails one large allocation of a program, as if memory had run out. The file
 * $FAIL_LARGE_FILE holds three 64-bit integers, which may change at any time: how many large ones
 * there were, counted here, which of them fails, and from how many bytes on one is large. */

#undef _FILE_OFFSET_BITS /* it would rename the mmap() below */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct
{
  int64_t seen;
  int64_t failing;
  int64_t least_bytes;
} Plan;

/* The C library's own, under the names that stay when the others are replaced. */
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *old, size_t size);

static Plan *plan;

__attribute__ ((constructor)) static void
begin (void)
{
  const char *name = getenv ("FAIL_LARGE_FILE");
  int fd = name != NULL ? open (name, O_RDWR | O_CLOEXEC) : -1;
  void *map = fd >= 0 ? mmap (NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                      : MAP_FAILED;

  if (map == MAP_FAILED)
    abort ();
  plan = map;
  close (fd);
}

static int
fails (size_t size)
{
  if (plan == NULL || size < (size_t)__atomic_load_n (&plan->least_bytes, __ATOMIC_SEQ_CST) ||
      __atomic_add_fetch (&plan->seen, 1, __ATOMIC_SEQ_CST) !=
          __atomic_load_n (&plan->failing, __ATOMIC_SEQ_CST))
    return 0;
  errno = ENOMEM;
  return 1;
}

void *
malloc (size_t size)
{
  return fails (size) ? NULL : __libc_malloc (size);
}

void *
calloc (size_t count, size_t size)
{
  size_t bytes = size == 0 || count <= SIZE_MAX / size ? count * size : SIZE_MAX;

  return fails (bytes) ? NULL : __libc_calloc (count, size);
}

void *
realloc (void *old, size_t size)
{
  return fails (size) ? NULL : __libc_realloc (old, size);
}

/* What is stretched for a password comes from here. */
void *
mmap (void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
  static void *(*real) (void *, size_t, int, int, int, off_t);

  if (real == NULL)
    real = (void *(*)(void *, size_t, int, int, int, off_t))dlsym (RTLD_NEXT, "mmap");
  return (flags & MAP_ANONYMOUS) != 0 && fails (size)
             ? MAP_FAILED
             : real (address, size, protection, flags, fd, offset);
}
