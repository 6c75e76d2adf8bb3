/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Pages of entries. */

#include "config.h"

#include "requests/pages.h"

static bool
begin (SampanPages *self)
{
  self->is_broken = !sampan_exchange_begin (self->exchange, &self->writer);
  if (!self->is_broken)
    sampan_write_empty (&self->writer, self->kind);
  return !self->is_broken;
}

bool
sampan_pages_send (SampanPages *self)
{
  if (self->on_page == 0 && !begin (self))
    return false;
  self->on_page = 0;
  self->sent_us = g_get_monotonic_time ();
  self->is_broken = !sampan_exchange_end (self->exchange, &self->writer);
  return !self->is_broken;
}

bool
sampan_pages_add (SampanPages *self, gconstpointer entry)
{
  if (self->is_broken || (self->on_page == 0 && !begin (self)))
    return false;
  if (!self->write (&self->writer, entry))
    {
      if (!sampan_pages_send (self) || !begin (self))
        return false;
      bool fits = self->write (&self->writer, entry);
      g_assert (fits);
    }
  self->on_page++;
  self->count++;
  return self->on_page < SAMPAN_LIST_PAGE_ENTRIES || sampan_pages_send (self);
}

bool
sampan_pages_end (SampanPages *self)
{
  return !self->is_broken && (self->on_page == 0 || sampan_pages_send (self));
}
