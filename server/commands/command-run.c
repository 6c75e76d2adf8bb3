/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand run: serves until it is told to stop. */

#include "config.h"

#include "commands/commands.h"

#include "accounts/first-start.h"
#include "commands/command-utils.h"
#include "control.h"
#include "escape.h"
#include "log.h"
#include "net/announcer.h"
#include "net/server.h"
#include "net/service-manager.h"
#include "protocol.h"

#include <errno.h>
#include <glib-unix.h>
#include <ifaddrs.h>
#include <malloc.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define EXPIRE_EVERY_SECS (24 * 60 * 60)
#define LOG_SETTLE_SECS 10
#define MALLOC_ARENAS                                                                              \
  2 /* the workers' buffers are mapped; small pieces need no arena per thread                      \
     */
#define HOST_NAME_BYTES 256
#define WATCHDOG_PARTS 3 /* signs of life in the time in which one is expected */

typedef struct
{
  GMainLoop *loop;
  SampanAccountStore *store;
  SampanControl *control;
  SampanServer *server;
  SampanAnnouncer *announcer; /* NULL: nobody is to hear of it */
  GPtrArray *endpoints;       /* char *, where it listens */
  unsigned int n_sockets;     /* that a service manager handed over */
  GThread *expiry;
  int is_expiring; /* atomic */
  bool is_stopping;
  bool is_clean; /* nothing was left behind at the stop */
} Run;

/* ---- Process ---- */

/* Parked connections are descriptors: as many as the system grants. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    sampan_log_event (SAMPAN_LOG_WARNING, "descriptors", "error", g_strerror (errno), NULL);
}

/* What is said to the admin of a command would be no line of JSON. */
static void
log_text (const char *text)
{
  g_autofree char *line = g_strdup (text);
  bool is_fault = g_str_has_prefix (line, "sampand: ");
  sampan_log_event (is_fault ? SAMPAN_LOG_ERROR : SAMPAN_LOG_NOTICE,
                    "message",
                    "text",
                    g_strchomp (line),
                    NULL);
}

static void
prepare_process (bool as_json)
{
  sampan_log_init (SAMPAN_LOG_INFO, as_json ? SAMPAN_LOG_JSON : SAMPAN_LOG_WHERE_IT_GOES);
  if (as_json)
    g_set_printerr_handler (log_text);
  raise_descriptor_limit ();
  if (signal (SIGPIPE, SIG_IGN) == SIG_ERR)
    sampan_log_event (SAMPAN_LOG_WARNING, "signals", "error", g_strerror (errno), NULL);
  if (mallopt (M_ARENA_MAX, MALLOC_ARENAS) != 1)
    g_debug ("another malloc is in use");
}

/* ---- Telling people how to connect ---- */

/* "192.0.2.7, 2001:db8::1": addresses of this machine that another one can reach. */
static char *
get_own_addresses (void)
{
  GString *text = g_string_new (NULL);
  struct ifaddrs *all = NULL;
  if (getifaddrs (&all) != 0)
    return g_string_free (text, FALSE);
  for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
    {
      char address[SAMPAN_SOURCE_TEXT_MAX];
      if (i->ifa_addr == NULL || (i->ifa_flags & IFF_LOOPBACK) != 0 ||
          (i->ifa_addr->sa_family != AF_INET && i->ifa_addr->sa_family != AF_INET6))
        continue;
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)i->ifa_addr;
      if (i->ifa_addr->sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL (&in6->sin6_addr))
        continue;
      sampan_address_get_text (i->ifa_addr, address);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", address);
    }
  freeifaddrs (all);
  return g_string_free (text, FALSE);
}

static bool
is_any_address (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "[::]:") || g_str_has_prefix (endpoint, "0.0.0.0:");
}

static void
print_where (const Run *self)
{
  const char *endpoint = g_ptr_array_index (self->endpoints, 0);
  const char *port = strrchr (endpoint, ':') + 1;
  char host[HOST_NAME_BYTES] = "";
  if (!is_any_address (endpoint))
    {
      g_autofree char *address = g_strndup (endpoint, (size_t)(port - 1 - endpoint));
      printf ("Connect to %s, port %s.\n", address, port);
      return;
    }
  g_autofree char *addresses = get_own_addresses ();
  if (gethostname (host, sizeof host - 1) != 0 || host[0] == '\0')
    g_strlcpy (host, "this machine", sizeof host);
  if (addresses[0] != '\0')
    printf ("Connect to %s (%s), port %s.\n", host, addresses, port);
  else
    printf ("Connect to %s, port %s.\n", host, port);
}

static void
print_first_start (const Run *self, const SampanFirstStart *first)
{
  g_autofree char *directory = sampan_escape (first->directory, -1, 0);
  int days = SAMPAN_INVITE_SECS / (24 * 60 * 60);
  print_where (self);
  printf ("Log in as %s with the one-time code %.*s (good for %d days), then choose a password.\n",
          first->user,
          (int)sampan_secret_get_length (first->code),
          (const char *)sampan_secret_get (first->code),
          days);
  printf ("The share \"%s\" keeps its files in %s.\n", SAMPAN_FIRST_SHARE, directory);
}

