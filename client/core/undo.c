/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What one act of a person changed on the box, and the way back. */

#include "config.h"

#include "undo.h"

#include <sodium.h>
#include <string.h>

typedef enum
{
  CHANGE_REMOVED,
  CHANGE_MOVED,
  CHANGE_REPLACED,
  CHANGE_COPIED,
} ChangeKind;

typedef struct
{
  ChangeKind kind;
  SampanPath *path;                       /* where it was removed, is now, or was replaced */
  SampanPath *from;                       /* MOVED: where it was */
  uint8_t version[SAMPAN_VERSION_LENGTH]; /* REPLACED, COPIED: of what is at the path since */
  bool has_version;
  bool has_id;
  SampanTrashId id;
} Change;

struct _SampanUndo
{
  GObject parent_instance;
  SampanSession *session;

  GPtrArray *changes; /* Change; the last is taken back first */
  GPtrArray *failed;  /* Change; of the run under way */
  guint n_asked;      /* changes at the end that a request is under way for */
  SampanUndoSums sums;
  SampanUndo *reverse; /* of that run */
  SampanTrashId replaced;
  GError *error; /* the first */
};

G_DEFINE_FINAL_TYPE (SampanUndo, sampan_undo, G_TYPE_OBJECT)

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_pointer (&change->path, sampan_path_unref);
  g_clear_pointer (&change->from, sampan_path_unref);
  g_free (change);
}

static void
sampan_undo_finalize (GObject *object)
{
  SampanUndo *self = SAMPAN_UNDO (object);

  g_clear_object (&self->session);
  g_clear_object (&self->reverse);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->failed);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (sampan_undo_parent_class)->finalize (object);
}

static void
sampan_undo_class_init (SampanUndoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_undo_finalize;
}

static void
sampan_undo_init (SampanUndo *self)
{
  self->changes = g_ptr_array_new_with_free_func (change_free);
  self->failed = g_ptr_array_new_with_free_func (change_free);
}

SampanUndo *
sampan_undo_new (SampanSession *session)
{
  SampanUndo *self = g_object_new (SAMPAN_TYPE_UNDO, NULL);

  self->session = g_object_ref (session);
  return self;
}

/* ---- What was done ---- */

static Change *
add (SampanUndo *self,
     ChangeKind kind,
     const SampanPath *path,
     const uint8_t id[static SAMPAN_TRASH_ID_LENGTH])
{
  Change *change = g_new0 (Change, 1);

  change->kind = kind;
  change->path = sampan_path_ref (path);
  change->has_id = !sodium_is_zero (id, SAMPAN_TRASH_ID_LENGTH);
  memcpy (change->id.bytes, id, SAMPAN_TRASH_ID_LENGTH);
  g_ptr_array_add (self->changes, change);
  return change;
}

void
sampan_undo_add_removed (SampanUndo *self,
                         const SampanPath *path,
                         const uint8_t id[static SAMPAN_TRASH_ID_LENGTH])
{
  if (!sodium_is_zero (id, SAMPAN_TRASH_ID_LENGTH))
    add (self, CHANGE_REMOVED, path, id);
}

void
sampan_undo_add_moved (SampanUndo *self,
                       const SampanPath *from,
                       const SampanPath *to,
                       const SampanPlaced *placed)
{
  g_autoptr (SampanPath) folder = sampan_path_get_parent (to);
  g_autoptr (SampanPath) path = folder != NULL ? sampan_path_get_child (folder, placed->name, NULL)
                                               : NULL;
  Change *change = add (self, CHANGE_MOVED, path != NULL ? path : to, placed->trash_id);

  change->from = sampan_path_ref (from);
}

void
sampan_undo_add_replaced (SampanUndo *self,
                          const SampanPath *path,
                          const uint8_t version[static SAMPAN_VERSION_LENGTH],
                          const uint8_t id[static SAMPAN_TRASH_ID_LENGTH])
{
  Change *change;

  if (sodium_is_zero (id, SAMPAN_TRASH_ID_LENGTH))
    return;
  change = add (self, CHANGE_REPLACED, path, id);
  memcpy (change->version, version, sizeof change->version);
  change->has_version = true;
}

void
sampan_undo_add_copied (SampanUndo *self, const SampanPath *path, const uint8_t *version)
{
  const uint8_t none[SAMPAN_TRASH_ID_LENGTH] = { 0 };
  Change *change = add (self, CHANGE_COPIED, path, none);

  change->has_version = version != NULL;
  if (version != NULL)
    memcpy (change->version, version, sizeof change->version);
}

guint
sampan_undo_get_length (SampanUndo *self)
{
  return self->changes->len;
}

