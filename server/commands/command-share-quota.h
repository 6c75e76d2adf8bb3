/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand share quota. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

int sampan_command_share_quota (int argc, char **argv);

G_END_DECLS
