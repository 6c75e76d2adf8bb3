/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where something is: sampan://USER@HOST[:PORT]/SHARE/PATH, percent-encoded as in RFC 3986; never a
 * password. Immutable boxed type. */

#pragma once

#include "errors.h"
#include "paths.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define SAMPAN_TYPE_REMOTE (sampan_remote_get_type ())
typedef struct _SampanRemote SampanRemote;
GType sampan_remote_get_type (void);

/* Fails with SAMPAN_ERROR_BAD_NAME, with a message that says which part is wrong. A password in it
 * is refused. The user may be missing. */
SampanRemote *sampan_remote_parse (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SampanRemote *
sampan_remote_new (const char *user, const char *host, uint16_t port, const SampanPath *path);
SampanRemote *sampan_remote_ref (SampanRemote *self);
void sampan_remote_unref (SampanRemote *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanRemote, sampan_remote_unref)

const char *sampan_remote_get_user (const SampanRemote *self); /* nullable */
const char *
sampan_remote_get_host (const SampanRemote *self); /* without the brackets of an IPv6 address */
uint16_t sampan_remote_get_port (const SampanRemote *self);
const SampanPath *sampan_remote_get_path (const SampanRemote *self);
/* Percent-encoded; free with g_free. */
char *sampan_remote_to_string (const SampanRemote *self);

G_END_DECLS
