/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The desktop app with the translations of the build tree, for tests in another language that run
 * before anything is installed, or with those of SAMPAN_LOCALE_DIR. All else is the same. */

#include "config.h"

#include "sampan-main.h"

#include <glib.h>

int
main (int argc, char **argv)
{
  const char *given = g_getenv ("SAMPAN_LOCALE_DIR");

  return sampan_main (argc, argv, given != NULL ? given : SAMPAN_BUILD_LOCALE_DIR);
}
