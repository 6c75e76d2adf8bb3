/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The folder .sampan/staging of a share: what is not complete yet. */

#include "config.h"

#include "storage/staging.h"

#include "storage/disk.h"
#include "storage/trash.h"
#include "storage/tree-removal.h"
#include "storage/upload.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>

#define OPEN_ATTEMPTS 8 /* each loss is somebody else's removal of the same partial */
/* A cut connection is noticed within milliseconds; a large file may just be on its way to the disk,
 * and has its name when that is done. */
#define LOCK_PATIENCE_US (5 * G_USEC_PER_SEC)
#define LOCK_LOOK_US (10 * 1000)
#define NEVER_RESUMED_PREFIX "copy-"
#define STAT_BLOCK_BYTES 512 /* of st_blocks, on Linux */
#define SECS_PER_DAY (24 * 60 * 60)
#define NEVER_RESUMED_SECS (60 * 60) /* one under way is locked, but for its first moment */
#define ID_HEX_BYTES (2 * SAMPAN_UPLOAD_ID_LENGTH + 1)

static void
make_upload_name (char name[static SAMPAN_STAGED_NAME_BYTES],
                  uint64_t account_id,
                  const uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH])
{
  char hex[ID_HEX_BYTES];

  sodium_bin2hex (hex, sizeof hex, id, SAMPAN_UPLOAD_ID_LENGTH);
  g_snprintf (name, SAMPAN_STAGED_NAME_BYTES, "%016" G_GINT64_MODIFIER "x-%s", account_id, hex);
}

void
sampan_staging_make_name (char name[static SAMPAN_STAGED_NAME_BYTES])
{
  uint8_t id[SAMPAN_UPLOAD_ID_LENGTH];
  char hex[ID_HEX_BYTES];

  randombytes_buf (id, sizeof id);
  sodium_bin2hex (hex, sizeof hex, id, sizeof id);
  g_snprintf (name, SAMPAN_STAGED_NAME_BYTES, NEVER_RESUMED_PREFIX "%s", hex);
}

/* flock() belongs to the open file, not to the process: two connections of one server exclude each
 * other as two servers do, also over NFS. */
bool
sampan_staging_lock (int fd)
{
  int result;

  do
    result = flock (fd, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

/* Whether the name still leads to the file that was locked, and to nothing else. */
static bool
is_still_there (int staging_fd, const char *name, int fd)
{
  struct stat opened, named;

  return fstat (fd, &opened) == 0 && sampan_disk_stat (staging_fd, name, &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino &&
         S_ISREG (opened.st_mode) && opened.st_nlink == 1;
}

/* A crash came while FD, which is locked, was about to replace a file and had a second name for
 * that. FALSE: it has one still, its real one. */
static bool
settle_links (const SampanShareRoot *root, int fd)
{
  struct stat status;

  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_nlink > 1)
    sampan_trash_drop_link (root, &status);
  return fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) || status.st_nlink <= 1;
}

/* Returns a locked fd; -1 with errno EWOULDBLOCK if it is in use, EAGAIN to try again. */
static int
open_existing (const SampanShareRoot *root, const char *name)
{
  int staging_fd = sampan_share_root_get_staging_fd (root);
  SAMPAN_AUTO_FD int fd = sampan_disk_open (staging_fd, name, O_RDWR | O_NONBLOCK | O_NOCTTY, 0);

  if (fd < 0 && errno == ENOENT)
    errno = EAGAIN;
  if (fd < 0)
    return -1;
  if (!sampan_staging_lock (fd))
    {
      errno = EWOULDBLOCK;
      return -1;
    }
  if (!settle_links (root, fd) || !is_still_there (staging_fd, name, fd))
    {
      errno = ESTALE;
      return -1;
    }
  return g_steal_fd (&fd);
}

/* The mode is what the file will have under its real name: staging itself lets nobody in. */
static int
make_new (int staging_fd, const char *name)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (staging_fd, name, O_RDWR | O_CREAT | O_EXCL, 0666);

  /* Where a disk has no locks the random or client-chosen id has to do. */
  if (fd >= 0 && !sampan_staging_lock (fd) && errno == EWOULDBLOCK)
    return -1;
  return g_steal_fd (&fd);
}

