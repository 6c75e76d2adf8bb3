/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The window's size, kept from one run to the next. */

#include "config.h"

#include "window-private.h"

/* A size that somebody else chose: it is not the one to come back to. */
#define FILLED_STATES                                                                              \
  (GDK_WINDOW_STATE_MAXIMIZED | GDK_WINDOW_STATE_FULLSCREEN | GDK_WINDOW_STATE_TILED)

static GdkWindowState
get_state (SampanWindow *self)
{
  GdkWindow *surface = gtk_widget_get_window (GTK_WIDGET (self));

  return surface != NULL ? gdk_window_get_state (surface) : GDK_WINDOW_STATE_WITHDRAWN;
}

static void
size_allocate_cb (SampanWindow *self)
{
  if ((get_state (self) & FILLED_STATES) == 0)
    gtk_window_get_size (GTK_WINDOW (self), &self->width, &self->height);
}

void
sampan_window_restore_size (SampanWindow *self)
{
  GSettings *settings = sampan_settings_get ();

  self->width = g_settings_get_int (settings, SAMPAN_SETTING_WINDOW_WIDTH);
  self->height = g_settings_get_int (settings, SAMPAN_SETTING_WINDOW_HEIGHT);
  gtk_window_set_default_size (GTK_WINDOW (self), self->width, self->height);
  if (g_settings_get_boolean (settings, SAMPAN_SETTING_WINDOW_MAXIMIZED))
    gtk_window_maximize (GTK_WINDOW (self));
  g_signal_connect (self, "size-allocate", G_CALLBACK (size_allocate_cb), NULL);
}

void
sampan_window_remember_size (SampanWindow *self)
{
  GSettings *settings = sampan_settings_get ();

  g_settings_set_int (settings, SAMPAN_SETTING_WINDOW_WIDTH, self->width);
  g_settings_set_int (settings, SAMPAN_SETTING_WINDOW_HEIGHT, self->height);
  g_settings_set_boolean (settings,
                          SAMPAN_SETTING_WINDOW_MAXIMIZED,
                          (get_state (self) & GDK_WINDOW_STATE_MAXIMIZED) != 0);
}
