/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The options of get and put. */

#include "config.h"

#include "transfer-batch.h"

#include <glib/gi18n.h>

char **
transfer_options_parse (TransferOptions *self, Cli *cli, const Command *command, char **argv)
{
  const GOptionEntry entries[] = {
    { "recursive",
      'r',
      0,
      G_OPTION_ARG_NONE,
      &self->recursive,
      N_ ("Folders with all that they hold"),
      NULL },
    { "permissions",
      'p',
      0,
      G_OPTION_ARG_NONE,
      &self->permissions,
      N_ ("Keep the permissions of files"),
      NULL },
    CONFLICT_OPTION (&self->on_conflict),
    { "verify",
      0,
      0,
      G_OPTION_ARG_NONE,
      &self->verify,
      N_ ("Compare both ends by hash afterwards"),
      NULL },
    { "resume",
      0,
      0,
      G_OPTION_ARG_NONE,
      &self->resume,
      N_ ("Begin even if the space seems too little: a part may be there already"),
      NULL },
    { NULL },
  };
  g_auto (GStrv) operands =
      command_parse (cli, command, entries, argv, cli->in_shell ? 1 : 2, COMMAND_ANY_NUMBER);

  if (operands == NULL || !conflict_policy_parse (cli, self->on_conflict, &self->policy))
    return NULL;
  return g_steal_pointer (&operands);
}

void
transfer_options_clear (TransferOptions *self)
{
  g_clear_pointer (&self->on_conflict, g_free);
}
