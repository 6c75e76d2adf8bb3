/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One item of a batch that was left out or did not arrive. */

#include "config.h"

#include "batch-problem.h"

#include "escape.h"

#include <glib/gi18n-lib.h>

struct _SampanBatchProblem
{
  GObject parent_instance;

  char *bytes;
  char *name;
  char *reason;
  char *local;        /* nullable */
  SampanPath *remote; /* nullable */
  GError *error;      /* nullable */
  SampanBatchProblemOrigin origin;
};

G_DEFINE_TYPE (SampanBatchProblem, sampan_batch_problem, G_TYPE_OBJECT)

static void
sampan_batch_problem_finalize (GObject *object)
{
  SampanBatchProblem *self = SAMPAN_BATCH_PROBLEM (object);

  g_clear_error (&self->error);
  g_clear_pointer (&self->remote, sampan_path_unref);
  g_free (self->local);
  g_free (self->bytes);
  g_free (self->name);
  g_free (self->reason);
  G_OBJECT_CLASS (sampan_batch_problem_parent_class)->finalize (object);
}

static void
sampan_batch_problem_class_init (SampanBatchProblemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_batch_problem_finalize;
}

static void
sampan_batch_problem_init (SampanBatchProblem *self)
{
}

/* REASON is translated. */
static SampanBatchProblem *
problem_new (const char *name, const char *reason)
{
  SampanBatchProblem *self = g_object_new (SAMPAN_TYPE_BATCH_PROBLEM, NULL);

  self->bytes = g_strdup (name);
  self->name = sampan_display_name (name, -1);
  self->reason = g_strdup (reason);
  return self;
}

SampanBatchProblem *
sampan_batch_problem_new_from_error (const char *name, const GError *error)
{
  g_autofree char *reason = sampan_error_dup_text (error);
  SampanBatchProblem *self = problem_new (name, reason);

  self->error = g_error_copy (error);
  return self;
}

SampanBatchProblem *
sampan_batch_problem_new_from_errno (const char *name, int saved_errno)
{
  g_autofree char *shown = sampan_display_name (name, -1);
  g_autoptr (GError) error = sampan_error_new_local (saved_errno, shown);

  return sampan_batch_problem_new_from_error (name, error);
}

SampanBatchProblem *
sampan_batch_problem_new_from_verdict (const char *name, SampanPlanVerdict verdict)
{
  const char *reason;

  switch (verdict)
    {
    case SAMPAN_PLAN_WRONG_KIND:
      reason = _ ("Something of another kind has this name there: a file where a folder should "
                  "go, a folder where a file should go, or a link.");
      break;
    case SAMPAN_PLAN_BAD_NAME:
      reason = _ ("This name cannot be used there: it is too long, too deep inside folders, or "
                  "reserved.");
      break;
    case SAMPAN_PLAN_NOT_ALLOWED:
      reason = _ ("You are not allowed to put it there.");
      break;
    case SAMPAN_PLAN_NAME_TWICE:
      reason = _ ("Another item has this name, or one that the disk takes for the same.");
      break;
    case SAMPAN_PLAN_NEW:
    case SAMPAN_PLAN_SAME:
    case SAMPAN_PLAN_DIFFERS:
    case SAMPAN_PLAN_FOLDER_THERE:
    default:
      g_return_val_if_reached (NULL);
    }
  return problem_new (name, reason);
}

SampanBatchProblem *
sampan_batch_problem_new_from_kind (const char *name, SampanEntryKind kind)
{
  SampanBatchProblem *self =
      problem_new (name,
                   kind == SAMPAN_ENTRY_SYMLINK
                       ? _ ("It is a link. Choose what it leads to instead.")
                       : _ ("It is a device, a pipe or a socket, not a file."));

  self->origin = SAMPAN_BATCH_PROBLEM_KIND;
  return self;
}

const char *
sampan_batch_problem_get_name (SampanBatchProblem *self)
{
  return self->name;
}

const char *
sampan_batch_problem_get_reason (SampanBatchProblem *self)
{
  return self->reason;
}

const char *
sampan_batch_problem_get_bytes (SampanBatchProblem *self)
{
  return self->bytes;
}

SampanBatchProblemOrigin
sampan_batch_problem_get_origin (SampanBatchProblem *self)
{
  return self->origin;
}

void
sampan_batch_problem_set_origin (SampanBatchProblem *self, SampanBatchProblemOrigin origin)
{
  self->origin = origin;
}

const char *
sampan_batch_problem_get_local (SampanBatchProblem *self)
{
  return self->local;
}

const SampanPath *
sampan_batch_problem_get_remote (SampanBatchProblem *self)
{
  return self->remote;
}

void
sampan_batch_problem_set_place (SampanBatchProblem *self,
                                const char *local,
                                const SampanPath *remote)
{
  self->local = g_strdup (local);
  self->remote = remote != NULL ? sampan_path_ref (remote) : NULL;
}

const GError *
sampan_batch_problem_get_error (SampanBatchProblem *self)
{
  return self->error;
}
