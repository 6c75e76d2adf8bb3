/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The queue: who runs, and the sums of it. */

#include "config.h"

#include "queue-private.h"

#define TICK_MS 100
/* Uploads that are sent and wait for the box's disk beside those that run: their acknowledgements
 * come in batches, one sync for many files. */
#define SAVING_MAX 1024

static void list_model_init (GListModelInterface *iface);

G_DEFINE_TYPE_WITH_CODE (SampanQueue,
                         sampan_queue,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_ACTIVE = 1,
  PROP_DONE_BYTES,
  PROP_SAFE_BYTES,
  PROP_TOTAL_BYTES,
  PROP_SPEED,
  PROP_SECONDS_LEFT,
  PROP_PAUSED,
  PROP_N_WAITING,
  PROP_N_EXPECTED,
  PROP_N_PAUSED,
  PROP_N_RUNNING,
  PROP_N_DONE,
  PROP_N_FAILED,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

enum
{
  FINISHED,
  ADDED,
  MOVED,
  CANCELLED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void
item_free (gpointer data)
{
  SampanQueueItem *item = data;

  g_object_unref (item->transfer);
  g_free (item);
}

/* ---- Sums ---- */

static uint64_t
sum_up (SampanQueue *self, uint64_t ended_bytes, uint64_t (*get) (SampanTransfer *transfer))
{
  uint64_t sum = ended_bytes;
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    sum += get (((SampanQueueItem *)item)->transfer);
  return sum;
}

static void
add_up (SampanQueue *self)
{
  self->done_bytes = sum_up (self, self->ended_bytes, sampan_transfer_get_done_bytes);
  self->safe_bytes = sum_up (self, self->ended_safe_bytes, sampan_transfer_get_safe_bytes);
  self->total_bytes = sum_up (self, self->ended_bytes, sampan_transfer_get_total_bytes) +
                      self->waiting_bytes + self->expected_bytes;
  sampan_rate_add (&self->rate, g_get_monotonic_time (), self->done_bytes);
  self->speed = self->is_active ? sampan_rate_get_speed (&self->rate) : 0;
  self->seconds_left =
      self->is_active
          ? sampan_rate_get_seconds_left (&self->rate, self->done_bytes, self->total_bytes)
          : -1;
}

void
sampan_queue_notify_all (SampanQueue *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
tick_cb (gpointer user_data)
{
  SampanQueue *self = user_data;

  add_up (self);
  sampan_queue_notify_all (self);
  return G_SOURCE_CONTINUE;
}

static void
set_active (SampanQueue *self, bool active)
{
  if (self->is_active == active)
    return;
  self->is_active = active;
  if (active)
    {
      sampan_rate_reset (&self->rate);
      self->run++;
      self->ended_bytes = self->ended_safe_bytes = 0;
      self->n_done = self->n_failed = 0;
      self->tick = g_timeout_source_new (TICK_MS);
      g_source_set_callback (self->tick, tick_cb, self, NULL);
      g_source_attach (self->tick, g_main_context_get_thread_default ());
    }
  else
    {
      g_source_destroy (self->tick);
      g_clear_pointer (&self->tick, g_source_unref);
    }
  add_up (self);
  sampan_queue_notify_all (self);
}

void
sampan_queue_update_active (SampanQueue *self)
{
  set_active (self, self->waiting.length > 0 || g_hash_table_size (self->running) > 0);
}

/* ---- Running ---- */

static void
state_changed_cb (SampanTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (SampanQueue) self = g_object_ref (SAMPAN_QUEUE (user_data));
  g_autoptr (SampanTransfer) guard = g_object_ref (transfer);
  SampanQueueItem *item = g_hash_table_lookup (self->by_transfer, transfer);
  SampanQueuePhase phase = sampan_queue_phase_of (transfer);

  if (item->phase == phase)
    return;
  sampan_queue_set_phase (self, item, phase);
  /* What is only being saved makes room for the next one. */
  if (phase != SAMPAN_QUEUE_MOVING)
    sampan_queue_start_some (self);
  if (phase == SAMPAN_QUEUE_OVER)
    g_signal_emit (self, signals[FINISHED], 0, transfer);
  sampan_queue_update_active (self);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanQueue) self = user_data;

  /* The outcome is in the transfer, and its state told of it. */
  sampan_transfer_run_finish (SAMPAN_TRANSFER (source), result, NULL);
}

static bool
has_room (SampanQueue *self, const SampanQueueItem *item)
{
  if (g_hash_table_size (self->running) - self->n_moving >= SAVING_MAX)
    return false;
  return sampan_transfer_is_small (item->transfer)
             ? self->n_small < SAMPAN_QUEUE_RUNNING_SMALL
             : self->n_moving - self->n_small < SAMPAN_QUEUE_RUNNING;
}

void
sampan_queue_start_some (SampanQueue *self)
{
  /* Starting one notifies its state, which comes back here. */
  if (self->is_starting || self->is_reordering || self->is_adding)
    return;
  self->is_starting = true;
  while (self->waiting.length > 0 && has_room (self, g_queue_peek_head (&self->waiting)))
    {
      SampanQueueItem *item = g_queue_peek_head (&self->waiting);

      /* Inside a notification of its state the next one only comes when that is over. */
      sampan_queue_set_phase (self, item, SAMPAN_QUEUE_MOVING);
      sampan_transfer_run_async (item->transfer, NULL, run_cb, g_object_ref (self));
    }
  self->is_starting = false;
}

/* ---- Public API ---- */

void
sampan_queue_add (SampanQueue *self, SampanTransfer *transfer)
{
  SampanQueueItem *item;

  g_return_if_fail (SAMPAN_IS_QUEUE (self) && SAMPAN_IS_TRANSFER (transfer));
  g_return_if_fail (!g_hash_table_contains (self->by_transfer, transfer));
  item = g_new0 (SampanQueueItem, 1);
  item->transfer = g_object_ref (transfer);
  if (self->is_paused && sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_WAITING)
    sampan_transfer_pause (transfer);
  item->phase = sampan_queue_phase_of (transfer);
  g_ptr_array_add (self->items, item);
  g_hash_table_insert (self->by_transfer, transfer, item);
  g_signal_connect (transfer, "notify::state", G_CALLBACK (state_changed_cb), self);
  if (item->phase != SAMPAN_QUEUE_OVER)
    sampan_queue_enter_phase (self, item);
  /* Whoever hears of it may pause or cancel it at once. */
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
  sampan_queue_update_active (self);
  /* Nothing moves that would tell of it later. */
  if (item->phase == SAMPAN_QUEUE_PAUSED && !self->is_active)
    sampan_queue_notify_all (self);
  sampan_queue_start_some (self);
}

void
sampan_queue_begin_adding (SampanQueue *self)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self) && !self->is_adding);
  self->is_adding = true;
}

