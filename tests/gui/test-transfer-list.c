/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The rows of a long queue while its order changes: they are brought into it slice by slice. */

#include "config.h"

#include "transfer-list.h"

#include <gtk/gtk.h>

#define N_TRANSFERS 100

typedef struct
{
  SampanQueue *queue;
  SampanTransferList *list;
  GtkWidget *window;
} Shown;

static void
fill (SampanQueue *queue)
{
  g_autoptr (SampanEngine) engine = sampan_engine_new ();
  g_autoptr (SampanSession) session = sampan_session_new (engine);
  g_autoptr (SampanPath) root = sampan_path_new_root ();

  sampan_queue_pause_all (queue);
  for (int i = 0; i < N_TRANSFERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d", i);
      g_autoptr (SampanTransfer) transfer =
          sampan_transfer_new_upload (session, name, root, SAMPAN_CONFLICT_REFUSE);

      sampan_queue_add (queue, transfer);
    }
}

/* Runs until the rows are those of the queue. IN_BETWEEN is called after each slice. */
static void
settle (Shown *self, void (*in_between) (Shown *))
{
  do
    {
      g_main_context_iteration (NULL, TRUE);
      if (in_between != NULL)
        in_between (self);
    }
  while (!sampan_transfer_list_is_settled (self->list));
}

static guint
count_rows (Shown *self)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (self->list));

  return g_list_length (rows);
}

static void
assert_all_there (Shown *self)
{
  g_assert_cmpuint (count_rows (self), ==, N_TRANSFERS);
}

static void
show (Shown *self)
{
  self->queue = sampan_queue_new ();
  fill (self->queue);
  self->window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  self->list = g_object_new (SAMPAN_TYPE_TRANSFER_LIST, "visible", TRUE, NULL);
  gtk_container_add (GTK_CONTAINER (self->window), GTK_WIDGET (self->list));
  sampan_transfer_list_set_queue (self->list, self->queue);
  gtk_widget_show (self->window);
  sampan_transfer_list_set_shown (self->list, true);
  settle (self, NULL);
  assert_all_there (self);
}

static void
hide (Shown *self)
{
  gtk_widget_destroy (self->window);
  g_object_unref (self->queue);
}

/* The name of each, from top to bottom. */
static char *
dup_order (Shown *self)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (self->list));
  GString *order = g_string_new (NULL);

  for (GList *at = rows; at != NULL; at = at->next)
    {
      const char *name = atk_object_get_name (gtk_widget_get_accessible (at->data));

      g_string_append_printf (order, "%.*s ", (int)strcspn (name, ":"), name);
    }
  return g_string_free (order, FALSE);
}

/* A list that is shorter for a moment would scroll. */
static void
test_swapped (void)
{
  Shown self;
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char *order = NULL;

  show (&self);
  for (guint i = 0; i < N_TRANSFERS; i += 2)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self.queue), i);

      sampan_queue_move (self.queue, transfer, i + 1);
      g_string_append_printf (expected, "%u %u ", i + 1, i);
    }
  sampan_transfer_list_plan_update (self.list);
  settle (&self, assert_all_there);
  order = dup_order (&self);
  g_assert_cmpstr (order, ==, expected->str);
  hide (&self);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer-list/swapped", test_swapped);
  return g_test_run ();
}
