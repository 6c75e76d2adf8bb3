/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The thread that all connections of a program live on, with its own main context. Sockets are GIO
 * async there; nothing of it ever runs on the caller's loop. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_ENGINE (sampan_engine_get_type ())
G_DECLARE_FINAL_TYPE (SampanEngine, sampan_engine, SAMPAN, ENGINE, GObject)

/* Starts the thread; it ends with the last reference. */
SampanEngine *sampan_engine_new (void);
/* Borrowed. */
GMainContext *sampan_engine_get_context (SampanEngine *self);

G_END_DECLS