void
sampan_queue_end_adding (SampanQueue *self)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self) && self->is_adding);
  g_signal_emit (self, signals[ADDED], 0);
  self->is_adding = false;
  sampan_queue_start_some (self);
}

void
sampan_queue_emit_moved (SampanQueue *self, SampanTransfer *transfer)
{
  g_signal_emit (self, signals[MOVED], 0, transfer);
}

void
sampan_queue_emit_cancelled (SampanQueue *self)
{
  g_signal_emit (self, signals[CANCELLED], 0);
}

void
sampan_queue_expect (SampanQueue *self, int n_transfers, int64_t bytes)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  self->n_expected += (guint)n_transfers;
  self->expected_bytes += (uint64_t)bytes;
}

static void
forget (SampanQueue *self, SampanQueueItem *item)
{
  g_signal_handlers_disconnect_by_data (item->transfer, self);
  g_hash_table_remove (self->by_transfer, item->transfer);
  item_free (item);
}

void
sampan_queue_remove (SampanQueue *self, SampanTransfer *transfer)
{
  SampanQueueItem *item;
  guint index;

  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  item = g_hash_table_lookup (self->by_transfer, transfer);
  g_return_if_fail (item != NULL && item->phase == SAMPAN_QUEUE_OVER);
  if (!g_ptr_array_find (self->items, item, &index))
    return;
  if (item->run == self->run && item->has_failed)
    self->n_failed--;
  g_ptr_array_remove_index (self->items, index);
  forget (self, item);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 0);
  sampan_queue_notify_all (self);
}

void
sampan_queue_clear_finished (SampanQueue *self)
{
  g_autoptr (GPtrArray) before = NULL;

  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  before = g_steal_pointer (&self->items);
  self->items = g_ptr_array_new ();
  for (guint i = 0; i < before->len; i++)
    {
      SampanQueueItem *item = g_ptr_array_index (before, i);

      if (item->phase == SAMPAN_QUEUE_OVER)
        forget (self, item);
      else
        g_ptr_array_add (self->items, item);
    }
  if (self->items->len != before->len)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before->len, self->items->len);
}

