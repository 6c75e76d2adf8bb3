/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a server answers to a client's request. The first byte chooses the request, the second how
 * many answers a plan needs; then messages: kind, length of two bytes, fields. */

#include "config.h"

#include "call.h"
#include "fuzz.h"
#include "paths.h"
#include "protocol.h"
#include "session-trash.h"

#include <string.h>

static const struct
{
  SampanKind final_kind;
  SampanKind part_kind;
} requests[] = {
  { SAMPAN_KIND_PONG, 0 },
  { SAMPAN_KIND_DONE, 0 },
  { SAMPAN_KIND_LIST_END, SAMPAN_KIND_LIST_PAGE },
  { SAMPAN_KIND_ENTRY, 0 },
  { SAMPAN_KIND_SPACE_IS, 0 },
  { SAMPAN_KIND_REMOVED, 0 },
  { SAMPAN_KIND_STORED, SAMPAN_KIND_PROGRESS },
  { SAMPAN_KIND_HASH_IS, SAMPAN_KIND_PROGRESS },
  { SAMPAN_KIND_PLAN_END, SAMPAN_KIND_PLAN_PAGE },
  { SAMPAN_KIND_LOGIN_CHALLENGE, 0 },
  { SAMPAN_KIND_LOGIN_OK, 0 },
  { SAMPAN_KIND_PASSWD_CHALLENGE, 0 },
  { SAMPAN_KIND_PASSWD_RESPONSE, 0 },
  { SAMPAN_KIND_FOUND_END, SAMPAN_KIND_FOUND_PAGE },
  { SAMPAN_KIND_MEASURED, SAMPAN_KIND_PROGRESS },
  { SAMPAN_KIND_TRASH_END, SAMPAN_KIND_TRASH_PAGE },
  { SAMPAN_KIND_RESTORED, 0 },
  { SAMPAN_KIND_DONE, SAMPAN_KIND_CHANGES },
};

static SampanCall *
make_call (uint8_t choice, uint8_t n_items)
{
  size_t index = choice % G_N_ELEMENTS (requests);
  uint8_t buffer[1];
  SampanWriter writer;
  SampanCall *call;

  sampan_writer_init (&writer, buffer, sizeof buffer);
  sampan_writer_put_u8 (&writer, SAMPAN_KIND_PING);
  call = sampan_call_new (requests[index].final_kind, requests[index].part_kind, &writer);
  call->n_items = n_items;
  return call;
}

static void
check_name (const char *name)
{
  g_assert_true (sampan_name_is_valid ((const uint8_t *)name, strlen (name)));
}

/* What is shown and asked for again leads to nowhere else. */
static void
check_trash (const SampanCall *call)
{
  for (guint i = 0; call->trash != NULL && i < call->trash->len; i++)
    {
      const SampanTrashItem *item = g_ptr_array_index (call->trash, i);

      g_assert_false (sampan_path_is_root (item->path));
      g_assert_cmpuint (strlen (item->user), <=, SAMPAN_USER_MAX);
    }
  if (call->restored != NULL)
    g_assert_cmpuint (call->restored->len, <=, call->n_items);
  for (guint i = 0; call->restored != NULL && i < call->restored->len; i++)
    {
      const SampanRestoreResult *result = g_ptr_array_index (call->restored, i);

      g_assert_true ((result->error == NULL) == (result->path != NULL));
    }
}

static void
check_found (const char *name)
{
  g_autoptr (SampanPath) path = sampan_path_new ((const uint8_t *)name, strlen (name), NULL);

  g_assert_nonnull (path);
}

static void
check_reply (const SampanCall *call)
{
  for (size_t i = 0; call->list != NULL && i < sampan_folder_list_get_length (call->list); i++)
    if (call->final_kind == SAMPAN_KIND_FOUND_END)
      check_found (sampan_folder_list_get (call->list, i)->name);
    else
      check_name (sampan_folder_list_get (call->list, i)->name);
  if (call->info != NULL && call->info->name[0] != '\0')
    check_name (call->info->name);
  if (call->answers != NULL)
    g_assert_cmpuint (call->answers->len, <=, call->n_items);
  check_trash (call);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SampanCall *call;
  SampanReply reply = SAMPAN_REPLY_PART;

  if (size < 2)
    return 0;
  call = make_call (data[0], data[1]);
  data += 2;
  size -= 2;
  while (reply == SAMPAN_REPLY_PART && size >= 3)
    {
      size_t length = MIN ((size_t)data[1] << 8 | data[2], size - 3);
      SampanReader fields;

      sampan_reader_init (&fields, data + 3, length);
      reply = call->request.klass->message (&call->request, NULL, data[0], &fields);
      data += 3 + length;
      size -= 3 + length;
      check_reply (call);
    }
  sampan_request_unref (call);
  return 0;
}
