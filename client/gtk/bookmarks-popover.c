/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The bookmarks of one account on one box. */

#include "config.h"

#include "bookmarks-popover.h"

#include "accessible.h"
#include "bookmark-row.h"
#include "remote.h"
#include "settings.h"

#include <glib/gi18n.h>

struct _SampanBookmarksPopover
{
  GtkPopover parent_instance;

  /* template widgets */
  GtkWidget *scroller;
  GtkContainer *list;
  GtkWidget *none_label;
  GtkButton *folder_button;

  /* owned */
  char *server; /* nullable */
  char *folder; /* on screen; nullable */
};

G_DEFINE_TYPE (SampanBookmarksPopover, sampan_bookmarks_popover, GTK_TYPE_POPOVER)

static guint open_path_signal;

/* ---- the settings ---- */

bool
sampan_bookmarks_add (const char *uri)
{
  GSettings *settings = sampan_settings_get ();
  g_auto (GStrv) uris = g_settings_get_strv (settings, SAMPAN_SETTING_BOOKMARKS);
  g_autoptr (GStrvBuilder) builder = NULL;
  g_auto (GStrv) more = NULL;

  if (g_strv_contains ((const char *const *)uris, uri))
    return false;
  builder = g_strv_builder_new ();
  g_strv_builder_addv (builder, (const char **)uris);
  g_strv_builder_add (builder, uri);
  more = g_strv_builder_end (builder);
  g_settings_set_strv (settings, SAMPAN_SETTING_BOOKMARKS, (const char *const *)more);
  return true;
}

void
sampan_bookmarks_remove (const char *uri)
{
  GSettings *settings = sampan_settings_get ();
  g_auto (GStrv) uris = g_settings_get_strv (settings, SAMPAN_SETTING_BOOKMARKS);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) fewer = NULL;

  for (size_t i = 0; uris[i] != NULL; i++)
    if (g_strcmp0 (uris[i], uri) != 0)
      g_strv_builder_add (builder, uris[i]);
  fewer = g_strv_builder_end (builder);
  g_settings_set_strv (settings, SAMPAN_SETTING_BOOKMARKS, (const char *const *)fewer);
}

/* ---- the list ---- */

static void
remove_cb (SampanBookmarkRow *row)
{
  g_autofree char *uri = g_strdup (sampan_bookmark_row_get_uri (row));

  sampan_bookmarks_remove (uri);
}

static void
add_row (SampanBookmarksPopover *self, const char *uri)
{
  g_autoptr (SampanRemote) remote = sampan_remote_parse (uri, NULL);
  GtkWidget *row;

  if (remote == NULL)
    return;
  row = sampan_bookmark_row_new (uri, sampan_remote_get_path (remote));
  g_signal_connect (row, "forget", G_CALLBACK (remove_cb), NULL);
  gtk_container_add (self->list, row);
}

/* Whether it is still wanted; the others go. */
static bool
keep_row (SampanBookmarksPopover *self, SampanBookmarkRow *row, const char *const *uris)
{
  const char *uri = sampan_bookmark_row_get_uri (row);

  return self->server != NULL && g_str_has_prefix (uri, self->server) &&
         g_strv_contains (uris, uri);
}

/* A folder that is a bookmark already can be one no more. */
static void
update_button (SampanBookmarksPopover *self, bool is_bookmark)
{
  GtkWidget *button = GTK_WIDGET (self->folder_button);
  const char *label = is_bookmark ? _ ("_Remove From Bookmarks") : _ ("_Bookmark This Folder");

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button),
                                  is_bookmark ? "win.remove-bookmark" : "win.bookmark");
  gtk_button_set_label (self->folder_button, label);
  sampan_accessible_set_name_from_label (button, label);
  gtk_widget_set_tooltip_text (button,
                               is_bookmark ? _ ("The folder on screen is a bookmark")
                                           : _ ("Remember the folder on screen (Ctrl+D)"));
}

/* Rows that stay are left alone, with the focus that they may have. */
static void
update (SampanBookmarksPopover *self)
{
  g_auto (GStrv) uris = g_settings_get_strv (sampan_settings_get (), SAMPAN_SETTING_BOOKMARKS);
  g_autoptr (GHashTable) shown = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) rows = gtk_container_get_children (self->list);

  for (GList *l = rows; l != NULL; l = l->next)
    if (keep_row (self, l->data, (const char *const *)uris))
      g_hash_table_add (shown, (gpointer)sampan_bookmark_row_get_uri (l->data));
    else
      gtk_widget_destroy (l->data);
  for (size_t i = 0; self->server != NULL && uris[i] != NULL; i++)
    if (g_str_has_prefix (uris[i], self->server) && g_hash_table_add (shown, uris[i]))
      add_row (self, uris[i]);
  gtk_widget_set_visible (self->scroller, g_hash_table_size (shown) > 0);
  gtk_widget_set_visible (self->none_label, g_hash_table_size (shown) == 0);
  update_button (self, self->folder != NULL && g_hash_table_contains (shown, self->folder));
}

static void
row_activated_cb (SampanBookmarksPopover *self, SampanBookmarkRow *row)
{
  g_autoptr (SampanPath) path = sampan_path_ref (sampan_bookmark_row_get_path (row));

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, open_path_signal, 0, path);
}

static gboolean
key_press_cb (GtkWidget *list, GdkEventKey *event, gpointer user_data)
{
  GtkWidget *row = gtk_container_get_focus_child (GTK_CONTAINER (list));

  if (event->keyval != GDK_KEY_Delete && event->keyval != GDK_KEY_KP_Delete)
    return GDK_EVENT_PROPAGATE;
  if (SAMPAN_IS_BOOKMARK_ROW (row))
    remove_cb (SAMPAN_BOOKMARK_ROW (row));
  return GDK_EVENT_STOP;
}

static void
sampan_bookmarks_popover_finalize (GObject *object)
{
  SampanBookmarksPopover *self = SAMPAN_BOOKMARKS_POPOVER (object);

  g_free (self->server);
  g_free (self->folder);
  G_OBJECT_CLASS (sampan_bookmarks_popover_parent_class)->finalize (object);
}

static void
sampan_bookmarks_popover_class_init (SampanBookmarksPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sampan_bookmarks_popover_finalize;
  open_path_signal = g_signal_new ("open-path",
                                   SAMPAN_TYPE_BOOKMARKS_POPOVER,
                                   G_SIGNAL_RUN_LAST,
                                   0,
                                   NULL,
                                   NULL,
                                   NULL,
                                   G_TYPE_NONE,
                                   1,
                                   G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/bookmarks-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanBookmarksPopover, scroller);
  gtk_widget_class_bind_template_child (widget_class, SampanBookmarksPopover, list);
  gtk_widget_class_bind_template_child (widget_class, SampanBookmarksPopover, none_label);
  gtk_widget_class_bind_template_child (widget_class, SampanBookmarksPopover, folder_button);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_press_cb);
}

static void
sampan_bookmarks_popover_init (SampanBookmarksPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (sampan_settings_get (),
                           "changed::" SAMPAN_SETTING_BOOKMARKS,
                           G_CALLBACK (update),
                           self,
                           G_CONNECT_SWAPPED);
  update (self);
}

void
sampan_bookmarks_popover_set_place (SampanBookmarksPopover *self,
                                    const char *server,
                                    const char *folder)
{
  if (g_strcmp0 (self->server, server) == 0 && g_strcmp0 (self->folder, folder) == 0)
    return;
  g_free (self->server);
  self->server = g_strdup (server);
  g_free (self->folder);
  self->folder = g_strdup (folder);
  update (self);
}
