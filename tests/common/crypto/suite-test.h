/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests that run once with each cipher suite. */

#pragma once

#include "protocol.h"
#include <glib.h>
#include <stdbool.h>

typedef void (*SuiteTestFunc) (SampanSuite suite);

/* Adds PATH/chachapoly and PATH/aesgcm; the latter is skipped where the hardware cannot do it. */
void add_suite_test (const char *path, SuiteTestFunc run);
/* FALSE, and the running test is marked as skipped: this machine cannot do SUITE. */
bool suite_or_skip (SampanSuite suite);