/* ---- Control ---- */

static gboolean expire_cb (gpointer user_data);

static char *
reload (Run *self, char **parts, unsigned int uid)
{
  g_autoptr (GError) error = NULL;
  unsigned int ended_sessions = 0;
  if (parts[0] != NULL)
    sampan_log_change (uid, parts[0], parts[1], parts[1] != NULL ? parts[2] : NULL);
  if (sampan_server_reload (self->server, &ended_sessions, &error))
    {
      expire_cb (self); /* by the limits that hold from now on */
      return g_strdup_printf ("{\"ended_sessions\":%u}", ended_sessions);
    }
  sampan_log_event (SAMPAN_LOG_ERROR, "reload", "error", error->message, NULL);
  return g_strdup ("{\"error\":\"its log says why\"}");
}

static char *
control_cb (const char *line, unsigned int uid, gpointer user_data)
{
  Run *self = user_data;
  g_auto (GStrv) changed = sampan_control_parse_reload (line);
  if (self->server == NULL)
    return NULL;
  if (strcmp (line, "status") == 0)
    return sampan_server_get_status (self->server);
  if (strcmp (line, "stats") == 0)
    return sampan_server_get_stats (self->server);
  if (g_str_has_prefix (line, SAMPAN_CONTROL_KICK))
    return g_strdup_printf ("{\"ended_sessions\":%u}",
                            sampan_server_kick (self->server, line + strlen (SAMPAN_CONTROL_KICK)));
  return changed != NULL ? reload (self, changed, uid) : NULL;
}

/* ---- Expiry ---- */

static gpointer
expire_thread (gpointer user_data)
{
  Run *self = user_data;
  sampan_server_expire_shares (self->server);
  g_atomic_int_set (&self->is_expiring, 0);
  return NULL;
}

static gboolean
expire_cb (gpointer user_data)
{
  Run *self = user_data;
  if (g_atomic_int_get (&self->is_expiring) != 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->expiry, g_thread_join);
  g_atomic_int_set (&self->is_expiring, 1);
  self->expiry = g_thread_new ("expire", expire_thread, self);
  return G_SOURCE_CONTINUE;
}

/* ---- Start and stop ---- */

static void
stopped_cb (bool is_clean, gpointer user_data)
{
  Run *self = user_data;
  self->is_clean = is_clean;
  g_main_loop_quit (self->loop);
}

static gboolean
stop_cb (gpointer user_data)
{
  Run *self = user_data;
  if (self->is_stopping)
    return G_SOURCE_CONTINUE;
  self->is_stopping = true;
  sampan_service_notify ("STOPPING=1");
  sampan_log_event (SAMPAN_LOG_NOTICE, "stop", NULL);
  g_clear_pointer (&self->announcer, sampan_announcer_free);
  sampan_server_stop (self->server, stopped_cb, self);
  return G_SOURCE_CONTINUE;
}

static bool
listen_on (Run *self, const char *text, GError **error)
{
  struct sockaddr_storage address;
  char *endpoint = NULL;
  if (text != NULL && !sampan_address_parse (text, &address, error))
    return false;
  if (!sampan_server_listen (self->server,
                             text != NULL ? (struct sockaddr *)&address : NULL,
                             &endpoint,
                             error))
    return false;
  g_ptr_array_add (self->endpoints, endpoint);
  return true;
}

/* On the sockets that were handed over, and on those that were asked for. */
static bool
listen_on_all (Run *self, char **listen, GError **error)
{
  for (unsigned int i = 0; i < self->n_sockets; i++)
    {
      char *endpoint = NULL;
      if (!sampan_server_listen_fd (self->server,
                                    SAMPAN_SERVICE_FIRST_FD + (int)i,
                                    &endpoint,
                                    error))
        return false;
      g_ptr_array_add (self->endpoints, endpoint);
    }
  if (listen == NULL)
    return self->n_sockets > 0 || listen_on (self, NULL, error);
  for (char **text = listen; *text != NULL; text++)
    if (!listen_on (self, *text, error))
      return false;
  return true;
}

static bool
start (Run *self, const char *state, char **listen, GError **error)
{
  g_auto (SampanFirstStart) first = { 0 };
  /* Before anything is made: it also keeps a second server out. */
  self->control = sampan_control_listen (state, control_cb, self, error);
  if (self->control == NULL || !sampan_first_start (self->store, state, &first, error))
    return false;
  self->server = sampan_server_new (self->store, NULL, error);
  if (self->server == NULL || !listen_on_all (self, listen, error))
    return false;
  /* Before anybody can know that it listens: from then on a signal stops it in good order. */
  self->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, stop_cb, self);
  g_unix_signal_add (SIGINT, stop_cb, self);
  if (first.user[0] != '\0')
    print_first_start (self, &first);
  return true;
}

