/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded, it fails one large allocation of a program, as if memory had run out. The file
 * $FAIL_LARGE_FILE holds two 64-bit integers, which may change at any time: how many large ones
 * there were, counted here, and which of them fails. */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE_BYTES (64 * 1024) /* what is smaller is never asked for on a peer's word */

typedef struct
{
  int64_t seen;
  int64_t failing;
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
  if (plan == NULL || size < LARGE_BYTES ||
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
