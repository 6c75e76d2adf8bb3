/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the running server can do with the folder of a share. */

#include "config.h"

#include "commands/share-health.h"

#include "commands/json-text.h"
#include "control.h"
#include "escape.h"

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

/* Where systemd is the service manager; and where its unit keeps the state. */
#define SYSTEMD_FOLDER "/run/systemd/system"
#define SERVICE_STATE "/var/lib/sampand"

typedef struct
{
  const char *share;
  SampanShareHealth health;
} Search;

static void
look_at_share_cb (const char *key, const char *object, gpointer user_data)
{
  Search *search = user_data;
  g_autofree char *name = sampan_json_find (object, "name");
  g_autofree char *open = sampan_json_find (object, "open");
  g_autofree char *writable = sampan_json_find (object, "writable");

  if (g_strcmp0 (name, search->share) != 0)
    return;
  if (g_strcmp0 (open, "true") != 0)
    search->health = SAMPAN_SHARE_HEALTH_CLOSED;
  else
    search->health = g_strcmp0 (writable, "true") == 0 ? SAMPAN_SHARE_HEALTH_WRITABLE
                                                       : SAMPAN_SHARE_HEALTH_READ_ONLY;
}

SampanShareHealth
sampan_share_health_find (const char *status, const char *share)
{
  Search search = { .share = share, .health = SAMPAN_SHARE_HEALTH_UNKNOWN };
  g_autofree char *list = status != NULL ? sampan_json_find (status, "share_list") : NULL;

  if (list == NULL || !sampan_json_foreach_item (list, look_at_share_cb, &search))
    return SAMPAN_SHARE_HEALTH_UNKNOWN;
  return search.health;
}

typedef struct
{
  const char *share;
  bool is_found;
} AddingSearch;

static void
look_at_grant_cb (const char *share, const char *who, SampanRight right, gpointer user_data)
{
  AddingSearch *search = user_data;

  if (right >= SAMPAN_RIGHT_ADD && strcmp (share, search->share) == 0)
    search->is_found = true;
}

bool
sampan_share_health_is_for_adding (SampanAccountStore *store, const char *share)
{
  AddingSearch search = { .share = share };

  return sampan_account_store_foreach_grant (store, look_at_grant_cb, &search, NULL) &&
         search.is_found;
}

static char *
get_server_user (const char *state_dir)
{
  struct stat state;
  const struct passwd *user = stat (state_dir, &state) == 0 ? getpwuid (state.st_uid) : NULL;

  return g_strdup (user != NULL ? user->pw_name : "USER");
}

/* The service is allowed the folder of all homes at once. */
static char *
get_allowed (const SampanShareRow *row)
{
  g_autofree char *above = g_path_get_dirname (row->directory);

  return sampan_escape (row->is_home ? above : row->directory, -1, SAMPAN_PATH_MAX);
}

char *
sampan_share_health_get_cure (const char *state_dir, const SampanShareRow *row)
{
  g_autofree char *user = get_server_user (state_dir);
  g_autofree char *shown = sampan_escape (row->directory, -1, SAMPAN_PATH_MAX);
  g_autofree char *allowed = get_allowed (row);
  g_autofree char *state = g_canonicalize_filename (state_dir, NULL);

  if (!g_file_test (SYSTEMD_FOLDER, G_FILE_TEST_IS_DIR) || strcmp (state, SERVICE_STATE) != 0 ||
      g_str_has_prefix (row->directory, SERVICE_STATE "/"))
    return g_strdup_printf ("Give it to the server's user: 'chown %s %s'; then restart the server.",
                            user,
                            shown);
  return g_strdup_printf ("Give it to the server's user: 'chown %s %s'; allow it to the service: "
                          "'systemctl edit sampand' with the lines \"[Service]\" and "
                          "\"ReadWritePaths=%s\"; then 'systemctl restart sampand'.",
                          user,
                          shown,
                          allowed);
}

static const SampanShareRow *
find_row (const GPtrArray *rows, const char *share)
{
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const SampanShareRow *row = g_ptr_array_index (rows, i);

      if (strcmp (row->name, share) == 0)
        return row;
    }
  return NULL;
}

void
sampan_share_health_warn (const SampanArguments *arguments,
                          SampanAccountStore *store,
                          const char *share)
{
  g_autofree char *status = sampan_control_call (arguments->state, "status", NULL);
  SampanShareHealth health = sampan_share_health_find (status, share);
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *cure = NULL;
  const SampanShareRow *row;

  if (health != SAMPAN_SHARE_HEALTH_CLOSED && (health != SAMPAN_SHARE_HEALTH_READ_ONLY ||
                                               !sampan_share_health_is_for_adding (store, share)))
    return;
  rows = sampan_account_store_list_shares (store, NULL);
  row = find_row (rows, share);
  if (row == NULL)
    return;
  cure = sampan_share_health_get_cure (arguments->state, row);
  g_printerr ("sampand: The server cannot %s the folder of %s. %s\n",
              health == SAMPAN_SHARE_HEALTH_CLOSED ? "open" : "write to",
              share,
              cure);
}
