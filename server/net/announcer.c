/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Announcing by Avahi over D-Bus. */

#include "config.h"

#include "net/announcer.h"

#include "log.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define AVAHI "org.freedesktop.Avahi"
#define AVAHI_SERVER AVAHI ".Server"
#define AVAHI_GROUP AVAHI ".EntryGroup"
#define SERVICE_TYPE "_sampan._tcp"
#define SERVICE_NAME_MAX_BYTES 63 /* a label in the DNS */
#define FALLBACK_NAME "Sampan"
#define ANY (-1)      /* interface, protocol */
#define RETRY_SECS 60 /* for a system bus that is not there, or went away */
#define CALL_TIMEOUT_MS 10000
#define RENAMES_MAX 100 /* so many of one name: somebody plays games */

/* AvahiServerState and AvahiEntryGroupState */
enum
{
  SERVER_RUNNING = 2,
  GROUP_ESTABLISHED = 2,
  GROUP_COLLISION = 3,
};

struct _SampanAnnouncer
{
  char *name; /* it changes with collisions */
  uint16_t port;
  GCancellable *cancellable;
  GDBusConnection *bus; /* nullable */
  char *group;          /* the announcement; NULL while there is none */
  guint watch;
  guint server_signal;
  guint group_signal;
  guint retry;
  guint n_renames;
  bool is_making; /* a group */
};

static void connect_bus (SampanAnnouncer *self);
static void announce (SampanAnnouncer *self);

/* ---- Calls ---- */

static void
call (SampanAnnouncer *self,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *parameters,
      GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->bus,
                          AVAHI,
                          path,
                          interface,
                          method,
                          parameters,
                          NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          CALL_TIMEOUT_MS,
                          self->cancellable,
                          callback,
                          self);
}

/* What the call returned if it is of type TYPE. NULL: it failed. *self is NULL if the announcer is
 * gone. */
static GVariant *
get_reply (GObject *source, GAsyncResult *result, const char *type, SampanAnnouncer **self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    *self = NULL;
  if (reply == NULL)
    g_debug ("avahi: %s", error->message);
  else if (g_variant_is_of_type (reply, G_VARIANT_TYPE (type)))
    return g_steal_pointer (&reply);
  return NULL;
}

/* ---- The announcement ---- */

static void
forget_group (SampanAnnouncer *self)
{
  if (self->group_signal != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->group_signal);
  self->group_signal = 0;
  g_clear_pointer (&self->group, g_free);
}

static void
withdraw (SampanAnnouncer *self)
{
  if (self->group != NULL)
    call (self, self->group, AVAHI_GROUP, "Free", NULL, NULL);
  forget_group (self);
}

static void
renamed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanAnnouncer *self = user_data;
  g_autoptr (GVariant) reply = get_reply (source, result, "(s)", &self);

  if (reply == NULL)
    return;
  g_clear_pointer (&self->name, g_free);
  g_variant_get (reply, "(s)", &self->name);
  announce (self);
}

static void
rename_and_announce (SampanAnnouncer *self)
{
  withdraw (self);
  if (self->n_renames++ == RENAMES_MAX)
    {
      sampan_log_event (SAMPAN_LOG_WARNING, "announce", "error", "the name is taken", NULL);
      return;
    }
  call (self,
        "/",
        AVAHI_SERVER,
        "GetAlternativeServiceName",
        g_variant_new ("(s)", self->name),
        renamed_cb);
}

static void
group_changed_cb (GDBusConnection *bus,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *parameters,
                  gpointer user_data)
{
  SampanAnnouncer *self = user_data;
  int state;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get_child (parameters, 0, "i", &state);
  if (state == GROUP_COLLISION)
    rename_and_announce (self);
  else if (state == GROUP_ESTABLISHED)
    sampan_log_event (SAMPAN_LOG_INFO, "announce", "name", self->name, NULL);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanAnnouncer *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree char *name = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply != NULL)
    {
      if (self->group != NULL)
        call (self, self->group, AVAHI_GROUP, "Commit", NULL, NULL);
      return;
    }
  g_debug ("avahi: %s", error->message);
  name = g_dbus_error_get_remote_error (error);
  /* By another program on this machine; those of others are found out later. */
  if (g_strcmp0 (name, AVAHI ".CollisionError") == 0)
    rename_and_announce (self);
}

static void
add_service (SampanAnnouncer *self)
{
  call (self,
        self->group,
        AVAHI_GROUP,
        "AddService",
        g_variant_new ("(iiussssq@aay)",
                       ANY,
                       ANY,
                       0U,
                       self->name,
                       SERVICE_TYPE,
                       "",
                       "",
                       self->port,
                       g_variant_new_array (G_VARIANT_TYPE ("ay"), NULL, 0)),
        added_cb);
}

static void
group_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanAnnouncer *self = user_data;
  g_autoptr (GVariant) reply = get_reply (source, result, "(o)", &self);

  if (self == NULL)
    return;
  self->is_making = false;
  if (reply == NULL || self->bus == NULL)
    return;
  forget_group (self);
  g_variant_get (reply, "(o)", &self->group);
  self->group_signal = g_dbus_connection_signal_subscribe (self->bus,
                                                           AVAHI,
                                                           AVAHI_GROUP,
                                                           "StateChanged",
                                                           self->group,
                                                           NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE,
                                                           group_changed_cb,
                                                           self,
                                                           NULL);
  add_service (self);
}

