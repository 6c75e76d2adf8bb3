/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A batch: what was chosen, what was found, what went wrong. */

#include "config.h"

#include "batch-private.h"

#include <string.h>

G_DEFINE_TYPE (SampanBatch, sampan_batch, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_N_ITEMS,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];
static guint problem_signal;

GType
sampan_batch_state_get_type (void)
{
  static const GEnumValue values[] = {
    { SAMPAN_BATCH_NEW, "SAMPAN_BATCH_NEW", "new" },
    { SAMPAN_BATCH_PREPARING, "SAMPAN_BATCH_PREPARING", "preparing" },
    { SAMPAN_BATCH_READY, "SAMPAN_BATCH_READY", "ready" },
    { SAMPAN_BATCH_MOVING, "SAMPAN_BATCH_MOVING", "moving" },
    { SAMPAN_BATCH_FINISHED, "SAMPAN_BATCH_FINISHED", "finished" },
    { 0, NULL, NULL },
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("SampanBatchState", values));
  return type;
}

/* ---- For the other files ---- */

void
sampan_batch_set_state (SampanBatch *self, SampanBatchState state)
{
  g_assert (state > self->state);
  self->state = state;
  if (state == SAMPAN_BATCH_FINISHED && self->journal != NULL)
    self->journal->finished (self->is_lost, self->journal_data);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
count_problem (SampanBatch *self, SampanBatchProblem *problem)
{
  self->sums.n_problems++;
  self->sums.n_odd += sampan_batch_problem_get_origin (problem) == SAMPAN_BATCH_PROBLEM_KIND;
}

void
sampan_batch_add_problem (SampanBatch *self, SampanBatchProblem *problem)
{
  if (self->sums.n_problems < SAMPAN_BATCH_PROBLEMS_MAX)
    g_list_store_append (self->problems, problem);
  count_problem (self, problem);
  g_signal_emit (self, problem_signal, 0, problem);
  g_object_unref (problem);
}

void
sampan_batch_add_problems (SampanBatch *self, GPtrArray *problems)
{
  guint kept = g_list_model_get_n_items (G_LIST_MODEL (self->problems));

  g_list_store_splice (self->problems,
                       kept,
                       0,
                       problems->pdata,
                       MIN (problems->len, SAMPAN_BATCH_PROBLEMS_MAX - kept));
  for (guint i = 0; i < problems->len; i++)
    count_problem (self, g_ptr_array_index (problems, i));
  for (guint i = 0; i < problems->len; i++)
    g_signal_emit (self, problem_signal, 0, g_ptr_array_index (problems, i));
}

void
sampan_batch_remove_problem (SampanBatch *self, SampanBatchProblem *problem)
{
  guint position;

  if (g_list_store_find (self->problems, problem, &position))
    g_list_store_remove (self->problems, position);
  self->sums.n_problems--;
}

bool
sampan_batch_is_blocked (SampanBatch *self, const char *name)
{
  const char *slash = strrchr (name, '/');
  g_autofree char *folder = NULL;

  if (slash == NULL || g_hash_table_size (self->blocked) == 0)
    return false;
  folder = g_strndup (name, (gsize)(slash - name));
  return g_hash_table_contains (self->blocked, folder);
}

void
sampan_batch_block (SampanBatch *self, const char *name)
{
  g_hash_table_add (self->blocked, g_strdup (name));
}

bool
sampan_batch_is_lost_by (SampanSession *session, const GError *error)
{
  SampanSessionState state = sampan_session_get_state (session);

  return g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED) ||
         (state != SAMPAN_SESSION_READY && state != SAMPAN_SESSION_RECONNECTING);
}

void
sampan_batch_set_items_max (SampanBatch *self, size_t items_max)
{
  self->items_max = items_max;
}

void
sampan_batch_set_disk_folds (SampanBatch *self, bool folds)
{
  sampan_batch_disk_set_folds (self->disk, folds);
}

/* ---- The object ---- */

static void
drop_journal (SampanBatch *self)
{
  if (self->journal_destroy != NULL)
    self->journal_destroy (self->journal_data);
  self->journal = NULL;
}

static void
sampan_batch_finalize (GObject *object)
{
  SampanBatch *self = SAMPAN_BATCH (object);

  drop_journal (self);
  g_object_unref (self->session);
  g_clear_pointer (&self->remote_folder, sampan_path_unref);
  g_free (self->local_folder);
  g_free (self->new_name);
  g_ptr_array_unref (self->locals);
  g_ptr_array_unref (self->remotes);
  g_ptr_array_unref (self->pages);
  g_object_unref (self->conflicts);
  g_object_unref (self->problems);
  g_hash_table_unref (self->blocked);
  g_object_unref (self->stop);
  g_object_unref (self->halt);
  g_clear_pointer (&self->cancel, g_source_unref);
  g_clear_pointer (&self->disk, sampan_batch_disk_free);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (sampan_batch_parent_class)->finalize (object);
}

