/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Which names a search finds. Upper and lower case are the same, and so are the ways that Unicode
 * has to write one letter. A pattern with "*" (any run) or "?" (one character) is about the whole
 * name, another is found anywhere in it; all other characters stand for themselves. Immutable. */

#pragma once

#include "protocol.h"
#include "wire.h"

G_BEGIN_DECLS

typedef struct _SampanNamePattern SampanNamePattern;

/* An empty one matches every name. */
SampanNamePattern *sampan_name_pattern_new (SampanBytes pattern);
void sampan_name_pattern_free (SampanNamePattern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanNamePattern, sampan_name_pattern_free)

/* NAME need not be UTF-8: then bytes are compared, a to z in either case. */
bool sampan_name_pattern_matches (const SampanNamePattern *self, const char *name);

G_END_DECLS
