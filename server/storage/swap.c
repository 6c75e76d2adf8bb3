/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The steps that give something its name. */

#include "config.h"

#include "storage/swap.h"

#include "storage/disk.h"

#include <fcntl.h>
#include <stdio.h>

/* How file systems say that they lack a flag of renameat2() or links. EPERM: links on FAT. */
static bool
is_unsupported (int saved_errno)
{
  return saved_errno == EINVAL || saved_errno == ENOSYS || saved_errno == EOPNOTSUPP ||
         saved_errno == ENOTTY;
}

static bool
is_link_unsupported (int saved_errno)
{
  return is_unsupported (saved_errno) || saved_errno == EPERM || saved_errno == EMLINK ||
         saved_errno == EXDEV;
}

static int
rename_plainly (int from_fd, const char *from_name, int to_fd, const char *to_name)
{
  return renameat (from_fd, from_name, to_fd, to_name) == 0 ? 0 : errno;
}

static int
move_by_link (int from_fd, const char *from_name, int to_fd, const char *to_name)
{
  if (linkat (from_fd, from_name, to_fd, to_name, 0) != 0)
    return errno;
  return unlinkat (from_fd, from_name, 0) == 0 ? 0 : errno;
}

int
sampan_swap_move (int from_fd, const char *from_name, int to_fd, const char *to_name)
{
  struct stat status;
  int code;

  if (renameat2 (from_fd, from_name, to_fd, to_name, RENAME_NOREPLACE) == 0)
    return 0;
  if (!is_unsupported (errno))
    return errno;
  if (sampan_disk_stat (from_fd, from_name, &status) != 0)
    return errno;
  if (S_ISREG (status.st_mode))
    {
      code = move_by_link (from_fd, from_name, to_fd, to_name);
      if (!is_link_unsupported (code))
        return code;
    }
  /* Neither flag nor links: the check and the rename are two steps. */
  if (sampan_disk_stat (to_fd, to_name, &status) == 0)
    return EEXIST;
  return rename_plainly (from_fd, from_name, to_fd, to_name);
}

static bool
is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* A rename changes the ctime, so that cannot be asked. */
static bool
may_leave (const SampanSwap *self, int folder_fd, const char *name)
{
  const struct stat *old = self->old;
  struct stat status;

  if (sampan_disk_stat (folder_fd, name, &status) != 0 ||
      (status.st_mode & S_IFMT) != (old->st_mode & S_IFMT))
    return false;
  return !self->is_exact || (is_same_file (&status, old) && status.st_size == old->st_size &&
                             status.st_mtim.tv_sec == old->st_mtim.tv_sec &&
                             status.st_mtim.tv_nsec == old->st_mtim.tv_nsec);
}

static int
exchange (int from_fd, const char *from_name, int to_fd, const char *to_name)
{
  return renameat2 (from_fd, from_name, to_fd, to_name, RENAME_EXCHANGE) == 0 ? 0 : errno;
}

/* Exchanges, looks at what came out and undoes it if that may not leave. Undoing is an exchange
 * too, so it can bring out what somebody else has put over ours meanwhile: that goes back, and ours
 * was there and has been replaced. */
static int
exchange_checked (const SampanSwap *self, int from_fd, const char *from_name)
{
  struct stat own, status;
  int code;

  if (sampan_disk_stat (from_fd, from_name, &own) != 0)
    return errno;
  code = exchange (from_fd, from_name, self->to_fd, self->to_name);
  if (code != 0 || may_leave (self, from_fd, from_name))
    return code;
  code = exchange (from_fd, from_name, self->to_fd, self->to_name);
  if (code != 0)
    return 0; /* cannot be undone, such as after a removal: then it stands */
  if (sampan_disk_stat (from_fd, from_name, &status) == 0 && is_same_file (&status, &own))
    return ESTALE;
  return exchange (from_fd, from_name, self->to_fd, self->to_name);
}