/* ---- The way back ---- */

static void next (GTask *task);

static Change *
get_last (SampanUndo *self)
{
  return g_ptr_array_index (self->changes, self->changes->len - 1);
}

/* The last change is over. PATH (nullable) is where it is back, if that may differ. Takes ERROR. */
static void
end_last (SampanUndo *self, const SampanPath *path, GError *error)
{
  Change *change = g_ptr_array_steal_index (self->changes, self->changes->len - 1);
  const SampanPath *wanted = change->from != NULL ? change->from : change->path;

  if (error == NULL)
    {
      self->sums.n_done++;
      if (path != NULL && !sampan_path_equal (path, wanted))
        self->sums.n_renamed++;
      change_free (change);
      return;
    }
  self->sums.n_failed++;
  g_ptr_array_insert (self->failed, 0, change);
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

/* Something new is in the place of what went to the trash again. */
static void
looked_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanUndo *self = g_task_get_source_object (task);
  const Change *change = get_last (self);
  g_autoptr (SampanFileInfo) info =
      sampan_session_stat_finish (SAMPAN_SESSION (source), result, NULL);

  if (info != NULL)
    sampan_undo_add_replaced (self->reverse, change->path, info->version, self->replaced.bytes);
  end_last (self, NULL, NULL);
  next (task);
}

static void
restored_one (SampanUndo *self, const SampanRestoreResult *one, const GError *error)
{
  if (error == NULL)
    sampan_undo_add_copied (self->reverse, one->path, NULL);
  end_last (self, one != NULL ? one->path : NULL, error != NULL ? g_error_copy (error) : NULL);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanUndo *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results =
      sampan_session_restore_finish (SAMPAN_SESSION (source), result, &error);

  for (guint i = 0; i < self->n_asked; i++)
    {
      const SampanRestoreResult *one = results != NULL ? g_ptr_array_index (results, i) : NULL;

      if (one != NULL && one->error == NULL && one->has_replaced)
        {
          self->replaced = one->replaced;
          sampan_session_stat_async (self->session,
                                     one->path,
                                     g_task_get_cancellable (task),
                                     looked_again_cb,
                                     g_object_ref (task));
          return;
        }
      restored_one (self, one, one != NULL ? one->error : error);
    }
  next (task);
}

/* As many of the last changes as one request takes. */
static void
restore_removed (GTask *task)
{
  SampanUndo *self = g_task_get_source_object (task);
  const SampanPath *path = get_last (self)->path;
  g_autoptr (SampanPath) below = NULL;
  g_autofree char *share = sampan_path_split_share (path, &below);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SampanTrashId));

  for (guint i = self->changes->len; i-- > 0 && ids->len < SAMPAN_TRASH_IDS_MAX;)
    {
      const Change *change = g_ptr_array_index (self->changes, i);
      g_autoptr (SampanPath) other_below = NULL;
      g_autofree char *other = sampan_path_split_share (change->path, &other_below);

      if (change->kind != CHANGE_REMOVED || g_strcmp0 (share, other) != 0)
        break;
      g_array_append_val (ids, change->id);
    }
  self->n_asked = ids->len;
  sampan_session_restore_async (self->session,
                                path,
                                (const SampanTrashId *)(gconstpointer)ids->data,
                                ids->len,
                                SAMPAN_CONFLICT_KEEP_BOTH,
                                g_task_get_cancellable (task),
                                restored_cb,
                                g_object_ref (task));
}

static void
restore_one (GTask *task, SampanConflict conflict)
{
  SampanUndo *self = g_task_get_source_object (task);
  const Change *change = get_last (self);

  self->n_asked = 1;
  sampan_session_restore_async (self->session,
                                change->path,
                                &change->id,
                                1,
                                conflict,
                                g_task_get_cancellable (task),
                                restored_cb,
                                g_object_ref (task));
}

/* Only what is still as it was put there may go; anything else stays beside it. */
static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanUndo *self = g_task_get_source_object (task);
  const Change *change = get_last (self);
  g_autoptr (SampanFileInfo) info =
      sampan_session_stat_finish (SAMPAN_SESSION (source), result, NULL);
  bool is_same =
      info != NULL && memcmp (info->version, change->version, sizeof change->version) == 0;

  restore_one (task, is_same ? SAMPAN_CONFLICT_REPLACE : SAMPAN_CONFLICT_KEEP_BOTH);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanUndo *self = g_task_get_source_object (task);
  uint8_t id[SAMPAN_TRASH_ID_LENGTH];
  GError *error = NULL;

  if (sampan_session_remove_finish (SAMPAN_SESSION (source), result, id, &error))
    sampan_undo_add_removed (self->reverse, get_last (self)->path, id);
  end_last (self, NULL, error);
  next (task);
}

