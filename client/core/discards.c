/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The discards of a pool. */

#include "config.h"

#include "discards.h"

#include "link-pool-private.h"

#include <string.h>

void
sampan_discards_add (SampanWorker *worker)
{
  if (!g_ptr_array_find (worker->pool->discards, worker, NULL))
    g_ptr_array_add (worker->pool->discards, worker);
}

void
sampan_discards_remove (SampanWorker *worker)
{
  g_ptr_array_remove_fast (worker->pool->discards, worker);
}

static bool
is_of_same (const SampanWorker *a, const SampanWorker *b)
{
  return strcmp (a->local, b->local) == 0 &&
         strcmp (sampan_path_get (a->remote), sampan_path_get (b->remote)) == 0;
}

bool
sampan_discards_give_way (SampanWorker *worker)
{
  GPtrArray *discards = worker->pool->discards;
  bool has_found = false;

  for (guint i = discards->len; i-- > 0;)
    {
      SampanWorker *discard = g_ptr_array_index (discards, i);

      if (discard->link != NULL || !is_of_same (discard, worker))
        continue;
      has_found = true;
      sampan_request_ref (discard);
      discard->klass->cancel (discard); /* its end takes it out */
      sampan_request_unref (discard);
    }
  return has_found;
}
