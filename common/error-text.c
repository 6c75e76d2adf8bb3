/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person reads, and what a log says, for each error. */

#include "config.h"

#include "errors.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

typedef struct
{
  const char *word;
  const char *text;
} Wording;

static const Wording wordings[SAMPAN_ERROR_LAST + 1] = {
  [SAMPAN_ERROR_FAILED] = { "failed",
                            N_ ("Something went wrong. Try again; if it stays, the server’s log "
                                "says more.") },
  [SAMPAN_ERROR_PROTOCOL] = { "protocol",
                              N_ ("The two programs do not understand each other. Check that "
                                  "address and port are those of a Sampan server and that both "
                                  "ends are up to date.") },
  [SAMPAN_ERROR_UNREACHABLE] = { "unreachable",
                                 N_ ("The server does not answer. Check the address, the port "
                                     "and the network.") },
  [SAMPAN_ERROR_DISCONNECTED] = { "disconnected",
                                  N_ ("The connection to the server broke. Try again.") },
  [SAMPAN_ERROR_LOGIN_REFUSED] = { "login-refused", N_ ("The name or the password is wrong.") },
  [SAMPAN_ERROR_INTERCEPTED] = { "intercepted",
                                 N_ ("The password is right, but somebody sits between this "
                                     "computer and the server. Nothing was sent. Do not try "
                                     "again on this network.") },
  [SAMPAN_ERROR_SERVER_CHANGED] = { "server-changed",
                                    N_ ("This is not the server that was here before. Ask who "
                                        "looks after it whether it was set up anew.") },
  [SAMPAN_ERROR_TRY_LATER] = { "try-later",
                               N_ ("The server takes no more right now. Wait a moment and try "
                                   "again.") },
  [SAMPAN_ERROR_SHUTTING_DOWN] = { "shutting-down",
                                   N_ ("The server is stopping. Try again when it is back.") },
  [SAMPAN_ERROR_NOT_FOUND] = { "not-found", N_ ("It is not there any more. Refresh the list.") },
  [SAMPAN_ERROR_NOT_ALLOWED] = { "not-allowed", N_ ("You are not allowed to do this here.") },
  [SAMPAN_ERROR_EXISTS] = { "exists",
                            N_ ("There is something of this name already. Replace it, choose "
                                "another name or skip it.") },
  [SAMPAN_ERROR_NOT_EMPTY] = { "not-empty",
                               N_ ("The folder is not empty. Remove it with all that it holds, "
                                   "or empty it first.") },
  [SAMPAN_ERROR_WRONG_KIND] = { "wrong-kind",
                                N_ ("This cannot be done with this kind of item: it is a folder "
                                    "where a file is needed or the other way round, or a link "
                                    "or a device.") },
  [SAMPAN_ERROR_BAD_NAME] = { "bad-name",
                              N_ ("This name cannot be used there. Choose another or a shorter "
                                  "one.") },
  [SAMPAN_ERROR_NO_SPACE] = { "no-space",
                              N_ ("There is not enough space. Free some and try again.") },
  [SAMPAN_ERROR_CHANGED] = { "changed",
                             N_ ("Somebody changed this file in the meantime. Refresh the list "
                                 "and look again.") },
  [SAMPAN_ERROR_UNSUPPORTED] = { "unsupported",
                                 N_ ("The server cannot do this. It may need an update.") },
  [SAMPAN_ERROR_IO] = { "io", N_ ("The disk reported a fault. Check it before you go on.") },
  [SAMPAN_ERROR_PASSWORD_NEEDED] = { "password-needed",
                                     N_ ("You logged in with a one-time code. Choose a password "
                                         "first.") },
  [SAMPAN_ERROR_TAKEN_OVER] = { "taken-over",
                                N_ ("The same file is being sent to the same place from elsewhere, "
                                    "and goes on there.") },
  [SAMPAN_ERROR_QUOTA] = { "quota",
                           N_ ("This is more than you may store here. Remove something, or ask "
                               "who looks after the server for more.") },
  [SAMPAN_ERROR_SESSION_ENDED] = { "session-ended",
                                   N_ ("The person who looks after the server ended this session. "
                                       "To go on, log in again.") },
};

static const Wording *
get_wording (int code)
{
  if (code < 1 || code > SAMPAN_ERROR_LAST)
    code = SAMPAN_ERROR_FAILED;
  return &wordings[code];
}