/* A folder's version says nothing of what is in it, and changes with it. */
static GError *
check_copy (const Change *change, const SampanFileInfo *info)
{
  if (!change->has_version || info->kind != SAMPAN_ENTRY_FILE ||
      memcmp (info->version, change->version, sizeof change->version) == 0)
    return NULL;
  return g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_CHANGED, "Not the copy any more");
}

static void
looked_at_copy_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanUndo *self = g_task_get_source_object (task);
  const Change *change = get_last (self);
  GError *error = NULL;
  g_autoptr (SampanFileInfo) info =
      sampan_session_stat_finish (SAMPAN_SESSION (source), result, &error);

  if (info != NULL)
    error = check_copy (change, info);
  if (error != NULL)
    {
      end_last (self, NULL, error);
      next (task);
      return;
    }
  sampan_session_remove_async (self->session,
                               change->path,
                               true,
                               g_task_get_cancellable (task),
                               removed_cb,
                               g_object_ref (task));
}

/* What it had replaced. The move itself is taken back, so that only this can be tried again. */
static void
restore_moved_onto (GTask *task)
{
  Change *change = get_last (g_task_get_source_object (task));

  change->kind = CHANGE_REMOVED;
  g_clear_pointer (&change->from, sampan_path_unref);
  restore_one (task, SAMPAN_CONFLICT_KEEP_BOTH);
}

static void
moved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SampanUndo *self = g_task_get_source_object (task);
  const Change *change = get_last (self);
  g_auto (SampanPlaced) placed = { 0 };
  g_autoptr (SampanPath) folder = sampan_path_get_parent (change->from);
  g_autoptr (SampanPath) path = NULL;
  GError *error = NULL;

  if (!sampan_session_rename_finish (SAMPAN_SESSION (source), result, &placed, &error))
    {
      end_last (self, NULL, error);
      next (task);
      return;
    }
  path = folder != NULL ? sampan_path_get_child (folder, placed.name, NULL) : NULL;
  add (self->reverse, CHANGE_MOVED, path != NULL ? path : change->from, placed.trash_id)->from =
      sampan_path_ref (change->path);
  if (change->has_id)
    {
      if (path != NULL && !sampan_path_equal (path, change->from))
        self->sums.n_renamed++;
      restore_moved_onto (task);
      return;
    }
  end_last (self, path, NULL);
  next (task);
}

static void
next (GTask *task)
{
  SampanUndo *self = g_task_get_source_object (task);
  const Change *change;

  if (self->changes->len == 0)
    {
      g_ptr_array_extend_and_steal (self->changes, g_steal_pointer (&self->failed));
      self->failed = g_ptr_array_new_with_free_func (change_free);
      if (self->error != NULL)
        g_task_return_error (task, g_steal_pointer (&self->error));
      else
        g_task_return_boolean (task, TRUE);
      return;
    }
  change = get_last (self);
  if (change->kind == CHANGE_REMOVED)
    restore_removed (task);
  else if (change->kind == CHANGE_MOVED)
    sampan_session_rename_async (self->session,
                                 change->path,
                                 change->from,
                                 SAMPAN_CONFLICT_KEEP_BOTH,
                                 NULL,
                                 g_task_get_cancellable (task),
                                 moved_cb,
                                 g_object_ref (task));
  else
    sampan_session_stat_async (self->session,
                               change->path,
                               g_task_get_cancellable (task),
                               change->kind == CHANGE_COPIED ? looked_at_copy_cb : looked_cb,
                               g_object_ref (task));
}

void
sampan_undo_run_async (SampanUndo *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sampan_undo_run_async);
  /* What is back stays back. */
  g_task_set_check_cancellable (task, FALSE);
  memset (&self->sums, 0, sizeof self->sums);
  g_clear_object (&self->reverse);
  self->reverse = sampan_undo_new (self->session);
  next (task);
}

bool
sampan_undo_run_finish (SampanUndo *self,
                        GAsyncResult *result,
                        SampanUndoSums *sums,
                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), false);
  if (sums != NULL)
    *sums = self->sums;
  return g_task_propagate_boolean (G_TASK (result), error);
}

SampanUndo *
sampan_undo_steal_reverse (SampanUndo *self)
{
  g_autoptr (SampanUndo) reverse = g_steal_pointer (&self->reverse);

  return reverse != NULL && reverse->changes->len > 0 ? g_steal_pointer (&reverse) : NULL;
}