/* The main loop turns: what hangs in a disk hangs on another thread. */
static gboolean
alive_cb (gpointer user_data)
{
  sampan_service_notify ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

static void
start_watchdog (void)
{
  uint64_t interval_ms = sampan_service_get_watchdog_us () / WATCHDOG_PARTS / 1000;
  if (interval_ms > 0)
    g_timeout_add ((guint)MIN (interval_ms, G_MAXUINT), alive_cb, NULL);
}

static gboolean
settle_log_cb (gpointer user_data)
{
  sampan_log_settle ();
  return G_SOURCE_CONTINUE;
}

static void
start_announcing (Run *self, const char *name)
{
  uint16_t port = sampan_announcer_choose_port (self->endpoints);
  if (port != 0)
    self->announcer = sampan_announcer_new (name, port);
}

static void
print_endpoints (const Run *self)
{
  for (guint i = 0; i < self->endpoints->len; i++)
    printf ("listening on %s\n", (char *)g_ptr_array_index (self->endpoints, i));
  /* Whoever reads this may be gone: that is no reason to stop serving. */
  if (fflush (stdout) != 0)
    sampan_log_event (SAMPAN_LOG_WARNING, "stdout", "error", g_strerror (errno), NULL);
}

static void
serve (Run *self)
{
  g_timeout_add_seconds (LOG_SETTLE_SECS, settle_log_cb, NULL);
  g_timeout_add_seconds (EXPIRE_EVERY_SECS, expire_cb, self);
  expire_cb (self);
  /* Once all that it does by itself has begun: who reads it may ask for the end at once. */
  print_endpoints (self);
  sampan_log_event (SAMPAN_LOG_NOTICE, "start", "version", SAMPAN_VERSION, NULL);
  sampan_service_notify ("READY=1");
  start_watchdog ();
  g_main_loop_run (self->loop);
}

static void
finish (Run *self)
{
  g_clear_pointer (&self->control, sampan_control_close);
  /* Threads that hang in the disk still use what would be freed, SELF included; the process ends
   * anyway. */
  if ((self->server != NULL && !self->is_clean) || g_atomic_int_get (&self->is_expiring) != 0)
    {
      g_clear_pointer (&self->expiry, g_thread_unref);
      return;
    }
  g_clear_pointer (&self->expiry, g_thread_join);
  g_clear_pointer (&self->server, sampan_server_free);
  g_clear_pointer (&self->store, sampan_account_store_close);
  g_clear_pointer (&self->endpoints, g_ptr_array_unref);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_free (self);
}

/* Takes STORE. */
static Run *
run_new (SampanAccountStore *store, unsigned int n_sockets)
{
  Run *self = g_new0 (Run, 1);
  self->store = store;
  self->n_sockets = n_sockets;
  self->is_clean = true;
  self->endpoints = g_ptr_array_new_with_free_func (g_free);
  return self;
}

int
sampan_command_run (int argc, char **argv)
{
  g_auto (GStrv) listen = NULL;
  g_autofree char *announce_name = NULL;
  gboolean no_announce = FALSE;
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    { "listen",
      0,
      0,
      G_OPTION_ARG_STRING_ARRAY,
      &listen,
      "Where to accept connections; may be given more than once; port 0 picks a free one",
      "ADDRESS:PORT" },
    { "no-announce",
      0,
      0,
      G_OPTION_ARG_NONE,
      &no_announce,
      "Do not tell the network (DNS-SD) that this server is here",
      NULL },
    { "announce-name",
      0,
      0,
      G_OPTION_ARG_STRING,
      &announce_name,
      "What people see when they look for servers; the name of this machine without it",
      "NAME" },
    { "log-format",
      0,
      0,
      G_OPTION_ARG_STRING,
      &format,
      "What the log looks like: text (fields, in the journal), or json, one object per line",
      "FORMAT" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (SampanArguments) arguments = { 0 };
  g_autoptr (GError) error = NULL;

  if (!sampan_arguments_parse (&arguments, "run", "", entries, 0, argc, argv))
    return SAMPAN_EXIT_USAGE;
  bool as_json = g_strcmp0 (format, "json") == 0;
  if (format != NULL && !as_json && strcmp (format, "text") != 0)
    return sampan_command_usage ("run", "--log-format is text or json");
  unsigned int n_sockets = sampan_service_take_sockets ();
  prepare_process (as_json);
  SampanAccountStore *store = sampan_command_open_store (&arguments, true);
  if (store == NULL)
    return SAMPAN_EXIT_FAILED;
  Run *self = run_new (store, n_sockets);
  bool ok = start (self, arguments.state, listen, &error);
  if (ok && !no_announce)
    start_announcing (self, announce_name);
  if (ok)
    serve (self);
  finish (self);
  sampan_log_settle ();
  return ok ? SAMPAN_EXIT_DONE : sampan_command_fail ("Cannot serve", error);
}