/* ---- The object ---- */

static GType
get_item_type (GListModel *model)
{
  return SAMPAN_TYPE_TRANSFER;
}

static guint
get_n_items (GListModel *model)
{
  return SAMPAN_QUEUE (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SampanQueue *self = SAMPAN_QUEUE (model);

  if (position >= self->items->len)
    return NULL;
  return g_object_ref (((SampanQueueItem *)g_ptr_array_index (self->items, position))->transfer);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
sampan_queue_finalize (GObject *object)
{
  SampanQueue *self = SAMPAN_QUEUE (object);

  /* Running transfers hold a reference, so none runs. */
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_queue_clear (&self->waiting);
  while (self->items->len > 0)
    forget (self, g_ptr_array_steal_index (self->items, self->items->len - 1));
  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->by_transfer);
  g_hash_table_unref (self->running);
  G_OBJECT_CLASS (sampan_queue_parent_class)->finalize (object);
}

static void
sampan_queue_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SampanQueue *self = SAMPAN_QUEUE (object);

  switch (id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->is_active);
      break;
    case PROP_DONE_BYTES:
      g_value_set_uint64 (value, self->done_bytes);
      break;
    case PROP_SAFE_BYTES:
      g_value_set_uint64 (value, self->safe_bytes);
      break;
    case PROP_TOTAL_BYTES:
      g_value_set_uint64 (value, self->total_bytes);
      break;
    case PROP_SPEED:
      g_value_set_uint64 (value, self->speed);
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_int (value, self->seconds_left);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->is_paused);
      break;
    case PROP_N_WAITING:
      g_value_set_uint (value, self->waiting.length);
      break;
    case PROP_N_EXPECTED:
      g_value_set_uint (value, self->n_expected);
      break;
    case PROP_N_PAUSED:
      g_value_set_uint (value, self->n_paused);
      break;
    case PROP_N_RUNNING:
      g_value_set_uint (value, g_hash_table_size (self->running));
      break;
    case PROP_N_DONE:
      g_value_set_uint (value, self->n_done);
      break;
    case PROP_N_FAILED:
      g_value_set_uint (value, self->n_failed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static GParamSpec *
uint64_spec (const char *name, GParamFlags flags)
{
  return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
}

static GParamSpec *
uint_spec (const char *name, GParamFlags flags)
{
  return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0, flags);
}

/* With N_TRANSFERS, at most one, as its argument. */
static guint
new_signal (const char *name, guint n_transfers)
{
  return g_signal_new (name,
                       SAMPAN_TYPE_QUEUE,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       n_transfers,
                       SAMPAN_TYPE_TRANSFER);
}

static void
sampan_queue_class_init (SampanQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = sampan_queue_finalize;
  object_class->get_property = sampan_queue_get_property;
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  properties[PROP_DONE_BYTES] = uint64_spec ("done-bytes", flags);
  properties[PROP_SAFE_BYTES] = uint64_spec ("safe-bytes", flags);
  properties[PROP_TOTAL_BYTES] = uint64_spec ("total-bytes", flags);
  properties[PROP_SPEED] = uint64_spec ("speed", flags);
  properties[PROP_SECONDS_LEFT] =
      g_param_spec_int ("seconds-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  properties[PROP_N_WAITING] = uint_spec ("n-waiting", flags);
  properties[PROP_N_EXPECTED] = uint_spec ("n-expected", flags);
  properties[PROP_N_PAUSED] = uint_spec ("n-paused", flags);
  properties[PROP_N_RUNNING] = uint_spec ("n-running", flags);
  properties[PROP_N_DONE] = uint_spec ("n-done", flags);
  properties[PROP_N_FAILED] = uint_spec ("n-failed", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[FINISHED] = new_signal ("finished", 1);
  signals[ADDED] = new_signal ("added", 0);
  signals[MOVED] = new_signal ("moved", 1);
  signals[CANCELLED] = new_signal ("cancelled", 0);
}

static void
sampan_queue_init (SampanQueue *self)
{
  self->items = g_ptr_array_new ();
  self->by_transfer = g_hash_table_new (NULL, NULL);
  self->running = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->waiting);
  self->seconds_left = -1;
}

SampanQueue *
sampan_queue_new (void)
{
  return g_object_new (SAMPAN_TYPE_QUEUE, NULL);
}
