/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* find: names below a folder, told in pages as they are found. */

#include "config.h"

#include "requests/pages.h"
#include "requests/requests.h"
#include "requests/search.h"

#include "storage/entry.h"
#include "storage/name-pattern.h"

#include <string.h>

/* What was found is not held back longer than that; and a page, empty if need be, tells that often
 * that the search still runs. */
#define PAGE_PAUSE_US (100 * 1000)
#define SIGN_OF_LIFE_US (5 * G_USEC_PER_SEC)

typedef struct
{
  SampanSearch search;
  const SampanFindRequest *request; /* borrowed */
  SampanNamePattern *pattern;
  SampanFoundEnd end;
  SampanPages pages;
} Find;

static void
find_clear (Find *self)
{
  sampan_search_clear (&self->search);
  sampan_name_pattern_free (self->pattern);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Find, find_clear)

/* ---- Pages ---- */

/* SampanPages' write function. */
static bool
write_found (SampanWriter *writer, gconstpointer entry)
{
  return sampan_write_found (writer, entry);
}

/* Sends what waits, or a sign of life. */
static bool
keep_up (Find *self)
{
  int64_t since_us = self->search.now_us - self->pages.sent_us;
  if (since_us < (self->pages.on_page > 0 ? PAGE_PAUSE_US : SIGN_OF_LIFE_US))
    return true;
  return sampan_pages_send (&self->pages) &&
         sampan_connection_flush (self->search.exchange->connection);
}

/* ---- What is looked for ---- */

static int
compare_times (SampanTime a, SampanTime b)
{
  if (a.seconds != b.seconds)
    return a.seconds < b.seconds ? -1 : 1;
  return (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

static bool
is_of_kind (const SampanFindRequest *request, SampanEntryKind kind)
{
  bool is_about_size = request->size_min > 0 || request->size_max < UINT64_MAX;
  return (request->kind == 0 || request->kind == kind) &&
         (!is_about_size || kind == SAMPAN_ENTRY_FILE);
}

static bool
is_within (const SampanFindRequest *request, const SampanEntry *entry)
{
  if (entry->kind == SAMPAN_ENTRY_FILE &&
      (entry->size < request->size_min || entry->size > request->size_max))
    return false;
  if ((request->flags & SAMPAN_FIND_SINCE) != 0 && compare_times (entry->mtime, request->since) < 0)
    return false;
  return (request->flags & SAMPAN_FIND_BEFORE) == 0 ||
         compare_times (entry->mtime, request->before) < 0;
}

static SampanBytes
join_path (const SampanSearchItem *item, char path[static SAMPAN_PATH_MAX + 1])
{
  const SampanBytes *below = &item->entry->path;
  if (*item->share == '\0')
    return *below;
  int length = g_snprintf (path,
                           SAMPAN_PATH_MAX + 1,
                           "%s/%.*s",
                           item->share,
                           (int)below->length,
                           (const char *)below->data);
  return (SampanBytes){ (const uint8_t *)path, (size_t)length };
}

/* A SampanSearchFunc. */
static bool
look_at_cb (const SampanSearchItem *item, gpointer user_data)
{
  Find *self = user_data;
  char path[SAMPAN_PATH_MAX + 1];
  SampanEntry entry;
  struct stat status;
  self->end.n_seen++;
  if (!keep_up (self))
    self->pages.is_broken = true;
  if (self->pages.is_broken)
    return false;
  if (!is_of_kind (self->request, item->entry->kind) ||
      !sampan_name_pattern_matches (self->pattern, item->entry->name) ||
      !sampan_tree_walk_stat (item->walk, &status))
    return true;
  sampan_entry_from_stat (&status, &entry);
  entry.right = (uint8_t)item->right;
  entry.name = join_path (item, path);
  if (!is_of_kind (self->request, entry.kind) || !is_within (self->request, &entry))
    return true;
  if (self->pages.count == self->request->limit)
    {
      self->end.flags = SAMPAN_FOUND_MORE;
      return false;
    }
  return sampan_pages_add (&self->pages, &entry);
}

bool
sampan_request_find (SampanExchange *self, SampanReader *reader)
{
  SampanFindRequest request;
  SampanWriter writer;
  g_auto (Find) find = {
    .request = &request,
    .pages = { .exchange = self,
               .kind = SAMPAN_KIND_FOUND_PAGE,
               .write = write_found,
               .sent_us = g_get_monotonic_time () },
  };
  g_autoptr (GError) error = NULL;
  if (!sampan_read_find_request (reader, &request))
    return sampan_exchange_break (self);
  if (!sampan_search_begin (&find.search, self))
    return sampan_search_refuse (self);
  find.pattern = sampan_name_pattern_new (request.pattern);
  bool ok = sampan_search_run (&find.search, request.path, look_at_cb, &find, &error);
  if (!sampan_pages_end (&find.pages))
    return false;
  if (!ok)
    return sampan_exchange_reply_error (self, error);
  find.end.n_found = find.pages.count;
  find.end.n_left_out = find.search.n_left_out;
  if (!sampan_exchange_begin (self, &writer))
    return false;
  sampan_write_found_end (&writer, &find.end);
  return sampan_exchange_end (self, &writer);
}
