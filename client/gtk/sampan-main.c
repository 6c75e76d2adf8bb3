/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Sets up the process and runs the application. */

#include "config.h"

#include "sampan-main.h"

#include "application.h"
#include "secret.h"
#include "settings.h"

#include <glib/gi18n.h>
#include <locale.h>

int
sampan_main (int argc, char **argv, const char *locale_dir)
{
  g_autoptr (SampanApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  if (!sampan_crypto_init ())
    {
      g_printerr ("%s\n", _ ("The cryptography library does not work on this computer."));
      return 1;
    }
  if (!sampan_settings_init (&error))
    {
      /* Translators: %s says what is wrong. */
      g_printerr (_ ("sampan: No settings: %s\n"), error->message);
      return 1;
    }
  g_set_application_name (_ ("Sampan"));
  application = sampan_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
