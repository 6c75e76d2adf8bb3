/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Each thing that storage does on a path, alike in form. None may ever see or touch what lies
 * beside the share: those that read assert it themselves. */

#pragma once

#include "fixture.h"

typedef bool (*Verb) (Fixture *self, const SampanPath *path, GError **error);

typedef struct
{
  const char *name;
  Verb func;
} NamedVerb;

extern const NamedVerb verbs[];
extern const size_t n_verbs;

bool do_stat (Fixture *self, const SampanPath *path, GError **error);
bool do_space (Fixture *self, const SampanPath *path, GError **error);
bool do_list (Fixture *self, const SampanPath *path, GError **error);
bool do_open (Fixture *self, const SampanPath *path, GError **error);
bool do_hash (Fixture *self, const SampanPath *path, GError **error);
bool do_mkdir (Fixture *self, const SampanPath *path, GError **error);
bool do_mkdir_parents (Fixture *self, const SampanPath *path, GError **error);
bool do_set_time (Fixture *self, const SampanPath *path, GError **error);
bool do_remove (Fixture *self, const SampanPath *path, GError **error);
bool do_rename_from (Fixture *self, const SampanPath *path, GError **error);
bool do_rename_to (Fixture *self, const SampanPath *path, GError **error);
bool do_copy_from (Fixture *self, const SampanPath *path, GError **error);
bool do_copy_to (Fixture *self, const SampanPath *path, GError **error);
bool do_restore (Fixture *self, const SampanPath *path, GError **error);
bool do_put (Fixture *self, const SampanPath *path, GError **error);
bool do_resume (Fixture *self, const SampanPath *path, GError **error);