static void
sampan_batch_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SampanBatch *self = SAMPAN_BATCH (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int)self->state);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->n_items);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sampan_batch_class_init (SampanBatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = sampan_batch_finalize;
  object_class->get_property = sampan_batch_get_property;
  properties[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, SAMPAN_TYPE_BATCH_STATE, SAMPAN_BATCH_NEW, flags);
  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  problem_signal = g_signal_new ("problem",
                                 SAMPAN_TYPE_BATCH,
                                 G_SIGNAL_RUN_LAST,
                                 0,
                                 NULL,
                                 NULL,
                                 NULL,
                                 G_TYPE_NONE,
                                 1,
                                 SAMPAN_TYPE_BATCH_PROBLEM);
}

static void
page_free (gpointer page)
{
  sampan_batch_page_free (page);
}

static void
sampan_batch_init (SampanBatch *self)
{
  self->items_max = SAMPAN_BATCH_ITEMS_MAX;
  self->free_bytes = G_MAXUINT64;
  self->locals = g_ptr_array_new_with_free_func (g_free);
  self->remotes = g_ptr_array_new_with_free_func (sampan_batch_remote_free);
  self->pages = g_ptr_array_new_with_free_func (page_free);
  self->conflicts = g_list_store_new (SAMPAN_TYPE_BATCH_CONFLICT);
  self->problems = g_list_store_new (SAMPAN_TYPE_BATCH_PROBLEM);
  self->blocked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stop = g_cancellable_new ();
  self->halt = g_cancellable_new ();
}

/* ---- Public API ---- */

SampanBatch *
sampan_batch_new_upload (SampanSession *session, const SampanPath *folder)
{
  SampanBatch *self = g_object_new (SAMPAN_TYPE_BATCH, NULL);

  self->session = g_object_ref (session);
  self->is_upload = true;
  self->remote_folder = sampan_path_ref (folder);
  return self;
}

void
sampan_batch_add_local (SampanBatch *self, const char *filename)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self) && self->is_upload);
  g_return_if_fail (self->state == SAMPAN_BATCH_NEW);
  g_ptr_array_add (self->locals, g_canonicalize_filename (filename, NULL));
}

SampanBatch *
sampan_batch_new_download (SampanSession *session, const char *folder)
{
  SampanBatch *self = g_object_new (SAMPAN_TYPE_BATCH, NULL);

  self->session = g_object_ref (session);
  self->local_folder = g_canonicalize_filename (folder, NULL);
  self->disk = sampan_batch_disk_new (self->local_folder);
  self->right = SAMPAN_RIGHT_CHANGE; /* the disk is the person's own */
  return self;
}

void
sampan_batch_add_remote (SampanBatch *self, const SampanPath *path, const SampanFileInfo *info)
{
  sampan_batch_add_listed (self, path, info, NULL);
}

void
sampan_batch_add_listed (SampanBatch *self,
                         const SampanPath *path,
                         const SampanFileInfo *info,
                         SampanFolderList *list)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self) && !self->is_upload);
  g_return_if_fail (self->state == SAMPAN_BATCH_NEW && !sampan_path_is_root (path));
  g_ptr_array_add (self->remotes, sampan_batch_remote_new (path, info, list));
}

void
sampan_batch_set_new_name (SampanBatch *self, const char *name)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self) && self->state == SAMPAN_BATCH_NEW);
  g_return_if_fail (self->locals->len + self->remotes->len == 1);
  g_free (self->new_name);
  self->new_name = g_strdup (name);
}

void
sampan_batch_set_keep_partial (SampanBatch *self, bool keep)
{
  self->keeps_partial = keep;
}

void
sampan_batch_set_keep_permissions (SampanBatch *self, bool keep)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self) && self->state == SAMPAN_BATCH_NEW);
  self->keeps_permissions = keep;
}

void
sampan_batch_set_eager (SampanBatch *self, SampanQueue *queue, SampanBatchDecision decision)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self) && self->state == SAMPAN_BATCH_NEW);
  self->is_eager = true;
  g_set_object (&self->queue, queue);
  self->decision = decision;
}

void
sampan_batch_set_may_overfill (SampanBatch *self, bool may)
{
  self->may_overfill = may;
}

SampanBatchState
sampan_batch_get_state (SampanBatch *self)
{
  return self->state;
}

guint
sampan_batch_get_n_items (SampanBatch *self)
{
  return self->n_items;
}

bool
sampan_batch_is_upload (SampanBatch *self)
{
  return self->is_upload;
}

const char *
sampan_batch_get_local_folder (SampanBatch *self)
{
  return self->local_folder;
}

