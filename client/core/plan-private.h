/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A plan on its way through a session. */

#pragma once

#include "plan.h"

G_BEGIN_DECLS

/* Nothing can be added from now on, so that any thread may read the items. */
void sampan_plan_seal (SampanPlan *self);
/* Keeps ANSWERS, one SampanPlanAnswer for each item. The owner's thread. */
void sampan_plan_set_answers (SampanPlan *self, GArray *answers, const SampanPlanEnd *end);

G_END_DECLS
