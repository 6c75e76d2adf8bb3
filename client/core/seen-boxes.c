/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Places that boxes were seen in, and the list of the best ones. */

#include "config.h"

#include "seen-boxes.h"

#include <net/if.h>
#include <string.h>

#define PLACES_PER_BOX 4 /* two protocols on two interfaces */

typedef struct
{
  int interface;
  int protocol;
  char *name;
  char *domain;
  SampanFoundBox *box; /* NULL until it is resolved */
  int rank;            /* of its address; the smaller, the better */
} Seen;

struct _SampanSeenBoxes
{
  GPtrArray *seen;   /* of Seen */
  GListStore *boxes; /* of what was seen the best of each name */
  guint boxes_max;
};

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_clear_object (&seen->box);
  g_free (seen->name);
  g_free (seen->domain);
  g_free (seen);
}

/* ---- The list ---- */

static int
compare_boxes (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_utf8_collate (sampan_found_box_get_name ((SampanFoundBox *)a),
                         sampan_found_box_get_name ((SampanFoundBox *)b));
}

static bool
is_best (SampanSeenBoxes *self, const Seen *seen)
{
  for (guint i = 0; i < self->seen->len; i++)
    {
      const Seen *other = g_ptr_array_index (self->seen, i);

      if (other->box != NULL && other->rank < seen->rank && strcmp (other->name, seen->name) == 0 &&
          strcmp (other->domain, seen->domain) == 0)
        return false;
    }
  return true;
}

/* Of equals the first. */
static bool
is_listed (SampanSeenBoxes *self, const Seen *seen, guint before)
{
  for (guint i = 0; i < before; i++)
    {
      const Seen *other = g_ptr_array_index (self->seen, i);

      if (other->box != NULL && other->rank == seen->rank &&
          strcmp (other->name, seen->name) == 0 && strcmp (other->domain, seen->domain) == 0)
        return true;
    }
  return false;
}

/* Only what changed is told of: what a person is about to click stays where it is. */
static void
update_list (SampanSeenBoxes *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer box;

  for (guint i = 0; i < self->seen->len; i++)
    {
      const Seen *seen = g_ptr_array_index (self->seen, i);

      if (seen->box != NULL && g_hash_table_size (wanted) < self->boxes_max &&
          is_best (self, seen) && !is_listed (self, seen, i))
        g_hash_table_add (wanted, seen->box);
    }
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->boxes)); i-- > 0;)
    {
      g_autoptr (SampanFoundBox) there = g_list_model_get_item (G_LIST_MODEL (self->boxes), i);

      if (!g_hash_table_remove (wanted, there))
        g_list_store_remove (self->boxes, i);
    }
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &box, NULL))
    g_list_store_insert_sorted (self->boxes, box, compare_boxes, NULL);
}

static Seen *
find_seen (SampanSeenBoxes *self, const SampanSeenPlace *place)
{
  for (guint i = 0; i < self->seen->len; i++)
    {
      Seen *seen = g_ptr_array_index (self->seen, i);

      if (seen->interface == place->interface && seen->protocol == place->protocol &&
          strcmp (seen->name, place->name) == 0 && strcmp (seen->domain, place->domain) == 0)
        return seen;
    }
  return NULL;
}

/* "fe80::1%eth0": a link's own address means nothing without the link. NULL: no address at all. */
static char *
dup_address (const char *text, int interface, int *rank)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  char name[IF_NAMESIZE];

  if (address == NULL || g_inet_address_get_is_any (address) ||
      g_inet_address_get_is_multicast (address))
    return NULL;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    {
      *rank = 0;
      return g_strdup (text);
    }
  if (!g_inet_address_get_is_link_local (address))
    {
      *rank = 1;
      return g_strdup (text);
    }
  *rank = 2;
  return if_indextoname ((unsigned int)interface, name) != NULL
             ? g_strdup_printf ("%s%%%s", text, name)
             : NULL;
}

/* ---- Public API ---- */

SampanSeenBoxes *
sampan_seen_boxes_new (guint boxes_max)
{
  SampanSeenBoxes *self = g_new0 (SampanSeenBoxes, 1);

  self->seen = g_ptr_array_new_with_free_func (seen_free);
  self->boxes = g_list_store_new (SAMPAN_TYPE_FOUND_BOX);
  self->boxes_max = boxes_max;
  return self;
}

void
sampan_seen_boxes_free (SampanSeenBoxes *self)
{
  g_ptr_array_unref (self->seen);
  g_object_unref (self->boxes);
  g_free (self);
}

GListModel *
sampan_seen_boxes_get_list (SampanSeenBoxes *self)
{
  return G_LIST_MODEL (self->boxes);
}

bool
sampan_seen_boxes_add (SampanSeenBoxes *self, const SampanSeenPlace *place)
{
  Seen *seen;

  if (self->seen->len == PLACES_PER_BOX * self->boxes_max || find_seen (self, place) != NULL)
    return false;
  seen = g_new0 (Seen, 1);
  seen->interface = place->interface;
  seen->protocol = place->protocol;
  seen->name = g_strdup (place->name);
  seen->domain = g_strdup (place->domain);
  g_ptr_array_add (self->seen, seen);
  return true;
}

SampanFoundBox *
sampan_seen_boxes_set_address (SampanSeenBoxes *self,
                               const SampanSeenPlace *place,
                               const char *host,
                               uint16_t port,
                               const char *address)
{
  Seen *seen = find_seen (self, place);
  g_autofree char *whole = NULL;

  if (seen == NULL || port == 0)
    return NULL;
  whole = dup_address (address, place->interface, &seen->rank);
  if (whole == NULL)
    return NULL;
  g_clear_object (&seen->box);
  seen->box = sampan_found_box_new (place->name, host, port, whole);
  update_list (self);
  return seen->box;
}

void
sampan_seen_boxes_remove (SampanSeenBoxes *self, const SampanSeenPlace *place)
{
  Seen *seen = find_seen (self, place);

  if (seen == NULL)
    return;
  g_ptr_array_remove (self->seen, seen);
  update_list (self);
}

void
sampan_seen_boxes_clear (SampanSeenBoxes *self)
{
  g_ptr_array_set_size (self->seen, 0);
  update_list (self);
}
