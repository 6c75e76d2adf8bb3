/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Browsing and resolving by Avahi over D-Bus. */

#include "config.h"

#include "discovery.h"

#include "seen-boxes.h"

#include <stdbool.h>
#include <string.h>

#define AVAHI "org.freedesktop.Avahi"
#define AVAHI_SERVER AVAHI ".Server"
#define AVAHI_BROWSER AVAHI ".ServiceBrowser"
#define SERVICE_TYPE "_sampan._tcp"
#define ANY (-1)              /* interface, protocol */
#define CALL_TIMEOUT_MS 10000 /* Avahi's own for resolving is 5 s */

struct _SampanDiscovery
{
  GObject parent_instance;

  GCancellable *cancellable; /* NULL while it does not look */
  GDBusConnection *bus;
  guint watch;
  guint added_signal;
  guint removed_signal;
  guint all_signal;
  SampanSeenBoxes *seen;
  SampanDiscoveryState state;
  guint n_pending; /* what the browser still has to tell, and what is being resolved */
};

enum
{
  PROP_STATE = 1
};

G_DEFINE_FINAL_TYPE (SampanDiscovery, sampan_discovery, G_TYPE_OBJECT)

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

/* ---- Resolving ---- */

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
  SampanSeenPlace place;
  const char *type, *host, *address;
  int address_protocol;
  uint16_t port;
  SampanFoundBox *box;

  g_variant_get (reply,
                 "(ii&s&s&s&si&sq@aayu)",
                 &place.interface,
                 &place.protocol,
                 &place.name,
                 &type,
                 &place.domain,
                 &host,
                 &address_protocol,
                 &address,
                 &port,
                 NULL,
                 NULL);
  box = sampan_seen_boxes_set_address (self->seen, &place, host, port, address);
  if (box != NULL)
    look_up_host (self, box);
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
read_item (GVariant *parameters, SampanSeenPlace *place)
{
  const char *type;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iisssu)")))
    return false;
  g_variant_get (parameters,
                 "(ii&s&s&su)",
                 &place->interface,
                 &place->protocol,
                 &place->name,
                 &type,
                 &place->domain,
                 NULL);
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
  SampanSeenPlace place;

  if (!read_item (parameters, &place) || !sampan_seen_boxes_add (self->seen, &place))
    return;
  self->n_pending++;
  call (self,
        "ResolveService",
        g_variant_new ("(iisssiu)",
                       place.interface,
                       place.protocol,
                       place.name,
                       SERVICE_TYPE,
                       place.domain,
                       place.protocol,
                       0U),
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
  SampanSeenPlace place;

  if (read_item (parameters, &place))
    sampan_seen_boxes_remove (self->seen, &place);
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

  sampan_seen_boxes_clear (self->seen);
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

  sampan_seen_boxes_free (self->seen);
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
  self->seen = sampan_seen_boxes_new (SAMPAN_DISCOVERY_BOXES_MAX);
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
  sampan_seen_boxes_clear (self->seen);
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
  return sampan_seen_boxes_get_list (self->seen);
}