static void
announce (SampanAnnouncer *self)
{
  if (self->is_making || self->group != NULL)
    return;
  self->is_making = true;
  call (self, "/", AVAHI_SERVER, "EntryGroupNew", NULL, group_made_cb);
}

/* ---- Avahi ---- */

/* The host's own name is being settled: all that refers to it is announced again after that. */
static void
follow_server (SampanAnnouncer *self, int state)
{
  if (state == SERVER_RUNNING)
    announce (self);
  else
    withdraw (self);
}

static void
server_changed_cb (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer user_data)
{
  int state;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get_child (parameters, 0, "i", &state);
  follow_server (user_data, state);
}

static void
state_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanAnnouncer *self = user_data;
  g_autoptr (GVariant) reply = get_reply (source, result, "(i)", &self);
  int state;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(i)", &state);
  follow_server (self, state);
}

static void
appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  SampanAnnouncer *self = user_data;

  self->server_signal = g_dbus_connection_signal_subscribe (bus,
                                                            AVAHI,
                                                            AVAHI_SERVER,
                                                            "StateChanged",
                                                            "/",
                                                            NULL,
                                                            G_DBUS_SIGNAL_FLAGS_NONE,
                                                            server_changed_cb,
                                                            self,
                                                            NULL);
  call (self, "/", AVAHI_SERVER, "GetState", NULL, state_cb);
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  SampanAnnouncer *self = user_data;

  if (self->bus == NULL)
    return;
  if (self->server_signal != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->server_signal);
  self->server_signal = 0;
  self->n_renames = 0;
  forget_group (self);
}

/* ---- The bus ---- */

static gboolean
retry_cb (gpointer user_data)
{
  SampanAnnouncer *self = user_data;

  self->retry = 0;
  connect_bus (self);
  return G_SOURCE_REMOVE;
}

static void
leave_bus (SampanAnnouncer *self)
{
  if (self->bus == NULL)
    return;
  vanished_cb (self->bus, AVAHI, self);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  g_signal_handlers_disconnect_by_data (self->bus, self);
  g_clear_object (&self->bus);
}

static void
closed_cb (GDBusConnection *bus, gboolean vanished, GError *error, gpointer user_data)
{
  SampanAnnouncer *self = user_data;

  leave_bus (self);
  self->is_making = false;
  self->retry = g_timeout_add_seconds (RETRY_SECS, retry_cb, self);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SampanAnnouncer *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_for_address_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      g_debug ("system bus: %s", error->message);
      self->retry = g_timeout_add_seconds (RETRY_SECS, retry_cb, self);
      return;
    }
  self->bus = g_steal_pointer (&bus);
  g_signal_connect (self->bus, "closed", G_CALLBACK (closed_cb), self);
  self->watch = g_bus_watch_name_on_connection (self->bus,
                                                AVAHI,
                                                G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                appeared_cb,
                                                vanished_cb,
                                                self,
                                                NULL);
}

/* A connection of its own: the shared one would end the process with the bus. */
static void
connect_bus (SampanAnnouncer *self)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);

  if (address != NULL)
    g_dbus_connection_new_for_address (address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                           G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL,
                                       self->cancellable,
                                       connected_cb,
                                       self);
}

/* ---- The name ---- */

/* NAME or that of this machine as a DNS-SD name: UTF-8, no control characters (RFC 6763 4.1.1). */
static char *
dup_service_name (const char *name)
{
  const char *whole = name != NULL ? name : g_get_host_name ();
  size_t length = name != NULL ? strlen (whole) : strcspn (whole, ".");
  g_autofree char *valid = g_utf8_make_valid (whole, (gssize)length);
  const char *end;

  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (valid);
  if (strlen (valid) > SERVICE_NAME_MAX_BYTES)
    {
      end = g_utf8_find_prev_char (valid, valid + SERVICE_NAME_MAX_BYTES + 1);
      valid[end - valid] = '\0';
    }
  return valid[0] != '\0' ? g_steal_pointer (&valid) : g_strdup (FALLBACK_NAME);
}

/* ---- Public API ---- */

SampanAnnouncer *
sampan_announcer_new (const char *name, uint16_t port)
{
  SampanAnnouncer *self = g_new0 (SampanAnnouncer, 1);

  self->name = dup_service_name (name);
  self->port = port;
  self->cancellable = g_cancellable_new ();
  connect_bus (self);
  return self;
}

void
sampan_announcer_free (SampanAnnouncer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  /* Avahi withdraws what a client leaves behind. */
  leave_bus (self);
  g_free (self->name);
  g_free (self);
}

static bool
is_loopback (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "127.") || g_str_has_prefix (endpoint, "[::1]:");
}

uint16_t
sampan_announcer_choose_port (GPtrArray *endpoints)
{
  for (guint i = 0; i < endpoints->len; i++)
    {
      const char *endpoint = g_ptr_array_index (endpoints, i);
      const char *colon = strrchr (endpoint, ':');

      if (colon != NULL && !is_loopback (endpoint))
        return (uint16_t)strtoul (colon + 1, NULL, 10);
    }
  return 0;
}
