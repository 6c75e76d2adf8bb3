/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A SQLite database with typed access and GError: the only place that calls sqlite3_*. Not
 * serialised; the owner holds a lock. Errors carry SAMPAN_ERROR codes: TRY_LATER (another process
 * writes), NO_SPACE, NOT_ALLOWED (read-only), EXISTS (uniqueness), IO (damaged or unreadable). */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _SampanDatabase SampanDatabase;
typedef struct _SampanStatement SampanStatement;
typedef struct _SampanTransaction SampanTransaction;

/* Opens an existing file that can be written: rollback journal, synchronous=EXTRA, foreign keys,
 * untrusted schema. Checks the whole file and refuses a damaged one. */
SampanDatabase *sampan_database_open (const char *filename,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_database_close (SampanDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanDatabase, sampan_database_close)

/* The whole file as it is now. */
GBytes *sampan_database_dup_content (SampanDatabase *self,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SQL is constant; several statements; results are dropped. */
bool sampan_database_execute (SampanDatabase *self,
                              const char *sql,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One statement with ?1, ?2... */
SampanStatement *sampan_database_prepare (SampanDatabase *self,
                                          const char *sql,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_statement_free (SampanStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanStatement, sampan_statement_free)

/* INDEX counts from 1. Values are copied. A failure shows at the next step. */
void sampan_statement_bind_int (SampanStatement *self, int index, int64_t value);
void sampan_statement_bind_text (SampanStatement *self, int index, const char *text, size_t length);
void
sampan_statement_bind_blob (SampanStatement *self, int index, const void *bytes, size_t length);

bool sampan_statement_step (SampanStatement *self,
                            bool *has_row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For a statement without rows; how many rows changed goes to *changes (nullable). */
bool sampan_statement_run (SampanStatement *self,
                           uint64_t *changes,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* COLUMN counts from 0. What does not have the wanted form is a damaged database: IO. */
int64_t sampan_statement_get_int (SampanStatement *self, int column);
bool sampan_statement_is_null (SampanStatement *self, int column);
/* Text that fits into SIZE with its NUL and holds none. */
bool sampan_statement_get_text (SampanStatement *self,
                                int column,
                                char *text,
                                size_t size,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Exactly LENGTH bytes. */
bool sampan_statement_get_blob (SampanStatement *self,
                                int column,
                                void *bytes,
                                size_t length,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Free with g_free; NULL with error if it holds a NUL. */
char *sampan_statement_dup_bytes (SampanStatement *self,
                                  int column,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the write lock at once, so that what is read inside stays true. Rolled back when dropped
 * without a commit. */
SampanTransaction *sampan_transaction_begin (SampanDatabase *database,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Frees *self; it is durable when this returns TRUE. */
bool sampan_transaction_commit (SampanTransaction **self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_transaction_rollback (SampanTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanTransaction, sampan_transaction_rollback)

G_END_DECLS
