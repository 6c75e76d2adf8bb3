/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* H1, H2, H5: downloads of folders from a server that means no good. */

#include "config.h"

#include "batch-test.h"
#include "session-test.h"

#include <string.h>

typedef struct
{
  SampanEntryKind kind;
  const char *name;
  size_t length;
} Entry;

static void
put_entry (SampanWriter *writer, const Entry *entry)
{
  static const uint8_t version[SAMPAN_VERSION_LENGTH];

  sampan_writer_put_u8 (writer, (uint8_t)entry->kind);
  sampan_writer_put_u8 (writer, SAMPAN_RIGHT_READ);
  sampan_writer_put_u64 (writer, 1);
  sampan_writer_put_i64 (writer, 1);
  sampan_writer_put_u32 (writer, 1);
  sampan_writer_put_fixed (writer, version, sizeof version);
  sampan_writer_put_u8 (writer, (uint8_t)entry->length);
  sampan_writer_put_fixed (writer, (const uint8_t *)entry->name, entry->length);
}

static void
answer_list (EvilPeer *peer, const Entry *entries, size_t n_entries)
{
  sampan_write_empty (evil_begin (peer), SAMPAN_KIND_LIST_PAGE);
  for (size_t i = 0; i < n_entries; i++)
    put_entry (evil_current (peer), &entries[i]);
  evil_send (peer);
  evil_send_number (peer, SAMPAN_KIND_LIST_END, n_entries);
}

/* The same in each folder: there is no end to it. */
static void
endless_script (EvilPeer *peer, gpointer data)
{
  static const Entry entries[] = {
    { SAMPAN_ENTRY_FOLDER, "d", 1 },
    { SAMPAN_ENTRY_FILE, "x", 1 },
    { SAMPAN_ENTRY_FILE, "x", 1 },
  };
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields))
    if (kind == SAMPAN_KIND_LIST)
      answer_list (peer, entries, G_N_ELEMENTS (entries));
}

/* Twice as many folders on each level. */
static void
bush_script (EvilPeer *peer, gpointer data)
{
  static const Entry entries[] = {
    { SAMPAN_ENTRY_FOLDER, "a", 1 },
    { SAMPAN_ENTRY_FOLDER, "b", 1 },
  };
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields))
    if (kind == SAMPAN_KIND_LIST)
      answer_list (peer, entries, G_N_ELEMENTS (entries));
}

/* One entry with the name that DATA is. */
static void
name_script (EvilPeer *peer, gpointer data)
{
  const Entry *entry = data;
  SampanReader fields;
  uint8_t kind;

  while (evil_read (peer, &kind, &fields))
    if (kind == SAMPAN_KIND_LIST)
      answer_list (peer, entry, 1);
}

/* The first listing is refused, the second breaks the link. */
static void
refusing_script (EvilPeer *peer, gpointer data)
{
  SampanReader fields;

  if (evil_read_until (peer, SAMPAN_KIND_LIST, &fields) &&
      evil_send_error (peer, SAMPAN_ERROR_NOT_ALLOWED, 0))
    evil_read_until (peer, SAMPAN_KIND_LIST, &fields);
}

static bool
answer_plan (EvilPeer *peer, SampanReader *fields)
{
  SampanPlanAnswer answer = { .verdict = SAMPAN_PLAN_NEW };
  SampanPlanEnd end = { .free_bytes = 1, .right = SAMPAN_RIGHT_CHANGE };
  SampanPlanItem item;
  SampanBytes folder;

  g_assert_true (sampan_read_plan (fields, &folder));
  sampan_write_empty (evil_begin (peer), SAMPAN_KIND_PLAN_PAGE);
  for (; !sampan_reader_at_end (fields); end.count++)
    g_assert_true (sampan_read_plan_item (fields, &item) &&
                   sampan_write_plan_answer (evil_current (peer), &answer));
  if (!evil_send (peer))
    return false;
  sampan_write_plan_end (evil_begin (peer), &end);
  return evil_send (peer);
}

/* DATA is what times are refused with; DISCONNECTED: by breaking the link. */
static void
timeless_script (EvilPeer *peer, gpointer data)
{
  SampanErrorCode code = (SampanErrorCode)GPOINTER_TO_INT (data);
  SampanReader fields;
  uint8_t kind;
  bool ok = true;

  while (ok && evil_read (peer, &kind, &fields))
    if (kind == SAMPAN_KIND_PLAN)
      ok = answer_plan (peer, &fields);
    else if (kind == SAMPAN_KIND_MKDIR)
      ok = evil_send_empty (peer, SAMPAN_KIND_DONE);
    else
      ok = code != SAMPAN_ERROR_DISCONNECTED && evil_send_error (peer, code, 0);
}

