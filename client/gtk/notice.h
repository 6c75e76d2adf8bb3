/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Something that just happened, over the content, with a way back: gone by itself after a while. */

#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_NOTICE (sampan_notice_get_type ())
G_DECLARE_FINAL_TYPE (SampanNotice, sampan_notice, SAMPAN, NOTICE, GtkRevealer)

/* HAS_UNDO: with a button for win.undo. */
void sampan_notice_tell (SampanNotice *self, const char *text, bool has_undo);
void sampan_notice_hide (SampanNotice *self);

G_END_DECLS
