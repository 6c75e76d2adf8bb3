/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The queue: who runs, and the sums of it. */

#include "config.h"

#include "queue.h"

#include "rate.h"

#define TICK_MS 100
/* Uploads that are sent and wait for the box's disk beside those that run: their acknowledgements
 * come in batches, one sync for many files. */
#define SAVING_MAX 1024

struct _SampanQueue
{
  GObject parent_instance;

  GPtrArray *items;   /* all, in the order of adding */
  GQueue waiting;     /* borrowed from items, which hold the references */
  GPtrArray *running; /* borrowed; CONNECTING to SAVING */
  GHashTable *moving; /* set, borrowed: those of them before SAVING */
  guint n_small;      /* of moving */
  GSource *tick;

  /* of the current run */
  SampanRate rate;
  uint64_t ended_bytes;   /* of the transfers that ended: done and total alike */
  uint64_t waiting_bytes; /* expected of those that wait */
  uint64_t done_bytes;
  uint64_t total_bytes;
  uint64_t speed;
  int seconds_left;
  guint n_done;
  guint n_failed;
  bool is_active;
  bool is_starting;
};

static void list_model_init (GListModelInterface *iface);
static void start_some (SampanQueue *self);

G_DEFINE_TYPE_WITH_CODE (SampanQueue,
                         sampan_queue,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_ACTIVE = 1,
  PROP_DONE_BYTES,
  PROP_TOTAL_BYTES,
  PROP_SPEED,
  PROP_SECONDS_LEFT,
  PROP_N_WAITING,
  PROP_N_RUNNING,
  PROP_N_DONE,
  PROP_N_FAILED,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];
static guint finished_signal;

/* ---- Sums ---- */

static uint64_t
sum_up (SampanQueue *self, uint64_t ended, uint64_t (*get) (SampanTransfer *transfer))
{
  for (guint i = 0; i < self->running->len; i++)
    ended += get (g_ptr_array_index (self->running, i));
  return ended;
}

static void
add_up (SampanQueue *self)
{
  self->done_bytes = sum_up (self, self->ended_bytes, sampan_transfer_get_done_bytes);
  self->total_bytes =
      sum_up (self, self->ended_bytes, sampan_transfer_get_total_bytes) + self->waiting_bytes;
  sampan_rate_add (&self->rate, g_get_monotonic_time (), self->done_bytes);
  self->speed = self->is_active ? sampan_rate_get_speed (&self->rate) : 0;
  self->seconds_left =
      self->is_active
          ? sampan_rate_get_seconds_left (&self->rate, self->done_bytes, self->total_bytes)
          : -1;
}

static void
notify_all (SampanQueue *self)
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
  notify_all (self);
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
      self->ended_bytes = 0;
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
  notify_all (self);
}

static void
update_active (SampanQueue *self)
{
  set_active (self, self->waiting.length > 0 || self->running->len > 0);
}

/* ---- Running ---- */

static void
count_end (SampanQueue *self, SampanTransfer *transfer)
{
  SampanTransferState state = sampan_transfer_get_state (transfer);

  self->ended_bytes += sampan_transfer_get_done_bytes (transfer);
  if (state == SAMPAN_TRANSFER_DONE)
    self->n_done++;
  else if (state == SAMPAN_TRANSFER_FAILED)
    self->n_failed++;
}

static void
stop_moving (SampanQueue *self, SampanTransfer *transfer)
{
  if (g_hash_table_remove (self->moving, transfer) && sampan_transfer_is_small (transfer))
    self->n_small--;
}

static void
state_changed_cb (SampanTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  SampanQueue *self = user_data;

  /* What is only being saved makes room for the next one. */
  if (sampan_transfer_get_state (transfer) != SAMPAN_TRANSFER_SAVING)
    return;
  stop_moving (self, transfer);
  start_some (self);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanQueue) self = user_data;
  g_autoptr (SampanTransfer) transfer = g_object_ref (SAMPAN_TRANSFER (source));

  /* The outcome is in the transfer. */
  sampan_transfer_run_finish (transfer, result, NULL);
  g_signal_handlers_disconnect_by_func (transfer, state_changed_cb, self);
  stop_moving (self, transfer);
  g_ptr_array_remove_fast (self->running, transfer);
  count_end (self, transfer);
  start_some (self);
  g_signal_emit (self, finished_signal, 0, transfer);
  update_active (self);
}

/* A waiting transfer that was cancelled by itself never runs. */
static void
waiting_changed_cb (SampanTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  SampanQueue *self = user_data;

  if (sampan_transfer_get_state (transfer) != SAMPAN_TRANSFER_CANCELLED)
    return;
  g_signal_handlers_disconnect_by_func (transfer, waiting_changed_cb, self);
  g_queue_remove (&self->waiting, transfer);
  self->waiting_bytes -= sampan_transfer_get_total_bytes (transfer);
  g_signal_emit (self, finished_signal, 0, transfer);
  update_active (self);
}

