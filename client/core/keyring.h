/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The passwords that the desktop's keyring keeps (the Secret Service). On the caller's main
 * context; the keyring may ask the person to unlock it, so that any call may take long. A program
 * that was built without fails each with G_IO_ERROR_NOT_SUPPORTED. */

#pragma once

#include "errors.h"
#include "saved-server.h"
#include "secret.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* In place of what was there of that account. LABEL names it to who looks through the keyring. */
void sampan_keyring_store_async (SampanSavedServer *server,
                                 const char *label,
                                 const SampanSecret *password,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
bool sampan_keyring_store_finish (GAsyncResult *result, GError **error);

void sampan_keyring_look_up_async (SampanSavedServer *server,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* NULL with an error; SAMPAN_ERROR_NOT_FOUND if it is not there. */
SampanSecret *sampan_keyring_look_up_finish (GAsyncResult *result, GError **error);

/* That it was not there is no error. */
void sampan_keyring_forget_async (SampanSavedServer *server,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
bool sampan_keyring_forget_finish (GAsyncResult *result, GError **error);

/* What a person reads of any of these errors. Static. */
const char *sampan_keyring_get_text (const GError *error);

G_END_DECLS