/* After an exchange that led to CODE: the file keeps one of its two names. */
static void
drop_second_name (const SampanSwap *self, int code)
{
  struct stat staged, item;

  if (code == 0)
    (void)unlinkat (self->from_fd, self->from_name, 0);
  else if (sampan_disk_stat (self->from_fd, self->from_name, &staged) == 0 &&
           sampan_disk_stat (self->slot->fd, SAMPAN_TRASH_ITEM, &item) == 0 &&
           is_same_file (&staged, &item))
    (void)unlinkat (self->slot->fd, SAMPAN_TRASH_ITEM, 0);
}

/* What is staged waits in the slot, so that the one exchange puts both where they belong. A file
 * keeps its staged name meanwhile: by that a crash does not make it look like something that was
 * replaced, and it can be resumed. */
static int
exchange_through_slot (const SampanSwap *self)
{
  int slot_fd = self->slot->fd;
  bool is_linked = linkat (self->from_fd, self->from_name, slot_fd, SAMPAN_TRASH_ITEM, 0) == 0;
  int code = is_linked ? 0 : errno;

  if (is_link_unsupported (code))
    code = rename_plainly (self->from_fd, self->from_name, slot_fd, SAMPAN_TRASH_ITEM);
  if (code != 0)
    return code;
  code = exchange_checked (self, slot_fd, SAMPAN_TRASH_ITEM);
  if (is_linked)
    drop_second_name (self, code);
  else if (code != 0)
    (void)rename_plainly (slot_fd, SAMPAN_TRASH_ITEM, self->from_fd, self->from_name);
  return code;
}

/* What somebody looks for under its old name stays visible: first the exchange, then the trash. */
static int
exchange_in_place (const SampanSwap *self)
{
  int code = exchange_checked (self, self->from_fd, self->from_name);

  if (code != 0)
    return code;
  code = rename_plainly (self->from_fd, self->from_name, self->slot->fd, SAMPAN_TRASH_ITEM);
  if (code != 0)
    (void)exchange (self->from_fd, self->from_name, self->to_fd, self->to_name);
  return code;
}

int
sampan_swap_by_exchange (const SampanSwap *self)
{
  int code = self->is_staged ? exchange_through_slot (self) : exchange_in_place (self);

  return is_unsupported (code) ? EOPNOTSUPP : code;
}

int
sampan_swap_by_link (const SampanSwap *self)
{
  struct stat from;
  int code;

  if (!S_ISREG (self->old->st_mode))
    return EOPNOTSUPP;
  if (sampan_disk_stat (self->from_fd, self->from_name, &from) != 0)
    return errno;
  /* Renaming one link of a file over another does nothing and says so to nobody. */
  if (is_same_file (&from, self->old))
    return rename_plainly (self->from_fd, self->from_name, self->slot->fd, SAMPAN_TRASH_ITEM);
  if (linkat (self->to_fd, self->to_name, self->slot->fd, SAMPAN_TRASH_ITEM, 0) != 0)
    return is_link_unsupported (errno) ? EOPNOTSUPP : errno;
  if (!may_leave (self, self->slot->fd, SAMPAN_TRASH_ITEM))
    code = ESTALE;
  else
    code = rename_plainly (self->from_fd, self->from_name, self->to_fd, self->to_name);
  if (code != 0)
    unlinkat (self->slot->fd, SAMPAN_TRASH_ITEM, 0);
  return code;
}

int
sampan_swap_aside (const SampanSwap *self)
{
  int slot_fd = self->slot->fd;
  int code = rename_plainly (self->to_fd, self->to_name, slot_fd, SAMPAN_TRASH_ITEM);

  if (code != 0)
    return code;
  if (!may_leave (self, slot_fd, SAMPAN_TRASH_ITEM))
    code = ESTALE;
  else
    code = sampan_swap_move (self->from_fd, self->from_name, self->to_fd, self->to_name);
  if (code == EEXIST)
    code = ESTALE; /* somebody took the name in between */
  if (code != 0)
    (void)sampan_swap_move (slot_fd, SAMPAN_TRASH_ITEM, self->to_fd, self->to_name);
  return code;
}

int
sampan_swap_run (const SampanSwap *self)
{
  int code = sampan_swap_by_exchange (self);

  if (code == EOPNOTSUPP)
    code = sampan_swap_by_link (self);
  if (code == EOPNOTSUPP)
    code = sampan_swap_aside (self);
  return code;
}
