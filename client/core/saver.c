/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Rounds of saving: what comes while one runs is in the next. */

#include "config.h"

#include "saver.h"

#include "engine-private.h"

struct _SampanSaver
{
  GPtrArray *waiting; /* SampanSave, borrowed */
  bool is_running;
};

typedef struct
{
  SampanSaver *saver; /* NULL for one alone */
  GPtrArray *saves;
} Round;

static void start_round (SampanSaver *self);

SampanSaver *
sampan_saver_new (void)
{
  SampanSaver *self = g_new0 (SampanSaver, 1);

  self->waiting = g_ptr_array_new ();
  return self;
}

void
sampan_saver_free (SampanSaver *self)
{
  g_assert (!self->is_running && self->waiting->len == 0);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

/* ---- On a pool thread ---- */

static bool
is_going_on (SampanSave *save)
{
  if (save->error == NULL && atomic_load (&save->is_stopped))
    g_set_error_literal (&save->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  return save->error == NULL;
}

/* Asks the disk for all before it waits for the first. */
static void
sync_all (GPtrArray *saves)
{
  for (guint i = 0; i < saves->len; i++)
    {
      SampanSave *save = g_ptr_array_index (saves, i);

      if (is_going_on (save) &&
          !sampan_local_target_prepare (save->target, save->mtime, save->mode, &save->error))
        g_assert (save->error != NULL);
    }
  for (guint i = 0; i < saves->len; i++)
    {
      SampanSave *save = g_ptr_array_index (saves, i);

      if (is_going_on (save) && !sampan_local_target_sync (save->target, &save->error))
        g_assert (save->error != NULL);
    }
}

/* Neighbours mostly lie in one folder, which is then synced once. */
static void
publish_all (GPtrArray *saves)
{
  SampanSave *last = NULL;

  for (guint i = 0; i < saves->len; i++)
    {
      SampanSave *save = g_ptr_array_index (saves, i);

      if (is_going_on (save) &&
          !sampan_local_target_publish (save->target, &save->stored_name, &save->error))
        g_assert (save->error != NULL);
    }
  for (guint i = saves->len; i > 0; i--)
    {
      SampanSave *save = g_ptr_array_index (saves, i - 1);

      if (save->error != NULL)
        continue;
      if (last != NULL && sampan_local_target_has_folder_of (save->target, last->target))
        continue;
      if (!sampan_local_target_sync_folder (save->target, &save->error))
        g_assert (save->error != NULL);
      else
        last = save;
    }
}

static void
round_work (gpointer data)
{
  Round *round = data;

  sync_all (round->saves);
  publish_all (round->saves);
  for (guint i = 0; i < round->saves->len; i++)
    {
      SampanSave *save = g_ptr_array_index (round->saves, i);

      g_clear_pointer (&save->target, sampan_local_target_free);
    }
}

/* ---- On the engine thread ---- */

static void
round_done (gpointer data)
{
  Round *round = data;
  g_autoptr (GPtrArray) saves = g_steal_pointer (&round->saves);

  if (round->saver != NULL)
    {
      round->saver->is_running = false;
      start_round (round->saver);
    }
  g_free (round);
  for (guint i = 0; i < saves->len; i++)
    {
      SampanSave *save = g_ptr_array_index (saves, i);

      save->done (save);
    }
}

/* Takes SAVES. */
static void
run_round (SampanSaver *self, GPtrArray *saves)
{
  Round *round = g_new (Round, 1);

  *round = (Round){ self, saves };
  sampan_engine_run_job (round_work, round_done, round);
}

static void
start_round (SampanSaver *self)
{
  if (self->is_running || self->waiting->len == 0)
    return;
  self->is_running = true;
  run_round (self, g_steal_pointer (&self->waiting));
  self->waiting = g_ptr_array_new ();
}

void
sampan_saver_add (SampanSaver *self, SampanSave *save)
{
  g_ptr_array_add (self->waiting, save);
  start_round (self);
}

void
sampan_saver_run_alone (SampanSave *save)
{
  GPtrArray *saves = g_ptr_array_new ();

  g_ptr_array_add (saves, save);
  run_round (NULL, saves);
}
