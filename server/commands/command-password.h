/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The secret that an account is made with: typed, read from a file, or a one-time code. */

#pragma once

#include "accounts/account-store.h"

G_BEGIN_DECLS

/* What NIST SP 800-63B asks for at least. Somebody in between has one guess per login, the box none
 * without its keys file, so a higher floor would only make people write passwords down. */
#define SAMPAN_PASSWORD_MIN_CHARACTERS 8

typedef struct
{
  char *password_file; /* nullable */
  gboolean invite;
} SampanPasswordOptions;
void sampan_password_options_clear (SampanPasswordOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SampanPasswordOptions, sampan_password_options_clear)

/* A new record for USER: the code (--invite), the file's first line, or what is typed twice at the
 * terminal. *CODE is the code to show, NULL without --invite. Slow (Argon2id). */
bool sampan_password_make_record (const SampanPasswordOptions *options,
                                  SampanAccountStore *store,
                                  const char *user,
                                  uint8_t record[static SAMPAN_REGISTRATION_RECORD_LENGTH],
                                  SampanSecret **code,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* CODE is good for SECS. */
void
sampan_password_print_code (const char *user, const SampanSecret *code, int64_t secs, bool as_json);

/* When a code made now is void; wall clock. */
int64_t sampan_password_get_expiry_secs (void);

G_END_DECLS
