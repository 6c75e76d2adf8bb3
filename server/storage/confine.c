/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening below a directory so that the kernel, or a walk, keeps the path inside. */

#include "config.h"

#include "storage/confine.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#define AGAIN_ATTEMPTS 64 /* renames elsewhere on the box make the kernel ask for another try */

/* glibc has no wrapper. */
static int
call_openat2 (int root_fd, const char *path, int flags)
{
  struct open_how how = {
    .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };

  return (int)syscall (SYS_openat2, root_fd, path, &how, sizeof how);
}

static bool
is_refused_as_outside (int root_fd, const char *path)
{
  SAMPAN_AUTO_FD int fd = call_openat2 (root_fd, path, O_PATH);

  return fd < 0 && errno == EXDEV;
}

bool
sampan_confine_probe (int root_fd)
{
  SAMPAN_AUTO_FD int fd = call_openat2 (root_fd, ".", O_PATH);

  return fd >= 0 && is_refused_as_outside (root_fd, "..") && is_refused_as_outside (root_fd, "/");
}

static int
open_by_kernel (int root_fd, const char *path, int flags)
{
  int fd = -1;

  for (int i = 0; i < AGAIN_ATTEMPTS; i++)
    {
      fd = call_openat2 (root_fd, path, flags);
      if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
        break;
    }
  return fd;
}

static int
open_by_walk (int root_fd, const char *path, int flags)
{
  SAMPAN_AUTO_FD int held_fd = -1;
  int folder_fd = root_fd;
  const char *slash;

  while ((slash = strchr (path, '/')) != NULL)
    {
      char component[SAMPAN_NAME_MAX + 1];
      size_t length = (size_t)(slash - path);
      int next_fd;

      if (length >= sizeof component)
        {
          errno = ENAMETOOLONG;
          return -1;
        }
      memcpy (component, path, length);
      component[length] = '\0';
      next_fd = sampan_disk_open (folder_fd, component, O_PATH | O_DIRECTORY, 0);
      if (next_fd < 0)
        return -1;
      sampan_disk_clear_fd (&held_fd);
      held_fd = folder_fd = next_fd;
      path = slash + 1;
    }
  return sampan_disk_open (folder_fd, path, flags, 0);
}

int
sampan_confine_open (SampanConfine confine, int root_fd, const char *path, int flags)
{
  g_assert ((flags & O_CREAT) == 0);
  g_assert (confine != SAMPAN_CONFINE_PROBE);

  if (confine == SAMPAN_CONFINE_OPENAT2)
    return open_by_kernel (root_fd, path, flags);
  return open_by_walk (root_fd, path, flags);
}
