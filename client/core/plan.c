/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A batch of uploads: an array of items, an arena of names, an array of answers. */

#include "config.h"

#include "plan-private.h"

#include <string.h>

#define NAME_BLOCK_BYTES (16 * 1024)

struct _SampanPlan
{
  gatomicrefcount refs;
  GArray *items;
  GStringChunk *names;
  bool is_sealed;

  /* owner's thread */
  GArray *answers; /* NULL until judged */
  SampanPlanEnd end;
  size_t counts[SAMPAN_PLAN_NAME_TWICE + 1];
};

G_DEFINE_BOXED_TYPE (SampanPlan, sampan_plan, sampan_plan_ref, sampan_plan_unref)

SampanPlan *
sampan_plan_new (void)
{
  SampanPlan *self = g_new0 (SampanPlan, 1);

  g_atomic_ref_count_init (&self->refs);
  self->items = g_array_new (FALSE, FALSE, sizeof (SampanPlanItem));
  self->names = g_string_chunk_new (NAME_BLOCK_BYTES);
  return self;
}

SampanPlan *
sampan_plan_ref (SampanPlan *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sampan_plan_unref (SampanPlan *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->items);
  g_string_chunk_free (self->names);
  g_clear_pointer (&self->answers, g_array_unref);
  g_free (self);
}

void
sampan_plan_add (SampanPlan *self,
                 SampanEntryKind kind,
                 const char *name,
                 uint64_t size,
                 SampanTime mtime)
{
  SampanPlanItem item = { .kind = (uint8_t)kind, .size = size, .mtime = mtime };

  g_return_if_fail (!self->is_sealed);
  g_return_if_fail (kind == SAMPAN_ENTRY_FILE || kind == SAMPAN_ENTRY_FOLDER);
  g_return_if_fail (mtime.nanoseconds <= SAMPAN_MTIME_NSEC_MAX);
  item.path.length = strlen (name);
  item.path.data =
      (const uint8_t *)g_string_chunk_insert_len (self->names, name, (gssize)item.path.length);
  g_array_append_val (self->items, item);
}

size_t
sampan_plan_get_length (const SampanPlan *self)
{
  return self->items->len;
}

const SampanPlanItem *
sampan_plan_get_item (const SampanPlan *self, size_t index)
{
  g_return_val_if_fail (index < self->items->len, NULL);
  return &g_array_index (self->items, SampanPlanItem, index);
}

bool
sampan_plan_is_judged (const SampanPlan *self)
{
  return self->answers != NULL;
}

const SampanPlanAnswer *
sampan_plan_get_answer (const SampanPlan *self, size_t index)
{
  g_return_val_if_fail (self->answers != NULL && index < self->answers->len, NULL);
  return &g_array_index (self->answers, SampanPlanAnswer, index);
}

size_t
sampan_plan_count (const SampanPlan *self, SampanPlanVerdict verdict)
{
  g_return_val_if_fail (verdict < G_N_ELEMENTS (self->counts), 0);
  return self->counts[verdict];
}

uint64_t
sampan_plan_get_free_bytes (const SampanPlan *self)
{
  return self->end.free_bytes;
}

bool
sampan_plan_is_quota (const SampanPlan *self)
{
  return (self->end.flags & SAMPAN_SPACE_OF_QUOTA) != 0;
}

SampanRight
sampan_plan_get_right (const SampanPlan *self)
{
  return (SampanRight)self->end.right;
}

/* ---- For the session ---- */

void
sampan_plan_seal (SampanPlan *self)
{
  self->is_sealed = true;
}

void
sampan_plan_set_answers (SampanPlan *self, GArray *answers, const SampanPlanEnd *end)
{
  g_assert (answers->len == self->items->len);
  g_clear_pointer (&self->answers, g_array_unref);
  self->answers = g_array_ref (answers);
  self->end = *end;
  memset (self->counts, 0, sizeof self->counts);
  for (guint i = 0; i < answers->len; i++)
    self->counts[g_array_index (answers, SampanPlanAnswer, i).verdict]++;
}
