/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The options of find as a query. */

#include "config.h"

#include "find-terms.h"

#include "typed-values.h"

#include <glib/gi18n.h>

static bool
read_kind (const char *word, uint8_t *kind)
{
  static const struct
  {
    const char *word;
    SampanEntryKind kind;
  } kinds[] = { { "file", SAMPAN_ENTRY_FILE },
                { "folder", SAMPAN_ENTRY_FOLDER },
                { "link", SAMPAN_ENTRY_SYMLINK },
                { "other", SAMPAN_ENTRY_OTHER } };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].word, word))
      {
        *kind = (uint8_t)kinds[i].kind;
        return true;
      }
  return false;
}

static bool
fail (GError **error, const char *text)
{
  g_set_error_literal (error, CLI_ERROR, CLI_STATUS_USAGE, text);
  return false;
}

bool
find_terms_read (FindTerms *self, SampanFindQuery *query, GError **error)
{
  int64_t now_secs = g_get_real_time () / G_USEC_PER_SEC;

  *query = (SampanFindQuery)SAMPAN_FIND_QUERY_INIT;
  query->pattern = self->name;
  if (self->kind != NULL && !read_kind (self->kind, &query->kind))
    return fail (error, _ ("--kind takes file, folder, link or other"));
  if (self->size != NULL && !typed_read_range (self->size, &query->size_min, &query->size_max))
    return fail (error, _ ("--size takes a range such as 10M.. or ..4k or 1G..2G"));
  if ((self->newer != NULL && !typed_read_time (self->newer, now_secs, &self->since.seconds)) ||
      (self->older != NULL && !typed_read_time (self->older, now_secs, &self->before.seconds)))
    return fail (error, _ ("A time is a day such as 2026-11-20 or an age such as 30m, 12h or 7d"));
  if (self->limit < 0 || self->limit > SAMPAN_FIND_MAX)
    return fail (error, _ ("--limit takes a number up to 100000"));
  if (self->limit > 0)
    query->limit = (uint32_t)self->limit;
  query->since = self->newer != NULL ? &self->since : NULL;
  query->before = self->older != NULL ? &self->before : NULL;
  return true;
}

void
find_terms_clear (FindTerms *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->size, g_free);
  g_clear_pointer (&self->newer, g_free);
  g_clear_pointer (&self->older, g_free);
}
