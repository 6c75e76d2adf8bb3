/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What `sampand doctor` looks at. Each check reports what it found, and for whatever is not right
 * how to mend it. Nothing is changed. */

#pragma once

#include "accounts/account-store.h"

G_BEGIN_DECLS

typedef enum
{
  SAMPAN_FINDING_OK,
  SAMPAN_FINDING_WARNING, /* works, but somebody should know */
  SAMPAN_FINDING_PROBLEM, /* somebody cannot do what they should be able to */
} SampanFinding;

typedef struct
{
  bool as_json;
  bool has_problem;
  const char *state_dir;     /* borrowed */
  SampanAccountStore *store; /* nullable: it cannot be opened */
  char *status;              /* nullable: of the running server, a JSON object */
} SampanDoctor;

/* WHAT is "share files", CURE an instruction or NULL, FORMAT says what was found. Names in all of
 * them are escaped by the caller. */
void sampan_doctor_report (SampanDoctor *self,
                           SampanFinding finding,
                           const char *what,
                           const char *cure,
                           const char *format,
                           ...) G_GNUC_PRINTF (5, 6);

/* doctor-network.c: whether others can reach and find the server. */
void sampan_doctor_check_port (SampanDoctor *self);
void sampan_doctor_check_announcing (SampanDoctor *self);

/* doctor-shares.c: folders, rights, disks. */
void sampan_doctor_check_shares (SampanDoctor *self);
void sampan_doctor_check_disk (SampanDoctor *self, const char *what, const char *directory);

G_END_DECLS
