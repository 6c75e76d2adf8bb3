/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the list is. */

#include "config.h"

#include "path-bar.h"

#include "drop-target.h"
#include "escape.h"

#include <string.h>

/* Longer names are cut in the middle, so that several folders fit side by side. */
#define LABEL_MAX_CHARS 20
/* Nor are they cut to less than this: a path that is too long for the window scrolls. */
#define LABEL_MIN_CHARS 12
#define PATH_KEY "sampan-path"

struct _SampanPathBar
{
  GtkStack parent_instance;

  /* template widgets */
  GtkScrolledWindow *scroller;
  GtkBox *buttons;
  GtkEntry *entry;

  /* owned */
  SampanPath *path;    /* nullable: not logged in */
  char *shown;         /* the text that the entry started with */
  unsigned int scroll; /* idle source */
};

G_DEFINE_TYPE (SampanPathBar, sampan_path_bar, GTK_TYPE_STACK)

enum
{
  SIGNAL_OPEN_PATH,
  SIGNAL_DROPPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
button_clicked_cb (GtkButton *button, gpointer user_data)
{
  SampanPath *path = g_object_get_data (G_OBJECT (button), PATH_KEY);
  g_autoptr (SampanPath) held = sampan_path_ref (path);

  g_signal_emit (user_data, signals[SIGNAL_OPEN_PATH], 0, held);
}

static SampanPath *
find_folder_cb (GtkWidget *button, int x, int y, gpointer user_data)
{
  return sampan_path_ref (g_object_get_data (G_OBJECT (button), PATH_KEY));
}

static void
dropped_cb (const SampanDrop *drop, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_DROPPED], 0, drop);
}

static gboolean
scroll_to_end_cb (gpointer user_data)
{
  SampanPathBar *self = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (self->scroller);

  self->scroll = 0;
  if (gtk_widget_get_direction (GTK_WIDGET (self->buttons)) == GTK_TEXT_DIR_RTL)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_lower (adjustment));
  else
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  return G_SOURCE_REMOVE;
}

static void
buttons_allocated_cb (SampanPathBar *self)
{
  if (self->scroll == 0)
    self->scroll = g_idle_add (scroll_to_end_cb, self);
}

/* PATH goes with the button. */
static void
add_button (SampanPathBar *self, const char *text, const SampanPath *path, bool here)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), LABEL_MAX_CHARS);
  gtk_label_set_width_chars (GTK_LABEL (label),
                             MIN ((int)g_utf8_strlen (text, -1), LABEL_MIN_CHARS));
  gtk_container_add (GTK_CONTAINER (button), label);
  gtk_widget_set_tooltip_text (button, text);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "text-button");
  if (here)
    gtk_widget_set_state_flags (button, GTK_STATE_FLAG_CHECKED, FALSE);
  g_object_set_data_full (G_OBJECT (button),
                          PATH_KEY,
                          sampan_path_ref (path),
                          (GDestroyNotify)sampan_path_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (button_clicked_cb), self, 0);
  sampan_drop_target_add (button, find_folder_cb, NULL, dropped_cb, self);
  gtk_widget_show_all (button);
  gtk_container_add (GTK_CONTAINER (self->buttons), button);
}

static void
remove_button_cb (GtkWidget *button, gpointer user_data)
{
  gtk_widget_destroy (button);
}

static void
leave_entry (SampanPathBar *self)
{
  gtk_stack_set_visible_child (GTK_STACK (self), GTK_WIDGET (self->scroller));
}

/* What "~" stands for: the top of the share. NULL in the root. */
static SampanPath *
dup_home (SampanPathBar *self)
{
  g_autoptr (SampanPath) below = NULL;
  g_autoptr (SampanPath) root = sampan_path_new_root ();
  g_autofree char *share = sampan_path_split_share (self->path, &below);

  return share != NULL ? sampan_path_get_child (root, share, NULL) : NULL;
}

static SampanPath *
read_typed (SampanPathBar *self, const char *typed)
{
  g_autoptr (SampanPath) home = NULL;

  if (typed[0] == '/')
    return sampan_path_new_relative (NULL, typed, NULL);
  if (typed[0] != '~' || (typed[1] != '\0' && typed[1] != '/'))
    return sampan_path_new_relative (self->path, typed, NULL);
  home = dup_home (self);
  return sampan_path_new_relative (home, typed + 1 + (typed[1] == '/'), NULL);
}