static void
start_one (SampanQueue *self)
{
  SampanTransfer *transfer = g_queue_pop_head (&self->waiting);

  g_signal_handlers_disconnect_by_func (transfer, waiting_changed_cb, self);
  self->waiting_bytes -= sampan_transfer_get_total_bytes (transfer);
  g_ptr_array_add (self->running, transfer);
  g_hash_table_add (self->moving, transfer);
  if (sampan_transfer_is_small (transfer))
    self->n_small++;
  g_signal_connect (transfer, "notify::state", G_CALLBACK (state_changed_cb), self);
  sampan_transfer_run_async (transfer, NULL, run_cb, g_object_ref (self));
}

static bool
has_room (SampanQueue *self, SampanTransfer *transfer)
{
  guint n_moving = g_hash_table_size (self->moving);

  if (self->running->len - n_moving >= SAVING_MAX)
    return false;
  return sampan_transfer_is_small (transfer) ? self->n_small < SAMPAN_QUEUE_RUNNING_SMALL
                                             : n_moving - self->n_small < SAMPAN_QUEUE_RUNNING;
}

static void
start_some (SampanQueue *self)
{
  /* Starting one notifies its state, which comes back here. */
  if (self->is_starting)
    return;
  self->is_starting = true;
  while (self->waiting.length > 0 && has_room (self, g_queue_peek_head (&self->waiting)))
    start_one (self);
  self->is_starting = false;
}

static gpointer
ref_transfer (gconstpointer transfer, gpointer user_data)
{
  return g_object_ref ((gpointer)transfer);
}

/* ---- Public API ---- */

void
sampan_queue_add (SampanQueue *self, SampanTransfer *transfer)
{
  g_return_if_fail (SAMPAN_IS_QUEUE (self) && SAMPAN_IS_TRANSFER (transfer));
  g_ptr_array_add (self->items, g_object_ref (transfer));
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
  if (sampan_transfer_get_state (transfer) != SAMPAN_TRANSFER_WAITING)
    return;
  g_queue_push_tail (&self->waiting, transfer);
  self->waiting_bytes += sampan_transfer_get_total_bytes (transfer);
  g_signal_connect (transfer, "notify::state", G_CALLBACK (waiting_changed_cb), self);
  update_active (self);
  start_some (self);
}

void
sampan_queue_cancel_all (SampanQueue *self)
{
  g_autoptr (GPtrArray) running = NULL;
  SampanTransfer *transfer;

  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  running = g_ptr_array_copy (self->running, ref_transfer, NULL);
  g_ptr_array_set_free_func (running, g_object_unref);
  while ((transfer = g_queue_peek_tail (&self->waiting)) != NULL)
    sampan_transfer_cancel (transfer);
  for (guint i = 0; i < running->len; i++)
    sampan_transfer_cancel (g_ptr_array_index (running, i));
}

void
sampan_queue_clear_finished (SampanQueue *self)
{
  guint n_before;
  g_autoptr (GPtrArray) before = NULL;

  g_return_if_fail (SAMPAN_IS_QUEUE (self));
  before = g_steal_pointer (&self->items);
  n_before = before->len;
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_before; i++)
    {
      SampanTransfer *transfer = g_ptr_array_index (before, i);

      if (sampan_transfer_get_state (transfer) < SAMPAN_TRANSFER_DONE)
        g_ptr_array_add (self->items, g_object_ref (transfer));
    }
  if (self->items->len != n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->items->len);
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

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
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
  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->items, i), self);
  g_queue_clear (&self->waiting);
  g_ptr_array_unref (self->running);
  g_hash_table_unref (self->moving);
  g_ptr_array_unref (self->items);
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
    case PROP_TOTAL_BYTES:
      g_value_set_uint64 (value, self->total_bytes);
      break;
    case PROP_SPEED:
      g_value_set_uint64 (value, self->speed);
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_int (value, self->seconds_left);
      break;
    case PROP_N_WAITING:
      g_value_set_uint (value, self->waiting.length);
      break;
    case PROP_N_RUNNING:
      g_value_set_uint (value, self->running->len);
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

static void
sampan_queue_class_init (SampanQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = sampan_queue_finalize;
  object_class->get_property = sampan_queue_get_property;
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  properties[PROP_DONE_BYTES] = uint64_spec ("done-bytes", flags);
  properties[PROP_TOTAL_BYTES] = uint64_spec ("total-bytes", flags);
  properties[PROP_SPEED] = uint64_spec ("speed", flags);
  properties[PROP_SECONDS_LEFT] =
      g_param_spec_int ("seconds-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_N_WAITING] = uint_spec ("n-waiting", flags);
  properties[PROP_N_RUNNING] = uint_spec ("n-running", flags);
  properties[PROP_N_DONE] = uint_spec ("n-done", flags);
  properties[PROP_N_FAILED] = uint_spec ("n-failed", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  finished_signal = g_signal_new ("finished",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  1,
                                  SAMPAN_TYPE_TRANSFER);
}

static void
sampan_queue_init (SampanQueue *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->running = g_ptr_array_new ();
  self->moving = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->waiting);
  self->seconds_left = -1;
}

SampanQueue *
sampan_queue_new (void)
{
  return g_object_new (SAMPAN_TYPE_QUEUE, NULL);
}
