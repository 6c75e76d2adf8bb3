/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Browsing and resolving by Avahi over D-Bus. */

#include "config.h"

#include "discovery.h"

#include <net/if.h>
#include <stdbool.h>
#include <string.h>

#define AVAHI "org.freedesktop.Avahi"
#define AVAHI_SERVER AVAHI ".Server"
#define AVAHI_BROWSER AVAHI ".ServiceBrowser"
#define SERVICE_TYPE "_sampan._tcp"
#define ANY (-1)              /* interface, protocol */
#define CALL_TIMEOUT_MS 10000 /* Avahi's own for resolving is 5 s */
/* A box is there once for each interface and protocol. */
#define SEEN_MAX (4 * SAMPAN_DISCOVERY_BOXES_MAX)

/* One place that a box was seen in. */
typedef struct
{
  SampanDiscovery *discovery; /* borrowed */
  int interface;
  int protocol;
  char *name;
  char *domain;
  SampanFoundBox *box; /* NULL until it is resolved */
  int rank;            /* of its address; the smaller, the better */
} Seen;

struct _SampanDiscovery
{
  GObject parent_instance;

  GCancellable *cancellable; /* NULL while it does not look */
  GDBusConnection *bus;
  guint watch;
  guint added_signal;
  guint removed_signal;
  guint all_signal;
  GPtrArray *seen;   /* of Seen */
  GListStore *boxes; /* of SampanFoundBox: of what was seen the best of each name */
  SampanDiscoveryState state;
  guint n_pending; /* what the browser still has to tell, and what is being resolved */
};

enum
{
  PROP_STATE = 1
};

G_DEFINE_FINAL_TYPE (SampanDiscovery, sampan_discovery, G_TYPE_OBJECT)

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_clear_object (&seen->box);
  g_free (seen->name);
  g_free (seen->domain);
  g_free (seen);
}

static void
set_state (SampanDiscovery *self, SampanDiscoveryState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

/* Once it is known what there is, a newcomer makes no difference. */
static void
one_done (SampanDiscovery *self)
{
  if (self->n_pending > 0 && --self->n_pending == 0 && self->state == SAMPAN_DISCOVERY_LOOKING)
    set_state (self, SAMPAN_DISCOVERY_ALL_FOUND);
}

/* ---- The list ---- */

static int
compare_boxes (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_utf8_collate (sampan_found_box_get_name ((SampanFoundBox *)a),
                         sampan_found_box_get_name ((SampanFoundBox *)b));
}

static bool
is_best (SampanDiscovery *self, const Seen *seen)
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
is_listed (SampanDiscovery *self, const Seen *seen, guint before)
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
update_list (SampanDiscovery *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer box;

  for (guint i = 0; i < self->seen->len; i++)
    {
      const Seen *seen = g_ptr_array_index (self->seen, i);

      if (seen->box != NULL && g_hash_table_size (wanted) < SAMPAN_DISCOVERY_BOXES_MAX &&
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
find_seen (SampanDiscovery *self, int interface, int protocol, const char *name, const char *domain)
{
  for (guint i = 0; i < self->seen->len; i++)
    {
      Seen *seen = g_ptr_array_index (self->seen, i);

      if (seen->interface == interface && seen->protocol == protocol &&
          strcmp (seen->name, name) == 0 && strcmp (seen->domain, domain) == 0)
        return seen;
    }
  return NULL;
}

static void
forget_all (SampanDiscovery *self)
{
  g_ptr_array_set_size (self->seen, 0);
  update_list (self);
}

/* ---- Resolving ---- */

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

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanFoundBox) box = user_data;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, NULL);

  if (addresses != NULL)
    sampan_found_box_set_host_works (box);
  g_resolver_free_addresses (addresses);
}

static void
look_up_host (SampanDiscovery *self, SampanFoundBox *box)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  const char *host = sampan_found_box_get_host (box);

  if (host != NULL)
    g_resolver_lookup_by_name_async (resolver,
                                     host,
                                     self->cancellable,
                                     looked_up_cb,
                                     g_object_ref (box));
}

