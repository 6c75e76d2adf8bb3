/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a server without any account makes at its first start. */

#include "config.h"

#include "accounts/first-start.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define DIRECTORY_MODE 0700
#define FALLBACK_USER "admin"

void
sampan_first_start_clear (SampanFirstStart *self)
{
  g_clear_pointer (&self->code, sampan_secret_free);
  g_clear_pointer (&self->directory, g_free);
  memset (self, 0, sizeof *self);
}

/* The directory of the share "files" if there is one; else NULL, maybe with error. */
static char *
find_directory (SampanAccountStore *store, GError **error)
{
  g_autoptr (GPtrArray) rows = sampan_account_store_list_shares (store, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const SampanShareRow *row = g_ptr_array_index (rows, i);

      if (strcmp (row->name, SAMPAN_FIRST_SHARE) == 0)
        return g_strdup (row->directory);
    }
  return NULL;
}

/* The share may be there already: its admin made it, or a first start was cut short. */
static char *
ensure_share (SampanAccountStore *store, const char *state_dir, GError **error)
{
  g_autofree char *relative = g_build_filename (state_dir, SAMPAN_FIRST_SHARE, NULL);
  g_autofree char *directory = g_canonicalize_filename (relative, NULL);
  g_autoptr (GError) list_error = NULL;
  char *existing = find_directory (store, &list_error);

  if (existing != NULL)
    return existing;
  if (list_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&list_error));
      return NULL;
    }
  if (g_mkdir (directory, DIRECTORY_MODE) != 0 && errno != EEXIST)
    {
      sampan_error_set_from_errno (error, errno, "Cannot make the folder of the first share");
      return NULL;
    }
  if (!sampan_account_store_add_share (store, SAMPAN_FIRST_SHARE, directory, error))
    return NULL;
  return g_steal_pointer (&directory);
}

static bool
add_account (SampanAccountStore *store, const char *user, const SampanSecret *code, GError **error)
{
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  uint8_t ksf = sampan_account_store_get_ksf (store);
  int64_t expires_secs = g_get_real_time () / G_USEC_PER_SEC + SAMPAN_INVITE_SECS;
  bool ok;

  ok = sampan_registration_local (sampan_account_store_get_keys (store),
                                  user,
                                  code,
                                  ksf,
                                  record,
                                  error) &&
       sampan_account_store_add (store, user, record, ksf, true, expires_secs, error);
  sodium_memzero (record, sizeof record);
  return ok;
}

/* The account without its right would keep the next start from trying again. */
static bool
grant_or_remove (SampanAccountStore *store, const char *user, GError **error)
{
  g_autoptr (GError) remove_error = NULL;

  if (sampan_account_store_grant (store, SAMPAN_FIRST_SHARE, user, SAMPAN_RIGHT_CHANGE, error))
    return true;
  if (!sampan_account_store_remove (store, user, &remove_error))
    g_warning ("Cannot undo a first start: %s", remove_error->message);
  return false;
}

bool
sampan_first_start (SampanAccountStore *store,
                    const char *state_dir,
                    SampanFirstStart *out,
                    GError **error)
{
  g_autoptr (GArray) accounts = sampan_account_store_list (store, error);
  g_auto (SampanFirstStart) made = { 0 };
  const char *login = g_get_user_name ();

  memset (out, 0, sizeof *out);
  if (accounts == NULL)
    return false;
  if (accounts->len > 0)
    return true;
  if (!sampan_user_name_is_valid (login, strlen (login)))
    login = FALLBACK_USER;
  g_strlcpy (made.user, login, sizeof made.user);
  made.directory = ensure_share (store, state_dir, error);
  if (made.directory == NULL)
    return false;
  made.code = sampan_one_time_code_generate ();
  if (made.code == NULL)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_FAILED, "Cannot make a one-time code");
      return false;
    }
  if (!add_account (store, made.user, made.code, error) ||
      !grant_or_remove (store, made.user, error))
    return false;
  *out = made;
  memset (&made, 0, sizeof made);
  return true;
}