/* EWOULDBLOCK if it is in use. */
static int
open_or_make (const SampanShareRoot *root, const char *name, bool *is_new)
{
  int staging_fd = sampan_share_root_get_staging_fd (root);
  int fd = -1;

  for (int i = 0; i < OPEN_ATTEMPTS; i++)
    {
      fd = make_new (staging_fd, name);
      *is_new = fd >= 0;
      if (fd >= 0 || errno != EEXIST)
        break;
      fd = open_existing (root, name);
      if (fd >= 0 || errno == EWOULDBLOCK)
        break;
      /* Something else than a partial of ours: a symlink, a pipe, a second link to a file. */
      if (errno == ESTALE || errno == ELOOP || errno == ENXIO || errno == EISDIR)
        sampan_tree_removal_run (staging_fd, name);
      else if (errno != EAGAIN)
        break;
    }
  return fd;
}

static bool
look_at_held_bytes (SampanStagedFile *file)
{
  struct stat status;

  if (fstat (file->fd, &status) == 0)
    {
      file->held_bytes = (uint64_t)status.st_size;
      return true;
    }
  sampan_disk_clear_fd (&file->fd);
  return false;
}

bool
sampan_staging_open (const SampanShareRoot *root,
                     uint64_t account_id,
                     const uint8_t id[static SAMPAN_UPLOAD_ID_LENGTH],
                     bool waits,
                     SampanStagedFile *file,
                     GError **error)
{
  int staging_fd = sampan_share_root_get_staging_fd (root);
  int64_t deadline_us = g_get_monotonic_time () + (waits ? LOCK_PATIENCE_US : 0);
  bool is_new = false;

  make_upload_name (file->name, account_id, id);
  file->is_resumable = true;
  file->held_bytes = 0;
  while ((file->fd = open_or_make (root, file->name, &is_new)) < 0 && errno == EWOULDBLOCK &&
         g_get_monotonic_time () < deadline_us)
    g_usleep (LOCK_LOOK_US);
  if (file->fd < 0 && errno == EWOULDBLOCK)
    {
      uint8_t random_id[SAMPAN_UPLOAD_ID_LENGTH];

      randombytes_buf (random_id, sizeof random_id);
      make_upload_name (file->name, account_id, random_id);
      file->is_resumable = false;
      file->fd = make_new (staging_fd, file->name);
      is_new = true;
    }
  if (file->fd < 0 || (!is_new && !look_at_held_bytes (file)))
    sampan_disk_set_error (error, errno, "cannot stage", file->name);
  return file->fd >= 0;
}

typedef struct
{
  char name[SAMPAN_STAGED_NAME_BYTES];
  struct timespec changed; /* ctime: the mtime of a partial may be the client's already */
  uint64_t disk_bytes;
  bool has_links; /* a file with more names */
} Entry;

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const Entry *left = a, *right = b;

  if (left->changed.tv_sec != right->changed.tv_sec)
    return left->changed.tv_sec < right->changed.tv_sec ? 1 : -1;
  return (left->changed.tv_nsec < right->changed.tv_nsec) -
         (left->changed.tv_nsec > right->changed.tv_nsec);
}

static GArray *
list_entries (int staging_fd, const char *prefix)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (SampanDirStream) stream = sampan_disk_open_stream (staging_fd);
  const char *name;

  while (stream != NULL && (name = sampan_disk_next_name (stream)) != NULL)
    {
      Entry entry = { 0 };
      struct stat status;

      if (g_str_has_prefix (name, prefix) && strlen (name) < sizeof entry.name &&
          sampan_disk_stat (staging_fd, name, &status) == 0)
        {
          g_strlcpy (entry.name, name, sizeof entry.name);
          entry.changed = status.st_ctim;
          entry.disk_bytes = (uint64_t)status.st_blocks * STAT_BLOCK_BYTES;
          entry.has_links = S_ISREG (status.st_mode) && status.st_nlink > 1;
          g_array_append_val (entries, entry);
        }
    }
  return g_steal_pointer (&entries);
}

