/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the window remembers. */

#include "config.h"

#include "settings.h"

#include "protocol.h"

#include <gio/gio.h>

#define GROUP_SERVER "Last Server"
#define GROUP_WINDOW "Window"
#define DEFAULT_WIDTH_PX 860
#define DEFAULT_HEIGHT_PX 700
/* Beyond these a size is a mistake in the file. */
#define SIDE_MIN_PX 300
#define SIDE_MAX_PX 10000
#define DIRECTORY_MODE 0700

static char *
dup_file_name (void)
{
  return g_build_filename (g_get_user_config_dir (), "sampan", "window.conf", NULL);
}

static char *
get_string (GKeyFile *file, const char *key)
{
  char *value = g_key_file_get_string (file, GROUP_SERVER, key, NULL);

  return value != NULL ? value : g_strdup ("");
}

static int
get_integer (GKeyFile *file, const char *group, const char *key, int min, int max, int fallback)
{
  int value = g_key_file_get_integer (file, group, key, NULL);

  return value >= min && value <= max ? value : fallback;
}

SampanSettings *
sampan_settings_load (void)
{
  SampanSettings *self = g_new0 (SampanSettings, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *name = dup_file_name ();

  /* Without the file there are only defaults. */
  (void)g_key_file_load_from_file (file, name, G_KEY_FILE_NONE, NULL);
  self->host = get_string (file, "host");
  self->user = get_string (file, "user");
  self->port =
      (uint16_t)get_integer (file, GROUP_SERVER, "port", 1, G_MAXUINT16, SAMPAN_DEFAULT_PORT);
  self->width =
      get_integer (file, GROUP_WINDOW, "width", SIDE_MIN_PX, SIDE_MAX_PX, DEFAULT_WIDTH_PX);
  self->height =
      get_integer (file, GROUP_WINDOW, "height", SIDE_MIN_PX, SIDE_MAX_PX, DEFAULT_HEIGHT_PX);
  return self;
}

void
sampan_settings_save_now (const SampanSettings *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *name = dup_file_name ();
  g_autofree char *directory = g_path_get_dirname (name);

  g_key_file_set_string (file, GROUP_SERVER, "host", self->host);
  g_key_file_set_integer (file, GROUP_SERVER, "port", self->port);
  g_key_file_set_string (file, GROUP_SERVER, "user", self->user);
  g_key_file_set_integer (file, GROUP_WINDOW, "width", self->width);
  g_key_file_set_integer (file, GROUP_WINDOW, "height", self->height);
  if (g_mkdir_with_parents (directory, DIRECTORY_MODE) != 0 ||
      !g_key_file_save_to_file (file, name, &error))
    g_message ("the settings were not saved: %s", error != NULL ? error->message : directory);
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  sampan_settings_save_now (task_data);
  g_task_return_boolean (task, TRUE);
}

void
sampan_settings_save (const SampanSettings *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  SampanSettings *copy = g_memdup2 (self, sizeof *self);

  copy->host = g_strdup (self->host);
  copy->user = g_strdup (self->user);
  g_task_set_source_tag (task, sampan_settings_save);
  g_task_set_task_data (task, copy, (GDestroyNotify)sampan_settings_free);
  g_task_run_in_thread (task, save_thread);
}

void
sampan_settings_free (SampanSettings *self)
{
  g_free (self->host);
  g_free (self->user);
  g_free (self);
}
