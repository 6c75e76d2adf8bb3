/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The state directory, held open: whose it is, who may look in, and files that only its owner may
 * read. Root may act for the owner; what it makes belongs to the owner. */

#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct
{
  char *path; /* resolved, absolute */
  int fd;
} SampanStateFolder;

/* Takes the folder's lock, so that one process at a time looks for and makes files. CREATE: makes
 * the folder (0700) and those above it. NOT_FOUND: there is none. NOT_ALLOWED: it belongs to
 * somebody else or others may write to it. */
SampanStateFolder *sampan_state_folder_open (const char *state_dir,
                                             bool create,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_state_folder_unlock (SampanStateFolder *self);
void sampan_state_folder_close (SampanStateFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanStateFolder, sampan_state_folder_close)

/* Whether NAME is there; an error unless it is a regular file that only the owner may read. Never
 * opens it: closing would drop the locks that SQLite holds on it. */
bool sampan_state_folder_check_file (const SampanStateFolder *self,
                                     const char *name,
                                     bool *exists,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new empty file (0600), open for writing; -1 with error. */
int sampan_state_folder_make_file (const SampanStateFolder *self,
                                   const char *name,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool sampan_state_folder_sync (const SampanStateFolder *self,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
