/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A share in a temporary directory with a directory beside it that must never be reached. Every
 * test runs with both ways of confinement. */

#pragma once

#include "storage/commit-batch.h"
#include "storage/files.h"
#include "storage/listing.h"
#include "storage/trash-limits.h"

#define CANARY "not to be seen"
#define CANARY_NAME "canary"
#define ACCOUNT_ID 7

typedef struct
{
  char *base;
  char *share;
  char *outside; /* holds CANARY_NAME with CANARY */
  SampanShareRoot *root;
} Fixture;

typedef void (*FixtureFunc) (Fixture *self, gconstpointer confine);

/* Adds the test once for each SampanConfine; its user data is the way. */
void fixture_add (const char *name, FixtureFunc func);

/* For what resolves no path. */
void fixture_add_once (const char *name, FixtureFunc func);

/* Must be canonical. */
SampanPath *path_of (const char *text);

/* Straight on the disk, relative to the share. */
char *disk_name (Fixture *self, const char *relative);
void disk_write (Fixture *self, const char *relative, const char *content);
void disk_mkdir (Fixture *self, const char *relative);
void disk_symlink (Fixture *self, const char *target, const char *relative);
bool disk_exists (Fixture *self, const char *relative);
void assert_content (Fixture *self, const char *relative, const char *content);
unsigned int count_entries (Fixture *self, const char *relative);
/* That nothing came, went or changed beside the share. */
void assert_outside_untouched (Fixture *self);

/* Checks domain and code and clears *error. */
#define assert_code(error, wanted)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error (*(error), SAMPAN_ERROR, (int)(wanted));                                        \
    g_clear_error (error);                                                                         \
  }                                                                                                \
  G_STMT_END

typedef struct
{
  char *name;
  uint8_t version[SAMPAN_VERSION_LENGTH];
  uint8_t trash_id[SAMPAN_TRASH_ID_LENGTH];
  GError *error;
} Result;

void result_clear (Result *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

SampanPutRequest put_request (uint64_t size, SampanConflict conflict);
SampanUpload *
begin (Fixture *self, const char *path, const SampanPutRequest *request, GError **error);
/* SampanCommitFunc: appends to a GArray of Result (g_array_set_clear_func with result_clear). */
void collect_cb (const SampanStored *stored, const GError *error, gpointer results);
GArray *results_new (void);
/* Begins, writes, finishes and commits. */
bool store (Fixture *self,
            const char *path,
            const char *content,
            SampanConflict conflict,
            Result *result,
            GError **error);
/* The item of a trash slot; NULL if it is no file. */
char *read_trash (Fixture *self, const uint8_t id[static SAMPAN_TRASH_ID_LENGTH]);
bool is_zero (const uint8_t *bytes, size_t length);
