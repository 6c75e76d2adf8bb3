/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The shared list of saved servers. */

#include "config.h"

#include "server-store.h"

#include "keyring.h"
#include "saved-servers.h"
#include "sentence-name.h"

#include <glib/gi18n.h>

struct _SampanServerStore
{
  GObject parent_instance;

  GListStore *servers; /* of SampanSavedServer */
  GThreadPool *writer; /* one thread: changes are written in their order */
  char *problem;       /* nullable */
};

G_DEFINE_FINAL_TYPE (SampanServerStore, sampan_server_store, G_TYPE_OBJECT)

static guint failed_signal;

/* ---- writing ---- */

/* Of SERVER and REPLACED one may be NULL: then the other is forgotten, or just put. */
typedef struct
{
  GWeakRef store;
  SampanSavedServer *server;
  SampanSavedServer *replaced;
  GError *error;
} Change;

static gboolean
written_cb (gpointer user_data)
{
  Change *change = user_data;
  g_autoptr (SampanServerStore) self = g_weak_ref_get (&change->store);
  g_autofree char *text = NULL;

  if (change->error != NULL && self != NULL)
    {
      g_message ("saved servers: %s", change->error->message);
      text = g_strdup_printf (_ ("The list of servers could not be saved: %s"),
                              sampan_error_get_text (change->error));
      g_signal_emit (self, failed_signal, 0, text);
    }
  g_weak_ref_clear (&change->store);
  g_clear_object (&change->server);
  g_clear_object (&change->replaced);
  g_clear_error (&change->error);
  g_free (change);
  return G_SOURCE_REMOVE;
}

static void
write_thread (gpointer data, gpointer user_data)
{
  Change *change = data;
  bool ok = change->server != NULL
                ? sampan_saved_servers_put (change->server, change->replaced, &change->error)
                : sampan_saved_servers_forget (change->replaced, &change->error);

  (void)ok;
  g_idle_add (written_cb, change);
}

static void
write_change (SampanServerStore *self, SampanSavedServer *server, SampanSavedServer *replaced)
{
  Change *change = g_new0 (Change, 1);

  g_weak_ref_init (&change->store, self);
  g_set_object (&change->server, server);
  g_set_object (&change->replaced, replaced);
  g_thread_pool_push (self->writer, change, NULL);
}

/* ---- the list ---- */

static void
take_out (SampanServerStore *self, SampanSavedServer *server)
{
  guint position;

  if (server != NULL && g_list_store_find (self->servers, server, &position))
    g_list_store_remove (self->servers, position);
}

static int
compare_by_use (gconstpointer a, gconstpointer b, gpointer user_data)
{
  int64_t first = sampan_saved_server_get_last_used_us ((SampanSavedServer *)a);
  int64_t second = sampan_saved_server_get_last_used_us ((SampanSavedServer *)b);

  return first == second ? 0 : first > second ? -1 : 1;
}

/* REPLACED and what is there of the same account go. */
static void
put (SampanServerStore *self, SampanSavedServer *server, SampanSavedServer *replaced)
{
  SampanSavedServer *same = sampan_server_store_find (self,
                                                      sampan_saved_server_get_host (server),
                                                      sampan_saved_server_get_port (server),
                                                      sampan_saved_server_get_user (server));

  write_change (self, server, replaced);
  if (same != replaced)
    take_out (self, same);
  take_out (self, replaced);
  g_list_store_insert_sorted (self->servers, server, compare_by_use, NULL);
}

/* SERVER with another KEEPS_PASSWORD, if it is still there. */
static void
set_keeps_password (SampanServerStore *self, SampanSavedServer *server, bool keeps_password)
{
  SampanSavedServer *there = sampan_server_store_find (self,
                                                       sampan_saved_server_get_host (server),
                                                       sampan_saved_server_get_port (server),
                                                       sampan_saved_server_get_user (server));
  g_autoptr (SampanSavedServer) changed = NULL;

  if (there == NULL || sampan_saved_server_get_keeps_password (there) == keeps_password)
    return;
  changed = sampan_saved_server_new (sampan_saved_server_get_name (there),
                                     sampan_saved_server_get_host (there),
                                     sampan_saved_server_get_port (there),
                                     sampan_saved_server_get_user (there),
                                     keeps_password,
                                     sampan_saved_server_get_last_used_us (there));
  put (self, changed, there);
}

/* ---- the keyring ---- */

typedef struct
{
  SampanServerStore *store;
  SampanSavedServer *server;
} Keeping;

static Keeping *
keeping_new (SampanServerStore *store, SampanSavedServer *server)
{
  Keeping *keeping = g_new (Keeping, 1);

  keeping->store = g_object_ref (store);
  keeping->server = g_object_ref (server);
  return keeping;
}

static void
keeping_free (Keeping *keeping)
{
  g_object_unref (keeping->store);
  g_object_unref (keeping->server);
  g_free (keeping);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keeping, keeping_free)

static void
password_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Keeping) keeping = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (sampan_keyring_store_finish (result, &error))
    {
      set_keeps_password (keeping->store, keeping->server, true);
      return;
    }
  g_message ("keyring: %s", error->message);
  /* Translators: %s is a sentence that says why. */
  text = g_strdup_printf (_ ("The password was not kept. %s You will be asked for it next time."),
                          sampan_keyring_get_text (error));
  g_signal_emit (keeping->store, failed_signal, 0, text);
}

