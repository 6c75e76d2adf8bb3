/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The little JSON of the admin commands: what is written is read back, what is malformed is
 * refused. */

#include "config.h"

#include "commands/json-text.h"

#include <string.h>

static void
append_member (const char *key, const char *value, gpointer user_data)
{
  g_string_append_printf (user_data, "%s=%s;", key, value);
}

static void
test_read (void)
{
  static const struct
  {
    const char *object;
    const char *members; /* NULL: refused */
  } cases[] = {
    { "{}", "" },
    { " { } ", NULL }, /* one line, nothing after it */
    { "{\"a\":1}", "a=1;" },
    { "{ \"a\" : -1.5e+3 , \"b\" : true,\"c\":null}", "a=-1.5e+3;b=true;c=null;" },
    { "{\"a\":\"x\\\"\\\\\\/\\n\\t\\u00e9\"}", "a=x\"\\/\n\t\xc3\xa9;" },
    { "{\"a\":\"\\ud800\\u0000\"}", "a=\xef\xbf\xbd\xef\xbf\xbd;" },
    { "{\"a\":[1,\"]\",{\"b\":2}],\"c\":{}}", "a=[1,\"]\",{\"b\":2}];c={};" },
    { "", NULL },
    { "[]", NULL },
    { "{", NULL },
    { "{\"a\"", NULL },
    { "{\"a\":", NULL },
    { "{\"a\":}", NULL },
    { "{\"a\":1", NULL },
    { "{\"a\":1,}", NULL },
    { "{\"a\":1}x", NULL },
    { "{\"a\":\"", NULL },
    { "{\"a\":\"\\", NULL },
    { "{\"a\":\"\\q\"}", NULL },
    { "{\"a\":\"\\u12\"}", NULL },
    { "{\"a\":\"\n\"}", NULL },
    { "{\"a\":[1}", NULL },
    { "{\"a\":[\"", NULL },
    { "{a:1}", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) members = g_string_new (NULL);
      bool ok = sampan_json_foreach (cases[i].object, append_member, members);

      g_assert_cmpint (ok, ==, cases[i].members != NULL);
      if (ok)
        g_assert_cmpstr (members->str, ==, cases[i].members);
    }
}

static void
append_item (const char *key, const char *value, gpointer user_data)
{
  g_assert_null (key);
  g_string_append_printf (user_data, "%s;", value);
}

static void
test_items (void)
{
  static const struct
  {
    const char *array;
    const char *items; /* NULL: refused */
  } cases[] = {
    { "[]", "" },
    { "[1]", "1;" },
    { "[\"a,b\", 2 ,{\"c\":[3,4]},[]]", "a,b;2;{\"c\":[3,4]};[];" },
    { "", NULL },
    { "{}", NULL },
    { "[::]:9002", NULL },
    { "[1", NULL },
    { "[1,]", NULL },
    { "[1]2", NULL },
    { "[,1]", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) items = g_string_new (NULL);
      bool ok = sampan_json_foreach_item (cases[i].array, append_item, items);

      g_assert_cmpint (ok, ==, cases[i].items != NULL);
      if (ok)
        g_assert_cmpstr (items->str, ==, cases[i].items);
    }
}

static void
test_round_trip (void)
{
  static const char *const values[] = {
    "", "plain", "\"\\/", "\n\r\t\b\033\177", "\xc3\xa9", "{\"a\":1}", "%s",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GString) json = g_string_new ("{");
      g_autofree char *found = NULL;
      g_autofree char *number = NULL;

      sampan_json_add_string (json, "text", values[i]);
      sampan_json_add_int (json, "number", -7);
      sampan_json_add_bool (json, "flag", true);
      sampan_json_add_raw (json, "raw", "null");
      g_string_append_c (json, '}');
      g_assert_null (strpbrk (json->str, "\n\r\033\177"));
      found = sampan_json_find (json->str, "text");
      g_assert_cmpstr (found, ==, values[i]);
      number = sampan_json_find (json->str, "number");
      g_assert_cmpstr (number, ==, "-7");
      g_assert_null (sampan_json_find (json->str, "missing"));
    }
}

static void
test_not_utf8 (void)
{
  g_autoptr (GString) json = g_string_new (NULL);

  sampan_json_append_string (json, "a\xff");
  g_assert_cmpstr (json->str, ==, "\"a\xef\xbf\xbd\"");
}

/* Every beginning of an object is refused, and read without touching what is behind it. */
static void
test_cut (void)
{
  static const char object[] = "{\"a\":\"\\u00e9\\n\",\"b\":[1,{\"c\":\"]\"}],\"d\":true}";

  for (size_t length = 0; length < strlen (object); length++)
    {
      g_autofree char *cut = g_strndup (object, length);
      g_autoptr (GString) members = g_string_new (NULL);

      g_assert_false (sampan_json_foreach (cut, append_member, members));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/json/read", test_read);
  g_test_add_func ("/commands/json/items", test_items);
  g_test_add_func ("/commands/json/round-trip", test_round_trip);
  g_test_add_func ("/commands/json/not-utf8", test_not_utf8);
  g_test_add_func ("/commands/json/cut", test_cut);
  return g_test_run ();
}
