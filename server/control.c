/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The control socket: admin commands tell a running server of changes and ask for its status. */

#include "config.h"

#include "control.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "control"
#define LOCK_NAME "server.lock"
#define LINE_MAX_BYTES 2048         /* a change with a name and more, each byte as %XX */
#define PART_MAX_BYTES 256          /* of a change: what the log shows of it */
#define RELOAD_WORDS 4              /* "reload" and three parts */
#define REPLY_MAX_BYTES (64 * 1024) /* a status is below 1 KiB */
#define CALL_TIMEOUT_SECS 5         /* a server that is busy opening shares answers within */
#define SESSION_TIMEOUT_SECS 5      /* a client that says nothing */
#define SESSIONS_MAX 16             /* admin commands at the same time; more are turned away */
#define UNKNOWN_REPLY "{\"error\":\"the server does not know this request\"}"

struct _SampanControl
{
  int folder_fd;
  int lock_fd;
  GSocketService *service;
  GHashTable *sessions; /* a set of Session; they free themselves */
  SampanControlFunc func;
  gpointer user_data;
};

typedef struct
{
  SampanControl *control; /* NULL once it is closed */
  GSocketConnection *connection;
  GCancellable *cancellable;
  guint timeout_id;
  unsigned int uid; /* of the other end */
  char line[LINE_MAX_BYTES + 1];
  size_t used_bytes;
  char *reply;
} Session;

/* ---- Both sides ---- */

static int
open_folder (const char *state_dir)
{
  return open (state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Through the fd where the path is too long for a socket address. FOLDER_FD stays open meanwhile.
 */
static GSocketAddress *
make_address (const char *state_dir, int folder_fd)
{
  g_autofree char *path = g_build_filename (state_dir, SOCKET_NAME, NULL);
  g_autofree char *short_path = NULL;

  if (strlen (path) < sizeof ((struct sockaddr_un *)NULL)->sun_path)
    return g_unix_socket_address_new (path);
  short_path = g_strdup_printf ("/proc/self/fd/%d/%s", folder_fd, SOCKET_NAME);
  return g_unix_socket_address_new (short_path);
}

static GSocket *
make_socket (GError **error)
{
  return g_socket_new (G_SOCKET_FAMILY_UNIX,
                       G_SOCKET_TYPE_STREAM,
                       G_SOCKET_PROTOCOL_DEFAULT,
                       error);
}

/* ---- Server side ---- */

static void
session_free (Session *self)
{
  if (self->control != NULL)
    g_hash_table_remove (self->control->sessions, self);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_free (self->reply);
  g_free (self);
}

static void
session_write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Session *self = user_data;

  /* A client that has gone has missed nothing that it cannot ask again. */
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  session_free (self);
}

static void
session_answer (Session *self)
{
  g_autofree char *reply = self->control->func (self->line, self->uid, self->control->user_data);

  self->reply = g_strconcat (reply != NULL ? reply : UNKNOWN_REPLY, "\n", NULL);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->connection)),
                                   self->reply,
                                   strlen (self->reply),
                                   G_PRIORITY_DEFAULT,
                                   self->cancellable,
                                   session_write_cb,
                                   self);
}

static void session_read (Session *self);

static void
session_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Session *self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  char *end;

  if (n <= 0 || self->control == NULL)
    {
      session_free (self);
      return;
    }
  self->used_bytes += (size_t)n;
  end = memchr (self->line, '\n', self->used_bytes);
  if (end != NULL)
    {
      *end = '\0';
      session_answer (self);
    }
  else if (self->used_bytes < LINE_MAX_BYTES)
    session_read (self);
  else
    session_free (self);
}

static void
session_read (Session *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)),
                             self->line + self->used_bytes,
                             LINE_MAX_BYTES - self->used_bytes,
                             G_PRIORITY_DEFAULT,
                             self->cancellable,
                             session_read_cb,
                             self);
}

static gboolean
session_timeout_cb (gpointer user_data)
{
  Session *self = user_data;

  self->timeout_id = 0;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static bool
peer_is_allowed (GSocketConnection *connection, unsigned int *allowed_uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCredentials) peer =
      g_socket_get_credentials (g_socket_connection_get_socket (connection), &error);
  uid_t uid = peer != NULL ? g_credentials_get_unix_user (peer, &error) : (uid_t)-1;
  g_autofree char *shown = NULL;

  *allowed_uid = uid;
  if (error == NULL && (uid == geteuid () || uid == 0))
    return true;
  shown = error == NULL ? g_strdup_printf ("%u", (unsigned int)uid) : NULL;
  sampan_log_event (SAMPAN_LOG_WARNING,
                    "control-refused",
                    "uid",
                    shown,
                    "error",
                    error != NULL ? error->message : NULL,
                    NULL);
  return false;
}

