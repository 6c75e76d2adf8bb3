/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A batch of uploads into one folder of the server, and what would become of each: compact,
 * reference-counted. Filled by one thread, then handed to sampan_session_plan_async() and not
 * changed any more. 100 000 items take about 15 MiB. */

#pragma once

#include "message.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_PLAN (sampan_plan_get_type ())
typedef struct _SampanPlan SampanPlan;
GType sampan_plan_get_type (void);
SampanPlan *sampan_plan_new (void);
SampanPlan *sampan_plan_ref (SampanPlan *self);
void sampan_plan_unref (SampanPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPlan, sampan_plan_unref)

/* KIND is FILE or FOLDER; NAME is the path below the target folder, components joined by '/', any
 * bytes; copied. SIZE and MTIME are a file's. Parents may be items or not; best is the order of a
 * walk: the server looks at each folder once. */
void sampan_plan_add (SampanPlan *self,
                      SampanEntryKind kind,
                      const char *name,
                      uint64_t size,
                      SampanTime mtime);

size_t sampan_plan_get_length (const SampanPlan *self);
/* Its path is NUL-terminated. Owned by the plan, and moves when something is added. */
const SampanPlanItem *sampan_plan_get_item (const SampanPlan *self, size_t index);

/* ---- Once judged ---- */
bool sampan_plan_is_judged (const SampanPlan *self);
/* Owned by the plan. The version is what a replacing upload may expect. */
const SampanPlanAnswer *sampan_plan_get_answer (const SampanPlan *self, size_t index);
/* How many items got VERDICT. */
size_t sampan_plan_count (const SampanPlan *self, SampanPlanVerdict verdict);
/* Bytes that the account may still use on the share. */
uint64_t sampan_plan_get_free_bytes (const SampanPlan *self);
/* Whether a quota sets that, not the disk. */
bool sampan_plan_is_quota (const SampanPlan *self);
/* Of the account on the share; what DIFFERS can be replaced with CHANGE only. */
SampanRight sampan_plan_get_right (const SampanPlan *self);

G_END_DECLS