static void
take_resolved (SampanDiscovery *self, GVariant *reply)
{
  const char *name, *type, *domain, *host, *text;
  int interface, protocol, address_protocol;
  uint16_t port;
  g_autofree char *address = NULL;
  Seen *seen;

  g_variant_get (reply,
                 "(ii&s&s&s&si&sq@aayu)",
                 &interface,
                 &protocol,
                 &name,
                 &type,
                 &domain,
                 &host,
                 &address_protocol,
                 &text,
                 &port,
                 NULL,
                 NULL);
  seen = find_seen (self, interface, protocol, name, domain);
  if (seen == NULL || port == 0)
    return;
  address = dup_address (text, interface, &seen->rank);
  if (address == NULL)
    return;
  g_clear_object (&seen->box);
  seen->box = sampan_found_box_new (name, host, port, address);
  look_up_host (self, seen->box);
  update_list (self);
}

/* After CANCELLED there may be nobody any more. */
static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanDiscovery *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    g_debug ("avahi: %s", error->message);
  else
    take_resolved (self, reply);
  one_done (self);
}

static void
call (SampanDiscovery *self,
      const char *method,
      GVariant *parameters,
      const char *type,
      GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->bus,
                          AVAHI,
                          "/",
                          AVAHI_SERVER,
                          method,
                          parameters,
                          G_VARIANT_TYPE (type),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          CALL_TIMEOUT_MS,
                          self->cancellable,
                          callback,
                          self);
}

/* ---- Browsing ---- */

/* FALSE: it is not about a box. The texts are borrowed from PARAMETERS. */
static bool
read_item (GVariant *parameters,
           int *interface,
           int *protocol,
           const char **name,
           const char **domain)
{
  const char *type;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iisssu)")))
    return false;
  g_variant_get (parameters, "(ii&s&s&su)", interface, protocol, name, &type, domain, NULL);
  return strcmp (type, SERVICE_TYPE) == 0;
}

static void
added_cb (GDBusConnection *bus,
          const char *sender,
          const char *path,
          const char *interface_name,
          const char *signal,
          GVariant *parameters,
          gpointer user_data)
{
  SampanDiscovery *self = user_data;
  const char *name, *domain;
  int interface, protocol;
  Seen *seen;

  if (!read_item (parameters, &interface, &protocol, &name, &domain) ||
      self->seen->len == SEEN_MAX || find_seen (self, interface, protocol, name, domain) != NULL)
    return;
  seen = g_new0 (Seen, 1);
  seen->interface = interface;
  seen->protocol = protocol;
  seen->name = g_strdup (name);
  seen->domain = g_strdup (domain);
  g_ptr_array_add (self->seen, seen);
  self->n_pending++;
  call (self,
        "ResolveService",
        g_variant_new ("(iisssiu)", interface, protocol, name, SERVICE_TYPE, domain, protocol, 0U),
        "(iissssisqaayu)",
        resolved_cb);
}

static void
removed_cb (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface_name,
            const char *signal,
            GVariant *parameters,
            gpointer user_data)
{
  SampanDiscovery *self = user_data;
  const char *name, *domain;
  int interface, protocol;
  Seen *seen = NULL;

  if (read_item (parameters, &interface, &protocol, &name, &domain))
    seen = find_seen (self, interface, protocol, name, domain);
  if (seen == NULL)
    return;
  g_ptr_array_remove (self->seen, seen);
  update_list (self);
}

static void
all_for_now_cb (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface_name,
                const char *signal,
                GVariant *parameters,
                gpointer user_data)
{
  one_done (user_data);
}

static void
browsing_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_state (user_data, SAMPAN_DISCOVERY_UNAVAILABLE);
}

static void
appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  SampanDiscovery *self = user_data;

  self->n_pending = 1;
  set_state (self, SAMPAN_DISCOVERY_LOOKING);
  call (self,
        "ServiceBrowserNew",
        g_variant_new ("(iissu)", ANY, ANY, SERVICE_TYPE, "", 0U),
        "(o)",
        browsing_cb);
}

/* Its browser is gone with it; another one is made when it comes back. */
static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  SampanDiscovery *self = user_data;

  forget_all (self);
  set_state (self, SAMPAN_DISCOVERY_UNAVAILABLE);
}

/* Any browser's: only ours send on this connection, which nobody else uses; and the first signals
 * may come before its path is known. */
