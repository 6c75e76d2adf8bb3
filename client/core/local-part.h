/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The file that a download grows in, and whose it is: a name made from what is downloaded, and a
 * tag (an extended attribute) that tells the version. It can be found again by a later process; a
 * disk without such attributes, and a start of the machine in between (whatever was not synced may
 * be gone), make it a new beginning. */

#pragma once

#include "message.h"

#include <stdbool.h>

G_BEGIN_DECLS

#define SAMPAN_PART_KEY_LENGTH 16
#define SAMPAN_PART_NAME_BYTES 48
/* Below this a download that begins anew costs less than asking. */
#define SAMPAN_PART_MIN_BYTES 65536

/* The file on the box that the bytes come from. */
typedef struct
{
  uint64_t size;
  SampanTime mtime;
  uint8_t version[SAMPAN_VERSION_LENGTH];
} SampanPartOrigin;

void sampan_local_part_make_name (char name[static SAMPAN_PART_NAME_BYTES],
                                  const uint8_t key[static SAMPAN_PART_KEY_LENGTH]);
void sampan_local_part_make_random_name (char name[static SAMPAN_PART_NAME_BYTES]);

/* A new empty file without a name, of which nothing is left should we be killed; -1 where the file
 * system has no such thing. */
int sampan_local_part_create_unnamed (int folder_fd);
/* Gives it NAME, which must be free. 0 or an errno. */
int sampan_local_part_link (int fd, int folder_fd, const char *name);
/* A new empty file, locked; -1 with errno. */
int sampan_local_part_create (int folder_fd, const char *name);
/* The part of that name, locked, and what it holds of ORIGIN; -1 if there is none that can be used
 * or somebody else is at it. One that cannot be continued comes back empty. */
int sampan_local_part_open (int folder_fd,
                            const char *name,
                            SampanPartOrigin *origin,
                            uint64_t *held_bytes);
/* FALSE where the disk cannot hold it: the part is of no use later. */
bool sampan_local_part_tag (int fd, const SampanPartOrigin *origin);
/* Before the file gets its real name. */
void sampan_local_part_untag (int fd);

G_END_DECLS
