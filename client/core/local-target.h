/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where a download is written: a hidden temporary file in the target folder that takes the target's
 * name only when it is complete and synced. One thread at a time. */

#pragma once

#include "errors.h"
#include "message.h"

#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _SampanLocalTarget SampanLocalTarget;

/* Opens the folder of FILENAME and looks whether CONFLICT allows to go on: EXISTS for a taken name
 * with REFUSE, WRONG_KIND for a folder in its place. */
SampanLocalTarget *sampan_local_target_new (const char *filename,
                                            SampanConflict conflict,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes the temporary file unless it was committed. */
void sampan_local_target_free (SampanLocalTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanLocalTarget, sampan_local_target_free)

/* Makes the temporary file for SIZE bytes. NO_SPACE if the disk holds less; EXISTS if REPLACE_NEWER
 * finds a file that is not older than MTIME. */
bool sampan_local_target_create (SampanLocalTarget *self,
                                 uint64_t size,
                                 SampanTime mtime,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_local_target_write (SampanLocalTarget *self,
                                const uint8_t *bytes,
                                size_t length,
                                uint64_t offset,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The end, in four steps, so that many targets can take each together; all but the first may block.
 * Sets the mtime and lets the disk begin; */
bool sampan_local_target_prepare (SampanLocalTarget *self,
                                  SampanTime mtime,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* syncs the file; */
bool sampan_local_target_sync (SampanLocalTarget *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* gives it its name: *stored_name is set if KEEP_BOTH chose another; */
bool sampan_local_target_publish (SampanLocalTarget *self,
                                  char **stored_name,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* syncs the folder, once for all that were published in it. */
bool sampan_local_target_sync_folder (SampanLocalTarget *self,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_local_target_has_folder_of (const SampanLocalTarget *self,
                                        const SampanLocalTarget *other);

G_END_DECLS
