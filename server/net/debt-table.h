/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Times until which something is remembered of somebody, in a table of fixed size: whoever was
 * touched longest ago makes room. Knows no clock and no lock. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SAMPAN_DEBT_KEY_BYTES 16

/* The owner's to write; all zero when new. */
typedef struct
{
  int64_t ends_us;
  bool acts;
} SampanDebt;

typedef struct _SampanDebtTable SampanDebtTable;

/* NULL only without memory. */
SampanDebtTable *sampan_debt_table_new (uint32_t capacity);
void sampan_debt_table_free (SampanDebtTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanDebtTable, sampan_debt_table_free)

/* NULL: nothing is known of KEY. Valid until the next touch. */
SampanDebt *sampan_debt_table_find (SampanDebtTable *self,
                                    const uint8_t key[static SAMPAN_DEBT_KEY_BYTES]);
/* As above, but makes it if need be, and KEY is now the last to make room. */
SampanDebt *sampan_debt_table_touch (SampanDebtTable *self,
                                     const uint8_t key[static SAMPAN_DEBT_KEY_BYTES]);
uint32_t sampan_debt_table_get_count (const SampanDebtTable *self);

G_END_DECLS
