/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The running program. */

#include "config.h"

#include "application.h"

#include "help-window.h"
#include "open-cache.h"
#include "secret.h"
#include "window.h"

#include <glib/gi18n.h>
#include <stdbool.h>

#define RESOURCE_BASE "/io/github/sampan/Sampan"

struct _SampanApplication
{
  GtkApplication parent_instance;

  SampanEngine *engine;     /* made with the first window */
  SampanServerStore *store; /* as well */
  SampanSecret *password;   /* of --password-file, for the first URI; nullable */
};

G_DEFINE_TYPE (SampanApplication, sampan_application, GTK_TYPE_APPLICATION)

typedef struct
{
  const char *action;
  const char *accels[3];
} Shortcut;

/* Keys that an entry needs itself (Delete, Ctrl+A, Return) belong to the list and are not here. */
static const Shortcut shortcuts[] = {
  { "app.new-window", { "<Primary>n" } },
  { "app.help", { "F1" } },
  { "app.quit", { "<Primary>q" } },
  { "win.connect", { "<Primary><Shift>o" } },
  { "win.log-out", { "<Primary><Shift>w" } },
  { "win.close", { "<Primary>w" } },
  { "win.up", { "<Alt>Up" } },
  { "win.home", { "<Alt>Home" } },
  { "win.invert-selection", { "<Primary><Shift>i" } },
  { "win.select-matching", { "<Primary>s" } },
  { "win.open-selected", { "<Primary>o", "<Alt>Down" } },
  { "win.refresh", { "F5", "<Primary>r" } },
  { "win.type-path", { "<Primary>l" } },
  { "win.find", { "<Primary>f" } },
  { "win.properties", { "<Alt>Return", "<Primary>i" } },
  { "win.bookmark", { "<Primary>d" } },
  { "win.bookmarks", { "F9" } },
  { "win.search", { "<Primary><Shift>f" } },
  { "win.show-hidden", { "<Primary>h" } },
  { "win.undo", { "<Primary>z" } },
  { "win.redo", { "<Primary><Shift>z", "<Primary>y" } },
  { "win.new-folder", { "<Primary><Shift>n" } },
  { "win.upload", { "<Primary>u" } },
  { "win.upload-folder", { "<Primary><Shift>u" } },
  { "win.download", { "<Primary><Shift>s" } },
  { "win.transfers", { "<Primary>j" } },
  { "win.menu", { "F10" } },
};

/* What could not be kept is told where the person is. */
static void
store_failed_cb (SampanApplication *self, const char *text)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (SAMPAN_IS_WINDOW (active))
    sampan_window_tell (SAMPAN_WINDOW (active), text);
}

static bool
is_any (SampanWindow *window, gconstpointer data)
{
  return true;
}

static bool
has_session_of (SampanWindow *window, gconstpointer remote)
{
  return sampan_window_has_session_of (window, remote);
}

static bool
is_free (SampanWindow *window, gconstpointer data)
{
  return sampan_window_is_free (window);
}

/* The one that was used last of those that FIT; NULL if none does. */
static SampanWindow *
find_fitting_window (SampanApplication *self,
                     bool (*fits) (SampanWindow *window, gconstpointer data),
                     gconstpointer data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *l = windows; l != NULL; l = l->next)
    if (SAMPAN_IS_WINDOW (l->data) && fits (l->data, data))
      return l->data;
  return NULL;
}

static SampanWindow *
get_window (SampanApplication *self)
{
  SampanWindow *window = find_fitting_window (self, is_any, NULL);

  return window != NULL ? window : sampan_application_add_window (self);
}

/* Nobody's session ends because another server is opened. */
static SampanWindow *
get_window_for (SampanApplication *self, const SampanRemote *remote)
{
  SampanWindow *window = find_fitting_window (self, has_session_of, remote);

  if (window == NULL)
    window = find_fitting_window (self, is_free, NULL);
  return window != NULL ? window : sampan_application_add_window (self);
}

static SampanWindow *
find_window (SampanApplication *self, GVariant *parameter)
{
  GtkWindow *window =
      gtk_application_get_window_by_id (GTK_APPLICATION (self), g_variant_get_uint32 (parameter));

  return window != NULL && SAMPAN_IS_WINDOW (window) ? SAMPAN_WINDOW (window) : NULL;
}

