/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The engine thread: a main context of its own, and slow work handed to pool threads. */

#include "config.h"

#include "engine-private.h"

#include "mailbox.h"

/* Owned by the thread, so that it outlives the object whose last reference ends it. */
typedef struct
{
  GMainContext *context;
  GMainLoop *loop;
  unsigned int holds; /* engine thread only */
} EngineThread;

struct _SampanEngine
{
  GObject parent_instance;

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
};

G_DEFINE_TYPE (SampanEngine, sampan_engine, G_TYPE_OBJECT)

static GPrivate current_thread = G_PRIVATE_INIT (NULL);

typedef struct
{
  SampanJobFunc work;
  SampanJobFunc done;
  gpointer data;
} Job;

static gpointer
engine_thread_func (gpointer data)
{
  EngineThread *self = data;

  g_main_context_push_thread_default (self->context);
  g_private_set (&current_thread, self);
  g_main_loop_run (self->loop);
  while (self->holds > 0)
    g_main_context_iteration (self->context, TRUE);
  g_private_set (&current_thread, NULL);
  g_main_context_pop_thread_default (self->context);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
  return NULL;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

void
sampan_post_to_engine (GMainContext *context,
                       GSourceFunc func,
                       gpointer user_data,
                       GDestroyNotify notify)
{
  sampan_mailbox_post (context,
                       SAMPAN_MAILBOX_OF_ENGINE,
                       SAMPAN_MAIL_AT_ONCE,
                       func,
                       user_data,
                       notify);
}

void
sampan_post_to_owner (GMainContext *context,
                      GSourceFunc func,
                      gpointer user_data,
                      GDestroyNotify notify)
{
  sampan_mailbox_post (context,
                       SAMPAN_MAILBOX_OF_OWNER,
                       SAMPAN_MAIL_AT_ONCE,
                       func,
                       user_data,
                       notify);
}

void
sampan_engine_hold (void)
{
  EngineThread *self = g_private_get (&current_thread);

  g_assert (self != NULL);
  self->holds++;
}

void
sampan_engine_release (void)
{
  EngineThread *self = g_private_get (&current_thread);

  g_assert (self != NULL && self->holds > 0);
  self->holds--;
}

static void
job_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;

  job->work (job->data);
  g_task_return_boolean (task, TRUE);
}

static void
job_done_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  g_task_propagate_boolean (G_TASK (result), NULL);
  job->done (job->data);
  sampan_engine_release ();
}

void
sampan_engine_run_job (SampanJobFunc work, SampanJobFunc done, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, job_done_cb, NULL);
  Job *job = g_new (Job, 1);

  *job = (Job){ work, done, data };
  g_task_set_source_tag (task, sampan_engine_run_job);
  g_task_set_task_data (task, job, g_free);
  sampan_engine_hold ();
  g_task_run_in_thread (task, job_thread);
}

static void
sampan_engine_finalize (GObject *object)
{
  SampanEngine *self = SAMPAN_ENGINE (object);

  /* Posted, not called: what was posted before still runs first. */
  sampan_post_to_engine (self->context,
                         quit_cb,
                         g_main_loop_ref (self->loop),
                         (GDestroyNotify)g_main_loop_unref);
  if (self->thread == g_thread_self ())
    g_thread_unref (self->thread);
  else
    g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (sampan_engine_parent_class)->finalize (object);
}

static void
sampan_engine_class_init (SampanEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_engine_finalize;
}

static void
sampan_engine_init (SampanEngine *self)
{
  EngineThread *thread = g_new0 (EngineThread, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  thread->context = g_main_context_ref (self->context);
  thread->loop = g_main_loop_ref (self->loop);
  self->thread = g_thread_new ("sampan-engine", engine_thread_func, thread);
}

SampanEngine *
sampan_engine_new (void)
{
  return g_object_new (SAMPAN_TYPE_ENGINE, NULL);
}

GMainContext *
sampan_engine_get_context (SampanEngine *self)
{
  g_return_val_if_fail (SAMPAN_IS_ENGINE (self), NULL);
  return self->context;
}
