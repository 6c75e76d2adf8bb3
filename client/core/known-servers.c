/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The remembered server keys: one GKeyFile group for each "host:port". */

#include "config.h"

#include "known-servers.h"

#include "config-file.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "known-servers"
#define KEY_NAME "key"
#define KEY_HEX_LENGTH ((size_t)2 * SAMPAN_PUBLIC_KEY_LENGTH)

static char *
get_group (const char *host, uint16_t port, GError **error)
{
  g_autofree char *lower = sampan_config_file_dup_host (host, error);

  return lower != NULL ? g_strdup_printf ("%s:%u", lower, port) : NULL;
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
check_all (GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (size_t i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *hex = g_key_file_get_value (file, groups[i], KEY_NAME, NULL);
      uint8_t key[SAMPAN_PUBLIC_KEY_LENGTH];

      if (!decode_key (hex, key))
        {
          sampan_config_file_set_damaged (FILE_NAME, "the file is damaged", error);
          return false;
        }
    }
  return true;
}

static GKeyFile *
load (GError **error)
{
  g_autoptr (GKeyFile) file = sampan_config_file_load (FILE_NAME, error);

  return file != NULL && check_all (file, error) ? g_steal_pointer (&file) : NULL;
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
  int lock_fd = group != NULL ? sampan_config_file_lock (FILE_NAME, error) : -1;

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
  ok = file != NULL && sampan_config_file_save (FILE_NAME, file, error);
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
