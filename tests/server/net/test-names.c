/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* D1 to D3, D7 to D10, D14, I7: hostile names through every request that takes a path, and as the
 * items of a PLAN. What is no canonical path is BAD_NAME before the disk is touched; what is only
 * odd works, byte for byte; what somebody may not see is as good as not there. */

#include "config.h"

#include "escape.h"
#include "paths.h"
#include "request-test.h"

#include <string.h>

#define REFUSED_MIN 300

#define X16 "xxxxxxxxxxxxxxxx"
#define X240 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16
#define X255 X240 "xxxxxxxxxxxxxxx"

/* ---- Requests ---- */

typedef void (*QueueFunc) (TestClient *client, SampanKind kind, SampanBytes path);

static void
queue_path (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanPathRequest request = { .path = path };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_path_request (&writer, kind, &request);
  test_client_queue (client, &writer);
}

static void
queue_path_flags (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanPathFlagsRequest request = { .path = path, .flags = 1 };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_path_flags_request (&writer, kind, &request);
  test_client_queue (client, &writer);
}

static void
queue_move (TestClient *client, SampanKind kind, SampanBytes from, SampanBytes to)
{
  SampanMoveRequest request = { .from = from, .to = to, .conflict = SAMPAN_CONFLICT_REPLACE };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_move_request (&writer, kind, &request);
  test_client_queue (client, &writer);
}

static void
queue_move_from (TestClient *client, SampanKind kind, SampanBytes path)
{
  queue_move (client, kind, path, test_bytes ("files/moved"));
}

static void
queue_move_to (TestClient *client, SampanKind kind, SampanBytes path)
{
  queue_move (client, kind, test_bytes ("files/there"), path);
}

static void
queue_get (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanGetRequest request = { .path = path };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_get_request (&writer, &request);
  test_client_queue (client, &writer);
}

static void
queue_put (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanPutRequest request = { .path = path, .conflict = SAMPAN_CONFLICT_REPLACE };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_put_request (&writer, &request);
  test_client_queue (client, &writer);
  test_client_queue_number (client, SAMPAN_KIND_END, 0);
}

static void
queue_hash (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanHashRequest request = { .path = path, .length = UINT64_MAX };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_hash_request (&writer, &request);
  test_client_queue (client, &writer);
}

static void
queue_set_time (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanSetTimeRequest request = { .path = path };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_set_time_request (&writer, &request);
  test_client_queue (client, &writer);
}

static void
queue_plan (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_plan (&writer, path);
  test_client_queue (client, &writer);
}

static void
queue_find (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanFindRequest request = { .path = path, .size_max = UINT64_MAX, .limit = 1 };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_find_request (&writer, &request);
  test_client_queue (client, &writer);
}

static void
queue_restore (TestClient *client, SampanKind kind, SampanBytes path)
{
  static const uint8_t id[SAMPAN_TRASH_ID_LENGTH] = { 1 };
  SampanRestoreRequest request = { .share = path, .conflict = SAMPAN_CONFLICT_REPLACE };
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_restore (&writer, &request);
  sampan_write_trash_id (&writer, id);
  test_client_queue (client, &writer);
}

static void
queue_purge (TestClient *client, SampanKind kind, SampanBytes path)
{
  SampanWriter writer;

  test_client_begin (&writer);
  sampan_write_purge (&writer, path);
  test_client_queue (client, &writer);
}

