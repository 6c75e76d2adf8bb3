/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A saved server. */

#include "config.h"

#include "saved-server.h"

#include "remote.h"

#include <string.h>

struct _SampanSavedServer
{
  GObject parent_instance;

  char *name; /* nullable, never "" */
  char *host;
  char *user;
  uint16_t port;
  bool keeps_password;
  int64_t last_used_us;
};

G_DEFINE_TYPE (SampanSavedServer, sampan_saved_server, G_TYPE_OBJECT)

static void
sampan_saved_server_finalize (GObject *object)
{
  SampanSavedServer *self = SAMPAN_SAVED_SERVER (object);

  g_free (self->name);
  g_free (self->host);
  g_free (self->user);
  G_OBJECT_CLASS (sampan_saved_server_parent_class)->finalize (object);
}

static void
sampan_saved_server_class_init (SampanSavedServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_saved_server_finalize;
}

static void
sampan_saved_server_init (SampanSavedServer *self)
{
}

SampanSavedServer *
sampan_saved_server_new (const char *name,
                         const char *host,
                         uint16_t port,
                         const char *user,
                         bool keeps_password,
                         int64_t last_used_us)
{
  SampanSavedServer *self = g_object_new (SAMPAN_TYPE_SAVED_SERVER, NULL);

  self->name = name != NULL && *name != '\0' ? g_strdup (name) : NULL;
  self->host = g_ascii_strdown (host, -1);
  self->port = port;
  self->user = g_strdup (user);
  self->keeps_password = keeps_password;
  self->last_used_us = last_used_us;
  return self;
}

const char *
sampan_saved_server_get_name (SampanSavedServer *self)
{
  return self->name;
}

const char *
sampan_saved_server_get_host (SampanSavedServer *self)
{
  return self->host;
}

uint16_t
sampan_saved_server_get_port (SampanSavedServer *self)
{
  return self->port;
}

const char *
sampan_saved_server_get_user (SampanSavedServer *self)
{
  return self->user;
}

bool
sampan_saved_server_get_keeps_password (SampanSavedServer *self)
{
  return self->keeps_password;
}

int64_t
sampan_saved_server_get_last_used_us (SampanSavedServer *self)
{
  return self->last_used_us;
}

const char *
sampan_saved_server_get_title (SampanSavedServer *self)
{
  return self->name != NULL ? self->name : self->host;
}

char *
sampan_saved_server_dup_address (SampanSavedServer *self)
{
  g_autoptr (SampanPath) root = sampan_path_new_root ();
  g_autoptr (SampanRemote) remote = sampan_remote_new (self->user, self->host, self->port, root);

  return sampan_remote_to_string (remote);
}

bool
sampan_saved_server_is (SampanSavedServer *self, const char *host, uint16_t port, const char *user)
{
  return self->port == port && g_ascii_strcasecmp (self->host, host) == 0 &&
         strcmp (self->user, user) == 0;
}
