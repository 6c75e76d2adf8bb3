/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The remembered server keys: one GKeyFile group for each "host:port". */

#include "config.h"

#include "known-servers.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_NAME "key"
/* Ten thousand servers; a larger file is not ours. */
#define FILE_MAX_BYTES (1024 * 1024)
#define KEY_HEX_LENGTH ((size_t)2 * SAMPAN_PUBLIC_KEY_LENGTH)

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_config_dir (), "sampan", NULL);
}

static char *
get_filename (void)
{
  return g_build_filename (g_get_user_config_dir (), "sampan", "known-servers", NULL);
}

/* NULL if HOST has bytes that a group name cannot hold: it is no host then. */
static char *
get_group (const char *host, uint16_t port, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  for (const char *c = lower; *c != '\0'; c++)
    if (*c == '[' || *c == ']' || g_ascii_iscntrl (*c))
      {
        g_set_error_literal (error,
                             SAMPAN_ERROR,
                             SAMPAN_ERROR_BAD_NAME,
                             "This is not the address of a server");
        return NULL;
      }
  if (*lower == '\0' || !g_utf8_validate (lower, -1, NULL))
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_BAD_NAME,
                           "This is not the address of a server");
      return NULL;
    }
  return g_strdup_printf ("%s:%u", lower, port);
}

static bool
set_damaged (GError **error, const char *filename, const char *what)
{
  g_set_error (error, SAMPAN_ERROR, SAMPAN_ERROR_IO, "%s: %s", filename, what);
  return false;
}

static bool
decode_key (const char *hex, uint8_t key[static SAMPAN_PUBLIC_KEY_LENGTH])
{
  size_t length = 0;

  return hex != NULL && strlen (hex) == KEY_HEX_LENGTH &&
         sodium_hex2bin (key, SAMPAN_PUBLIC_KEY_LENGTH, hex, KEY_HEX_LENGTH, NULL, &length, NULL) ==
             0 &&
         length == SAMPAN_PUBLIC_KEY_LENGTH;
}

/* Every entry is checked, so that damage shows before it matters. */
static bool
check_all (GKeyFile *file, const char *filename, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (size_t i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *hex = g_key_file_get_value (file, groups[i], KEY_NAME, NULL);
      uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH];

      if (!decode_key (hex, key))
        return set_damaged (error, filename, "the file is damaged");
    }
  return true;
}

/* A missing file is an empty one. */
static GKeyFile *
load (GError **error)
{
  g_autofree char *filename = get_filename ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *contents = NULL;
  size_t length;
  struct stat info;

  if (stat (filename, &info) != 0 && errno == ENOENT)
    return g_steal_pointer (&file);
  if (stat (filename, &info) == 0 && (!S_ISREG (info.st_mode) || info.st_size > FILE_MAX_BYTES))
    {
      set_damaged (error, filename, "this is not a list of servers");
      return NULL;
    }
  if (!g_file_get_contents (filename, &contents, &length, &local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (length > 0 &&
      !g_key_file_load_from_data (file, contents, length, G_KEY_FILE_KEEP_COMMENTS, &local))
    {
      set_damaged (error, filename, local->message);
      return NULL;
    }
  if (!check_all (file, filename, error))
    return NULL;
  return g_steal_pointer (&file);
}

/* Serialises writers, of this process and others; the file itself is replaced, so it cannot be
 * what is locked. -1 with an error. */
static int
lock_writers (GError **error)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *filename = g_build_filename (folder, "known-servers.lock", NULL);
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
save (GKeyFile *file, GError **error)
{
  g_autofree char *filename = get_filename ();
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

bool
sampan_known_servers_check (const char *host,
                            uint16_t port,
                            const uint8_t key[static SAMPAN_PUBLIC_KEY_LENGTH],
                            SampanServerKnowledge *knowledge,
                            GError **error)
{
  g_autofree char *group = get_group (host, port, error);
  g_autoptr (GKeyFile) file = group != NULL ? load (error) : NULL;
  g_autofree char *hex = NULL;
  uint8_t known[SAMPAN_PUBLIC_KEY_LENGTH];

  if (file == NULL)
    return false;
  hex = g_key_file_get_value (file, group, KEY_NAME, NULL);
  if (hex == NULL)
    *knowledge = SAMPAN_SERVER_NEW;
  else if (decode_key (hex, known) && sodium_memcmp (known, key, sizeof known) == 0)
    *knowledge = SAMPAN_SERVER_KNOWN;
  else
    *knowledge = SAMPAN_SERVER_DIFFERENT;
  return true;
}

/* KEY is NULL to forget. */
static bool
change (const char *host, uint16_t port, const uint8_t *key, GError **error)
{
  g_autofree char *group = get_group (host, port, error);
  g_autoptr (GKeyFile) file = NULL;
  char hex[KEY_HEX_LENGTH + 1];
  bool ok;
  int lock_fd = group != NULL ? lock_writers (error) : -1;

  if (lock_fd < 0)
    return false;
  file = load (error);
  if (file != NULL && key != NULL)
    g_key_file_set_value (file,
                          group,
                          KEY_NAME,
                          sodium_bin2hex (hex, sizeof hex, key, SAMPAN_PUBLIC_KEY_LENGTH));
  else if (file != NULL)
    g_key_file_remove_group (file, group, NULL);
  ok = file != NULL && save (file, error);
  close (lock_fd);
  return ok;
}

bool
sampan_known_servers_remember (const char *host,
                               uint16_t port,
                               const uint8_t key[static SAMPAN_PUBLIC_KEY_LENGTH],
                               GError **error)
{
  return change (host, port, key, error);
}

bool
sampan_known_servers_forget (const char *host, uint16_t port, GError **error)
{
  return change (host, port, NULL, error);
}
