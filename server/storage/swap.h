/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The steps that give something its name, each such that a crash between them leaves under the name
 * the whole old or the whole new thing. All return 0 or an errno. */

#pragma once

#include "storage/trash.h"

G_BEGIN_DECLS

/* Renames unless the name is taken (EEXIST), on disks without RENAME_NOREPLACE too. */
int sampan_swap_move (int from_fd, const char *from_name, int to_fd, const char *to_name);

typedef struct
{
  int from_fd;
  const char *from_name;
  int to_fd;
  const char *to_name;
  const struct stat *old; /* what is to leave TO_NAME */
  bool is_exact;          /* nothing else may; otherwise anything of its kind */
  SampanTrashSlot *slot;  /* where it goes */
  bool is_staged;         /* FROM_NAME is nothing that anybody looks for */
} SampanSwap;

/* The three ways, best first. Each puts FROM under TO_NAME and the old thing into the slot, or
 * leaves all as it was. ESTALE: what is there may not leave. EOPNOTSUPP: try the next way. */
int sampan_swap_by_exchange (const SampanSwap *self);
/* Regular files, where the disk has links: between the steps the old one has two names. */
int sampan_swap_by_link (const SampanSwap *self);
/* Where it has neither: between the steps the name is free and the old thing is in trash. */
int sampan_swap_aside (const SampanSwap *self);

/* The first way that the disk can. */
int sampan_swap_run (const SampanSwap *self);

G_END_DECLS
