/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A WATCH on the browsing link, asked again and again. */

#include "config.h"

#include "folder-watch.h"

#include "engine-private.h"
#include "session-private.h"

/* Other requests end a WATCH; while they come one after the other it is not worth asking each time,
 * nor is it where there is always something new. The server remembers what changes meanwhile. */
#define ASK_AGAIN_MS 100
/* When the server watches too many. */
#define TRY_AGAIN_MS (60 * 1000)

typedef struct _Round Round;

struct _SampanFolderWatch
{
  GObject parent_instance;

  /* owned */
  GMainContext *context;
  SampanSession *session;
  SampanPath *path;
  Round *round;    /* the WATCH that is out; nullable */
  GSource *asking; /* nullable */

  /* state */
  bool is_anew; /* after a break: something may have changed */
};

G_DEFINE_TYPE (SampanFolderWatch, sampan_folder_watch, G_TYPE_OBJECT)

static guint changed_signal;

/* One WATCH and its answer. */
struct _Round
{
  gatomicrefcount refs;
  GMainContext *owner;
  SampanCall *call;
  SampanFolderWatch *watch; /* owner's thread; borrowed, NULL once it is gone */
  bool has_changed;         /* engine thread until it is over, as the error */
  GError *error;
};

static void ask (SampanFolderWatch *self);

static void
round_unref (gpointer data)
{
  Round *round = data;

  if (!g_atomic_ref_count_dec (&round->refs))
    return;
  g_main_context_unref (round->owner);
  sampan_request_unref (round->call);
  g_clear_error (&round->error);
  g_free (round);
}

static void
forget_round (SampanFolderWatch *self)
{
  if (self->round != NULL)
    self->round->watch = NULL;
  g_clear_pointer (&self->round, round_unref);
}

/* ---- Answers ---- */

static gboolean
ask_again_cb (gpointer user_data)
{
  SampanFolderWatch *self = user_data;

  g_clear_pointer (&self->asking, g_source_unref);
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
stop_asking (SampanFolderWatch *self)
{
  if (self->asking != NULL)
    g_source_destroy (self->asking);
  g_clear_pointer (&self->asking, g_source_unref);
}

static void
ask_in (SampanFolderWatch *self, unsigned int ms)
{
  stop_asking (self);
  self->asking = g_timeout_source_new (ms);
  g_source_set_callback (self->asking, ask_again_cb, self, NULL);
  g_source_attach (self->asking, self->context);
}

static void
take_error (SampanFolderWatch *self, const GError *error)
{
  /* Gone, or no longer ours to see: the listing tells the person. */
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND))
    g_signal_emit (self, changed_signal, 0);
  else if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_TRY_LATER))
    {
      self->is_anew = true;
      ask_in (self, TRY_AGAIN_MS);
    }
  else
    g_debug ("a folder is not watched: %s", error->message);
}

static gboolean
round_over_cb (gpointer user_data)
{
  Round *round = user_data;
  g_autoptr (SampanFolderWatch) self = NULL;
  bool has_changed;

  if (round->watch == NULL)
    return G_SOURCE_REMOVE;
  self = g_object_ref (round->watch);
  forget_round (self);
  if (round->error != NULL)
    {
      take_error (self, round->error);
      return G_SOURCE_REMOVE;
    }
  has_changed = round->has_changed || self->is_anew;
  self->is_anew = false;
  ask_in (self, ASK_AGAIN_MS);
  if (has_changed)
    g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

/* ---- Engine thread ---- */

static void
call_part (SampanCall *call, gpointer user_data)
{
  Round *round = user_data;

  round->has_changed = true;
}

static void
call_done (SampanCall *call, const GError *error, gpointer user_data)
{
  Round *round = user_data;

  round->error = error != NULL ? g_error_copy (error) : NULL;
  sampan_post_to_owner (round->owner, round_over_cb, round, round_unref);
}

/* ---- Asking ---- */

static SampanCall *
watch_call (const SampanPath *path)
{
  SampanCall *call =
      sampan_call_new_for_path (SAMPAN_KIND_WATCH, SAMPAN_KIND_DONE, SAMPAN_KIND_CHANGES, path);

  call->request.held = true;
  return call;
}

static void
ask (SampanFolderWatch *self)
{
  SampanLinkPool *pool = sampan_session_get_pool (self->session);
  Round *round;

  if (pool == NULL || self->round != NULL)
    return;
  round = g_new0 (Round, 1);
  g_atomic_ref_count_init (&round->refs);
  round->owner = g_main_context_ref (self->context);
  round->watch = self;
  round->call = watch_call (self->path);
  round->call->part = call_part;
  round->call->done = call_done;
  round->call->user_data = round;
  g_atomic_ref_count_inc (&round->refs); /* the engine's */
  self->round = round;
  sampan_link_pool_submit (pool, round->call);
}

static void
state_changed_cb (GObject *session, GParamSpec *pspec, gpointer user_data)
{
  SampanFolderWatch *self = user_data;

  if (sampan_session_get_state (self->session) != SAMPAN_SESSION_READY)
    {
      self->is_anew = true;
      return;
    }
  /* What was out before the break is answered with an error, if it was not yet. */
  forget_round (self);
  stop_asking (self);
  ask (self);
}

/* ---- Life ---- */

static void
sampan_folder_watch_dispose (GObject *object)
{
  SampanFolderWatch *self = SAMPAN_FOLDER_WATCH (object);

  forget_round (self);
  stop_asking (self);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->session);
  g_clear_pointer (&self->path, sampan_path_unref);
  G_OBJECT_CLASS (sampan_folder_watch_parent_class)->dispose (object);
}

static void
sampan_folder_watch_class_init (SampanFolderWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sampan_folder_watch_dispose;
  changed_signal = g_signal_new ("changed",
                                 SAMPAN_TYPE_FOLDER_WATCH,
                                 G_SIGNAL_RUN_LAST,
                                 0,
                                 NULL,
                                 NULL,
                                 NULL,
                                 G_TYPE_NONE,
                                 0);
}

static void
sampan_folder_watch_init (SampanFolderWatch *self)
{
}

SampanFolderWatch *
sampan_folder_watch_new (SampanSession *session, const SampanPath *path)
{
  SampanFolderWatch *self = g_object_new (SAMPAN_TYPE_FOLDER_WATCH, NULL);

  self->context = g_main_context_ref_thread_default ();
  self->session = g_object_ref (session);
  self->path = sampan_path_ref (path);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (state_changed_cb), self, 0);
  ask (self);
  return self;
}

const SampanPath *
sampan_folder_watch_get_path (SampanFolderWatch *self)
{
  return self->path;
}