static void
password_forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Keeping) keeping = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (sampan_keyring_forget_finish (result, &error))
    return;
  g_message ("keyring: %s", error->message);
  /* Translators: %s is a sentence that says why. */
  text = g_strdup_printf (_ ("The password may still be in the keyring. %s"),
                          sampan_keyring_get_text (error));
  g_signal_emit (keeping->store, failed_signal, 0, text);
}

static void
keep_password (SampanServerStore *self, SampanSavedServer *server, const SampanSecret *password)
{
  g_autofree char *host = sampan_sentence_name (sampan_saved_server_get_host (server), -1);
  /* Translators: how a password is called in the keyring: the account, then the server. */
  g_autofree char *label =
      g_strdup_printf (_ ("Sampan: %s on %s"), sampan_saved_server_get_user (server), host);

  sampan_keyring_store_async (server,
                              label,
                              password,
                              NULL,
                              password_stored_cb,
                              keeping_new (self, server));
}

static void
drop_password (SampanServerStore *self, SampanSavedServer *server)
{
  if (sampan_saved_server_get_keeps_password (server))
    sampan_keyring_forget_async (server, NULL, password_forgotten_cb, keeping_new (self, server));
}

/* ---- the object ---- */

static void
sampan_server_store_finalize (GObject *object)
{
  SampanServerStore *self = SAMPAN_SERVER_STORE (object);

  g_thread_pool_free (self->writer, FALSE, TRUE);
  g_object_unref (self->servers);
  g_free (self->problem);
  G_OBJECT_CLASS (sampan_server_store_parent_class)->finalize (object);
}

static void
sampan_server_store_class_init (SampanServerStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_server_store_finalize;
  failed_signal = g_signal_new ("failed",
                                SAMPAN_TYPE_SERVER_STORE,
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                1,
                                G_TYPE_STRING);
}

static void
load (SampanServerStore *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = sampan_saved_servers_load (&error);

  if (servers == NULL)
    /* Translators: %s names the file and says what is wrong. */
    self->problem = g_strdup_printf (_ ("The list of servers cannot be read. %s"), error->message);
  else
    g_list_store_splice (self->servers, 0, 0, servers->pdata, servers->len);
}

static void
sampan_server_store_init (SampanServerStore *self)
{
  self->servers = g_list_store_new (SAMPAN_TYPE_SAVED_SERVER);
  self->writer = g_thread_pool_new (write_thread, NULL, 1, FALSE, NULL);
  load (self);
}

/* ---- public API ---- */

SampanServerStore *
sampan_server_store_new (void)
{
  return g_object_new (SAMPAN_TYPE_SERVER_STORE, NULL);
}

GListModel *
sampan_server_store_get_servers (SampanServerStore *self)
{
  return G_LIST_MODEL (self->servers);
}

const char *
sampan_server_store_get_problem (SampanServerStore *self)
{
  return self->problem;
}

SampanSavedServer *
sampan_server_store_find (SampanServerStore *self,
                          const char *host,
                          uint16_t port,
                          const char *user)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->servers)); i++)
    {
      g_autoptr (SampanSavedServer) server =
          g_list_model_get_item (G_LIST_MODEL (self->servers), i);

      if (sampan_saved_server_is (server, host, port, user))
        return server; /* the list has its own reference */
    }
  return NULL;
}

SampanSavedServer *
sampan_server_store_get_last (SampanServerStore *self)
{
  g_autoptr (SampanSavedServer) last = g_list_model_get_item (G_LIST_MODEL (self->servers), 0);

  return last;
}

void
sampan_server_store_remember (SampanServerStore *self,
                              const char *host,
                              uint16_t port,
                              const char *user,
                              const SampanSecret *password)
{
  SampanSavedServer *there = sampan_server_store_find (self, host, port, user);
  bool kept = there != NULL && sampan_saved_server_get_keeps_password (there);
  g_autoptr (SampanSavedServer) server =
      sampan_saved_server_new (there != NULL ? sampan_saved_server_get_name (there) : NULL,
                               host,
                               port,
                               user,
                               kept && password != NULL,
                               g_get_real_time ());

  if (kept && password == NULL)
    drop_password (self, there);
  put (self, server, there);
  if (password != NULL)
    keep_password (self, server, password);
}

void
sampan_server_store_edit (SampanServerStore *self,
                          SampanSavedServer *server,
                          const char *name,
                          const char *host,
                          uint16_t port,
                          const char *user)
{
  bool same = sampan_saved_server_is (server, host, port, user);
  SampanSavedServer *other = sampan_server_store_find (self, host, port, user);
  g_autoptr (SampanSavedServer) edited =
      sampan_saved_server_new (name,
                               host,
                               port,
                               user,
                               same && sampan_saved_server_get_keeps_password (server),
                               sampan_saved_server_get_last_used_us (server));

  if (!same)
    drop_password (self, server);
  if (!same && other != NULL)
    drop_password (self, other);
  put (self, edited, server);
}

void
sampan_server_store_forget_password (SampanServerStore *self, SampanSavedServer *server)
{
  drop_password (self, server);
  set_keeps_password (self, server, false);
}

void
sampan_server_store_forget (SampanServerStore *self, SampanSavedServer *server)
{
  drop_password (self, server);
  write_change (self, NULL, server);
  take_out (self, server);
}
