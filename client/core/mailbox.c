/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A source that is ready while it has letters, one for each context and kind. */

#include "config.h"

#include "mailbox.h"

#include <stdbool.h>

/* Results give way to drawing (GTK redraws at G_PRIORITY_HIGH_IDLE + 20), so a burst of small
 * transfers cannot freeze a window. */
#define OWNER_PRIORITY (G_PRIORITY_HIGH_IDLE + 30)
#define TURN_LETTERS 64 /* in one dispatch: other sources get their turn after it */
#define SOON_US 1000    /* gathers tens of letters of a busy engine */

typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Letter;

typedef struct
{
  GSource base;
  SampanMailboxKind kind;
  GMainContext *context; /* borrowed: it owns the source */
  GQueue letters;        /* under the lock */
  bool is_due;           /* under the lock: not only soon */
} Mailbox;

/* One lock for all: it is held for a few instructions, and a process has one or two engines. */
static GMutex lock;
static GHashTable *mailboxes[2]; /* by kind: of context to its mailbox */

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  if (letter->notify != NULL)
    letter->notify (letter->data);
  g_free (letter);
}

static Letter *
take_letter (Mailbox *self)
{
  Letter *letter;

  g_mutex_lock (&lock);
  letter = g_queue_pop_head (&self->letters);
  if (letter == NULL)
    {
      self->is_due = false;
      g_source_set_ready_time (&self->base, -1);
    }
  g_mutex_unlock (&lock);
  return letter;
}

static gboolean
mailbox_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Mailbox *self = (Mailbox *)source;
  Letter *letter;

  g_mutex_lock (&lock);
  self->is_due = true; /* until all are read */
  g_mutex_unlock (&lock);
  for (int i = 0; i < TURN_LETTERS && (letter = take_letter (self)) != NULL; i++)
    {
      letter->func (letter->data);
      letter_free (letter);
    }
  return G_SOURCE_CONTINUE;
}

static void
mailbox_finalize (GSource *source)
{
  Mailbox *self = (Mailbox *)source;

  g_mutex_lock (&lock);
  g_hash_table_remove (mailboxes[self->kind], self->context);
  g_mutex_unlock (&lock);
  g_queue_clear_full (&self->letters, letter_free);
}

static GSourceFuncs mailbox_funcs = { .dispatch = mailbox_dispatch, .finalize = mailbox_finalize };

/* With the lock held. */
static Mailbox *
find_mailbox (GMainContext *context, SampanMailboxKind kind)
{
  Mailbox *self;

  if (mailboxes[kind] == NULL)
    mailboxes[kind] = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (mailboxes[kind], context);
  if (self != NULL)
    return self;
  self = (Mailbox *)g_source_new (&mailbox_funcs, sizeof (Mailbox));
  self->kind = kind;
  self->context = context;
  g_queue_init (&self->letters);
  g_source_set_static_name (&self->base, "sampan-mailbox");
  /* A callback may iterate the context until the next letter came. */
  g_source_set_can_recurse (&self->base, TRUE);
  if (kind == SAMPAN_MAILBOX_OF_OWNER)
    g_source_set_priority (&self->base, OWNER_PRIORITY);
  g_source_attach (&self->base, context);
  g_source_unref (&self->base);
  g_hash_table_insert (mailboxes[kind], context, self);
  return self;
}

void
sampan_mailbox_post (GMainContext *context,
                     SampanMailboxKind kind,
                     SampanMailUrgency urgency,
                     GSourceFunc func,
                     gpointer data,
                     GDestroyNotify notify)
{
  Letter *letter = g_new (Letter, 1);
  Mailbox *self;

  *letter = (Letter){ func, data, notify };
  g_mutex_lock (&lock);
  self = find_mailbox (context, kind);
  g_queue_push_tail (&self->letters, letter);
  if (!self->is_due && urgency == SAMPAN_MAIL_AT_ONCE)
    {
      self->is_due = true;
      g_source_set_ready_time (&self->base, 0);
    }
  else if (!self->is_due && self->letters.length == 1)
    g_source_set_ready_time (&self->base, g_get_monotonic_time () + SOON_US);
  g_mutex_unlock (&lock);
}