/* An fd that holds the lock, or -1 if the entry is in use or gone. */
static int
lock_entry (int staging_fd, const char *name)
{
  SAMPAN_AUTO_FD int fd = sampan_disk_open (staging_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

  if (fd >= 0 && !sampan_staging_lock (fd))
    return -1;
  return g_steal_fd (&fd);
}

static bool
remove_entry (const SampanShareRoot *root, const char *name)
{
  SampanUsage *usage = sampan_share_root_get_usage (root);
  g_autoptr (SampanUsageBusy) busy = sampan_usage_enter (usage);
  uint64_t freed_bytes = 0;
  bool is_gone;

  is_gone = sampan_tree_removal_count (sampan_share_root_get_staging_fd (root), name, &freed_bytes);
  sampan_usage_release (usage, freed_bytes);
  return is_gone;
}

void
sampan_staging_limit (const SampanShareRoot *root, uint64_t account_id)
{
  int staging_fd = sampan_share_root_get_staging_fd (root);
  g_autoptr (GArray) entries = NULL;
  char prefix[SAMPAN_STAGED_NAME_BYTES];
  unsigned int kept = 0;

  g_snprintf (prefix, sizeof prefix, "%016" G_GINT64_MODIFIER "x-", account_id);
  entries = list_entries (staging_fd, prefix);
  if (entries->len <= SAMPAN_PARTIALS_PER_ACCOUNT)
    return;
  g_array_sort (entries, compare_newest_first);
  for (unsigned int i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      SAMPAN_AUTO_FD int fd = lock_entry (staging_fd, entry->name);

      if (fd >= 0 && ++kept > SAMPAN_PARTIALS_PER_ACCOUNT && !remove_entry (root, entry->name))
        g_warning ("cannot remove an old partial: %s", g_strerror (errno));
    }
}

void
sampan_staging_add_figures (const SampanShareRoot *root, SampanHeldFigures *figures)
{
  g_autoptr (GArray) entries = list_entries (sampan_share_root_get_staging_fd (root), "");

  figures->partials += entries->len;
  for (unsigned int i = 0; i < entries->len; i++)
    figures->partials_bytes += g_array_index (entries, Entry, i).disk_bytes;
}

/* What a crash left of an upload that was about to replace a file, or just had. */
static void
settle_entry (const SampanShareRoot *root, const Entry *entry)
{
  int staging_fd = sampan_share_root_get_staging_fd (root);
  SAMPAN_AUTO_FD int fd = lock_entry (staging_fd, entry->name);

  if (fd >= 0 && !settle_links (root, fd))
    unlinkat (staging_fd, entry->name, 0);
}

void
sampan_staging_expire (const SampanShareRoot *root, int64_t now)
{
  int staging_fd = sampan_share_root_get_staging_fd (root);
  g_autoptr (GArray) entries = list_entries (staging_fd, "");

  for (unsigned int i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      int64_t kept_secs = g_str_has_prefix (entry->name, NEVER_RESUMED_PREFIX)
                              ? NEVER_RESUMED_SECS
                              : (int64_t)SAMPAN_PARTIAL_DAYS * SECS_PER_DAY;
      SAMPAN_AUTO_FD int fd = -1;

      if (entry->has_links)
        settle_entry (root, entry);
      if (now - entry->changed.tv_sec <= kept_secs)
        continue;
      fd = lock_entry (staging_fd, entry->name);
      if ((fd >= 0 || errno == ELOOP || errno == ENXIO) && !remove_entry (root, entry->name))
        g_warning ("cannot remove an expired partial: %s", g_strerror (errno));
    }
}
