/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The saved servers: one GKeyFile group for each "user@host:port". */

#include "config.h"

#include "saved-servers.h"

#include "config-file.h"
#include "login.h"

#include <string.h>
#include <unistd.h>

#define FILE_NAME "saved-servers"
#define KEY_NAME "name"
#define KEY_LAST_USED "last-used" /* microseconds since 1970 */
#define KEY_KEEPS_PASSWORD "password-in-keyring"

static char *
get_group (SampanSavedServer *server, GError **error)
{
  const char *user = sampan_saved_server_get_user (server);
  g_autofree char *host =
      sampan_config_file_dup_host (sampan_saved_server_get_host (server), error);

  if (host == NULL)
    return NULL;
  if (!sampan_user_name_is_valid (user, strlen (user)) ||
      sampan_saved_server_get_port (server) == 0)
    {
      g_set_error_literal (error,
                           SAMPAN_ERROR,
                           SAMPAN_ERROR_BAD_NAME,
                           "This is not an account of a server");
      return NULL;
    }
  return g_strdup_printf ("%s@%s:%u", user, host, sampan_saved_server_get_port (server));
}

/* NULL: it makes no sense. */
static SampanSavedServer *
parse_group (GKeyFile *file, const char *group)
{
  const char *at = strchr (group, '@');
  const char *colon = strrchr (group, ':');
  g_autoptr (SampanSavedServer) server = NULL;
  g_autofree char *user = NULL;
  g_autofree char *host = NULL;
  g_autofree char *name = NULL;
  g_autofree char *canonical = NULL;
  uint64_t port;

  if (at == NULL || colon == NULL || colon < at ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return NULL;
  user = g_strndup (group, (size_t)(at - group));
  host = g_strndup (at + 1, (size_t)(colon - at - 1));
  name = g_key_file_get_string (file, group, KEY_NAME, NULL);
  server = sampan_saved_server_new (name,
                                    host,
                                    (uint16_t)port,
                                    user,
                                    g_key_file_get_boolean (file, group, KEY_KEEPS_PASSWORD, NULL),
                                    g_key_file_get_int64 (file, group, KEY_LAST_USED, NULL));
  /* No account is there twice. */
  canonical = get_group (server, NULL);
  return g_strcmp0 (canonical, group) == 0 ? g_steal_pointer (&server) : NULL;
}

static int
compare_servers (gconstpointer a, gconstpointer b)
{
  SampanSavedServer *first = *(SampanSavedServer *const *)a;
  SampanSavedServer *second = *(SampanSavedServer *const *)b;
  int64_t first_us = sampan_saved_server_get_last_used_us (first);
  int64_t second_us = sampan_saved_server_get_last_used_us (second);

  if (first_us != second_us)
    return first_us > second_us ? -1 : 1;
  return g_utf8_collate (sampan_saved_server_get_title (first),
                         sampan_saved_server_get_title (second));
}

GPtrArray *
sampan_saved_servers_load (GError **error)
{
  g_autoptr (GKeyFile) file = sampan_config_file_load (FILE_NAME, error);
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) groups = NULL;

  if (file == NULL)
    return NULL;
  groups = g_key_file_get_groups (file, NULL);
  for (size_t i = 0; groups[i] != NULL; i++)
    {
      SampanSavedServer *server = parse_group (file, groups[i]);

      if (server != NULL)
        g_ptr_array_add (servers, server);
    }
  g_ptr_array_sort (servers, compare_servers);
  return g_steal_pointer (&servers);
}

static void
write_group (GKeyFile *file, const char *group, SampanSavedServer *server)
{
  const char *name = sampan_saved_server_get_name (server);

  if (name != NULL)
    g_key_file_set_string (file, group, KEY_NAME, name);
  else
    g_key_file_remove_key (file, group, KEY_NAME, NULL);
  g_key_file_set_int64 (file, group, KEY_LAST_USED, sampan_saved_server_get_last_used_us (server));
  g_key_file_set_boolean (file,
                          group,
                          KEY_KEEPS_PASSWORD,
                          sampan_saved_server_get_keeps_password (server));
}

/* Either is nullable. */
static bool
change (const char *removed, const char *group, SampanSavedServer *server, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  int lock_fd = sampan_config_file_lock (FILE_NAME, error);
  bool ok;

  if (lock_fd < 0)
    return false;
  file = sampan_config_file_load (FILE_NAME, error);
  if (file != NULL && removed != NULL && g_strcmp0 (removed, group) != 0)
    g_key_file_remove_group (file, removed, NULL);
  if (file != NULL && group != NULL)
    write_group (file, group, server);
  ok = file != NULL && sampan_config_file_save (FILE_NAME, file, error);
  close (lock_fd);
  return ok;
}

bool
sampan_saved_servers_put (SampanSavedServer *server, SampanSavedServer *replaced, GError **error)
{
  g_autofree char *group = get_group (server, error);
  g_autofree char *removed = replaced != NULL ? get_group (replaced, NULL) : NULL;

  return group != NULL && change (removed, group, server, error);
}

bool
sampan_saved_servers_forget (SampanSavedServer *server, GError **error)
{
  g_autofree char *group = get_group (server, error);

  return group != NULL && change (group, NULL, NULL, error);
}
