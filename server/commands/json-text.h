/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The little JSON that the admin commands speak: writing members, and reading one flat object,
 * which is what the control socket answers. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Appends VALUE in quotes; bytes that are not UTF-8 become U+FFFD. ASCII controls are escaped. */
void sampan_json_append_string (GString *json, const char *value);

/* Append `"KEY":VALUE`, with a comma before it unless it is the first of its object. */
void sampan_json_add_string (GString *json, const char *key, const char *value);
void sampan_json_add_int (GString *json, const char *key, int64_t value);
void sampan_json_add_bool (GString *json, const char *key, bool value);
/* VALUE is JSON. */
void sampan_json_add_raw (GString *json, const char *key, const char *value);

/* VALUE: the text of a string, else the JSON as it stands (numbers, words, arrays, objects). */
typedef void (*SampanJsonFunc) (const char *key, const char *value, gpointer user_data);
/* FALSE: OBJECT is no JSON object, or deeper or larger than the control socket's. FUNC may have run
 * for the members before the fault. */
bool sampan_json_foreach (const char *object, SampanJsonFunc func, gpointer user_data);
/* The same for the items of an array; KEY is NULL. */
bool sampan_json_foreach_item (const char *array, SampanJsonFunc func, gpointer user_data);
/* The value of KEY, free with g_free; NULL: it is not there. */
char *sampan_json_find (const char *object, const char *key);

G_END_DECLS
