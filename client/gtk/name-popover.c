/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks for a name. */

#include "config.h"

#include "name-popover.h"

#include "accessible.h"
#include "paths.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SampanNamePopover
{
  GtkPopover parent_instance;

  /* template widgets */
  GtkLabel *title_label;
  GtkEntry *entry;
  GtkWidget *accept_button;
  GtkLabel *hint_label;

  /* owned */
  char *initial;

  /* state */
  gboolean keep_extension;
  bool waits; /* for whether the name can be used */
};

G_DEFINE_TYPE (SampanNamePopover, sampan_name_popover, GTK_TYPE_POPOVER)

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const char *
find_fault (const char *name)
{
  if (strchr (name, '/') != NULL)
    return _ ("A name cannot hold “/”.");
  if (name[0] != '\0' && !sampan_name_is_valid ((const uint8_t *)name, strlen (name)))
    return _ ("This name cannot be used.");
  return NULL;
}

static void
changed_cb (SampanNamePopover *self)
{
  const char *name = gtk_entry_get_text (self->entry);
  const char *fault = find_fault (name);

  gtk_label_set_text (self->hint_label, fault != NULL ? fault : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), fault != NULL);
  gtk_widget_set_sensitive (self->accept_button,
                            fault == NULL && name[0] != '\0' && strcmp (name, self->initial) != 0);
}

static void
set_waits (SampanNamePopover *self, bool waits)
{
  self->waits = waits;
  gtk_widget_set_sensitive (self->accept_button, !waits);
  gtk_editable_set_editable (GTK_EDITABLE (self->entry), !waits);
}

static void
accept_cb (SampanNamePopover *self)
{
  if (!gtk_widget_get_sensitive (self->accept_button))
    return;
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0, gtk_entry_get_text (self->entry));
  if (!self->waits)
    gtk_popover_popdown (GTK_POPOVER (self));
}

static gboolean
destroy_cb (gpointer user_data)
{
  g_autoptr (GtkWidget) self = user_data;

  gtk_widget_destroy (self);
  return G_SOURCE_REMOVE;
}

/* Not from inside of the signal: GtkPopover still uses itself after it. */
static void
sampan_name_popover_closed (GtkPopover *popover)
{
  g_idle_add (destroy_cb, g_object_ref (popover));
}

static gboolean
select_stem_cb (gpointer user_data)
{
  SampanNamePopover *self = user_data;
  const char *dot = strrchr (self->initial, '.');

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  if (self->keep_extension && dot != NULL && dot != self->initial)
    gtk_editable_select_region (GTK_EDITABLE (self->entry),
                                0,
                                (int)g_utf8_pointer_to_offset (self->initial, dot));
  return G_SOURCE_REMOVE;
}

/* GtkPopover moves the focus by itself once it is mapped; the selection has to come after that. */
static void
sampan_name_popover_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sampan_name_popover_parent_class)->map (widget);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, select_stem_cb, g_object_ref (widget), g_object_unref);
}

static void
sampan_name_popover_finalize (GObject *object)
{
  g_free (SAMPAN_NAME_POPOVER (object)->initial);
  G_OBJECT_CLASS (sampan_name_popover_parent_class)->finalize (object);
}

static void
sampan_name_popover_class_init (SampanNamePopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sampan_name_popover_finalize;
  widget_class->map = sampan_name_popover_map;
  GTK_POPOVER_CLASS (klass)->closed = sampan_name_popover_closed;
  signals[SIGNAL_ACCEPTED] = g_signal_new ("accepted",
                                           SAMPAN_TYPE_NAME_POPOVER,
                                           G_SIGNAL_RUN_LAST,
                                           0,
                                           NULL,
                                           NULL,
                                           NULL,
                                           G_TYPE_NONE,
                                           1,
                                           G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/name-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanNamePopover, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanNamePopover, entry);
  gtk_widget_class_bind_template_child (widget_class, SampanNamePopover, accept_button);
  gtk_widget_class_bind_template_child (widget_class, SampanNamePopover, hint_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
}

static void
sampan_name_popover_init (SampanNamePopover *self)
{
  self->initial = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

SampanNamePopover *
sampan_name_popover_new (GtkWidget *relative_to,
                         const char *title,
                         const char *button,
                         const char *initial,
                         gboolean keep_extension)
{
  SampanNamePopover *self =
      g_object_new (SAMPAN_TYPE_NAME_POPOVER, "relative-to", relative_to, NULL);

  g_free (self->initial);
  self->initial = g_strdup (initial);
  self->keep_extension = keep_extension;
  gtk_label_set_text (self->title_label, title);
  gtk_button_set_label (GTK_BUTTON (self->accept_button), button);
  sampan_accessible_set_name_from_label (self->accept_button, button);
  gtk_entry_set_text (self->entry, initial);
  changed_cb (self);
  return self;
}

void
sampan_name_popover_set_example (SampanNamePopover *self, const char *example)
{
  gtk_entry_set_placeholder_text (self->entry, example);
}

void
sampan_name_popover_wait (SampanNamePopover *self)
{
  set_waits (self, true);
}

void
sampan_name_popover_finish (SampanNamePopover *self, const char *fault)
{
  set_waits (self, false);
  if (fault == NULL)
    {
      gtk_popover_popdown (GTK_POPOVER (self));
      return;
    }
  gtk_label_set_text (self->hint_label, fault);
  gtk_widget_show (GTK_WIDGET (self->hint_label));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}