/* Of a notification, which may be older than this process. */
static void
show_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *window = find_window (user_data, parameter);

  gtk_window_present (GTK_WINDOW (window != NULL ? window : get_window (user_data)));
}

static void
retry_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *window = find_window (user_data, parameter);

  show_window_cb (action, parameter, user_data);
  if (window != NULL)
    sampan_window_retry_failed (window);
}

static void
show_folder_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *uri = g_variant_get_string (parameter, NULL);
  g_autoptr (GError) error = NULL;

  if (!g_str_has_prefix (uri, "file:///") ||
      !gtk_show_uri_on_window (NULL, uri, GDK_CURRENT_TIME, &error))
    g_message ("%s is not shown: %s", uri, error != NULL ? error->message : "not local");
}

static void
new_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (sampan_application_add_window (user_data)));
}

static void
help_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  gtk_window_present (GTK_WINDOW (sampan_help_window_new (parent)));
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  gtk_show_about_dialog (parent,
                         "program-name",
                         _ ("Sampan"),
                         "logo-icon-name",
                         SAMPAN_APP_ID,
                         "version",
                         SAMPAN_VERSION,
                         "comments",
                         _ ("Carries files between this computer and a box on your network"),
                         "license-type",
                         GTK_LICENSE_GPL_3_0,
                         "copyright",
                         _ ("© The Sampan contributors"),
                         /* Translators: your names, one on each line. */
                         "translator-credits",
                         _ ("translator-credits"),
                         NULL);
}

/* Each window asks for itself when files are on their way. */
static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) windows =
      g_list_copy (gtk_application_get_windows (GTK_APPLICATION (user_data)));

  for (GList *l = windows; l != NULL; l = l->next)
    if (SAMPAN_IS_WINDOW (l->data))
      gtk_window_close (l->data);
}

static const GActionEntry actions[] = {
  { "about", about_cb },
  { "help", help_cb },
  { "new-window", new_window_cb },
  { "show-window", show_window_cb, "u" },
  { "retry", retry_cb, "u" },
  { "show-folder", show_folder_cb, "s" },
  { "quit", quit_cb },
};

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, RESOURCE_BASE "/style.css");
  gtk_style_context_add_provider_for_screen (gdk_screen_get_default (),
                                             GTK_STYLE_PROVIDER (provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
clean_cache_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  sampan_open_cache_clean (g_get_real_time () / G_USEC_PER_SEC);
  g_task_return_boolean (task, TRUE);
}

/* Copies of opened files, of earlier days. */
static void
clean_cache (SampanApplication *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_source_tag (task, clean_cache);
  g_task_run_in_thread (task, clean_cache_thread);
}

static void
sampan_application_shutdown (GApplication *application)
{
  sampan_open_cache_clean (g_get_real_time () / G_USEC_PER_SEC);
  G_APPLICATION_CLASS (sampan_application_parent_class)->shutdown (application);
}

/* Back is where a line of text begins. */
static void
set_history_keys (GtkApplication *application)
{
  const char *left[] = { "<Alt>Left", NULL };
  const char *right[] = { "<Alt>Right", NULL };
  bool is_rtl = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  gtk_application_set_accels_for_action (application, "win.back", is_rtl ? right : left);
  gtk_application_set_accels_for_action (application, "win.forward", is_rtl ? left : right);
}

static void
sampan_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (sampan_application_parent_class)->startup (application);
  load_style ();
  clean_cache (SAMPAN_APPLICATION (application));
  gtk_window_set_default_icon_name (SAMPAN_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application),
                                   actions,
                                   G_N_ELEMENTS (actions),
                                   application);
  for (size_t i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application),
                                           shortcuts[i].action,
                                           shortcuts[i].accels);
  set_history_keys (GTK_APPLICATION (application));
}

static void
sampan_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (SAMPAN_APPLICATION (application))));
}

static void
open_uri (SampanApplication *self, const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanRemote) remote = sampan_remote_parse (uri, &error);
  SampanWindow *window = remote != NULL ? get_window_for (self, remote) : get_window (self);

  gtk_window_present (GTK_WINDOW (window));
  if (remote != NULL)
    sampan_window_open (window, remote, self->password);
  else
    sampan_window_tell_bad_link (window, error);
  g_clear_pointer (&self->password, sampan_secret_free);
}

