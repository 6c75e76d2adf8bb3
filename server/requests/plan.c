/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* plan: what a batch of uploads would find, told before its first byte moves. */

#include "config.h"

#include "requests/requests.h"

#include "storage/files.h"
#include "storage/plan-judge.h"
#include "storage/trash-limits.h"

#define SCARCE_PART 10 /* of the disk: the trash is not worth a look while more is free */
#define ANSWER_MAX_BYTES (1 + 1 + 8 + (8 + 4) + SAMPAN_VERSION_LENGTH)

/* So that no reply has a second page. */
G_STATIC_ASSERT (1 + SAMPAN_PLAN_ITEMS_MAX * ANSWER_MAX_BYTES <= SAMPAN_FRAME_PLAIN_MAX);

typedef struct
{
  const SampanTarget *target; /* borrowed */
  SampanPlanJudge *judge;
  GHashTable *names; /* set of what came before, in the form in which the disk compares */
  bool may_add;
} Plan;

static void
plan_clear (Plan *self)
{
  g_clear_pointer (&self->judge, sampan_plan_judge_free);
  g_clear_pointer (&self->names, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

static bool
read_items (SampanReader *reader, GArray *items)
{
  SampanPlanItem item;
  while (!sampan_reader_at_end (reader))
    {
      if (items->len == SAMPAN_PLAN_ITEMS_MAX || !sampan_read_plan_item (reader, &item))
        return false;
      g_array_append_val (items, item);
    }
  return true;
}

/* NULL for what no PUT below the target could name. */
static SampanPath *
read_path (const SampanTarget *target, SampanBytes bytes)
{
  g_autoptr (SampanPath) path = sampan_path_new (bytes.data, bytes.length, NULL);
  if (path == NULL || sampan_path_is_root (path) ||
      sampan_path_get_length (target->path) + 1 + bytes.length > SAMPAN_PATH_MAX ||
      sampan_path_get_depth (target->path) + sampan_path_get_depth (path) > SAMPAN_DEPTH_MAX)
    return NULL;
  return g_steal_pointer (&path);
}

static char *
fold (const char *path)
{
  if (!g_utf8_validate (path, -1, NULL))
    return g_ascii_strdown (path, -1);
  g_autofree char *folded = g_utf8_casefold (path, -1);
  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
}

static bool
is_first (Plan *self, const SampanPath *path)
{
  const char *bytes = sampan_path_get (path);
  return g_hash_table_add (self->names,
                           sampan_share_root_folds_names (self->target->root) ? fold (bytes)
                                                                              : g_strdup (bytes));
}

static bool
judge (Plan *self, const SampanPlanItem *item, SampanPlanAnswer *answer, GError **error)
{
  g_autoptr (SampanPath) path = read_path (self->target, item->path);
  *answer = (SampanPlanAnswer){ 0 };
  if (path == NULL)
    answer->verdict = SAMPAN_PLAN_BAD_NAME;
  else if (!is_first (self, path))
    answer->verdict = SAMPAN_PLAN_NAME_TWICE;
  else if (!sampan_plan_judge_item (self->judge, path, item, answer, error))
    return false;
  if (!self->may_add &&
      (answer->verdict == SAMPAN_PLAN_NEW || answer->verdict == SAMPAN_PLAN_DIFFERS))
    answer->verdict = SAMPAN_PLAN_NOT_ALLOWED;
  return true;
}

/* Of ITEMS.len answers; NULL with error. */
static SampanPlanAnswer *
judge_all (const SampanTarget *target, const GArray *items, GError **error)
{
  g_auto (Plan) plan = { .target = target,
                         .may_add = target->right >= SAMPAN_RIGHT_ADD &&
                                    sampan_share_root_is_writable (target->root) };
  plan.judge = sampan_plan_judge_new (target->root, target->below, error);
  if (plan.judge == NULL)
    return NULL;
  plan.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree SampanPlanAnswer *answers = g_new (SampanPlanAnswer, items->len + 1);
  for (guint i = 0; i < items->len; i++)
    if (!judge (&plan, &g_array_index (items, SampanPlanItem, i), &answers[i], error))
      return NULL;
  return g_steal_pointer (&answers);
}

static bool
reply (SampanExchange *self,
       const SampanPlanAnswer *answers,
       size_t count,
       const SampanPlanEnd *end)
{
  SampanWriter writer;
  if (count > 0)
    {
      if (!sampan_exchange_begin (self, &writer))
        return false;
      sampan_write_empty (&writer, SAMPAN_KIND_PLAN_PAGE);
      for (size_t i = 0; i < count; i++)
        {
          bool fits = sampan_write_plan_answer (&writer, &answers[i]);
          g_assert (fits);
        }
      if (!sampan_exchange_end (self, &writer))
        return false;
    }
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_plan_end (&writer, end);
  return sampan_exchange_end (self, &writer);
}

/* What is free where uploads are staged: a target elsewhere could not be reached by them. */
static bool
measure (const SampanTarget *target, SampanPlanEnd *end, GError **error)
{
  g_autoptr (SampanPath) top = sampan_path_new_root ();
  SampanSpace space;
  if (!sampan_storage_space (target->root, top, &space, error))
    return false;
  end->free_bytes = space.free_bytes;
  /* A look into the trash, which makes room before anything is refused, takes time. */
  if ((space.flags & SAMPAN_SPACE_OF_QUOTA) != 0 ||
      space.free_bytes < space.total_bytes / SCARCE_PART)
    end->free_bytes += sampan_trash_count_bytes (target->root);
  end->flags = space.flags;
  end->right = (uint8_t)target->right;
  return true;
}

bool
sampan_request_plan (SampanExchange *self, SampanReader *reader)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (SampanPlanItem));
  g_autofree SampanPlanAnswer *answers = NULL;
  g_auto (SampanTarget) target = { 0 };
  g_autoptr (GError) error = NULL;
  SampanPlanEnd end = { 0 };
  SampanBytes folder;
  if (!sampan_read_plan (reader, &folder) || !read_items (reader, items))
    return sampan_exchange_break (self);
  if (sampan_exchange_resolve (self, folder, self->request->right, &target, &error) &&
      measure (&target, &end, &error))
    answers = judge_all (&target, items, &error);
  if (answers == NULL)
    return sampan_exchange_reply_error (self, error);
  end.count = items->len;
  return reply (self, answers, items->len, &end);
}
