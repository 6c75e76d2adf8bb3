/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the program remembers. */

#include "config.h"

#include "settings.h"

#include <glib/gstdio.h>

#define COMPILED_NAME "gschemas.compiled" /* GSettings looks for this one */
#define COMPILED_RESOURCE "/io/github/sampan/Sampan/" COMPILED_NAME

static GSettings *settings;

/* GSettings reads folders only; what it has mapped may be gone from there. */
static GSettingsSchema *
look_up_own (GError **error)
{
  g_autoptr (GBytes) compiled =
      g_resources_lookup_data (COMPILED_RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autoptr (GSettingsSchemaSource) source = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;

  if (compiled == NULL || (folder = g_dir_make_tmp ("sampan-XXXXXX", error)) == NULL)
    return NULL;
  name = g_build_filename (folder, COMPILED_NAME, NULL);
  if (g_file_set_contents (name,
                           g_bytes_get_data (compiled, NULL),
                           (gssize)g_bytes_get_size (compiled),
                           error))
    source = g_settings_schema_source_new_from_directory (folder, NULL, TRUE, error);
  (void)g_unlink (name);
  (void)g_rmdir (folder);
  return source != NULL ? g_settings_schema_source_lookup (source, SAMPAN_APP_ID, FALSE) : NULL;
}

static GSettingsSchema *
look_up_installed (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();

  return source != NULL ? g_settings_schema_source_lookup (source, SAMPAN_APP_ID, TRUE) : NULL;
}

static bool
has_all_keys_of (GSettingsSchema *schema, GSettingsSchema *own)
{
  g_auto (GStrv) keys = g_settings_schema_list_keys (own);

  for (size_t i = 0; keys[i] != NULL; i++)
    if (!g_settings_schema_has_key (schema, keys[i]))
      return false;
  return true;
}

bool
sampan_settings_init (GError **error)
{
  g_autoptr (GSettingsSchema) own = look_up_own (error);
  g_autoptr (GSettingsSchema) installed = look_up_installed ();

  if (own == NULL)
    return false;
  settings =
      g_settings_new_full (installed != NULL && has_all_keys_of (installed, own) ? installed : own,
                           NULL,
                           NULL);
  return true;
}

GSettings *
sampan_settings_get (void)
{
  g_assert (settings != NULL);
  return settings;
}
