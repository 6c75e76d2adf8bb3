/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where a download is written: a hidden temporary file in the target folder that takes the target's
 * name only when it is complete and synced. One thread at a time. */

#pragma once

#include "errors.h"
#include "local-part.h"

#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _SampanLocalTarget SampanLocalTarget;

/* Opens the folder of FILENAME and looks whether CONFLICT allows to go on: EXISTS for a taken name
 * with REFUSE, WRONG_KIND for a folder in its place. */
SampanLocalTarget *sampan_local_target_new (const char *filename,
                                            SampanConflict conflict,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Looks for what an earlier download with the same KEY left: how many bytes of ORIGIN it has, which
 * are there to be continued; 0 for none. They are what they were written as only if a hash says so.
 */
uint64_t sampan_local_target_find_part (SampanLocalTarget *self,
                                        const uint8_t key[static SAMPAN_PART_KEY_LENGTH],
                                        SampanPartOrigin *origin);
/* Another descriptor of the part that was found, to read it on another thread; -1 for none. */
int sampan_local_target_dup_fd (const SampanLocalTarget *self);
/* From now on the temporary file stays where it can be found again. */
void sampan_local_target_keep_part (SampanLocalTarget *self);
/* Removes the temporary file unless it was committed or is to be kept. */
void sampan_local_target_free (SampanLocalTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanLocalTarget, sampan_local_target_free)

/* Makes the temporary file for ORIGIN, or goes on with the one it has behind HELD_BYTES. NO_SPACE
 * if the disk holds less; EXISTS if REPLACE_NEWER finds a file that is not older. */
bool sampan_local_target_create (SampanLocalTarget *self,
                                 const SampanPartOrigin *origin,
                                 uint64_t held_bytes,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_local_target_write (SampanLocalTarget *self,
                                const uint8_t *bytes,
                                size_t length,
                                uint64_t offset,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 0600 minus the umask. */
#define SAMPAN_LOCAL_MODE_USUAL (-1)

/* The end, in four steps, so that many targets can take each together; all but the first may block.
 * Sets the mtime, and MODE if it is one, with which its owner may always read and write, and lets
 * the disk begin; */
bool sampan_local_target_prepare (SampanLocalTarget *self,
                                  SampanTime mtime,
                                  int mode,
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
/* What KEEP_BOTH chooses, NUMBER being 2 for the first: "photo.jpg" to "photo (2).jpg"; a long stem
 * is cut so that the name stays legal. Free with g_free; NULL if none can be. */
char *sampan_local_target_numbered_name (const char *name, int number);
bool sampan_local_target_has_folder_of (const SampanLocalTarget *self,
                                        const SampanLocalTarget *other);

G_END_DECLS
