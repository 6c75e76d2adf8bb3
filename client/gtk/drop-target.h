/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Widgets that stand for folders of the box: files from other programs are copied into them, items
 * of a file list move, with Ctrl they are copied. */

#pragma once

#include "paths.h"
#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* What a list and its clipboard offer; what it means is known within the program alone. */
#define SAMPAN_ITEMS_TARGET "application/x-sampan-items"
/* On the widget that they are dragged from, while they are: GPtrArray of SampanPath. */
#define SAMPAN_DRAGGED_KEY "sampan-dragged"

typedef struct
{
  GPtrArray *files;   /* of GFile, maybe none that can be had; NULL: items of a box */
  GPtrArray *items;   /* of SampanPath; NULL: files */
  GtkWidget *source;  /* of items */
  SampanPath *folder; /* nullable: none is on screen */
  bool copies;
} SampanDrop;

/* New reference to the folder at that place, nullable; shows that it is the one. */
typedef SampanPath *(*SampanDropFindFunc) (GtkWidget *widget, int x, int y, gpointer user_data);
/* Shows so no more. */
typedef void (*SampanDropLeaveFunc) (GtkWidget *widget, gpointer user_data);
typedef void (*SampanDropFunc) (const SampanDrop *drop, gpointer user_data);

/* WIDGET must not outlive USER_DATA. LEAVE is nullable. */
void sampan_drop_target_add (GtkWidget *widget,
                             SampanDropFindFunc find,
                             SampanDropLeaveFunc leave,
                             SampanDropFunc dropped,
                             gpointer user_data);

G_END_DECLS
