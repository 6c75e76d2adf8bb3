/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The desktop app with the translations of the build tree, for tests in another language that run
 * before anything is installed. All else is the same. */

#include "config.h"

#include "sampan-main.h"

int
main (int argc, char **argv)
{
  return sampan_main (argc, argv, SAMPAN_BUILD_LOCALE_DIR);
}
