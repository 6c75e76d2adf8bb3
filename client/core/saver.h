/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes finished downloads safe on pool threads: many small ones in one round, so that they share
 * the waits for the disk. Engine thread, unless said otherwise. */

#pragma once

#include "local-target.h"

#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct _SampanSave SampanSave;
struct _SampanSave
{
  SampanLocalTarget *target; /* taken over; all data is written */
  SampanTime mtime;
  int mode;                        /* or SAMPAN_LOCAL_MODE_USUAL */
  void (*done) (SampanSave *self); /* engine thread, in any case */

  atomic_bool is_stopped; /* any thread: if it is in time it ends with G_IO_ERROR_CANCELLED */

  /* when done is called */
  GError *error;
  char *stored_name; /* as of sampan_local_target_publish() */
};

typedef struct _SampanSaver SampanSaver;

SampanSaver *sampan_saver_new (void);
/* Not while something is being saved. Any thread. */
void sampan_saver_free (SampanSaver *self);

/* SAVE stays the caller's and lives until it is done. */
void sampan_saver_add (SampanSaver *self, SampanSave *save);
/* At once and alone: for a file whose sync may take long. */
void sampan_saver_run_alone (SampanSave *save);

G_END_DECLS
