/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Which of the places that a box was seen in is listed. */

#include "config.h"

#include "seen-boxes.h"

#include <locale.h>

#define BOXES_MAX 2
#define PLACES_MAX (4 * BOXES_MAX)

static SampanSeenPlace
place (int interface, const char *name)
{
  return (SampanSeenPlace){ interface, 0, name, "local" };
}

static void
see (SampanSeenBoxes *boxes, int interface, const char *name, const char *address)
{
  const SampanSeenPlace where = place (interface, name);

  g_assert_true (sampan_seen_boxes_add (boxes, &where));
  g_assert_nonnull (sampan_seen_boxes_set_address (boxes, &where, "box.local", 9002, address));
}

static void
lose (SampanSeenBoxes *boxes, int interface, const char *name)
{
  const SampanSeenPlace where = place (interface, name);

  sampan_seen_boxes_remove (boxes, &where);
}

/* WANTED: addresses with blanks between them. */
static void
check (SampanSeenBoxes *boxes, const char *wanted)
{
  GListModel *list = sampan_seen_boxes_get_list (boxes);
  g_autoptr (GString) listed = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SampanFoundBox) box = g_list_model_get_item (list, i);

      g_string_append_printf (listed, "%s%s", i > 0 ? " " : "", sampan_found_box_get_address (box));
    }
  g_assert_cmpstr (listed->str, ==, wanted);
}

static void
test_best (void)
{
  SampanSeenBoxes *boxes = sampan_seen_boxes_new (BOXES_MAX);
  const SampanSeenPlace silent = place (9, "Attic");

  g_assert_true (sampan_seen_boxes_add (boxes, &silent));
  check (boxes, "");
  see (boxes, 1, "Cellar", "2001:db8::1");
  see (boxes, 2, "Cellar", "192.0.2.1");
  see (boxes, 3, "Cellar", "192.0.2.2");
  check (boxes, "192.0.2.1");
  see (boxes, 1, "Attic", "192.0.2.3");
  check (boxes, "192.0.2.3 192.0.2.1");
  lose (boxes, 2, "Cellar");
  check (boxes, "192.0.2.3 192.0.2.2");
  lose (boxes, 3, "Cellar");
  lose (boxes, 3, "Cellar");
  check (boxes, "192.0.2.3 2001:db8::1");
  sampan_seen_boxes_clear (boxes);
  check (boxes, "");
  sampan_seen_boxes_free (boxes);
}

static void
test_no_address (void)
{
  static const char *const addresses[] = { "", "box.local", "0.0.0.0", "224.0.0.251", "::" };
  SampanSeenBoxes *boxes = sampan_seen_boxes_new (BOXES_MAX);
  const SampanSeenPlace where = place (1, "Cellar");

  g_assert_null (sampan_seen_boxes_set_address (boxes, &where, "box.local", 9002, "192.0.2.1"));
  g_assert_true (sampan_seen_boxes_add (boxes, &where));
  g_assert_false (sampan_seen_boxes_add (boxes, &where));
  for (size_t i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_assert_null (sampan_seen_boxes_set_address (boxes, &where, "box.local", 9002, addresses[i]));
  g_assert_null (sampan_seen_boxes_set_address (boxes, &where, "box.local", 0, "192.0.2.1"));
  check (boxes, "");
  sampan_seen_boxes_free (boxes);
}

static void
test_flood (void)
{
  SampanSeenBoxes *boxes = sampan_seen_boxes_new (BOXES_MAX);
  const SampanSeenPlace one_more = place (PLACES_MAX, "Attic");

  for (int i = 0; i < PLACES_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("Box %d", i);

      see (boxes, i, name, "192.0.2.1");
    }
  g_assert_false (sampan_seen_boxes_add (boxes, &one_more));
  check (boxes, "192.0.2.1 192.0.2.1");
  sampan_seen_boxes_free (boxes);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seen-boxes/best", test_best);
  g_test_add_func ("/seen-boxes/no-address", test_no_address);
  g_test_add_func ("/seen-boxes/flood", test_flood);
  return g_test_run ();
}