static const struct
{
  const char *name;
  SampanKind kind;
  QueueFunc queue;
} requests[] = {
  { "list", SAMPAN_KIND_LIST, queue_path },
  { "stat", SAMPAN_KIND_STAT, queue_path },
  { "space", SAMPAN_KIND_SPACE, queue_path },
  { "mkdir", SAMPAN_KIND_MKDIR, queue_path_flags },
  { "set-time", SAMPAN_KIND_SET_TIME, queue_set_time },
  { "remove", SAMPAN_KIND_REMOVE, queue_path_flags },
  { "rename-from", SAMPAN_KIND_RENAME, queue_move_from },
  { "rename-to", SAMPAN_KIND_RENAME, queue_move_to },
  { "copy-from", SAMPAN_KIND_COPY, queue_move_from },
  { "copy-to", SAMPAN_KIND_COPY, queue_move_to },
  { "get", SAMPAN_KIND_GET, queue_get },
  { "put", SAMPAN_KIND_PUT, queue_put },
  { "hash", SAMPAN_KIND_HASH, queue_hash },
  { "plan", SAMPAN_KIND_PLAN, queue_plan },
  { "find", SAMPAN_KIND_FIND, queue_find },
  { "watch", SAMPAN_KIND_WATCH, queue_path },
  { "measure", SAMPAN_KIND_MEASURE, queue_path },
  { "trash-list", SAMPAN_KIND_TRASH_LIST, queue_path },
  { "restore", SAMPAN_KIND_RESTORE, queue_restore },
  { "purge", SAMPAN_KIND_PURGE, queue_purge },
};

/* ---- What is refused ---- */

#define BYTES(text)                                                                                \
  {                                                                                                \
    (const uint8_t *)(text), sizeof (text) - 1                                                     \
  }

/* No component of a path is one of these. */
static const SampanBytes bad_components[] = {
  BYTES (""),      BYTES ("."),      BYTES (".."),   BYTES ("\0"),    BYTES ("a\0"),
  BYTES ("\0a"),   BYTES ("a\0b"),   BYTES ("..\0"), BYTES (".\0."),  BYTES ("/"),
  BYTES ("//"),    BYTES ("/.."),    BYTES ("../"),  BYTES ("../.."), BYTES ("./"),
  BYTES ("./.."),  BYTES ("a/."),    BYTES ("a/.."), BYTES ("a/../"), BYTES ("..//"),
  BYTES (".//.."), BYTES (X255 "x"),
};

/* Where in a path it stands. */
static const struct
{
  const char *before;
  const char *behind;
} frames[] = {
  { "files/", "" },
  { "files/", "/b" },
  { "files/a/", "" },
  { "files/a/", "/b" },
  { "files/a/b/c/d/", "" },
  { "files/", "/outside/canary" },
  { "files/", "/etc/passwd" },
  { "files/", "/.sampan/trash" },
  { "other/", "/files" },
  { "gone/", "" },
  { "none/", "/x" },
  { "files/a/", "/../../x" },
  { "/files/", "" },
  { "./files/", "" },
  { "../files/", "/b" },
};

static const SampanBytes bad_paths[] = {
  BYTES ("/"),
  BYTES ("/files"),
  BYTES ("//files"),
  BYTES ("files/"),
  BYTES ("."),
  BYTES (".."),
  BYTES ("../files"),
  BYTES ("./files"),
  BYTES ("/etc/passwd"),
  BYTES ("/proc/self/root"),
  BYTES ("files/.sampan"),
  BYTES ("files/.sampan/trash"),
  BYTES ("files/.sampan/staging/x"),
  BYTES ("files/.sampan/mark"),
  BYTES ("files/.SAMPAN"),
  BYTES ("files/.Sampan/trash"),
  BYTES ("files/.sAmPaN/mark"),
};

static void
expect_verdict (SampanReader *reader, SampanPlanVerdict verdict)
{
  SampanPlanAnswer answer;

  g_assert_true (sampan_read_plan_answer (reader, &answer));
  g_assert_cmpint (answer.verdict, ==, verdict);
}

