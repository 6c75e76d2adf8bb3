/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What main() does, with the folder of the translations as an argument, so that an uninstalled
 * build can be run in any language. */

#pragma once

/* Returns the exit status. */
int sampan_main (int argc, char **argv, const char *locale_dir);
