/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Workers that only have the box drop what it kept of an upload that was cancelled while nobody
 * could tell it. They wait for the session to heal; should the same file be sent once more before
 * that, they are forgotten, as it goes on from there. Engine thread. */

#pragma once

#include "worker.h"

G_BEGIN_DECLS

/* Before or at its start, and at its end. WORKER is borrowed. */
void sampan_discards_add (SampanWorker *worker);
void sampan_discards_remove (SampanWorker *worker);
/* Cancels those for the file that WORKER is about to send, where they have not begun; whether there
 * was one, and so the box may have a part. */
bool sampan_discards_give_way (SampanWorker *worker);

G_END_DECLS
