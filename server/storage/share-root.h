/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The directory of a share, held open: everything below it is reached through its fd, confined by
 * the kernel (openat2) or by a walk of one component at a time. Path strings are never used below
 * it.
 *
 * Keeps .sampan/staging and .sampan/trash inside the directory, on the same file system.
 * Reference-counted, immutable after opening but for the limits of its trash, safe from any thread.
 */

#pragma once

#include "errors.h"
#include "paths.h"
#include "protocol.h"
#include "storage/usage.h"
#include <sys/stat.h>

G_BEGIN_DECLS

#define SAMPAN_RESERVED_NAME                                                                       \
  ".sampan" /* directly below a share's root; refused in every request                             \
             */

typedef enum
{
  SAMPAN_CONFINE_PROBE,   /* openat2 where a probe shows that it confines, else the walk */
  SAMPAN_CONFINE_OPENAT2, /* for tests; opening fails where the kernel lacks it */
  SAMPAN_CONFINE_WALK,
} SampanConfine;

typedef struct _SampanShareRoot SampanShareRoot;

/* What may stay in the trash. */
typedef struct
{
  uint32_t days;  /* SAMPAN_TRASH_DAYS_ANY: for ever */
  uint64_t bytes; /* or one of these */
} SampanTrashLimits;
#define SAMPAN_TRASH_DAYS_ANY UINT32_MAX
#define SAMPAN_TRASH_DAYS_MAX 36500 /* a number that was meant */
#define SAMPAN_TRASH_BYTES_ANY UINT64_MAX
#define SAMPAN_TRASH_BYTES_PART (UINT64_MAX - 1) /* SAMPAN_TRASH_DISK_PERCENT of the disk */
/* Long enough to miss something, short enough to get the space back. */
#define SAMPAN_TRASH_DAYS 30

/* DIRECTORY must exist. Makes .sampan (0700) and its folders; a directory that cannot be written to
 * is served for reading only. Errors name the directory. */
SampanShareRoot *sampan_share_root_open (const char *directory,
                                         SampanConfine confine,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
SampanShareRoot *sampan_share_root_ref (SampanShareRoot *self);
void sampan_share_root_unref (SampanShareRoot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanShareRoot, sampan_share_root_unref)

/* Borrowed fds. Those of staging and trash are -1 where the directory cannot be written to. */
int sampan_share_root_get_fd (const SampanShareRoot *self);
int sampan_share_root_get_staging_fd (const SampanShareRoot *self);
int sampan_share_root_get_trash_fd (const SampanShareRoot *self);
/* The device that staging lies on. */
dev_t sampan_share_root_get_staging_device (const SampanShareRoot *self);
/* Of the directory, whatever shares it is served as. */
SampanUsage *sampan_share_root_get_usage (const SampanShareRoot *self);
/* The defaults until they are set. Hold for the next expiry. */
void sampan_share_root_set_trash_limits (SampanShareRoot *self, const SampanTrashLimits *limits);
SampanTrashLimits sampan_share_root_get_trash_limits (const SampanShareRoot *self);
SampanConfine sampan_share_root_get_confine (const SampanShareRoot *self); /* never PROBE */

/* Whether the directory was removed: it looks empty then and nothing can be made in it. */
bool sampan_share_root_is_removed (const SampanShareRoot *self);

/* Opens PATH (below the share; "" is its root) with FLAGS | O_CLOEXEC | O_NOFOLLOW, no symlink
 * anywhere on the way. Returns an fd or -1 with *error (NOT_FOUND, NOT_ALLOWED, WRONG_KIND for a
 * symlink, BAD_NAME for reserved names). */
int sampan_share_root_open_path (const SampanShareRoot *self,
                                 const SampanPath *path,
                                 int flags,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens the folder that holds PATH (not the root) as an O_PATH fd, for *at calls with
 * sampan_path_get_name (path). */
int sampan_share_root_open_parent (const SampanShareRoot *self,
                                   const SampanPath *path,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, readable: a folder whose names change must be synced. Fails as check_change() does. */
int sampan_share_root_open_folder_of (const SampanShareRoot *self,
                                      const SampanPath *path,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether PATH may come, go or change at all: NOT_ALLOWED for the root, which no folder of the
 * share holds, and for a share that cannot be written to; BAD_NAME for reserved names. */
bool sampan_share_root_check_change (const SampanShareRoot *self,
                                     const SampanPath *path,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the entry NAME directly below the root is the storage's own. STATUS is its (nullable). */
bool sampan_share_root_is_reserved (const SampanShareRoot *self,
                                    const char *name,
                                    const struct stat *status);

/* Whether the disk takes names for equal that differ in upper and lower case only. Known for the
 * share's root; a disk may do otherwise in one folder. */
bool sampan_share_root_folds_names (const SampanShareRoot *self);
/* Whether something can come into it at all. */
bool sampan_share_root_is_writable (const SampanShareRoot *self);

/* Removes what is too old from staging (7 days) and trash, unless locked. Slow; a worker thread's
 * job, at start and daily. */
void sampan_share_root_expire (SampanShareRoot *self);

G_END_DECLS
