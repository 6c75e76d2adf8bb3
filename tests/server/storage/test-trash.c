/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How much stays in the trash, and for how long. */

#include "config.h"

#include "fixture.h"

#include "storage/files.h"

#include <sodium.h>

static bool
take_away (Fixture *self, const char *text, bool recursive, uint8_t id[static 16], GError **error)
{
  g_autoptr (SampanPath) path = path_of (text);

  return sampan_storage_remove (self->root, path, recursive, ACCOUNT_ID, id, error);
}

/* Too much of it: the oldest go, but nothing that was removed just now. */
static void
test_trash_shrinks (Fixture *self, gconstpointer confine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *empty_slot = NULL;
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  const int64_t hour = 60 * 60, year = 365 * 24 * hour;
  uint8_t ids[3][SAMPAN_TRASH_ID_LENGTH];
  static const char *const names[] = { "first", "second", "third" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *file = g_strconcat (names[i], "/sub/file", NULL);
      g_autofree char *folder = g_path_get_dirname (file);
      disk_mkdir (self, folder);
      disk_write (self, file, "0123456789");
      g_assert_true (take_away (self, names[i], true, ids[i], &error));
      g_usleep (20 * 1000); /* the clock of some disks is as coarse */
    }
  sampan_trash_shrink (self->root, now, year, hour, 25);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 3);
  sampan_trash_shrink (self->root, now + 2 * hour, year, hour, 30);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 3);
  sampan_trash_shrink (self->root, now + 2 * hour, year, hour, 25);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 2);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (SampanTrashHold) hold = { .fd = -1 };
      bool is_there = sampan_trash_hold (self->root, ids[i], &hold, NULL);

      g_assert_cmpint (is_there, ==, i > 0);
      if (is_there)
        g_assert_cmpuint (sampan_trash_get_size (&hold), ==, 10);
    }
  g_assert_true (sampan_trash_make_room (self->root));
  g_assert_false (sampan_trash_purge (self->root, ids[1], &error));
  assert_code (&error, SAMPAN_ERROR_NOT_FOUND);
  g_assert_true (sampan_trash_purge (self->root, ids[2], &error));
  g_assert_false (sampan_trash_make_room (self->root));

  /* What a crash left: it has to be old enough to be nobody's. */
  empty_slot = g_strnfill (2 * SAMPAN_TRASH_ID_LENGTH, '0');
  {
    g_autofree char *path = g_build_filename (".sampan/trash", empty_slot, NULL);
    disk_mkdir (self, path);
  }
  sampan_trash_shrink (self->root, now, year, hour, 0);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 1);
  sampan_trash_shrink (self->root, now + 2 * hour, year, hour, UINT64_MAX);
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
}

/* What is moved through a slot is nobody else's until the slot is synced. */
static void
test_room_spares_what_moves (Fixture *self, gconstpointer confine)
{
  g_autoptr (SampanPath) path = path_of ("moves");
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanTrashSlot) slot = sampan_trash_slot_new (self->root, path, ACCOUNT_ID, &error);
  g_autofree char *item = NULL;

  g_assert_no_error (error);
  item = g_build_filename (".sampan/trash", slot->name, SAMPAN_TRASH_ITEM, NULL);
  disk_write (self, item, "0123456789");
  g_assert_false (sampan_trash_make_room (self->root));
  slot->is_used = true;
  g_assert_true (sampan_trash_slot_sync (slot, &error));
  g_assert_true (sampan_trash_make_room (self->root));
  g_assert_cmpuint (count_entries (self, ".sampan/trash"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  fixture_add_once ("trash/shrink", test_trash_shrinks);
  fixture_add_once ("trash/room-spares-what-moves", test_room_spares_what_moves);
  return g_test_run ();
}
