/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand share trash: what stays of what was removed. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

int sampan_command_share_trash (int argc, char **argv);

G_END_DECLS
