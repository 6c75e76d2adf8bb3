/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The rows of a queue. */

#include "config.h"

#include "transfer-list.h"

#include "transfer-row.h"

/* Rows are widgets: of a long queue only so many are made. */
#define ROWS_MAX 100
/* The rows are looked at again this long after the queue changed. */
#define UPDATE_DELAY_MS 200
/* To make a row or to take one away needs more than a millisecond, and a frame has 16 of them. */
#define SLICE_US 3000
/* What is on the screen goes first. */
#define SLICE_PRIORITY (GDK_PRIORITY_REDRAW + 5)

struct _SampanTransferList
{
  GtkListBox parent_instance;

  /* owned */
  SampanQueue *queue;
  GHashTable *rows; /* SampanTransfer (borrowed, its row holds it) -> row (referenced) */
  GQueue outdated;  /* borrowed rows whose transfers changed, each once */
  guint update_id;  /* sources */
  guint refresh_id;

  /* state */
  guint n_more;
  bool is_shown;
  bool is_dragging; /* one of the rows */
};

G_DEFINE_TYPE (SampanTransferList, sampan_transfer_list, GTK_TYPE_LIST_BOX)

enum
{
  RETRY,
  UPDATED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* ---- which ---- */

/* The smaller, the earlier. */
static guint
get_rank (SampanTransfer *transfer)
{
  switch (sampan_transfer_get_state (transfer))
    {
    case SAMPAN_TRANSFER_CONNECTING:
    case SAMPAN_TRANSFER_RECONNECTING:
    case SAMPAN_TRANSFER_SENDING:
    case SAMPAN_TRANSFER_RECEIVING:
    case SAMPAN_TRANSFER_SAVING:
      return 0;
    case SAMPAN_TRANSFER_FAILED:
      return 1;
    case SAMPAN_TRANSFER_WAITING:
    case SAMPAN_TRANSFER_PAUSED:
      return 2;
    case SAMPAN_TRANSFER_DONE:
    case SAMPAN_TRANSFER_CANCELLED:
      break;
    }
  return 3;
}

#define N_RANKS 4

/* Of borrowed SampanTransfer, which the queue holds. */
static GPtrArray *
choose (GListModel *model)
{
  GPtrArray *chosen = g_ptr_array_new ();
  SampanTransfer *ranked[N_RANKS][ROWS_MAX];
  guint lengths[N_RANKS] = { 0 };
  guint length = g_list_model_get_n_items (model);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (model, i);
      guint rank = get_rank (transfer);

      if (lengths[rank] < ROWS_MAX)
        ranked[rank][lengths[rank]++] = transfer;
    }
  for (guint rank = 0; rank < N_RANKS; rank++)
    for (guint i = 0; i < lengths[rank] && chosen->len < ROWS_MAX; i++)
      g_ptr_array_add (chosen, ranked[rank][i]);
  return chosen;
}

/* ---- the rows ---- */

static void
row_retry_cb (SampanTransferList *self, SampanTransfer *transfer)
{
  g_signal_emit (self, signals[RETRY], 0, transfer);
}

static gboolean
refresh_cb (gpointer user_data)
{
  SampanTransferList *self = user_data;
  int64_t end_us = g_get_monotonic_time () + SLICE_US;

  while (!g_queue_is_empty (&self->outdated))
    {
      if (g_get_monotonic_time () > end_us)
        return G_SOURCE_CONTINUE;
      sampan_transfer_row_update (g_queue_pop_head (&self->outdated));
    }
  self->refresh_id = 0;
  return G_SOURCE_REMOVE;
}

static void
row_outdated_cb (SampanTransferList *self, SampanTransferRow *row)
{
  g_queue_push_tail (&self->outdated, row);
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add_full (SLICE_PRIORITY, refresh_cb, self, NULL);
}

static void
row_dragged_cb (SampanTransferList *self, gboolean begins)
{
  self->is_dragging = begins;
  if (!begins)
    sampan_transfer_list_plan_update (self);
}

static GtkWidget *
create_row (SampanTransferList *self, SampanTransfer *transfer)
{
  GtkWidget *row = sampan_transfer_row_new (self->queue, transfer);

  g_signal_connect_object (row, "retry", G_CALLBACK (row_retry_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "outdated", G_CALLBACK (row_outdated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "dragged", G_CALLBACK (row_dragged_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->rows, transfer, g_object_ref_sink (row));
  return row;
}

/* Says whether that was all; the others take another slice. */
static bool
remove_others (SampanTransferList *self, GPtrArray *chosen, int64_t end_us)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer transfer, row;

  for (guint i = 0; i < chosen->len; i++)
    g_hash_table_add (wanted, g_ptr_array_index (chosen, i));
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &transfer, &row))
    if (!g_hash_table_contains (wanted, transfer))
      {
        if (g_get_monotonic_time () > end_us)
          return false;
        g_queue_remove (&self->outdated, row);
        gtk_widget_destroy (row);
        g_hash_table_iter_remove (&iter);
      }
  return true;
}