static gboolean
incoming_cb (GSocketService *service,
             GSocketConnection *connection,
             GObject *source_object,
             gpointer user_data)
{
  SampanControl *self = user_data;
  Session *session;
  unsigned int uid;

  if (g_hash_table_size (self->sessions) >= SESSIONS_MAX || !peer_is_allowed (connection, &uid))
    return TRUE; /* dropping the connection closes it */
  session = g_new0 (Session, 1);
  session->control = self;
  session->uid = uid;
  session->connection = g_object_ref (connection);
  session->cancellable = g_cancellable_new ();
  session->timeout_id = g_timeout_add_seconds (SESSION_TIMEOUT_SECS, session_timeout_cb, session);
  g_hash_table_add (self->sessions, session);
  session_read (session);
  return TRUE;
}

/* One server per state directory; a socket that is there under our lock is one of a crash. */
static bool
lock_and_clean (SampanControl *self, GError **error)
{
  self->lock_fd = openat (self->folder_fd,
                          LOCK_NAME,
                          O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                          S_IRUSR | S_IWUSR);
  if (self->lock_fd < 0)
    {
      sampan_error_set_from_errno (error, errno, "Cannot open %s", LOCK_NAME);
      return false;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EWOULDBLOCK)
        g_set_error_literal (error,
                             SAMPAN_ERROR,
                             SAMPAN_ERROR_EXISTS,
                             "Another server runs on this state directory: stop it first, or give "
                             "this one a directory of its own");
      else
        sampan_error_set_from_errno (error, errno, "Cannot lock %s", LOCK_NAME);
      return false;
    }
  if (unlinkat (self->folder_fd, SOCKET_NAME, 0) == 0 || errno == ENOENT)
    return true;
  sampan_error_set_from_errno (error, errno, "Cannot remove the old control socket");
  return false;
}

static bool
start_service (SampanControl *self, const char *state_dir, GError **error)
{
  g_autoptr (GSocketAddress) address = make_address (state_dir, self->folder_fd);
  g_autoptr (GSocket) socket = make_socket (error);

  if (socket == NULL)
    return false;
  /* Linux gives the file the mode of the socket, less the umask. */
  if (fchmod (g_socket_get_fd (socket), S_IRUSR | S_IWUSR) != 0)
    {
      sampan_error_set_from_errno (error, errno, "Cannot protect the control socket");
      return false;
    }
  if (!g_socket_bind (socket, address, FALSE, error) || !g_socket_listen (socket, error))
    {
      g_prefix_error (error, "Cannot make the control socket: ");
      return false;
    }
  self->service = g_socket_service_new ();
  if (!g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), socket, NULL, error))
    return false;
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  g_socket_service_start (self->service);
  return true;
}

SampanControl *
sampan_control_listen (const char *state_dir,
                       SampanControlFunc func,
                       gpointer user_data,
                       GError **error)
{
  g_autoptr (SampanControl) self = g_new0 (SampanControl, 1);

  self->func = func;
  self->user_data = user_data;
  self->lock_fd = -1;
  self->sessions = g_hash_table_new (NULL, NULL);
  self->folder_fd = open_folder (state_dir);
  if (self->folder_fd < 0)
    {
      sampan_error_set_from_errno (error, errno, "State directory");
      return NULL;
    }
  if (!lock_and_clean (self, error) || !start_service (self, state_dir, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
close_service (SampanControl *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  /* The lock is still held: the name is ours. */
  unlinkat (self->folder_fd, SOCKET_NAME, 0);
}

void
sampan_control_close (SampanControl *self)
{
  GHashTableIter iter;
  gpointer session;

  if (self == NULL)
    return;
  if (self->service != NULL)
    close_service (self);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, &session, NULL))
    {
      ((Session *)session)->control = NULL;
      g_cancellable_cancel (((Session *)session)->cancellable);
    }
  g_hash_table_unref (self->sessions);
  if (self->folder_fd >= 0)
    g_close (self->folder_fd, NULL);
  if (self->lock_fd >= 0)
    g_close (self->lock_fd, NULL);
  g_free (self);
}

/* ---- Admin side ---- */

char *
sampan_control_make_reload (const char *command, const char *name, const char *more)
{
  const char *const parts[] = { command, name, more };
  GString *line = g_string_new (SAMPAN_CONTROL_RELOAD);

  for (size_t i = 0; i < G_N_ELEMENTS (parts) && parts[i] != NULL; i++)
    {
      g_autofree char *cut = g_strndup (parts[i], PART_MAX_BYTES);
      g_autofree char *part = g_uri_escape_string (cut, NULL, FALSE);

      g_string_append_printf (line, " %s", part);
    }
  return g_string_free (line, FALSE);
}

char **
sampan_control_parse_reload (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", RELOAD_WORDS);
  GPtrArray *parts;

  if (words[0] == NULL || strcmp (words[0], SAMPAN_CONTROL_RELOAD) != 0)
    return NULL;
  parts = g_ptr_array_new ();
  for (char **word = words + 1; *word != NULL; word++)
    {
      char *part = g_uri_unescape_string (*word, NULL);

      g_ptr_array_add (parts, part != NULL ? part : g_strdup (*word));
    }
  g_ptr_array_add (parts, NULL);
  return (char **)g_ptr_array_free (parts, FALSE);
}

/* FALSE without error: nobody listens. */
static bool
call_connect (GSocket *socket, const char *state_dir, int folder_fd, GError **error)
{
  g_autoptr (GSocketAddress) address = make_address (state_dir, folder_fd);
  g_autoptr (GError) local_error = NULL;

  if (g_socket_connect (socket, address, NULL, &local_error))
    return true;
  if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) &&
      !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return false;
}

