/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Waiting for the disk with several things at once. */

#include "config.h"

#include "storage/parallel.h"

#include <stdbool.h>
#include <stdint.h>

#define QUICK_US 50    /* below it there is nothing to wait for, and waking a helper costs more */
#define HELPERS_MAX 15 /* of the process; with the caller 16 flushes merge into one or two */

/* Shared by the caller and its helpers; one that comes late finds nothing left. */
typedef struct
{
  gatomicrefcount ref_count;
  gpointer *items; /* the caller's: not touched once all are taken */
  int n_items;
  void (*func) (gpointer item);
  int n_taken;  /* atomic; runs past n_items */
  int n_called; /* atomic: helpers; runs past HELPERS_MAX */
  int n_open;   /* atomic; not done yet */
  GMutex mutex;
  GCond all_done;
} Work;

static void call_helpers (Work *self, int count);

static void
work_unref (Work *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->all_done);
  g_free (self);
}

/* FALSE: none is left. */
static bool
take_item (Work *self)
{
  int index = g_atomic_int_add (&self->n_taken, 1);

  if (index >= self->n_items)
    return false;
  self->func (self->items[index]);
  if (g_atomic_int_dec_and_test (&self->n_open))
    {
      g_mutex_lock (&self->mutex);
      g_cond_signal (&self->all_done);
      g_mutex_unlock (&self->mutex);
    }
  return true;
}

/* Each helper that finds work calls two more: all are soon there when items take long, and few are
 * woken for nothing when the disk does not make anybody wait. */
static void
help (gpointer data, gpointer user_data)
{
  Work *work = data;

  call_helpers (work, 2);
  while (take_item (work))
    continue;
  work_unref (work);
}

static GThreadPool *
get_pool (void)
{
  static GThreadPool *pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, g_thread_pool_new (help, NULL, HELPERS_MAX, FALSE, NULL));
  return pool;
}

static void
call_helpers (Work *self, int count)
{
  for (int i = 0; i < count; i++)
    {
      int number = g_atomic_int_add (&self->n_called, 1);

      if (number >= HELPERS_MAX || g_atomic_int_get (&self->n_taken) + i >= self->n_items)
        return;
      g_atomic_ref_count_inc (&self->ref_count);
      g_thread_pool_push (get_pool (), self, NULL);
    }
}

/* The caller's part. Helpers are called as soon as an item takes long, and at once where the last
 * work of the process did: a wrong guess costs the time of one item. */
static void
take_items (Work *self)
{
  static int was_slow = 1; /* atomic */
  bool is_slow = g_atomic_int_get (&was_slow) != 0;
  int64_t start_us = g_get_monotonic_time ();
  int64_t last_us = start_us;
  int n_own = 0;

  if (is_slow && self->n_items > 1)
    call_helpers (self, 1);
  while (take_item (self))
    {
      int64_t now_us = g_get_monotonic_time ();

      n_own++;
      if (!is_slow && now_us - last_us > QUICK_US)
        {
          is_slow = true;
          call_helpers (self, 1);
        }
      last_us = now_us;
    }
  if (n_own > 0)
    g_atomic_int_set (&was_slow, (last_us - start_us) / n_own > QUICK_US);
}

static void
wait_for_all (Work *self)
{
  g_mutex_lock (&self->mutex);
  while (g_atomic_int_get (&self->n_open) > 0)
    g_cond_wait (&self->all_done, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

void
sampan_parallel_run (gpointer *items, size_t n_items, void (*func) (gpointer item))
{
  Work *work;

  if (n_items == 0)
    return;
  g_assert (n_items < G_MAXINT / 2);
  work = g_new0 (Work, 1);
  g_atomic_ref_count_init (&work->ref_count);
  work->items = items;
  work->n_items = work->n_open = (int)n_items;
  work->func = func;
  g_mutex_init (&work->mutex);
  g_cond_init (&work->all_done);
  take_items (work);
  wait_for_all (work);
  work_unref (work);
}
