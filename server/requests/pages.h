/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Replies in pages: entries go out as often as a frame or a page is full. */

#pragma once

#include "requests/exchange.h"

typedef struct
{
  SampanExchange *exchange;
  SampanKind kind;
  /* FALSE if ENTRY, of the kind that the pages are of, does not fit any more */
  bool (*write) (SampanWriter *writer, gconstpointer entry);

  SampanWriter writer;
  unsigned int on_page;
  uint64_t count; /* of all pages */
  int64_t sent_us;
  bool is_broken; /* nothing can be sent any more, which is what FALSE means below */
} SampanPages;

bool sampan_pages_add (SampanPages *self, gconstpointer entry);
/* The page as it is; an empty one if nothing was added since the last. */
bool sampan_pages_send (SampanPages *self) G_GNUC_WARN_UNUSED_RESULT;
/* What is left, if anything. */
bool sampan_pages_end (SampanPages *self) G_GNUC_WARN_UNUSED_RESULT;