static bool
call_send (GSocket *socket, const char *line, GError **error)
{
  g_autofree char *request = g_strconcat (line, "\n", NULL);
  gssize n = g_socket_send (socket, request, strlen (request), NULL, error);

  if (n == (gssize)strlen (request))
    return true;
  if (n >= 0) /* a fresh socket's buffer holds many lines */
    g_set_error_literal (error, SAMPAN_ERROR, SAMPAN_ERROR_DISCONNECTED, "The request was cut");
  return false;
}

static char *
call_receive (GSocket *socket, GError **error)
{
  int64_t deadline_us = g_get_monotonic_time () + CALL_TIMEOUT_SECS * G_USEC_PER_SEC;
  g_autoptr (GString) reply = g_string_new (NULL);
  char part[1024];

  for (;;)
    {
      int64_t left_us = MAX (deadline_us - g_get_monotonic_time (), 0);
      gssize n;

      if (!g_socket_condition_timed_wait (socket, G_IO_IN, left_us, NULL, error))
        return NULL;
      n = g_socket_receive (socket, part, sizeof part, NULL, error);
      if (n < 0)
        return NULL;
      g_string_append_len (reply, part, n);
      if (reply->len > 0 && reply->str[reply->len - 1] == '\n')
        break;
      if (n == 0 || reply->len > REPLY_MAX_BYTES)
        {
          g_set_error_literal (error,
                               SAMPAN_ERROR,
                               SAMPAN_ERROR_DISCONNECTED,
                               "The server closed the control connection without an answer");
          return NULL;
        }
    }
  g_string_truncate (reply, reply->len - 1);
  return g_string_free (g_steal_pointer (&reply), FALSE);
}

static char *
call_over_folder (const char *state_dir, int folder_fd, const char *line, GError **error)
{
  g_autoptr (GSocket) socket = make_socket (error);

  if (socket == NULL)
    return NULL;
  g_socket_set_timeout (socket, CALL_TIMEOUT_SECS);
  if (!call_connect (socket, state_dir, folder_fd, error) || !call_send (socket, line, error))
    return NULL;
  return call_receive (socket, error);
}

bool
sampan_control_keep_out (int folder_fd, int *lock_fd, GError **error)
{
  *lock_fd = openat (folder_fd, LOCK_NAME, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (*lock_fd < 0 && errno == ENOENT)
    return true;
  if (*lock_fd >= 0 && flock (*lock_fd, LOCK_EX | LOCK_NB) == 0)
    return true;
  if (*lock_fd >= 0 && errno == EWOULDBLOCK)
    g_set_error_literal (error,
                         SAMPAN_ERROR,
                         SAMPAN_ERROR_EXISTS,
                         "A server runs on this state directory: stop it first");
  else
    sampan_error_set_from_errno (error, errno, "Cannot lock %s", LOCK_NAME);
  if (*lock_fd >= 0)
    g_close (*lock_fd, NULL);
  *lock_fd = -1;
  return false;
}

char *
sampan_control_call (const char *state_dir, const char *line, GError **error)
{
  int folder_fd = open_folder (state_dir);
  char *reply;

  if (folder_fd < 0)
    {
      if (errno != ENOENT)
        sampan_error_set_from_errno (error, errno, "State directory");
      return NULL;
    }
  reply = call_over_folder (state_dir, folder_fd, line, error);
  g_close (folder_fd, NULL);
  return reply;
}
