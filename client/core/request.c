/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Reference counts of requests. */

#include "config.h"

#include "request.h"

void
sampan_request_init (SampanRequest *self, const SampanRequestClass *klass)
{
  self->klass = klass;
  g_atomic_ref_count_init (&self->refs);
}

gpointer
sampan_request_ref (gpointer request)
{
  SampanRequest *self = request;

  g_atomic_ref_count_inc (&self->refs);
  return request;
}

void
sampan_request_unref (gpointer request)
{
  SampanRequest *self = request;

  if (g_atomic_ref_count_dec (&self->refs))
    self->klass->finalize (self);
}