static void
entry_activated_cb (SampanPathBar *self)
{
  const char *typed = gtk_entry_get_text (self->entry);
  g_autoptr (SampanPath) target = NULL;

  /* A name that is not UTF-8 cannot be typed; untouched, the entry still means where one is. */
  if (strcmp (typed, self->shown) == 0)
    target = sampan_path_ref (self->path);
  else
    target = read_typed (self, typed);
  if (target == NULL)
    {
      gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->entry)),
                                   GTK_STYLE_CLASS_ERROR);
      return;
    }
  leave_entry (self);
  g_signal_emit (self, signals[SIGNAL_OPEN_PATH], 0, target);
}

static gboolean
entry_key_cb (GtkWidget *entry, GdkEventKey *event, gpointer user_data)
{
  SampanPathBar *self = user_data;

  gtk_style_context_remove_class (gtk_widget_get_style_context (entry), GTK_STYLE_CLASS_ERROR);
  if (event->keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  leave_entry (self);
  return GDK_EVENT_STOP;
}

static gboolean
entry_left_cb (GtkWidget *entry, GdkEventFocus *event, gpointer user_data)
{
  leave_entry (user_data);
  return GDK_EVENT_PROPAGATE;
}

static void
sampan_path_bar_dispose (GObject *object)
{
  SampanPathBar *self = SAMPAN_PATH_BAR (object);

  g_clear_handle_id (&self->scroll, g_source_remove);
  g_clear_pointer (&self->path, sampan_path_unref);
  g_clear_pointer (&self->shown, g_free);
  G_OBJECT_CLASS (sampan_path_bar_parent_class)->dispose (object);
}

static void
sampan_path_bar_class_init (SampanPathBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_path_bar_dispose;
  signals[SIGNAL_OPEN_PATH] = g_signal_new ("open-path",
                                            SAMPAN_TYPE_PATH_BAR,
                                            G_SIGNAL_RUN_LAST,
                                            0,
                                            NULL,
                                            NULL,
                                            NULL,
                                            G_TYPE_NONE,
                                            1,
                                            G_TYPE_POINTER);
  signals[SIGNAL_DROPPED] = g_signal_new ("dropped",
                                          SAMPAN_TYPE_PATH_BAR,
                                          G_SIGNAL_RUN_LAST,
                                          0,
                                          NULL,
                                          NULL,
                                          NULL,
                                          G_TYPE_NONE,
                                          1,
                                          G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/path-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanPathBar, scroller);
  gtk_widget_class_bind_template_child (widget_class, SampanPathBar, buttons);
  gtk_widget_class_bind_template_child (widget_class, SampanPathBar, entry);
  gtk_widget_class_bind_template_callback (widget_class, buttons_allocated_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_left_cb);
}

static void
sampan_path_bar_init (SampanPathBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_ancestors (SampanPathBar *self, const char *host, const SampanPath *path, bool here)
{
  g_autoptr (SampanPath) parent = sampan_path_get_parent (path);
  g_autofree char *text = NULL;

  if (parent != NULL)
    add_ancestors (self, host, parent, false);
  text = sampan_display_name (parent != NULL ? sampan_path_get_name (path) : host, -1);
  add_button (self, text, path, here);
}

void
sampan_path_bar_set_path (SampanPathBar *self, const char *host, const SampanPath *path)
{
  leave_entry (self);
  gtk_container_foreach (GTK_CONTAINER (self->buttons), remove_button_cb, NULL);
  g_clear_pointer (&self->path, sampan_path_unref);
  if (path == NULL)
    return;
  self->path = sampan_path_ref (path);
  add_ancestors (self, host, path, true);
}

static void
show_entry (SampanPathBar *self, const char *text)
{
  gtk_entry_set_text (self->entry, text);
  gtk_stack_set_visible_child (GTK_STACK (self), GTK_WIDGET (self->entry));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

void
sampan_path_bar_edit (SampanPathBar *self)
{
  g_autofree char *text = NULL;

  if (self->path == NULL)
    return;
  text = sampan_display_name (sampan_path_get (self->path), -1);
  g_free (self->shown);
  self->shown = g_strconcat ("/", text, NULL);
  show_entry (self, self->shown);
}

void
sampan_path_bar_edit_from (SampanPathBar *self, const char *start)
{
  if (self->path == NULL)
    return;
  g_free (self->shown);
  self->shown = g_strdup ("");
  show_entry (self, start);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}
