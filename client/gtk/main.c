/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The desktop app's entry point. */

#include "config.h"

#include "sampan-main.h"

int
main (int argc, char **argv)
{
  return sampan_main (argc, argv, SAMPAN_LOCALE_DIR);
}
