/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A box on the network. */

#include "config.h"

#include "found-box.h"

#include "escape.h"

#include <stdbool.h>
#include <string.h>

#define HOST_MAX_BYTES 253 /* of a name in the DNS */

struct _SampanFoundBox
{
  GObject parent_instance;

  char *name;
  char *host; /* nullable */
  char *address;
  uint16_t port;
  bool host_works;
};

G_DEFINE_TYPE (SampanFoundBox, sampan_found_box, G_TYPE_OBJECT)

static void
sampan_found_box_finalize (GObject *object)
{
  SampanFoundBox *self = SAMPAN_FOUND_BOX (object);

  g_free (self->name);
  g_free (self->host);
  g_free (self->address);
  G_OBJECT_CLASS (sampan_found_box_parent_class)->finalize (object);
}

static void
sampan_found_box_class_init (SampanFoundBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sampan_found_box_finalize;
}

static void
sampan_found_box_init (SampanFoundBox *self)
{
}

/* What a person may see in the address field and what a resolver is asked for: a name of this
 * network, and none that leads elsewhere. */
static bool
is_local_host (const char *host)
{
  size_t length = strspn (host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");

  return length > 0 && length <= HOST_MAX_BYTES && host[length] == '\0' &&
         g_ascii_isalnum (host[0]) && g_str_has_suffix (host, ".local");
}

SampanFoundBox *
sampan_found_box_new (const char *name, const char *host, uint16_t port, const char *address)
{
  SampanFoundBox *self = g_object_new (SAMPAN_TYPE_FOUND_BOX, NULL);

  self->name = sampan_display_name (name, -1);
  self->host = is_local_host (host) ? g_strdup (host) : NULL;
  self->address = g_strdup (address);
  self->port = port;
  return self;
}

const char *
sampan_found_box_get_name (SampanFoundBox *self)
{
  return self->name;
}

const char *
sampan_found_box_get_host (SampanFoundBox *self)
{
  return self->host;
}

uint16_t
sampan_found_box_get_port (SampanFoundBox *self)
{
  return self->port;
}

const char *
sampan_found_box_get_address (SampanFoundBox *self)
{
  return self->address;
}

const char *
sampan_found_box_get_target (SampanFoundBox *self)
{
  return self->host_works ? self->host : self->address;
}

void
sampan_found_box_set_host_works (SampanFoundBox *self)
{
  self->host_works = self->host != NULL;
}
