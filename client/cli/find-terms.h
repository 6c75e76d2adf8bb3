/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person typed to say what find looks for. */

#pragma once

#include "cli.h"
#include "session-search.h"

G_BEGIN_DECLS

/* As GOption fills it. */
typedef struct
{
  char *name;
  char *kind;
  char *size;  /* MIN..MAX, either may be missing */
  char *newer; /* a day, a time as in RFC 3339, or an age */
  char *older;
  int limit;

  SampanTime since;
  SampanTime before;
} FindTerms;

/* QUERY borrows from SELF. Fails with CLI_ERROR, CLI_STATUS_USAGE. */
bool
find_terms_read (FindTerms *self, SampanFindQuery *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void find_terms_clear (FindTerms *self);

G_END_DECLS
