/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Copying a file or a folder with all in it into the staging of a share. */

#pragma once

#include "storage/progress.h"
#include "storage/staging.h"

G_BEGIN_DECLS

typedef struct
{
  const SampanShareRoot *from_root; /* borrowed */
  const SampanShareRoot *to_root;   /* borrowed */
  SampanProgressMeter meter;
  SampanReservation *reservation; /* borrowed; grows with what is copied */
  GCancellable *cancellable;      /* nullable, borrowed */
  unsigned int depth_max;         /* folders below the copied one */
  uint64_t skipped;               /* symlinks, devices and what else is not copied */

  GArray *unsynced;   /* owned fds of files that wait for their sync; made by the run */
  struct stat staged; /* of what is made, so that it is never copied into itself */
} SampanTreeCopy;

/* Copies what FROM_FD has open (readable) to NAME in staging, with times and permissions, all
 * synced but the staging folder itself. Returns an fd of the copy that holds its lock, or -1 after
 * removing what was made. */
int sampan_tree_copy_run (SampanTreeCopy *self,
                          int from_fd,
                          bool is_share_itself,
                          const char *name,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
