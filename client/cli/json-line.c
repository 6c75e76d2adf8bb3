/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One flat JSON object on one line. */

#include "config.h"

#include "json-line.h"

#include "escape.h"

#include <inttypes.h>
#include <string.h>

#define BMP_LAST 0xffff /* the last character that one \\u escape can name */

static bool
needs_escape (gunichar c)
{
  if (c == '"' || c == '\\')
    return true;
  if (c > BMP_LAST)
    return false;
  switch ((int)g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return true;
    default:
      return false;
    }
}

static void
append_quoted (GString *text, const char *value)
{
  g_string_append_c (text, '"');
  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (needs_escape (c))
        g_string_append_printf (text, "\\u%04x", c);
      else
        g_string_append_unichar (text, c);
    }
  g_string_append_c (text, '"');
}

static void
begin_member (JsonLine *self, const char *key)
{
  if (self->text == NULL)
    self->text = g_string_new ("{");
  else
    g_string_append_c (self->text, ',');
  g_string_append_printf (self->text, "\"%s\":", key);
}

void
json_line_add_string (JsonLine *self, const char *key, const char *value)
{
  begin_member (self, key);
  append_quoted (self->text, value);
}

void
json_line_add_bytes (JsonLine *self, const char *key, const char *bytes)
{
  g_autofree char *display = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *bytes_key = NULL;

  if (g_utf8_validate (bytes, -1, NULL))
    {
      json_line_add_string (self, key, bytes);
      return;
    }
  display = sampan_display_name (bytes, -1);
  json_line_add_string (self, key, display);
  bytes_key = g_strconcat (key, "_bytes", NULL);
  base64 = g_base64_encode ((const guchar *)bytes, strlen (bytes));
  json_line_add_string (self, bytes_key, base64);
}

void
json_line_add_hex (JsonLine *self, const char *key, const uint8_t *bytes, size_t length)
{
  begin_member (self, key);
  g_string_append_c (self->text, '"');
  for (size_t i = 0; i < length; i++)
    g_string_append_printf (self->text, "%02x", bytes[i]);
  g_string_append_c (self->text, '"');
}

void
json_line_add_uint (JsonLine *self, const char *key, uint64_t value)
{
  begin_member (self, key);
  g_string_append_printf (self->text, "%" PRIu64, value);
}

void
json_line_add_int (JsonLine *self, const char *key, int64_t value)
{
  begin_member (self, key);
  g_string_append_printf (self->text, "%" PRId64, value);
}

const char *
json_line_end (JsonLine *self)
{
  if (self->text == NULL)
    self->text = g_string_new ("{");
  g_string_append_c (self->text, '}');
  return self->text->str;
}

void
json_line_print (JsonLine *self, FILE *stream)
{
  json_line_end (self);
  fputs (self->text->str, stream);
  fputc ('\n', stream);
}

void
json_line_clear (JsonLine *self)
{
  if (self->text != NULL)
    g_string_free (g_steal_pointer (&self->text), TRUE);
}
