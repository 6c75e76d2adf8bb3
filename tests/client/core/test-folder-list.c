/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Listings in memory: what goes in comes out, and the caps hold. Speeds too. */

#include "config.h"

#include "folder-list-private.h"
#include "rate.h"

#include <string.h>

static SampanEntry
make_entry (const char *name, size_t length)
{
  SampanEntry entry = { .kind = SAMPAN_ENTRY_FILE,
                        .right = SAMPAN_RIGHT_ADD,
                        .size = 12345,
                        .mtime = { -5, 999999999 },
                        .name = { (const uint8_t *)name, length } };

  memset (entry.version, 7, sizeof entry.version);
  return entry;
}

static void
check_info (const SampanFileInfo *info, const char *name)
{
  g_assert_cmpstr (info->name, ==, name);
  g_assert_cmpint (info->kind, ==, SAMPAN_ENTRY_FILE);
  g_assert_cmpint (info->right, ==, SAMPAN_RIGHT_ADD);
  g_assert_cmpuint (info->size, ==, 12345);
  g_assert_cmpint (info->mtime.seconds, ==, -5);
  g_assert_cmpuint (info->mtime.nanoseconds, ==, 999999999);
  g_assert_cmpuint (info->version[SAMPAN_VERSION_LENGTH - 1], ==, 7);
}

static void
test_entries (void)
{
  g_autoptr (SampanFolderList) list = sampan_folder_list_new ();
  g_autoptr (SampanFileInfo) copy = NULL;
  g_autoptr (SampanFileInfo) root = NULL;
  SampanEntry nameless = make_entry (NULL, 0);

  for (int i = 0; i < 5000; i++)
    {
      g_autofree char *name = g_strdup_printf ("\xff name %d", i);
      SampanEntry entry = make_entry (name, strlen (name));

      g_assert_true (sampan_folder_list_append (list, &entry));
    }
  g_assert_cmpuint (sampan_folder_list_get_length (list), ==, 5000);
  check_info (sampan_folder_list_get (list, 0), "\xff name 0");
  check_info (sampan_folder_list_get (list, 4999), "\xff name 4999");
  copy = sampan_file_info_copy (sampan_folder_list_get (list, 77));
  g_clear_pointer (&list, sampan_folder_list_unref);
  check_info (copy, "\xff name 77");
  root = sampan_file_info_new_from_entry (&nameless);
  check_info (root, "");
}

static void
test_join (void)
{
  g_autoptr (GPtrArray) pages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sampan_folder_list_unref);
  g_autoptr (SampanFolderList) none = sampan_folder_list_join (pages);
  g_autoptr (SampanFolderList) list = NULL;
  const char *names[] = { "a/b", "c", "d/e/f" };

  g_assert_cmpuint (sampan_folder_list_get_length (none), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SampanFolderList *page = sampan_folder_list_new ();
      SampanEntry entry = make_entry (names[i], strlen (names[i]));

      /* The second page is empty. */
      if (i != 1)
        g_assert_true (sampan_folder_list_append (page, &entry));
      g_ptr_array_add (pages, page);
    }
  list = sampan_folder_list_join (pages);
  g_clear_pointer (&pages, g_ptr_array_unref);
  g_assert_cmpuint (sampan_folder_list_get_length (list), ==, 2);
  check_info (sampan_folder_list_get (list, 0), "a/b");
  check_info (sampan_folder_list_get (list, 1), "d/e/f");
}

static void
test_entry_cap (void)
{
  g_autoptr (SampanFolderList) list = sampan_folder_list_new ();
  SampanEntry entry = make_entry ("a", 1);

  for (size_t i = 0; i < SAMPAN_FOLDER_LIST_MAX; i++)
    g_assert_true (sampan_folder_list_append (list, &entry));
  g_assert_false (sampan_folder_list_append (list, &entry));
  g_assert_cmpuint (sampan_folder_list_get_length (list), ==, SAMPAN_FOLDER_LIST_MAX);
}

static void
test_names_cap (void)
{
  g_autoptr (SampanFolderList) list = sampan_folder_list_new ();
  char name[SAMPAN_NAME_MAX];
  SampanEntry entry = make_entry (name, sizeof name);
  size_t fits = SAMPAN_FOLDER_LIST_NAMES_MAX_BYTES / (sizeof name + 1);

  memset (name, 'x', sizeof name);
  for (size_t i = 0; i < fits; i++)
    g_assert_true (sampan_folder_list_append (list, &entry));
  g_assert_false (sampan_folder_list_append (list, &entry));
}

static void
test_rate (void)
{
  SampanRate rate = { 0 };

  g_assert_cmpuint (sampan_rate_get_speed (&rate), ==, 0);
  g_assert_cmpint (sampan_rate_get_seconds_left (&rate, 0, 100), ==, -1);
  sampan_rate_add (&rate, 1000000, 0);
  g_assert_cmpint (sampan_rate_get_seconds_left (&rate, 0, 100), ==, -1);
  sampan_rate_add (&rate, 2000000, 1000);
  g_assert_cmpuint (sampan_rate_get_speed (&rate), ==, 1000);
  g_assert_cmpint (sampan_rate_get_seconds_left (&rate, 1000, 3000), ==, 2);
  g_assert_cmpint (sampan_rate_get_seconds_left (&rate, 1000, 1001), ==, 1);
  g_assert_cmpint (sampan_rate_get_seconds_left (&rate, 1000, 1000), ==, 0);
  g_assert_cmpint (sampan_rate_get_seconds_left (&rate, 0, 0), ==, -1);
  for (int i = 0; i < 300; i++)
    sampan_rate_add (&rate, 2100000 + i * 100000, 1200 + (uint64_t)i * 200);
  g_assert_cmpuint (sampan_rate_get_speed (&rate), >, 1950);
  g_assert_cmpuint (sampan_rate_get_speed (&rate), <=, 2000);
  /* no time passed; time going nowhere; bytes going back */
  sampan_rate_add (&rate, 2100000 + 299 * 100000, 99999999);
  g_assert_cmpuint (sampan_rate_get_speed (&rate), <=, 2000);
  sampan_rate_add (&rate, 90000000, 5);
  g_assert_cmpuint (sampan_rate_get_speed (&rate), ==, 0);
  g_assert_cmpint (sampan_rate_get_seconds_left (&rate, 0, G_MAXUINT64), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/folder-list/entries", test_entries);
  g_test_add_func ("/core/folder-list/join", test_join);
  g_test_add_func ("/core/folder-list/entry-cap", test_entry_cap);
  g_test_add_func ("/core/folder-list/names-cap", test_names_cap);
  g_test_add_func ("/core/rate", test_rate);
  return g_test_run ();
}
