/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What stands in the middle of an empty view. */

#include "config.h"

#include "placeholder.h"

#include "accessible.h"

struct _SampanPlaceholder
{
  GtkBox parent_instance;

  /* template widgets */
  GtkImage *image;
  GtkLabel *title_label;
  GtkLabel *text_label;
  GtkButton *button;
};

G_DEFINE_TYPE (SampanPlaceholder, sampan_placeholder, GTK_TYPE_BOX)

enum
{
  SIGNAL_ACTIVATED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
button_clicked_cb (SampanPlaceholder *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0);
}

/* Where there is little room, words are worth more than the picture. */
static int
get_image_height (SampanPlaceholder *self)
{
  int natural;

  gtk_widget_get_preferred_height (GTK_WIDGET (self->image), NULL, &natural);
  return natural + gtk_box_get_spacing (GTK_BOX (self));
}

static void
sampan_placeholder_get_preferred_height_for_width (GtkWidget *widget,
                                                   int width,
                                                   int *minimum,
                                                   int *natural)
{
  GTK_WIDGET_CLASS (sampan_placeholder_parent_class)
      ->get_preferred_height_for_width (widget, width, minimum, natural);
  *minimum -= get_image_height (SAMPAN_PLACEHOLDER (widget));
}

static void
sampan_placeholder_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  GTK_WIDGET_CLASS (sampan_placeholder_parent_class)
      ->get_preferred_height (widget, minimum, natural);
  *minimum -= get_image_height (SAMPAN_PLACEHOLDER (widget));
}

static void
sampan_placeholder_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  SampanPlaceholder *self = SAMPAN_PLACEHOLDER (widget);
  GtkAllocation whole = *allocation;
  int needed;

  GTK_WIDGET_CLASS (sampan_placeholder_parent_class)
      ->get_preferred_height_for_width (widget, whole.width, &needed, NULL);
  gtk_widget_set_child_visible (GTK_WIDGET (self->image), whole.height >= needed);
  if (whole.height < needed)
    {
      int words_height = needed - get_image_height (self);

      whole.y += (whole.height - words_height) / 2 - get_image_height (self);
      whole.height = needed;
    }
  GTK_WIDGET_CLASS (sampan_placeholder_parent_class)->size_allocate (widget, &whole);
  gtk_widget_set_allocation (widget, allocation);
}

static void
sampan_placeholder_class_init (SampanPlaceholderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_preferred_height = sampan_placeholder_get_preferred_height;
  widget_class->get_preferred_height_for_width = sampan_placeholder_get_preferred_height_for_width;
  widget_class->size_allocate = sampan_placeholder_size_allocate;
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated",
                                            SAMPAN_TYPE_PLACEHOLDER,
                                            G_SIGNAL_RUN_LAST,
                                            0,
                                            NULL,
                                            NULL,
                                            NULL,
                                            G_TYPE_NONE,
                                            0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/placeholder.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanPlaceholder, image);
  gtk_widget_class_bind_template_child (widget_class, SampanPlaceholder, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanPlaceholder, text_label);
  gtk_widget_class_bind_template_child (widget_class, SampanPlaceholder, button);
  gtk_widget_class_bind_template_callback (widget_class, button_clicked_cb);
}

static void
sampan_placeholder_init (SampanPlaceholder *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sampan_placeholder_tell (SampanPlaceholder *self,
                         const char *icon_name,
                         const char *title,
                         const char *text,
                         const char *button)
{
  gtk_image_set_from_icon_name (self->image, icon_name, GTK_ICON_SIZE_DIALOG);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->text_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->text_label), text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL)
    {
      gtk_button_set_label (self->button, button);
      sampan_accessible_set_name_from_label (GTK_WIDGET (self->button), button);
    }
}
