/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file that the transfers of one account are saved in: $XDG_STATE_HOME/sampan/NAME.queue (0600
 * in a folder 0700), appended to, written anew when much of it is of no interest any more. A lock
 * beside it (NAME.lock) makes sure that one process has it. Everything here blocks; one thread at a
 * time. */

#pragma once

#include "saved-job.h"

G_BEGIN_DECLS

typedef struct _SampanSavedFile SampanSavedFile;

/* STATE gets what it holds, a missing file being an empty one. A torn end is cut off. Of a damaged
 * file the good records go on; the file as it was is kept beside it as NAME.queue.damaged. Errors:
 * G_IO_ERROR_BUSY (another process has it), G_IO_ERROR_NOT_SUPPORTED (of a newer version, left
 * alone), else those of the disk. */
SampanSavedFile *sampan_saved_file_open (const char *name,
                                         SampanSavedState **state,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Lets another process have it. */
void sampan_saved_file_free (SampanSavedFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanSavedFile, sampan_saved_file_free)

/* Where a damaged file was put; nullable, borrowed. */
const char *sampan_saved_file_get_damaged (const SampanSavedFile *self);
uint64_t sampan_saved_file_get_size (const SampanSavedFile *self);

/* BYTES are records. All or nothing; SYNC waits for the disk. */
bool sampan_saved_file_append (SampanSavedFile *self,
                               const uint8_t *bytes,
                               size_t length,
                               bool sync,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Leaves out what is of no interest any more. Safe at any moment: the new file is complete and
 * synced before it takes the name. */
bool sampan_saved_file_compact (SampanSavedFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* When no job goes on. */
bool sampan_saved_file_clear (SampanSavedFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