static SampanBatch *
new_batch (SessionTest *self, const char *const *names)
{
  g_autofree char *folder = core_test_path ("fetched");
  SampanBatch *batch = sampan_batch_new_download (self->session, folder);
  SampanFileInfo info = { .kind = SAMPAN_ENTRY_FOLDER };

  for (size_t i = 0; names[i] != NULL; i++)
    {
      g_autoptr (SampanPath) path = sampan_path_get_child (self->path, names[i], NULL);

      info.name = names[i];
      sampan_batch_add_remote (batch, path, &info);
    }
  return batch;
}

static void
test_endless (void)
{
  const char *const names[] = { "top", NULL };
  SessionTest self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, endless_script, NULL, NULL);
  batch = new_batch (&self, names);
  error = batch_test_prepare (batch, NULL);
  g_assert_no_error (error);
  /* One below each folder but the last is new, one twice; the last one's are too deep. */
  batch_test_expect_sums (batch, SAMPAN_DEPTH_MAX - 2, 0, 0, SAMPAN_DEPTH_MAX - 2 + 3);
  session_test_tear_down (&self);
}

static void
test_bush (void)
{
  const char *const names[] = { "top", NULL };
  SessionTest self = { 0 };
  g_autoptr (SampanBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  session_test_set_up (&self, bush_script, NULL, NULL);
  batch = new_batch (&self, names);
  sampan_batch_set_items_max (batch, 20000);
  error = batch_test_prepare (batch, NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  session_test_tear_down (&self);
}

static void
test_names (void)
{
  static const Entry entries[] = {
    { SAMPAN_ENTRY_FILE, "..", 2 },      { SAMPAN_ENTRY_FILE, ".", 1 },
    { SAMPAN_ENTRY_FOLDER, "../up", 5 }, { SAMPAN_ENTRY_FILE, "/etc/passwd", 11 },
    { SAMPAN_ENTRY_FILE, "", 0 },        { SAMPAN_ENTRY_FILE, "a\0b", 3 },
    { SAMPAN_ENTRY_SHARE, "a/b", 3 },
  };
  const char *const names[] = { "top", NULL };
  g_autofree char *folder = core_test_path ("fetched");

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      SessionTest self = { 0 };
      g_autoptr (SampanBatch) batch = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("name %zu", i);
      session_test_set_up (&self, name_script, (gpointer)&entries[i], NULL);
      batch = new_batch (&self, names);
      error = batch_test_prepare (batch, NULL);
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL);
      batch_test_expect_none (folder);
      session_test_tear_down (&self);
    }
}

static void
test_refused (void)
{
  const char *const one[] = { "a", NULL };
  const char *const two[] = { "a", "b", NULL };
  SessionTest self = { 0 };

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SampanBatch) batch = NULL;
      g_autoptr (GError) error = NULL;

      session_test_set_up (&self, refusing_script, NULL, NULL);
      batch = new_batch (&self, i == 0 ? one : two);
      error = batch_test_prepare (batch, NULL);
      if (i == 0)
        {
          g_assert_no_error (error);
          batch_test_expect_problem (batch, "a");
        }
      else
        g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED);
      session_test_tear_down (&self);
    }
}

/* A server of before times, one that refuses them, one that goes away: nothing else has failed. */
static void
test_timeless (void)
{
  static const SampanErrorCode codes[] = { SAMPAN_ERROR_UNSUPPORTED,
                                           SAMPAN_ERROR_NOT_ALLOWED,
                                           SAMPAN_ERROR_DISCONNECTED };
  g_autofree char *inner = core_test_path ("timeless/inner");
  g_autofree char *local = g_path_get_dirname (inner);

  batch_test_mkdir (inner);
  for (size_t i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      SessionTest self = { 0 };
      g_autoptr (SampanBatch) batch = NULL;
      g_autoptr (GError) error = NULL;

      session_test_set_up (&self, timeless_script, GINT_TO_POINTER (codes[i]), NULL);
      batch = sampan_batch_new_upload (self.session, self.path);
      sampan_batch_add_local (batch, local);
      error = batch_test_prepare (batch, NULL);
      g_assert_no_error (error);
      batch_test_run (batch);
      batch_test_expect_sums (batch, 0, 0, 0, 0);
      g_assert_cmpint (batch->is_lost, ==, codes[i] == SAMPAN_ERROR_DISCONNECTED);
      session_test_tear_down (&self);
    }
}

int
main (int argc, char **argv)
{
  core_test_init (&argc, &argv);
  g_test_add_func ("/batch/evil/endless", test_endless);
  g_test_add_func ("/batch/evil/bush", test_bush);
  g_test_add_func ("/batch/evil/names", test_names);
  g_test_add_func ("/batch/evil/refused", test_refused);
  g_test_add_func ("/batch/evil/timeless", test_timeless);
  return core_test_run ();
}
