/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Places to come back to: where one was last, and bookmarks. */

#include "config.h"

#include "window-private.h"

#include "remote.h"
#include "sentence-name.h"

#include <glib/gi18n.h>

/* Boxes and accounts whose last place is kept. */
#define LAST_PLACES_MAX 50

char *
sampan_window_dup_uri (SampanWindow *self, const SampanPath *path)
{
  g_autoptr (SampanRemote) remote = sampan_remote_new (sampan_session_get_user (self->session),
                                                       sampan_session_get_host (self->session),
                                                       sampan_session_get_port (self->session),
                                                       path);

  return sampan_remote_to_string (remote);
}

static char *
dup_server_uri (SampanWindow *self)
{
  g_autoptr (SampanPath) root = sampan_path_new_root ();

  return sampan_window_dup_uri (self, root);
}

void
sampan_window_remember_place (SampanWindow *self)
{
  GSettings *settings = sampan_settings_get ();
  g_autoptr (GVariant) places = g_settings_get_value (settings, SAMPAN_SETTING_LAST_PLACES);
  g_autofree char *server = NULL;
  g_autofree char *uri = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char *other, *place;
  int n_kept = 1;

  if (self->path == NULL || sampan_file_view_get_list (self->file_view) == NULL)
    return;
  server = dup_server_uri (self);
  uri = sampan_window_dup_uri (self, self->path);
  /* The latest first, so that the oldest go. */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&builder, "{ss}", server, uri);
  g_variant_iter_init (&iter, places);
  while (g_variant_iter_next (&iter, "{&s&s}", &other, &place))
    if (g_strcmp0 (other, server) != 0 && n_kept++ < LAST_PLACES_MAX)
      g_variant_builder_add (&builder, "{ss}", other, place);
  g_settings_set_value (settings, SAMPAN_SETTING_LAST_PLACES, g_variant_builder_end (&builder));
}

SampanPath *
sampan_window_dup_last_place (SampanWindow *self)
{
  g_autoptr (GVariant) places =
      g_settings_get_value (sampan_settings_get (), SAMPAN_SETTING_LAST_PLACES);
  g_autofree char *server = dup_server_uri (self);
  g_autoptr (SampanRemote) remote = NULL;
  const char *uri;

  if (!g_variant_lookup (places, server, "&s", &uri))
    return NULL;
  remote = sampan_remote_parse (uri, NULL);
  return remote != NULL ? sampan_path_ref (sampan_remote_get_path (remote)) : NULL;
}

/* ---- bookmarks ---- */

static void
bookmark_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autofree char *uri = sampan_window_dup_uri (self, self->path);
  g_autofree char *name = sampan_sentence_name (sampan_path_get_name (self->path), -1);
  g_autofree char *text = NULL;

  if (sampan_bookmarks_add (uri))
    /* Translators: the name of a folder. */
    text = g_strdup_printf (_ ("“%s” is among the bookmarks now (F9)"), name);
  else
    /* Translators: the name of a folder. */
    text = g_strdup_printf (_ ("“%s” is among the bookmarks already (F9)"), name);
  sampan_notice_tell (self->notice, text, false);
}

static void
remove_bookmark_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SampanWindow *self = user_data;
  g_autofree char *uri = sampan_window_dup_uri (self, self->path);
  g_autofree char *name = sampan_sentence_name (sampan_path_get_name (self->path), -1);
  /* Translators: the name of a folder. */
  g_autofree char *text = g_strdup_printf (_ ("“%s” is no longer among the bookmarks"), name);

  sampan_bookmarks_remove (uri);
  sampan_notice_tell (self->notice, text, false);
}

static void
bookmarks_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (SAMPAN_WINDOW (user_data)->bookmarks_button);

  gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

static const GActionEntry entries[] = {
  { "bookmark", bookmark_cb },
  { "remove-bookmark", remove_bookmark_cb },
  { "bookmarks", bookmarks_cb },
};

void
sampan_window_init_places (SampanWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
sampan_window_update_places (SampanWindow *self)
{
  bool ready = sampan_window_is_ready (self) && self->path != NULL;
  bool can_be_bookmark = ready && !sampan_path_is_root (self->path);
  g_autofree char *server = ready ? dup_server_uri (self) : NULL;
  g_autofree char *folder = can_be_bookmark ? sampan_window_dup_uri (self, self->path) : NULL;

  sampan_window_set_enabled (self, "bookmark", can_be_bookmark);
  sampan_window_set_enabled (self, "remove-bookmark", can_be_bookmark);
  sampan_window_set_enabled (self, "bookmarks", ready);
  gtk_widget_set_sensitive (GTK_WIDGET (self->bookmarks_button), ready);
  sampan_bookmarks_popover_set_place (self->bookmarks_popover, server, folder);
}
