/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Names, locks and tags of parts. */

#include "config.h"

#include "local-part.h"

#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FD_FOLDER "/proc/self/fd"
#define TAG_NAME "user.sampan.part"
#define TAG_FORMAT 1
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_BYTES 36 /* a UUID as text */
/* Format, boot id, size, mtime, version. */
#define TAG_BYTES (1 + BOOT_ID_BYTES + 8 + 8 + 4 + SAMPAN_VERSION_LENGTH)

void
sampan_local_part_make_name (char name[static SAMPAN_PART_NAME_BYTES],
                             const uint8_t key[static SAMPAN_PART_KEY_LENGTH])
{
  char hex[2 * SAMPAN_PART_KEY_LENGTH + 1];

  sodium_bin2hex (hex, sizeof hex, key, SAMPAN_PART_KEY_LENGTH);
  g_snprintf (name, SAMPAN_PART_NAME_BYTES, ".sampan-%s.part", hex);
}

void
sampan_local_part_make_random_name (char name[static SAMPAN_PART_NAME_BYTES])
{
  /* Need not be secret: O_EXCL decides. */
  g_snprintf (name,
              SAMPAN_PART_NAME_BYTES,
              ".sampan-%08x%08x.part",
              g_random_int (),
              g_random_int ());
}

/* flock() belongs to the open file: two downloads of one process exclude each other too. Where a
 * disk has no locks the name has to do. */
static bool
lock (int fd)
{
  int result;

  do
    result = flock (fd, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return result == 0 || errno != EWOULDBLOCK;
}

int
sampan_local_part_create_unnamed (int folder_fd)
{
  /* It gets its name by way of /proc. */
  if (access (FD_FOLDER, X_OK) != 0)
    return -1;
  return openat (folder_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int
sampan_local_part_link (int fd, int folder_fd, const char *name)
{
  char path[sizeof FD_FOLDER + 16]; /* a slash and an int */

  g_snprintf (path, sizeof path, FD_FOLDER "/%d", fd);
  return linkat (AT_FDCWD, path, folder_fd, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

int
sampan_local_part_create (int folder_fd, const char *name)
{
  int fd = openat (folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd >= 0 && !lock (fd))
    {
      /* Found by another download between the two calls: it has the file. */
      close (fd);
      errno = EEXIST;
      return -1;
    }
  return fd;
}

/* Ours alone, and still what the name leads to. */
static bool
is_ours (int folder_fd, const char *name, int fd, uint64_t *size)
{
  struct stat opened, named;

  if (fstat (fd, &opened) != 0 || fstatat (folder_fd, name, &named, AT_SYMLINK_NOFOLLOW) != 0)
    return false;
  *size = (uint64_t)opened.st_size;
  return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino &&
         S_ISREG (opened.st_mode) && opened.st_nlink == 1 && opened.st_uid == geteuid ();
}

static bool
read_boot_id (uint8_t id[static BOOT_ID_BYTES])
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (BOOT_ID_FILE, &text, &length, NULL) || length < BOOT_ID_BYTES)
    return false;
  memcpy (id, text, BOOT_ID_BYTES);
  return true;
}

static bool
read_tag (int fd, SampanPartOrigin *origin)
{
  uint8_t tag[TAG_BYTES], boot_id[BOOT_ID_BYTES], tag_boot_id[BOOT_ID_BYTES];
  uint8_t format;
  SampanReader reader;

  if (fgetxattr (fd, TAG_NAME, tag, sizeof tag) != (ssize_t)sizeof tag || !read_boot_id (boot_id))
    return false;
  sampan_reader_init (&reader, tag, sizeof tag);
  return sampan_reader_get_u8 (&reader, &format) && format == TAG_FORMAT &&
         sampan_reader_get_fixed (&reader, tag_boot_id, sizeof tag_boot_id) &&
         memcmp (boot_id, tag_boot_id, sizeof boot_id) == 0 &&
         sampan_reader_get_u64 (&reader, &origin->size) &&
         sampan_reader_get_i64 (&reader, &origin->mtime.seconds) &&
         sampan_reader_get_u32 (&reader, &origin->mtime.nanoseconds) &&
         sampan_reader_get_fixed (&reader, origin->version, sizeof origin->version) &&
         sampan_reader_at_end (&reader);
}

int
sampan_local_part_open (int folder_fd,
                        const char *name,
                        SampanPartOrigin *origin,
                        uint64_t *held_bytes)
{
  int fd = openat (folder_fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  *held_bytes = 0;
  if (fd < 0)
    return -1;
  if (!lock (fd) || !is_ours (folder_fd, name, fd, held_bytes))
    {
      close (fd);
      return -1;
    }
  if (read_tag (fd, origin) && *held_bytes <= origin->size)
    return fd;
  *held_bytes = 0;
  if (ftruncate (fd, 0) == 0)
    return fd;
  close (fd);
  return -1;
}

bool
sampan_local_part_tag (int fd, const SampanPartOrigin *origin)
{
  uint8_t tag[TAG_BYTES], boot_id[BOOT_ID_BYTES];
  SampanWriter writer;

  if (!read_boot_id (boot_id))
    return false;
  sampan_writer_init (&writer, tag, sizeof tag);
  sampan_writer_put_u8 (&writer, TAG_FORMAT);
  sampan_writer_put_fixed (&writer, boot_id, sizeof boot_id);
  sampan_writer_put_u64 (&writer, origin->size);
  sampan_writer_put_i64 (&writer, origin->mtime.seconds);
  sampan_writer_put_u32 (&writer, origin->mtime.nanoseconds);
  sampan_writer_put_fixed (&writer, origin->version, sizeof origin->version);
  g_assert (sampan_writer_ok (&writer) && writer.length == sizeof tag);
  return fsetxattr (fd, TAG_NAME, tag, sizeof tag, 0) == 0;
}

void
sampan_local_part_untag (int fd)
{
  if (fremovexattr (fd, TAG_NAME) != 0)
    g_debug ("no tag was removed: %s", g_strerror (errno));
}