SampanBatchSums
sampan_batch_get_sums (SampanBatch *self)
{
  return self->sums;
}

void
sampan_batch_set_journal (SampanBatch *self,
                          const SampanBatchJournal *journal,
                          bool was_run,
                          gpointer data,
                          GDestroyNotify destroy)
{
  g_return_if_fail (SAMPAN_IS_BATCH (self) && self->state < SAMPAN_BATCH_MOVING);
  drop_journal (self);
  self->journal = journal;
  self->journal_data = data;
  self->journal_destroy = destroy;
  self->was_run = was_run;
}

uint64_t
sampan_batch_count_skipped (SampanBatch *self)
{
  GListModel *conflicts = G_LIST_MODEL (self->conflicts);
  uint64_t n_skipped = self->sums.n_same + self->sums.n_odd;

  for (guint i = 0; i < g_list_model_get_n_items (conflicts); i++)
    {
      g_autoptr (SampanBatchConflict) conflict = g_list_model_get_item (conflicts, i);
      SampanBatchDecision decision = sampan_batch_conflict_get_decision (conflict);

      n_skipped += decision != SAMPAN_BATCH_REPLACE && decision != SAMPAN_BATCH_KEEP_BOTH;
    }
  return n_skipped;
}

guint
sampan_batch_count_undecided (SampanBatch *self)
{
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self->conflicts));
  guint count = 0;

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanBatchConflict) conflict =
          g_list_model_get_item (G_LIST_MODEL (self->conflicts), i);

      count += sampan_batch_conflict_get_decision (conflict) == SAMPAN_BATCH_ASK;
    }
  return count;
}

GListModel *
sampan_batch_get_conflicts (SampanBatch *self)
{
  return G_LIST_MODEL (self->conflicts);
}

GListModel *
sampan_batch_get_problems (SampanBatch *self)
{
  return G_LIST_MODEL (self->problems);
}

bool
sampan_batch_may_replace (SampanBatch *self)
{
  return self->right >= SAMPAN_RIGHT_CHANGE;
}

void
sampan_batch_decide_all (SampanBatch *self, SampanBatchDecision decision)
{
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self->conflicts));

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanBatchConflict) conflict =
          g_list_model_get_item (G_LIST_MODEL (self->conflicts), i);

      sampan_batch_conflict_set_decision (conflict, decision);
    }
}

static bool
is_moved (SampanBatchConflict *conflict)
{
  SampanBatchDecision decision = sampan_batch_conflict_get_decision (conflict);

  return decision == SAMPAN_BATCH_REPLACE || decision == SAMPAN_BATCH_KEEP_BOTH;
}

uint64_t
sampan_batch_get_missing_bytes (SampanBatch *self)
{
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self->conflicts));
  uint64_t needed = self->sums.new_bytes;

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanBatchConflict) conflict =
          g_list_model_get_item (G_LIST_MODEL (self->conflicts), i);

      if (is_moved (conflict))
        needed += sampan_batch_conflict_get_coming (conflict)->size;
    }
  return needed > self->free_bytes ? needed - self->free_bytes : 0;
}

static void
tell_left (const SampanBatchPage *page,
           size_t index,
           SampanBatchConflict *conflict,
           SampanBatchLeftFunc func,
           gpointer user_data)
{
  g_autofree char *local = sampan_batch_page_dup_local (page, index);
  g_autoptr (SampanPath) remote = sampan_batch_page_dup_remote (page, index, NULL);
  SampanBatchLeft left = { local,
                           remote,
                           sampan_plan_get_item (page->plan, index)->size,
                           conflict };

  if (remote != NULL)
    func (&left, user_data);
}

void
sampan_batch_foreach_left (SampanBatch *self, SampanBatchLeftFunc func, gpointer user_data)
{
  guint next_conflict = 0;

  g_return_if_fail (SAMPAN_IS_BATCH (self));
  for (guint i = 0; i < self->n_settled; i++)
    {
      const SampanBatchPage *page = g_ptr_array_index (self->pages, i);

      for (size_t j = 0; j < sampan_plan_get_length (page->plan); j++)
        {
          g_autoptr (SampanBatchConflict) conflict = NULL;

          if (page->fates[j] >= SAMPAN_BATCH_FATE_CONFLICT)
            conflict = g_list_model_get_item (G_LIST_MODEL (self->conflicts), next_conflict++);
          if (conflict != NULL
                  ? !is_moved (conflict)
                  : page->fates[j] == SAMPAN_BATCH_FATE_LEAVE &&
                        sampan_plan_get_answer (page->plan, j)->verdict == SAMPAN_PLAN_SAME)
            tell_left (page, j, conflict, func, user_data);
        }
    }
}

bool
sampan_batch_is_over_quota (SampanBatch *self)
{
  return self->is_quota && sampan_batch_get_missing_bytes (self) > 0;
}
