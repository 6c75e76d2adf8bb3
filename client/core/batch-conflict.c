/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One file of a batch whose name is taken. */

#include "config.h"

#include "batch-conflict.h"

#include "escape.h"

struct _SampanBatchConflict
{
  GObject parent_instance;

  char *bytes;
  char *name;
  SampanBatchVersion coming;
  SampanBatchVersion there;
  SampanBatchDecision decision;
};

G_DEFINE_TYPE (SampanBatchConflict, sampan_batch_conflict, G_TYPE_OBJECT)

enum
{
  PROP_DECISION = 1,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

GType
sampan_batch_decision_get_type (void)
{
  static const GEnumValue values[] = {
    { SAMPAN_BATCH_ASK, "SAMPAN_BATCH_ASK", "ask" },
    { SAMPAN_BATCH_SKIP, "SAMPAN_BATCH_SKIP", "skip" },
    { SAMPAN_BATCH_REPLACE, "SAMPAN_BATCH_REPLACE", "replace" },
    { SAMPAN_BATCH_REPLACE_IF_NEWER, "SAMPAN_BATCH_REPLACE_IF_NEWER", "replace-if-newer" },
    { SAMPAN_BATCH_KEEP_BOTH, "SAMPAN_BATCH_KEEP_BOTH", "keep-both" },
    { 0, NULL, NULL },
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("SampanBatchDecision", values));
  return type;
}

static bool
is_newer (const SampanBatchVersion *version, const SampanBatchVersion *than)
{
  return version->mtime.seconds > than->mtime.seconds ||
         (version->mtime.seconds == than->mtime.seconds &&
          version->mtime.nanoseconds > than->mtime.nanoseconds);
}

static void
sampan_batch_conflict_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DECISION)
    g_value_set_enum (value, (int)SAMPAN_BATCH_CONFLICT (object)->decision);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sampan_batch_conflict_set_property (GObject *object,
                                    guint id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  if (id == PROP_DECISION)
    sampan_batch_conflict_set_decision (SAMPAN_BATCH_CONFLICT (object),
                                        (SampanBatchDecision)g_value_get_enum (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sampan_batch_conflict_finalize (GObject *object)
{
  g_free (SAMPAN_BATCH_CONFLICT (object)->bytes);
  g_free (SAMPAN_BATCH_CONFLICT (object)->name);
  G_OBJECT_CLASS (sampan_batch_conflict_parent_class)->finalize (object);
}

static void
sampan_batch_conflict_class_init (SampanBatchConflictClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sampan_batch_conflict_finalize;
  object_class->get_property = sampan_batch_conflict_get_property;
  object_class->set_property = sampan_batch_conflict_set_property;
  properties[PROP_DECISION] =
      g_param_spec_enum ("decision",
                         NULL,
                         NULL,
                         SAMPAN_TYPE_BATCH_DECISION,
                         SAMPAN_BATCH_ASK,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sampan_batch_conflict_init (SampanBatchConflict *self)
{
}

SampanBatchConflict *
sampan_batch_conflict_new (const char *name,
                           const SampanBatchVersion *coming,
                           const SampanBatchVersion *there)
{
  SampanBatchConflict *self = g_object_new (SAMPAN_TYPE_BATCH_CONFLICT, NULL);

  self->bytes = g_strdup (name);
  self->name = sampan_display_name (name, -1);
  self->coming = *coming;
  self->there = *there;
  return self;
}

const char *
sampan_batch_conflict_get_name (SampanBatchConflict *self)
{
  return self->name;
}

const char *
sampan_batch_conflict_get_bytes (SampanBatchConflict *self)
{
  return self->bytes;
}

const SampanBatchVersion *
sampan_batch_conflict_get_coming (SampanBatchConflict *self)
{
  return &self->coming;
}

const SampanBatchVersion *
sampan_batch_conflict_get_there (SampanBatchConflict *self)
{
  return &self->there;
}

SampanBatchDecision
sampan_batch_conflict_get_decision (SampanBatchConflict *self)
{
  return self->decision;
}

void
sampan_batch_conflict_set_decision (SampanBatchConflict *self, SampanBatchDecision decision)
{
  g_return_if_fail (SAMPAN_IS_BATCH_CONFLICT (self));
  if (decision == SAMPAN_BATCH_REPLACE_IF_NEWER)
    decision = is_newer (&self->coming, &self->there) ? SAMPAN_BATCH_REPLACE : SAMPAN_BATCH_SKIP;
  if (self->decision == decision)
    return;
  self->decision = decision;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DECISION]);
}