/* As the item of a PLAN, below the share's top: it costs itself alone. */
static void
assert_item_refused (SampanBytes path, SampanEntryKind kind)
{
  static const char top[] = "files/";
  const size_t cut =
      path.length >= strlen (top) && memcmp (path.data, top, strlen (top)) == 0 ? strlen (top) : 0;
  const SampanPlanItem bad = {
    .kind = (uint8_t)kind,
    .path = { path.data + cut, path.length - cut },
  };
  const SampanPlanItem good = { .kind = SAMPAN_ENTRY_FILE, .path = test_bytes ("there") };
  SampanWriter writer;
  SampanReader reader;

  test_client_begin (&writer);
  sampan_write_plan (&writer, test_bytes ("files"));
  g_assert_true (sampan_write_plan_item (&writer, &bad));
  g_assert_true (sampan_write_plan_item (&writer, &good));
  g_assert_true (test_client_send (ann, &writer));
  test_client_expect (ann, SAMPAN_KIND_PLAN_PAGE, &reader);
  expect_verdict (&reader, SAMPAN_PLAN_BAD_NAME);
  expect_verdict (&reader, SAMPAN_PLAN_DIFFERS);
  g_assert_true (sampan_reader_at_end (&reader));
  test_client_expect (ann, SAMPAN_KIND_PLAN_END, &reader);
}

static void
assert_refused (SampanBytes path)
{
  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      requests[i].queue (ann, requests[i].kind, path);
      g_assert_true (test_client_flush (ann));
      g_test_message ("%s of %u bytes", requests[i].name, (unsigned int)path.length);
      test_client_expect_error (ann, SAMPAN_ERROR_BAD_NAME);
    }
  assert_item_refused (path, SAMPAN_ENTRY_FILE);
  assert_item_refused (path, SAMPAN_ENTRY_FOLDER);
}

static void
assert_framed_refused (const char *before, SampanBytes component, const char *behind)
{
  g_autoptr (GByteArray) path = g_byte_array_new ();

  g_byte_array_append (path, (const uint8_t *)before, (guint)strlen (before));
  g_byte_array_append (path, component.data, (guint)component.length);
  g_byte_array_append (path, (const uint8_t *)behind, (guint)strlen (behind));
  assert_refused ((SampanBytes){ path->data, path->len });
}

static void
assert_too_deep_refused (void)
{
  g_autoptr (GString) path = g_string_new ("files");

  for (unsigned int i = 0; i < SAMPAN_DEPTH_MAX; i++)
    g_string_append (path, "/d");
  assert_refused ((SampanBytes){ (const uint8_t *)path->str, path->len });
}

static void
test_refused (void)
{
  static const char *const names[] = { ".sampan", "there", NULL };
  const size_t count =
      G_N_ELEMENTS (bad_components) * G_N_ELEMENTS (frames) + G_N_ELEMENTS (bad_paths) + 1;

  g_assert_cmpuint (count, >=, REFUSED_MIN);
  test_fixture_write (fixture, "there", "t", 1);
  for (size_t i = 0; i < G_N_ELEMENTS (bad_components); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (frames); j++)
      assert_framed_refused (frames[j].before, bad_components[i], frames[j].behind);
  for (size_t i = 0; i < G_N_ELEMENTS (bad_paths); i++)
    assert_refused (bad_paths[i]);
  assert_too_deep_refused ();
  test_assert_names (fixture->files, names);
  test_fixture_assert_file (fixture, "there", "t", 1);
}

/* ---- What is odd, and legal ---- */

static const char *const odd_names[] = {
  "...",
  "....",
  "..a",
  "a..",
  ". ",
  " .",
  ".. ",
  "..\\..\\x",
  "\\\\host\\x",
  "C:",
  "C:\\x",
  "a:b",
  "%2e%2e",
  "%2f",
  "%00",
  "~",
  "~root",
  "$HOME",
  "$(id)",
  "`id`",
  "; id",
  "| id",
  "&",
  "-rf",
  "--help",
  "*",
  "?",
  "[a]",
  "{a,b}",
  "!x",
  "#x",
  "con",
  "nul",
  "aux.txt",
  "trail.",
  "trail ",
  " lead",
  "\n",
  "a\r\nb",
  "\t",
  "\b",
  "\x1b[31m",
  "\x1b]0;x\a",
  "\x7f",
  "\x80",
  "\x9b[m",
  "\xff",
  "\xfe\xff",
  "\xc0\xaf",
  "\xc0\xae\xc0\xae",
  "\xe0\x80\xaf",
  "\xed\xa0\x80",
  "\xf4\x90\x80\x80",
  "\xe2\x80\xae",
  "\xe2\x81\xa6",
  "\xe2\x80\x8b",
  "\xef\xbb\xbf",
  "\xc2\x9b",
  "caf\xc3\xa9",
  "cafe\xcc\x81",
  "\xe7\x9b\xb8\xe7\x89\x87",
  "\xf0\x9f\x9b\xb6",
  "<b>x",
  "&amp;",
  "%s%n%d",
  "\"",
  "'",
  "lost+found",
  ".git",
  ".sampan.x",
  "sampan",
  ".sampa",
  X255,
};

