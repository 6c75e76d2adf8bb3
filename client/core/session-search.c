/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests that walk a tree on the box. */

#include "config.h"

#include "session-search.h"

#include "lone-call.h"
#include "session-private.h"

#include <string.h>

/* NULL: it cannot be asked. */
static SampanCall *
find_call (const SampanPath *folder, const SampanFindQuery *query)
{
  uint8_t buffer[SAMPAN_CALL_MESSAGE_MAX];
  const char *pattern = query->pattern != NULL ? query->pattern : "";
  SampanFindRequest request = { .path = sampan_path_bytes (folder),
                                .pattern = { (const uint8_t *)pattern, strlen (pattern) },
                                .kind = query->kind,
                                .size_min = query->size_min,
                                .size_max = query->size_max,
                                .limit = query->limit };
  SampanWriter writer;
  SampanCall *call;

  if (request.pattern.length > SAMPAN_FIND_PATTERN_MAX)
    return NULL;
  if (query->since != NULL)
    {
      request.flags |= SAMPAN_FIND_SINCE;
      request.since = *query->since;
    }
  if (query->before != NULL)
    {
      request.flags |= SAMPAN_FIND_BEFORE;
      request.before = *query->before;
    }
  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_write_find_request (&writer, &request);
  call = sampan_call_new (SAMPAN_KIND_FOUND_END, SAMPAN_KIND_FOUND_PAGE, &writer);
  call->n_items = query->limit;
  return call;
}

void
sampan_session_find_async (SampanSession *self,
                           const SampanPath *folder,
                           const SampanFindQuery *query,
                           SampanFoundFunc found,
                           gpointer found_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
      sampan_session_new_task (self, cancellable, callback, user_data, sampan_session_find_async);
  SampanCall *call;
  SampanLoneCall *search;

  if (sampan_session_refuse (self, task))
    return;
  call = find_call (folder, query);
  if (call == NULL)
    {
      g_task_return_new_error (task,
                               SAMPAN_ERROR,
                               SAMPAN_ERROR_BAD_NAME,
                               "The pattern is too long");
      return;
    }
  search = sampan_lone_call_new (self, task, call);
  search->found = found;
  search->func_data = found_data;
  sampan_lone_call_start (search);
}

bool
sampan_session_find_finish (SampanSession *self,
                            GAsyncResult *result,
                            SampanFoundEnd *end_of_search,
                            GError **error)
{
  SampanLoneCall *search = sampan_lone_call_finish (self, result, error);

  if (search == NULL)
    return false;
  *end_of_search = search->call->reply.found_end;
  sampan_lone_call_unref (search);
  return true;
}

void
sampan_session_measure_async (SampanSession *self,
                              const SampanPath *path,
                              SampanSessionProgressFunc progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = sampan_session_new_task (self,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    sampan_session_measure_async);
  SampanLoneCall *search;

  if (sampan_session_refuse (self, task))
    return;
  search = sampan_lone_call_new (self,
                                 task,
                                 sampan_call_new_for_path (SAMPAN_KIND_MEASURE,
                                                           SAMPAN_KIND_MEASURED,
                                                           SAMPAN_KIND_PROGRESS,
                                                           path));
  search->progress = progress;
  search->func_data = progress_data;
  sampan_lone_call_start (search);
}

bool
sampan_session_measure_finish (SampanSession *self,
                               GAsyncResult *result,
                               SampanMeasured *measured,
                               GError **error)
{
  SampanLoneCall *search = sampan_lone_call_finish (self, result, error);

  if (search == NULL)
    return false;
  *measured = search->call->reply.measured;
  sampan_lone_call_unref (search);
  return true;
}