/* Where the words for what the box answers would mislead. NULL: they would not. */
static const char *
get_local_text (int code)
{
  switch (code)
    {
    case SAMPAN_ERROR_NOT_FOUND:
      return N_ ("It is not on this computer any more.");
    case SAMPAN_ERROR_NOT_ALLOWED:
      return N_ ("This computer does not let you read or write it. Check its permissions.");
    case SAMPAN_ERROR_EXISTS:
      return N_ ("There is something of this name on this computer already. Choose another folder "
                 "or replace it.");
    case SAMPAN_ERROR_BAD_NAME:
      return N_ ("This name cannot be used on this computer’s disk. Rename it on the box first.");
    case SAMPAN_ERROR_NO_SPACE:
      return N_ ("There is not enough space on this computer. Free some and try again.");
    case SAMPAN_ERROR_CHANGED:
      return N_ ("The file on this computer changed while it was read. Try again when nothing "
                 "writes to it.");
    case SAMPAN_ERROR_TRY_LATER:
      return N_ ("This computer takes no more right now. Wait a moment and try again.");
    case SAMPAN_ERROR_UNSUPPORTED:
      return N_ ("This computer’s disk cannot do this. Choose another folder.");
    case SAMPAN_ERROR_IO:
    case SAMPAN_ERROR_DISCONNECTED: /* of a disk that is a network's */
    case SAMPAN_ERROR_UNREACHABLE:
      return N_ ("This computer’s disk reported a fault. Check it before you go on.");
    default:
      return NULL;
    }
}

static SampanUnreachable
get_reason (const GError *error)
{
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE) &&
      !sampan_error_is_local (error))
    return (SampanUnreachable)sampan_error_get_detail (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return SAMPAN_UNREACHABLE_REFUSED;
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    return SAMPAN_UNREACHABLE_NO_HOST;
  return SAMPAN_UNREACHABLE_SILENT;
}

const char *
sampan_error_get_text (const GError *error)
{
  const char *local = sampan_error_is_local (error) ? get_local_text (error->code) : NULL;

  if (local != NULL)
    return g_dgettext (GETTEXT_PACKAGE, local);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return _ ("Cancelled.");
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOMEM))
    return _ ("This computer has not enough memory left for this. Close other programs and try "
              "again.");
  if (get_reason (error) == SAMPAN_UNREACHABLE_REFUSED)
    return _ ("Nothing listens at this address and port. Check both, and that the server runs.");
  if (get_reason (error) == SAMPAN_UNREACHABLE_NO_HOST)
    return _ ("There is no computer of this name on the network. Check the address.");
  if (g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED) &&
      sampan_error_get_detail (error) == SAMPAN_REFUSER_DISK)
    return _ ("The permissions on the server’s disk do not allow this. Ask who looks after it to "
              "check them.");
  return g_dgettext (GETTEXT_PACKAGE, get_wording ((int)sampan_error_to_code (error))->text);
}

char *
sampan_error_dup_text (const GError *error)
{
  uint64_t detail = sampan_error_get_detail (error);
  g_autofree char *size = g_format_size (detail);

  if (sampan_error_is_local (error) && error->code == SAMPAN_ERROR_LOGIN_REFUSED)
    /* Translators: %s is a word as it was typed. */
    return g_strdup_printf (_ ("“%s” is not one of the words of a one-time code. Check what you "
                               "typed."),
                            error->message);
  if (detail > 0 && error->code == SAMPAN_ERROR_QUOTA)
    /* Translators: %s is a size. */
    return g_strdup_printf (_ ("This is %s more than you may store here. Remove something, or ask "
                               "who looks after the server for more."),
                            size);
  if (detail > 0 && error->code == SAMPAN_ERROR_NO_SPACE)
    /* Translators: %s is a size. */
    return g_strdup_printf (_ ("There is not enough space: %s more is needed. Free some and try "
                               "again."),
                            size);
  if (detail > 0 && detail <= G_MAXINT && error->code == SAMPAN_ERROR_TRY_LATER)
    return g_strdup_printf (ngettext ("The server asks to wait %d second. Then try again.",
                                      "The server asks to wait %d seconds. Then try again.",
                                      (gulong)detail),
                            (int)detail);
  return g_strdup (sampan_error_get_text (error));
}

const char *
sampan_error_code_get_word (SampanErrorCode code)
{
  return get_wording ((int)code)->word;
}