static void
sampan_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      open_uri (SAMPAN_APPLICATION (application), uri);
    }
}

/* -1: go on. */
static int
read_password (SampanApplication *self, const char *filename)
{
  g_autoptr (GError) error = NULL;

  self->password = sampan_secret_read_file (filename, &error);
  if (self->password != NULL)
    return -1;
  /* Translators: %s names the file and says what is wrong. */
  g_printerr (_ ("sampan: No password: %s\n"), error->message);
  return 1;
}

/* -1: this is the first of them, which opens a window by itself. */
static int
ask_for_window (GApplication *application)
{
  g_autoptr (GError) error = NULL;

  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("sampan: %s\n", error->message);
      return 1;
    }
  if (!g_application_get_is_remote (application))
    return -1;
  g_action_group_activate_action (G_ACTION_GROUP (application), "new-window", NULL);
  return 0;
}

static int
sampan_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  const char *password_file;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("sampan %s\n", SAMPAN_VERSION);
      return 0;
    }
  if (g_variant_dict_lookup (options, "password-file", "^&ay", &password_file))
    {
      /* A password is not handed to another process: this one has a window of its own. */
      g_application_set_flags (application,
                               g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
      return read_password (SAMPAN_APPLICATION (application), password_file);
    }
  if (g_variant_dict_contains (options, "new-window"))
    return ask_for_window (application);
  return -1;
}

static void
sampan_application_finalize (GObject *object)
{
  SampanApplication *self = SAMPAN_APPLICATION (object);

  g_clear_object (&self->store);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->password, sampan_secret_free);
  G_OBJECT_CLASS (sampan_application_parent_class)->finalize (object);
}

static void
sampan_application_class_init (SampanApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sampan_application_finalize;
  application_class->startup = sampan_application_startup;
  application_class->shutdown = sampan_application_shutdown;
  application_class->activate = sampan_application_activate;
  application_class->open = sampan_application_open;
  application_class->handle_local_options = sampan_application_handle_local_options;
}

static void
sampan_application_init (SampanApplication *self)
{
  GApplication *application = G_APPLICATION (self);

  g_application_add_main_option (application,
                                 "version",
                                 'v',
                                 G_OPTION_FLAG_NONE,
                                 G_OPTION_ARG_NONE,
                                 _ ("Print the version and leave"),
                                 NULL);
  g_application_add_main_option (application,
                                 "new-window",
                                 0,
                                 G_OPTION_FLAG_NONE,
                                 G_OPTION_ARG_NONE,
                                 _ ("Open another window"),
                                 NULL);
  g_application_add_main_option (application,
                                 "password-file",
                                 0,
                                 G_OPTION_FLAG_NONE,
                                 G_OPTION_ARG_FILENAME,
                                 _ ("Log in at once with the password in the first line of FILE"),
                                 _ ("FILE"));
  g_application_set_option_context_parameter_string (application,
                                                     "[sampan://USER@HOST[:PORT]/SHARE/PATH…]");
}

SampanApplication *
sampan_application_new (void)
{
  return g_object_new (SAMPAN_TYPE_APPLICATION,
                       "application-id",
                       SAMPAN_APP_ID,
                       "resource-base-path",
                       RESOURCE_BASE,
                       "flags",
                       G_APPLICATION_HANDLES_OPEN,
                       NULL);
}

SampanWindow *
sampan_application_add_window (SampanApplication *self)
{
  bool is_first = self->engine == NULL;
  SampanWindow *window;

  if (is_first)
    {
      self->engine = sampan_engine_new ();
      self->store = sampan_server_store_new ();
      g_signal_connect_object (self->store,
                               "failed",
                               G_CALLBACK (store_failed_cb),
                               self,
                               G_CONNECT_SWAPPED);
    }
  window = sampan_window_new (GTK_APPLICATION (self), self->engine, self->store);
  if (is_first && sampan_server_store_get_problem (self->store) != NULL)
    sampan_window_tell (window, sampan_server_store_get_problem (self->store));
  return window;
}
