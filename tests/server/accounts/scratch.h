/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A private directory for one test, and records to fill stores with. */

#pragma once

#include "accounts/account-store.h"

G_BEGIN_DECLS

typedef struct
{
  char *path;  /* removed with all that is in it */
  char *state; /* PATH/state, not made */
} Scratch;

void scratch_init (Scratch *self);
void scratch_clear (Scratch *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scratch, scratch_clear)

/* PATH/NAME, free with g_free. */
char *scratch_build (const Scratch *self, const char *name);
/* The same in the state. */
char *scratch_build_state (const Scratch *self, const char *name);
char *scratch_make_folder (const Scratch *self, const char *name);

/* Runs SQL on the database file PATH as another program would. */
void scratch_run_sql (const char *path, const char *sql);

/* Opens or creates the state; must work. */
SampanAccountStore *scratch_open_store (const Scratch *self);

/* Adds an account with a record that no password opens. */
void scratch_add_account (SampanAccountStore *store, const char *name);

G_END_DECLS