static GtkWidget *
get_row_at (SampanTransferList *self, guint index)
{
  return (GtkWidget *)gtk_list_box_get_row_at_index (GTK_LIST_BOX (self), (int)index);
}

/* Where it is: it keeps the focus. */
static void
insert (SampanTransferList *self, GtkWidget *row, guint index)
{
  bool has_focus = false;

  if (gtk_widget_get_parent (row) != NULL)
    {
      has_focus = gtk_widget_has_focus (row);
      gtk_container_remove (GTK_CONTAINER (self), row);
    }
  gtk_list_box_insert (GTK_LIST_BOX (self), row, (int)index);
  if (has_focus)
    gtk_widget_grab_focus (row);
}

/* Of the row, as soon as those before it are there. */
static guint
find_place (SampanTransferList *self, GPtrArray *chosen, GtkWidget *row)
{
  guint place = 0;

  while (place < chosen->len &&
         g_hash_table_lookup (self->rows, g_ptr_array_index (chosen, place)) != row)
    place++;
  return place;
}

/* Rows are put elsewhere by taking them out and in, which assistive tools are told of. Both at
 * once: a list that is shown shorter in between scrolls. */
static void
put_in_place (SampanTransferList *self, GPtrArray *chosen, guint index)
{
  SampanTransfer *transfer = g_ptr_array_index (chosen, index);
  GtkWidget *row = g_hash_table_lookup (self->rows, transfer);
  GtkWidget *other = get_row_at (self, index);

  if (row == NULL)
    row = create_row (self, transfer);
  if (row == other)
    return;
  /* One that is to come later stands in the way of all behind it. */
  if (other != NULL && row == get_row_at (self, index + 1) && !gtk_widget_has_focus (other))
    insert (self, other, find_place (self, chosen, other));
  else
    insert (self, row, index);
}

/* Says whether that was all; the others take another slice. */
static bool
put_in_places (SampanTransferList *self, GPtrArray *chosen, int64_t end_us)
{
  for (guint i = 0; i < chosen->len; i++)
    {
      if (g_get_monotonic_time () > end_us)
        return false;
      put_in_place (self, chosen, i);
    }
  return true;
}

static gboolean
update_cb (gpointer user_data)
{
  SampanTransferList *self = user_data;
  int64_t end_us = g_get_monotonic_time () + SLICE_US;
  g_autoptr (GPtrArray) chosen = NULL;

  self->update_id = 0;
  if (self->is_dragging)
    return G_SOURCE_REMOVE;
  chosen = self->is_shown ? choose (G_LIST_MODEL (self->queue)) : g_ptr_array_new ();
  if (!remove_others (self, chosen, end_us) || !put_in_places (self, chosen, end_us))
    self->update_id = g_idle_add_full (SLICE_PRIORITY, update_cb, self, NULL);
  self->n_more = g_list_model_get_n_items (G_LIST_MODEL (self->queue)) - chosen->len;
  g_signal_emit (self, signals[UPDATED], 0);
  return G_SOURCE_REMOVE;
}

static void
sampan_transfer_list_dispose (GObject *object)
{
  SampanTransferList *self = SAMPAN_TRANSFER_LIST (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_queue_clear (&self->outdated);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (sampan_transfer_list_parent_class)->dispose (object);
}

static void
sampan_transfer_list_class_init (SampanTransferListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sampan_transfer_list_dispose;
  signals[RETRY] = g_signal_new ("retry",
                                 SAMPAN_TYPE_TRANSFER_LIST,
                                 G_SIGNAL_RUN_LAST,
                                 0,
                                 NULL,
                                 NULL,
                                 NULL,
                                 G_TYPE_NONE,
                                 1,
                                 SAMPAN_TYPE_TRANSFER);
  signals[UPDATED] = g_signal_new ("updated",
                                   SAMPAN_TYPE_TRANSFER_LIST,
                                   G_SIGNAL_RUN_LAST,
                                   0,
                                   NULL,
                                   NULL,
                                   NULL,
                                   G_TYPE_NONE,
                                   0);
}

static void
sampan_transfer_list_init (SampanTransferList *self)
{
  g_queue_init (&self->outdated);
  self->rows = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

void
sampan_transfer_list_set_queue (SampanTransferList *self, SampanQueue *queue)
{
  g_assert (self->queue == NULL);
  self->queue = g_object_ref (queue);
}

void
sampan_transfer_list_set_shown (SampanTransferList *self, bool shown)
{
  self->is_shown = shown;
  g_clear_handle_id (&self->update_id, g_source_remove);
  update_cb (self);
}

void
sampan_transfer_list_plan_update (SampanTransferList *self)
{
  if (self->update_id == 0 && self->is_shown)
    self->update_id = g_timeout_add (UPDATE_DELAY_MS, update_cb, self);
}

guint
sampan_transfer_list_get_n_more (SampanTransferList *self)
{
  return self->n_more;
}

bool
sampan_transfer_list_is_settled (SampanTransferList *self)
{
  return self->update_id == 0;
}
