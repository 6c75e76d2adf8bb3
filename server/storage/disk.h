/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* System calls on files as the storage needs them: whole transfers, interruptions handled, no
 * symlink followed in the one component that a call names. They return as the system call does,
 * with errno. */

#pragma once

#include <dirent.h>
#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

G_BEGIN_DECLS

/* Closes at the end of the scope; errno survives. */
#define SAMPAN_AUTO_FD __attribute__ ((cleanup (sampan_disk_clear_fd)))

static inline void
sampan_disk_clear_fd (int *fd)
{
  int saved_errno = errno;

  if (*fd >= 0)
    close (*fd);
  *fd = -1;
  errno = saved_errno;
}

/* openat() with O_CLOEXEC and O_NOFOLLOW. NAME is one component. */
int sampan_disk_open (int folder_fd, const char *name, int flags, mode_t mode);

/* fstatat() that describes a symlink itself. */
int sampan_disk_stat (int folder_fd, const char *name, struct stat *status);

/* Writes all of it, or fails. */
bool sampan_disk_write (int fd, const void *data, size_t length, uint64_t offset);

/* Reads until LENGTH bytes or the end of the file; -1 on errors. */
ssize_t sampan_disk_read (int fd, void *buffer, size_t length, uint64_t offset);

/* One fsync(). Never to be tried again after a failure: the kernel has marked the pages clean. */
bool sampan_disk_sync (int fd);
/* One fdatasync(): what is needed to read the data again. Never tried again either. */
bool sampan_disk_sync_data (int fd);

/* A directory stream over its own open description of FOLDER_FD; NULL with errno. */
typedef DIR SampanDirStream;
SampanDirStream *sampan_disk_open_stream (int folder_fd);
/* The next name, without "." and ".."; NULL at the end (errno 0) or on errors. */
const char *sampan_disk_next_name (SampanDirStream *stream);
/* The same with its type: DT_UNKNOWN where the disk does not tell. */
const char *sampan_disk_next_entry (SampanDirStream *stream, unsigned char *type);
void sampan_disk_close_stream (SampanDirStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanDirStream, sampan_disk_close_stream)

/* Sets *error from errno, naming the escaped NAME: "WHAT NAME: reason". */
void sampan_disk_set_error (GError **error, int saved_errno, const char *what, const char *name);
/* The same for ENOSPC that was foreseen: so many bytes are missing. */
void sampan_disk_set_no_space (GError **error,
                               uint64_t missing_bytes,
                               const char *what,
                               const char *name);

G_END_DECLS
