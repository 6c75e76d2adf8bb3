/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Key files among the settings. */

#include "config.h"

#include "config-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ten thousand servers; a larger file is not ours. */
#define FILE_MAX_BYTES (1024 * 1024)

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_config_dir (), "sampan", NULL);
}

static char *
get_filename (const char *name)
{
  return g_build_filename (g_get_user_config_dir (), "sampan", name, NULL);
}

GKeyFile *
sampan_config_file_load (const char *name, GError **error)
{
  g_autofree char *filename = get_filename (name);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *contents = NULL;
  size_t length;
  struct stat info;

  if (stat (filename, &info) != 0 && errno == ENOENT)
    return g_steal_pointer (&file);
  if (stat (filename, &info) == 0 && (!S_ISREG (info.st_mode) || info.st_size > FILE_MAX_BYTES))
    {
      sampan_config_file_set_damaged (name, "this is not a list of servers", error);
      return NULL;
    }
  if (!g_file_get_contents (filename, &contents, &length, error))
    return NULL;
  if (length > 0 &&
      !g_key_file_load_from_data (file, contents, length, G_KEY_FILE_KEEP_COMMENTS, &local))
    {
      sampan_config_file_set_damaged (name, local->message, error);
      return NULL;
    }
  return g_steal_pointer (&file);
}

bool
sampan_config_file_save (const char *name, GKeyFile *file, GError **error)
{
  g_autofree char *filename = get_filename (name);
  g_autofree char *contents = NULL;
  size_t length;

  contents = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents_full (filename,
                                   contents,
                                   (gssize)length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600,
                                   error);
}

/* The file itself is replaced, so it cannot be what is locked. */
int
sampan_config_file_lock (const char *name, GError **error)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *lock_name = g_strconcat (name, ".lock", NULL);
  g_autofree char *filename = g_build_filename (folder, lock_name, NULL);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_propagate_error (error, sampan_error_new_local (errno, folder));
      return -1;
    }
  fd = open (filename, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  while (fd >= 0 && flock (fd, LOCK_EX) != 0)
    if (errno != EINTR)
      {
        int saved_errno = errno;

        close (fd);
        errno = saved_errno;
        fd = -1;
      }
  if (fd < 0)
    g_propagate_error (error, sampan_error_new_local (errno, filename));
  return fd;
}

static bool
can_be_in_group_name (const char *text)
{
  if (*text == '\0' || !g_utf8_validate (text, -1, NULL))
    return false;
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '[' || *c == ']' || g_ascii_iscntrl (*c))
      return false;
  return true;
}

char *
sampan_config_file_dup_host (const char *host, GError **error)
{
  if (can_be_in_group_name (host))
    return g_ascii_strdown (host, -1);
  g_set_error_literal (error,
                       SAMPAN_ERROR,
                       SAMPAN_ERROR_BAD_NAME,
                       "This is not the address of a server");
  return NULL;
}

void
sampan_config_file_set_damaged (const char *name, const char *what, GError **error)
{
  g_autofree char *filename = get_filename (name);

  g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_IO, "%s: %s", filename, what);
}
