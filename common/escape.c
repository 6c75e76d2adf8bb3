/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Making remote bytes fit to be seen. */

#include "config.h"

#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define FIRST_NON_ASCII 0x80
#define REPLACEMENT 0xfffd /* U+FFFD, REPLACEMENT CHARACTER */
#define CUT_MARK "..."

/* "\u{NNNN}" and its NUL; all characters that are escaped so are below U+10000. */
#define ESCAPE_SIZE 9

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* Characters that move the cursor, reorder text or break lines. */
static const Range unsafe_ranges[] = {
  { 0x0000, 0x001f }, /* C0 */
  { 0x007f, 0x009f }, /* DEL and C1 */
  { 0x061c, 0x061c }, /* Arabic letter mark */
  { 0x200e, 0x200f }, /* left-to-right and right-to-left marks */
  { 0x2028, 0x2029 }, /* line and paragraph separators */
  { 0x202a, 0x202e }, /* bidi embeddings and overrides */
  { 0x2066, 0x2069 }, /* bidi isolates */
};

static bool
is_unsafe (gunichar c)
{
  for (size_t i = 0; i < G_N_ELEMENTS (unsafe_ranges); i++)
    if (c >= unsafe_ranges[i].first && c <= unsafe_ranges[i].last)
      return true;
  return false;
}

/* The character at BYTES and how many bytes it takes; FALSE: the first byte is not UTF-8. */
static bool
next_character (const char *bytes, size_t length, gunichar *c, size_t *used)
{
  *used = 1;
  if ((uint8_t)bytes[0] < FIRST_NON_ASCII)
    {
      *c = (uint8_t)bytes[0];
      return true;
    }
  *c = g_utf8_get_char_validated (bytes, (gssize)length);
  if (*c == (gunichar)-1 || *c == (gunichar)-2)
    return false;
  *used = (size_t)g_unichar_to_utf8 (*c, NULL);
  return true;
}

static void
escape_character (gunichar c, char out[static ESCAPE_SIZE])
{
  if (c == '\n')
    g_strlcpy (out, "\\n", ESCAPE_SIZE);
  else if (c == '\t')
    g_strlcpy (out, "\\t", ESCAPE_SIZE);
  else if (c == '\\')
    g_strlcpy (out, "\\\\", ESCAPE_SIZE);
  else if (c < FIRST_NON_ASCII)
    g_snprintf (out, ESCAPE_SIZE, "\\x%02x", c);
  else
    g_snprintf (out, ESCAPE_SIZE, "\\u{%04x}", c);
}

static size_t
length_of (const char *bytes, gssize length)
{
  return length < 0 ? strlen (bytes) : (size_t)length;
}

char *
sampan_escape (const char *bytes, gssize length, size_t max_bytes)
{
  size_t left = length_of (bytes, length);
  GString *out = g_string_new (NULL);

  while (left > 0)
    {
      char escaped[ESCAPE_SIZE];
      const char *piece = bytes;
      size_t piece_length, used;
      gunichar c;

      if (!next_character (bytes, left, &c, &used))
        g_snprintf (escaped, sizeof escaped, "\\x%02x", (uint8_t)bytes[0]);
      else if (c == '\\' || is_unsafe (c))
        escape_character (c, escaped);
      else
        escaped[0] = '\0';
      if (escaped[0] != '\0')
        piece = escaped;
      piece_length = piece == escaped ? strlen (escaped) : used;

      if (max_bytes > 0 && piece_length > max_bytes - out->len)
        {
          g_string_append (out, CUT_MARK);
          break;
        }
      g_string_append_len (out, piece, (gssize)piece_length);
      bytes += used;
      left -= used;
    }
  return g_string_free (out, FALSE);
}

char *
sampan_display_name (const char *bytes, gssize length)
{
  size_t left = length_of (bytes, length);
  GString *out = g_string_new (NULL);

  while (left > 0)
    {
      size_t used;
      gunichar c;

      if (!next_character (bytes, left, &c, &used) || is_unsafe (c))
        c = REPLACEMENT;
      g_string_append_unichar (out, c);
      bytes += used;
      left -= used;
    }
  return g_string_free (out, FALSE);
}
