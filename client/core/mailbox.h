/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Calls to another thread's main context: one source for all of them, so that a burst wakes the
 * thread once. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_MAILBOX_OF_ENGINE,
  SAMPAN_MAILBOX_OF_OWNER,
} SampanMailboxKind;

typedef enum
{
  SAMPAN_MAIL_AT_ONCE,
  SAMPAN_MAIL_SOON, /* within a millisecond or two, together with more of its kind */
} SampanMailUrgency;

/* Runs FUNC once on the thread that iterates CONTEXT, in the order of posting; its result is
 * ignored. NOTIFY frees DATA afterwards, or when CONTEXT goes before. Any thread. */
void sampan_mailbox_post (GMainContext *context,
                          SampanMailboxKind kind,
                          SampanMailUrgency urgency,
                          GSourceFunc func,
                          gpointer data,
                          GDestroyNotify notify);

G_END_DECLS
