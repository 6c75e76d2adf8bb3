/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Copies of the box's files for other programs to look at. */

#include "config.h"

#include "open-cache.h"

#include "errors.h"
#include "escape.h"
#include "protocol.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0700
/* A program that makes folders beside what it looks at makes no deep ones. */
#define DEPTH_MAX 16
/* What follows the last dot and is longer is no extension. */
#define EXTENSION_MAX_BYTES 32
#define REPLACEMENT "\357\277\275" /* of sampan_display_name() */

/* ---- names ---- */

/* Where NAME, longer than MAX_BYTES, can be cut between two characters. */
static size_t
find_cut (const char *name, size_t max_bytes)
{
  const char *end = g_utf8_find_prev_char (name, name + max_bytes + 1);

  return end != NULL ? (size_t)(end - name) : 0;
}

static void
cut (GString *name)
{
  const char *dot = strrchr (name->str, '.');
  g_autofree char *extension = NULL;

  if (name->len <= SAMPAN_NAME_MAX)
    return;
  extension = g_strdup (dot != NULL && strlen (dot) <= EXTENSION_MAX_BYTES ? dot : "");
  g_string_truncate (name, name->len - strlen (extension));
  g_string_truncate (name, find_cut (name->str, SAMPAN_NAME_MAX - strlen (extension)));
  g_string_append (name, extension);
}

char *
sampan_open_cache_dup_name (const char *name)
{
  g_autofree char *display = sampan_display_name (name, -1);
  GString *safe = g_string_new (display);

  g_string_replace (safe, REPLACEMENT, "_", 0);
  g_string_replace (safe, "/", "_", 0);
  if (safe->len == 0 || safe->str[0] == '.' || safe->str[0] == '-')
    g_string_prepend_c (safe, '_');
  cut (safe);
  return g_string_free (safe, FALSE);
}

/* ---- the folder ---- */

static char *
dup_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "sampan", "open", NULL);
}

/* Not a link to elsewhere, and ours alone; -1 with errno. */
static int
open_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat info;

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) != 0 || info.st_uid != geteuid () || fchmod (fd, FOLDER_MODE) != 0)
    {
      close (fd);
      errno = EACCES;
      return -1;
    }
  return fd;
}

char *
sampan_open_cache_make_place (GError **error)
{
  g_autofree char *folder = dup_folder ();
  g_autofree char *shown = sampan_escape (folder, -1, 0);
  g_autofree char *place = g_build_filename (folder, "XXXXXX", NULL);
  int fd = -1;

  if (g_mkdir_with_parents (folder, FOLDER_MODE) == 0)
    fd = open_folder (folder);
  if (fd < 0 || g_mkdtemp_full (place, FOLDER_MODE) == NULL)
    {
      g_propagate_error (error, sampan_error_new_local (errno, shown));
      g_clear_pointer (&place, g_free);
    }
  if (fd >= 0)
    close (fd);
  return g_steal_pointer (&place);
}

/* ---- removing ---- */

static DIR *
open_dir (int parent_fd, const char *name)
{
  int fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;

  if (dir == NULL && fd >= 0)
    close (fd);
  return dir;
}

static bool
is_dots (const char *name)
{
  return strcmp (name, ".") == 0 || strcmp (name, "..") == 0;
}

static void
remove_tree (int parent_fd, const char *name, int depth)
{
  DIR *dir = depth < DEPTH_MAX ? open_dir (parent_fd, name) : NULL;
  struct dirent *entry;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    {
      if (is_dots (entry->d_name))
        continue;
      if (unlinkat (dirfd (dir), entry->d_name, 0) != 0)
        remove_tree (dirfd (dir), entry->d_name, depth + 1);
    }
  if (dir != NULL)
    closedir (dir);
  if (unlinkat (parent_fd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
    g_debug ("%s in the cache stays: %s", name, g_strerror (errno));
}

void
sampan_open_cache_remove_place (const char *place)
{
  g_autofree char *folder = g_path_get_dirname (place);
  g_autofree char *name = g_path_get_basename (place);
  int fd = open_folder (folder);

  if (fd < 0)
    return;
  remove_tree (fd, name, 0);
  close (fd);
}

/* ---- cleaning ---- */

typedef struct
{
  char *name;
  int64_t made_secs;
  uint64_t bytes;
} Place;

static void
place_clear (gpointer data)
{
  g_free (((Place *)data)->name);
}

/* The newest first. */
static int
compare_places (gconstpointer a, gconstpointer b)
{
  int64_t left = ((const Place *)a)->made_secs;
  int64_t right = ((const Place *)b)->made_secs;

  return left < right ? 1 : left > right ? -1 : 0;
}

static uint64_t
sum_up (int folder_fd, const char *name)
{
  DIR *dir = open_dir (folder_fd, name);
  struct dirent *entry;
  struct stat info;
  uint64_t sum = 0;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    if (fstatat (dirfd (dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG (info.st_mode))
      sum += (uint64_t)info.st_size;
  if (dir != NULL)
    closedir (dir);
  return sum;
}

static GArray *
list_places (int folder_fd)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  DIR *dir = open_dir (folder_fd, ".");
  struct dirent *entry;
  struct stat info;

  g_array_set_clear_func (places, place_clear);
  while (dir != NULL && (entry = readdir (dir)) != NULL)
    {
      Place place = { 0 };

      if (is_dots (entry->d_name) ||
          fstatat (folder_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
          !S_ISDIR (info.st_mode))
        continue;
      place.name = g_strdup (entry->d_name);
      place.made_secs = info.st_mtim.tv_sec;
      place.bytes = sum_up (folder_fd, entry->d_name);
      g_array_append_val (places, place);
    }
  if (dir != NULL)
    closedir (dir);
  g_array_sort (places, compare_places);
  return places;
}

void
sampan_open_cache_clean (int64_t now_secs)
{
  g_autofree char *folder = dup_folder ();
  int fd = open_folder (folder);
  g_autoptr (GArray) places = NULL;
  uint64_t sum = 0;

  if (fd < 0)
    return;
  places = list_places (fd);
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);
      int64_t age_secs = now_secs - place->made_secs;

      sum += place->bytes;
      if (age_secs > SAMPAN_OPEN_CACHE_AGE_MAX_SECS ||
          (age_secs > SAMPAN_OPEN_CACHE_FRESH_SECS && sum > SAMPAN_OPEN_CACHE_MAX_BYTES))
        remove_tree (fd, place->name, 0);
    }
  close (fd);
}
