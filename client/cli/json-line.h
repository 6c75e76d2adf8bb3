/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One flat JSON object on one line, written member by member. Strings come out as valid UTF-8 with
 * everything escaped that could move a terminal's cursor or reorder its text. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

G_BEGIN_DECLS

typedef struct
{
  GString *text;
} JsonLine;

#define JSON_LINE_INIT                                                                             \
  {                                                                                                \
    NULL                                                                                           \
  }

/* KEY is a literal that needs no escaping. VALUE must be valid UTF-8. */
void json_line_add_string (JsonLine *self, const char *key, const char *value);
/* Bytes from elsewhere: KEY gets the display form; if they are not UTF-8, KEY_bytes gets them in
 * base64. */
void json_line_add_bytes (JsonLine *self, const char *key, const char *bytes);
void json_line_add_hex (JsonLine *self, const char *key, const uint8_t *bytes, size_t length);
void json_line_add_uint (JsonLine *self, const char *key, uint64_t value);
void json_line_add_int (JsonLine *self, const char *key, int64_t value);
/* The object without a line end; borrowed. Nothing may be added after it. */
const char *json_line_end (JsonLine *self);
/* Ends the object, writes it and a line end to STREAM. */
void json_line_print (JsonLine *self, FILE *stream);
void json_line_clear (JsonLine *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JsonLine, json_line_clear)

G_END_DECLS