static void
expect_kind (SampanKind kind)
{
  SampanReader reader;

  g_assert_true (test_client_flush (ann));
  test_client_expect (ann, kind, &reader);
}

static void
expect_name (const char *name)
{
  SampanReader reader;
  SampanEntry entry;

  g_assert_true (test_client_flush (ann));
  test_client_expect (ann, SAMPAN_KIND_ENTRY, &reader);
  g_assert_true (sampan_read_entry (&reader, &entry));
  g_assert_cmpmem (entry.name.data, entry.name.length, name, strlen (name));
}

/* A folder of that name with a file of that name, through everything. */
static void
check_odd (const char *name)
{
  g_autofree char *folder = g_strconcat ("files/", name, NULL);
  g_autofree char *file = g_strconcat (folder, "/", name, NULL);
  g_autofree char *inner = g_strconcat (name, "/", name, NULL);
  g_autofree char *listed = NULL;
  g_autoptr (GByteArray) content = NULL;
  g_autofree char *shown = sampan_escape (name, -1, 0);
  SampanGetInfo info;

  g_test_message ("%s", shown);
  queue_path_flags (ann, SAMPAN_KIND_MKDIR, test_bytes (folder));
  expect_kind (SAMPAN_KIND_DONE);
  queue_set_time (ann, SAMPAN_KIND_SET_TIME, test_bytes (folder));
  expect_kind (SAMPAN_KIND_DONE);
  queue_path (ann, SAMPAN_KIND_STAT, test_bytes (folder));
  expect_name (name);
  put (ann, file, name, strlen (name), SAMPAN_CONFLICT_REFUSE);
  g_free (expect_stored (ann));
  test_fixture_assert_file (fixture, inner, name, strlen (name));
  send_get (ann, file, 0, NULL);
  content = receive_file (ann, &info);
  g_assert_cmpmem (content->data, content->len, name, strlen (name));
  queue_hash (ann, SAMPAN_KIND_HASH, test_bytes (file));
  expect_kind (SAMPAN_KIND_HASH_IS);
  listed = list (ann, folder);
  g_assert_true (g_str_has_prefix (listed, name));
  queue_move (ann, SAMPAN_KIND_COPY, test_bytes (file), test_bytes ("files/copied"));
  expect_kind (SAMPAN_KIND_STORED);
  queue_path_flags (ann, SAMPAN_KIND_REMOVE, test_bytes ("files/copied"));
  expect_kind (SAMPAN_KIND_REMOVED);
  queue_path_flags (ann, SAMPAN_KIND_REMOVE, test_bytes (folder));
  expect_kind (SAMPAN_KIND_REMOVED);
}

static void
test_odd (void)
{
  static const char *const nothing[] = { ".sampan", "there", NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (odd_names); i++)
    check_odd (odd_names[i]);
  test_assert_names (fixture->files, nothing);
}

/* ---- The limits ---- */

/* A path of SAMPAN_PATH_MAX bytes, of names as long as they may be. */
static char *
make_longest (void)
{
  GString *path = g_string_new ("files");

  while (path->len < SAMPAN_PATH_MAX)
    {
      g_string_append_c (path, '/');
      g_string_append_len (path, X255, (gssize)MIN (SAMPAN_PATH_MAX - path->len, SAMPAN_NAME_MAX));
    }
  return g_string_free (path, FALSE);
}

