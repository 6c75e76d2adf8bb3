/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A private directory for one test, and records to fill stores with. */

#include "config.h"

#include "scratch.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

#define OPEN_FDS 16 /* for the walk */

static int
remove_entry (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  return remove (path);
}

void
scratch_init (Scratch *self)
{
  g_autoptr (GError) error = NULL;

  self->path = g_dir_make_tmp ("sampan-accounts-XXXXXX", &error);
  g_assert_no_error (error);
  self->state = g_build_filename (self->path, "state", NULL);
}

void
scratch_clear (Scratch *self)
{
  g_assert_cmpint (nftw (self->path, remove_entry, OPEN_FDS, FTW_DEPTH | FTW_PHYS), ==, 0);
  g_free (self->path);
  g_free (self->state);
}

char *
scratch_build (const Scratch *self, const char *name)
{
  return g_build_filename (self->path, name, NULL);
}

char *
scratch_build_state (const Scratch *self, const char *name)
{
  return g_build_filename (self->state, name, NULL);
}

char *
scratch_make_folder (const Scratch *self, const char *name)
{
  char *path = scratch_build (self, name);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

void
scratch_run_sql (const char *path, const char *sql)
{
  sqlite3 *handle = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  sqlite3_exec (handle, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (handle);
}

SampanAccountStore *
scratch_open_store (const Scratch *self)
{
  g_autoptr (GError) error = NULL;
  SampanAccountStore *store = sampan_account_store_open (self->state, true, &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

void
scratch_add_account (SampanAccountStore *store, const char *name)
{
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
  g_autoptr (GError) error = NULL;
  bool added;

  g_assert_true (sampan_fake_record_generate (record));
  added = sampan_account_store_add (store, name, record, SAMPAN_KSF_64M, false, 0, &error);
  g_assert_no_error (error);
  g_assert_true (added);
}
