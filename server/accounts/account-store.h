/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The accounts and shares of the server, in one place behind this interface: SQLite rows today.
 * Blocking; any thread (calls are serialised inside). Rollback journal, synchronous=EXTRA: the
 * admin commands and the server are two writers. */

#pragma once

#include "errors.h"
#include "login.h"
#include "protocol.h"
#include "storage/share-mark.h"
#include "storage/usage.h"

G_BEGIN_DECLS

typedef struct _SampanAccountStore SampanAccountStore;

typedef struct
{
  uint64_t id; /* never used twice */
  char name[SAMPAN_USER_MAX + 1];
  bool enabled;
  bool one_time;        /* the record is of a one-time code */
  int64_t expires_secs; /* wall clock; of the one-time code; 0: never */
  uint8_t ksf;
  uint32_t generation; /* grows when the password changes or the account is disabled: older sessions
                          end */
  uint8_t record[SAMPAN_REGISTRATION_RECORD_LENGTH];
} SampanAccount;

typedef struct
{
  uint64_t id;
  char name[SAMPAN_NAME_MAX + 1];
  char *directory;
  bool is_marked;
  SampanShareMark mark; /* if is_marked */
  uint64_t quota_bytes; /* SAMPAN_QUOTA_NONE: none */
  bool is_home;         /* of the account of the same name */
  SampanTrashLimits trash;
} SampanShareRow;
void sampan_share_row_free (SampanShareRow *row);

/* Opens or creates STATE_DIR/sampan.db (0600) and STATE_DIR/keys (0600). Refuses, never recreates:
 * a damaged or newer database, a missing database while keys exist or missing keys while accounts
 * exist. CREATE: make what is missing in an empty state directory. */
SampanAccountStore *sampan_account_store_open (const char *state_dir,
                                               bool create,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampan_account_store_close (SampanAccountStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanAccountStore, sampan_account_store_close)

/* Borrowed; constant for the store's life. */
const SampanServerKeys *sampan_account_store_get_keys (const SampanAccountStore *self);
const uint8_t *sampan_account_store_get_fake_record (const SampanAccountStore *self);
uint8_t
sampan_account_store_get_ksf (const SampanAccountStore *self); /* for new and fake records */

/* FALSE without error: no such account. ACCOUNT holds a record: wipe after use. */
bool sampan_account_store_find (SampanAccountStore *self,
                                const char *name,
                                size_t length,
                                SampanAccount *account,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SampanAccount elements, by name, records zeroed. */
GArray *sampan_account_store_list (SampanAccountStore *self,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* EXISTS, BAD_NAME. */
bool sampan_account_store_add (SampanAccountStore *self,
                               const char *name,
                               const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                               uint8_t ksf,
                               bool one_time,
                               int64_t expires_secs,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Replaces the record and raises the generation; only if the account still has GENERATION
 * (UINT32_MAX: any), else CHANGED. */
bool
sampan_account_store_set_record (SampanAccountStore *self,
                                 const char *name,
                                 uint32_t generation,
                                 const uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                                 uint8_t ksf,
                                 bool one_time,
                                 int64_t expires_secs,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the account's one-time code void and ends the sessions that it opened; CHANGED if the
 * account has a password of its own. */
bool sampan_account_store_revoke_code (SampanAccountStore *self,
                                       const char *name,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_account_store_set_enabled (SampanAccountStore *self,
                                       const char *name,
                                       bool enabled,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_account_store_remove (SampanAccountStore *self,
                                  const char *name,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Shares. */
GPtrArray *sampan_account_store_list_shares (SampanAccountStore *self,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_account_store_add_share (SampanAccountStore *self,
                                     const char *name,
                                     const char *directory,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sampan_account_store_remove_share (SampanAccountStore *self,
                                        const char *name,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The mark by which the share's folder is known from now on; NULL: whichever folder is there when
 * the share is opened next becomes it. NOT_FOUND if the share is missing. */
bool sampan_account_store_set_share_mark (SampanAccountStore *self,
                                          const char *name,
                                          const SampanShareMark *mark,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SAMPAN_QUOTA_NONE takes the quota away; BAD_NAME above INT64_MAX. */
bool sampan_account_store_set_share_quota (SampanAccountStore *self,
                                           const char *name,
                                           uint64_t quota_bytes,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As long, and as much, as may stay in its trash. */
bool sampan_account_store_set_share_trash (SampanAccountStore *self,
                                           const char *name,
                                           const SampanTrashLimits *limits,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* WHO: an account name or "*"; NONE takes the right away. NOT_FOUND if share or account is missing.
 */
bool sampan_account_store_grant (SampanAccountStore *self,
                                 const char *share,
                                 const char *who,
                                 SampanRight right,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef void (*SampanGrantFunc) (const char *share,
                                 const char *who,
                                 SampanRight right,
                                 gpointer user_data);
bool sampan_account_store_foreach_grant (SampanAccountStore *self,
                                         SampanGrantFunc func,
                                         gpointer user_data,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