/* Whatever the answer: it comes, and the connection goes on. */
static void
assert_answered (void)
{
  SampanWriter writer;
  SampanReader reader;
  uint8_t kind = 0;

  test_client_begin (&writer);
  sampan_write_text (&writer, SAMPAN_KIND_PING, test_bytes ("there?"));
  g_assert_true (test_client_send (ann, &writer));
  while (kind != SAMPAN_KIND_PONG)
    g_assert_true (test_client_receive (ann, &kind, &reader));
}

/* D8, C6: the longest path is within the largest size of each request, missing or there. */
static void
test_longest (void)
{
  g_autofree char *longest = make_longest ();
  g_autofree char *folder = g_path_get_dirname (longest);
  g_autofree char *first = g_strndup (longest, strlen ("files/") + SAMPAN_NAME_MAX);

  g_assert_cmpuint (strlen (longest), ==, SAMPAN_PATH_MAX);
  for (int is_there = 0; is_there < 2; is_there++)
    {
      if (is_there)
        {
          queue_path_flags (ann, SAMPAN_KIND_MKDIR, test_bytes (folder));
          expect_kind (SAMPAN_KIND_DONE);
          put (ann, longest, "long", 4, SAMPAN_CONFLICT_REFUSE);
          g_free (expect_stored (ann));
          put (ann, longest, "longer", 6, SAMPAN_CONFLICT_REPLACE);
          g_free (expect_stored (ann));
          queue_path (ann, SAMPAN_KIND_STAT, test_bytes (longest));
          expect_name (strrchr (longest, '/') + 1);
        }
      for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
        {
          g_test_message ("%s, %s", requests[i].name, is_there ? "there" : "missing");
          requests[i].queue (ann, requests[i].kind, test_bytes (longest));
          g_assert_true (test_client_flush (ann));
          assert_answered ();
        }
      queue_path_flags (ann, SAMPAN_KIND_REMOVE, test_bytes (first));
      expect_kind (SAMPAN_KIND_REMOVED);
    }
}

static SampanErrorCode
ask_unseen (TestClient *client, size_t request, const char *path)
{
  SampanReader reader;
  SampanErrorReply error;

  requests[request].queue (client, requests[request].kind, test_bytes (path));
  g_assert_true (test_client_flush (client));
  test_client_expect (client, SAMPAN_KIND_ERROR, &reader);
  g_assert_true (sampan_read_error_reply (&reader, &error));
  g_assert_cmpuint (error.detail, ==, 0);
  return error.code;
}

/* I7: by no request can somebody without a right tell what is there from what is not. */
static void
test_unseen (void)
{
  static const struct
  {
    const char *there;
    const char *missing;
  } pairs[] = {
    { "files", "none" },
    { "gone", "none" },
    { "files/there", "none/there" },
    { "files/there", "files/missing" },
    { "files/there/below", "none/there/below" },
  };
  g_autoptr (TestClient) nobody =
      test_client_new_logged_in (fixture->port, "nobody", TEST_PASSWORD);

  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (requests); j++)
      {
        SampanErrorCode there = ask_unseen (nobody, j, pairs[i].there);

        g_test_message ("%s of %s: %s",
                        requests[j].name,
                        pairs[i].there,
                        sampan_error_code_get_word (there));
        g_assert_cmpint (there, ==, ask_unseen (nobody, j, pairs[i].missing));
        if (strchr (pairs[i].there, '/') != NULL)
          g_assert_cmpint (there, ==, SAMPAN_ERROR_NOT_FOUND);
      }
}

int
main (int argc, char **argv)
{
  request_test_begin (&argc, &argv);
  g_test_add_func ("/server/names/refused", test_refused);
  g_test_add_func ("/server/names/odd", test_odd);
  g_test_add_func ("/server/names/longest", test_longest);
  g_test_add_func ("/server/names/I7/unseen", test_unseen);
  return request_test_run ();
}
