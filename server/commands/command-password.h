/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The secret that an account is made with: typed, read from a file, or a one-time code. */

#pragma once

#include "accounts/account-store.h"
#include "commands/command-utils.h"

G_BEGIN_DECLS

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

/* With where to log in, as far as the running server knows it. CODE is good for SECS. */
void sampan_password_print_code (const SampanArguments *arguments,
                                 const char *user,
                                 const SampanSecret *code,
                                 int64_t secs);

/* When a code made now is void; wall clock. */
int64_t sampan_password_get_expiry_secs (void);

G_END_DECLS