static guint
subscribe (SampanDiscovery *self, const char *signal, GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (self->bus,
                                             AVAHI,
                                             AVAHI_BROWSER,
                                             signal,
                                             NULL,
                                             NULL,
                                             G_DBUS_SIGNAL_FLAGS_NONE,
                                             callback,
                                             self,
                                             NULL);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_for_address_finish (result, &error);
  SampanDiscovery *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      set_state (self, SAMPAN_DISCOVERY_UNAVAILABLE);
      return;
    }
  self->bus = g_steal_pointer (&bus);
  self->added_signal = subscribe (self, "ItemNew", added_cb);
  self->removed_signal = subscribe (self, "ItemRemove", removed_cb);
  self->all_signal = subscribe (self, "AllForNow", all_for_now_cb);
  self->watch = g_bus_watch_name_on_connection (self->bus,
                                                AVAHI,
                                                G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                appeared_cb,
                                                vanished_cb,
                                                self,
                                                NULL);
}

/* ---- The object ---- */

static void
sampan_discovery_dispose (GObject *object)
{
  sampan_discovery_stop (SAMPAN_DISCOVERY (object));
  G_OBJECT_CLASS (sampan_discovery_parent_class)->dispose (object);
}

static void
sampan_discovery_finalize (GObject *object)
{
  SampanDiscovery *self = SAMPAN_DISCOVERY (object);

  g_ptr_array_unref (self->seen);
  g_object_unref (self->boxes);
  G_OBJECT_CLASS (sampan_discovery_parent_class)->finalize (object);
}

static void
sampan_discovery_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, SAMPAN_DISCOVERY (object)->state);
}

static void
sampan_discovery_class_init (SampanDiscoveryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sampan_discovery_dispose;
  G_OBJECT_CLASS (klass)->finalize = sampan_discovery_finalize;
  G_OBJECT_CLASS (klass)->get_property = sampan_discovery_get_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass),
                                   PROP_STATE,
                                   g_param_spec_uint ("state",
                                                      NULL,
                                                      NULL,
                                                      SAMPAN_DISCOVERY_STOPPED,
                                                      SAMPAN_DISCOVERY_UNAVAILABLE,
                                                      SAMPAN_DISCOVERY_STOPPED,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
sampan_discovery_init (SampanDiscovery *self)
{
  self->seen = g_ptr_array_new_with_free_func (seen_free);
  self->boxes = g_list_store_new (SAMPAN_TYPE_FOUND_BOX);
}

/* ---- Public API ---- */

SampanDiscovery *
sampan_discovery_new (void)
{
  return g_object_new (SAMPAN_TYPE_DISCOVERY, NULL);
}

/* A connection of its own: Avahi forgets what we asked for when it is closed. */
void
sampan_discovery_start (SampanDiscovery *self)
{
  g_autofree char *address = NULL;

  g_return_if_fail (SAMPAN_IS_DISCOVERY (self));
  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  set_state (self, address != NULL ? SAMPAN_DISCOVERY_LOOKING : SAMPAN_DISCOVERY_UNAVAILABLE);
  if (address != NULL)
    g_dbus_connection_new_for_address (address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                           G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL,
                                       self->cancellable,
                                       connected_cb,
                                       self);
}

void
sampan_discovery_stop (SampanDiscovery *self)
{
  g_return_if_fail (SAMPAN_IS_DISCOVERY (self));
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->bus != NULL)
    {
      g_dbus_connection_signal_unsubscribe (self->bus, self->added_signal);
      g_dbus_connection_signal_unsubscribe (self->bus, self->removed_signal);
      g_dbus_connection_signal_unsubscribe (self->bus, self->all_signal);
      g_dbus_connection_close (self->bus, NULL, NULL, NULL);
    }
  g_clear_object (&self->bus);
  self->n_pending = 0;
  forget_all (self);
  set_state (self, SAMPAN_DISCOVERY_STOPPED);
}

SampanDiscoveryState
sampan_discovery_get_state (SampanDiscovery *self)
{
  return self->state;
}

GListModel *
sampan_discovery_get_boxes (SampanDiscovery *self)
{
  return G_LIST_MODEL (self->boxes);
}
