/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether others can reach and find the server. */

#include "config.h"

#include "commands/doctor.h"

#include "commands/json-text.h"
#include "escape.h"
#include "protocol.h"

#include <gio/gio.h>

#define CONNECT_SECS 3 /* to this very machine */
#define AVAHI_SOCKET "/run/avahi-daemon/socket"

/* What an endpoint that means all addresses is reached by from here. */
static GInetAddress *
get_reachable (GInetAddress *address)
{
  return g_inet_address_get_is_any (address)
             ? g_inet_address_new_loopback (g_inet_address_get_family (address))
             : g_object_ref (address);
}

static bool
connect_to (const char *endpoint, GError **error)
{
  g_autoptr (GSocketConnectable) parsed =
      g_network_address_parse (endpoint, SAMPAN_DEFAULT_PORT, error);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GInetAddress) given = NULL;
  g_autoptr (GInetAddress) reachable = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketConnection) connection = NULL;

  if (parsed == NULL)
    return false;
  given =
      g_inet_address_new_from_string (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)));
  if (given == NULL)
    {
      g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_PROTOCOL, "that is no address");
      return false;
    }
  reachable = get_reachable (given);
  address = g_inet_socket_address_new (reachable,
                                       g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
  g_socket_client_set_timeout (client, CONNECT_SECS);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, error);
  return connection != NULL;
}

static void
check_endpoint_cb (const char *key, const char *endpoint, gpointer user_data)
{
  SampanDoctor *self = user_data;
  g_autofree char *shown = sampan_escape (endpoint, -1, 0);
  g_autoptr (GError) error = NULL;

  if (connect_to (endpoint, &error))
    sampan_doctor_report (self, SAMPAN_FINDING_OK, "port", NULL, "%s takes connections", shown);
  else
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          "port",
                          "Restart the server; look for a firewall on this machine.",
                          "%s cannot be reached from this machine: %s",
                          shown,
                          error->message);
}

/* Whether the port that a server would take is somebody else's. */
static void
check_free_port (SampanDoctor *self)
{
  g_autoptr (GInetAddress) any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, SAMPAN_DEFAULT_PORT);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  if (socket == NULL || g_socket_bind (socket, address, TRUE, &error))
    {
      sampan_doctor_report (self,
                            SAMPAN_FINDING_OK,
                            "port",
                            NULL,
                            "%d is free for a server to take",
                            SAMPAN_DEFAULT_PORT);
      return;
    }
  sampan_doctor_report (self,
                        SAMPAN_FINDING_PROBLEM,
                        "port",
                        "Stop that program ('ss -ltnp' names it), or start the server with "
                        "--listen ADDRESS:PORT.",
                        "%d is taken by another program: %s",
                        SAMPAN_DEFAULT_PORT,
                        error->message);
}

void
sampan_doctor_check_port (SampanDoctor *self)
{
  g_autofree char *listening = self->status != NULL ? sampan_json_find (self->status, "listening")
                                                    : NULL;

  if (listening == NULL)
    check_free_port (self);
  else if (!sampan_json_foreach_item (listening, check_endpoint_cb, self))
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          "port",
                          "Update the server and this program to the same version.",
                          "the server's answer is not understood");
}

void
sampan_doctor_check_announcing (SampanDoctor *self)
{
  if (g_file_test (AVAHI_SOCKET, G_FILE_TEST_EXISTS))
    sampan_doctor_report (self,
                          SAMPAN_FINDING_OK,
                          "announcing",
                          NULL,
                          "the service that makes this machine found on the network runs");
  else
    sampan_doctor_report (self,
                          SAMPAN_FINDING_WARNING,
                          "announcing",
                          "Install and start avahi-daemon, or tell people the address.",
                          "nothing on this machine makes it found on the network");
}
