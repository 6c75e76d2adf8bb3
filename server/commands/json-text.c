/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The little JSON that the admin commands speak. */

#include "config.h"

#include "commands/json-text.h"

#include <string.h>

#define HEX_DIGITS 4 /* of \uNNNN */
#define FIRST_PRINTABLE 0x20
#define DELETE 0x7f

/* ---- Writing ---- */

void
sampan_json_append_string (GString *json, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  g_string_append_c (json, '"');
  for (const char *c = valid; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_printf (json, "\\%c", *c);
      else if ((unsigned char)*c < FIRST_PRINTABLE || *c == DELETE)
        g_string_append_printf (json, "\\u%04x", (unsigned int)(unsigned char)*c);
      else
        g_string_append_c (json, *c);
    }
  g_string_append_c (json, '"');
}

void
sampan_json_add_raw (GString *json, const char *key, const char *value)
{
  if (json->len > 0 && json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  sampan_json_append_string (json, key);
  g_string_append_c (json, ':');
  g_string_append (json, value);
}

void
sampan_json_add_string (GString *json, const char *key, const char *value)
{
  g_autoptr (GString) quoted = g_string_new (NULL);

  sampan_json_append_string (quoted, value);
  sampan_json_add_raw (json, key, quoted->str);
}

void
sampan_json_add_int (GString *json, const char *key, int64_t value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  sampan_json_add_raw (json, key, text);
}

void
sampan_json_add_bool (GString *json, const char *key, bool value)
{
  sampan_json_add_raw (json, key, value ? "true" : "false");
}

/* ---- Reading ---- */

static void
skip_space (const char **at)
{
  *at += strspn (*at, " \t\r\n");
}

static bool
take (const char **at, char expected)
{
  skip_space (at);
  if (**at != expected)
    return false;
  (*at)++;
  return true;
}

/* \uNNNN, *at behind the u. A lone surrogate or NUL becomes U+FFFD. */
static bool
read_hex (const char **at, GString *text)
{
  gunichar c = 0;

  for (int i = 0; i < HEX_DIGITS; i++, (*at)++)
    {
      int digit = g_ascii_xdigit_value (**at);

      if (digit < 0)
        return false;
      c = c << 4 | (gunichar)digit;
    }
  g_string_append_unichar (text, c != 0 && g_unichar_validate (c) ? c : 0xfffd);
  return true;
}

static bool
read_escape (const char **at, GString *text)
{
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  char c = *(*at)++;
  const char *name;

  if (c == 'u')
    return read_hex (at, text);
  name = c != '\0' ? strchr (names, c) : NULL;
  if (name == NULL)
    return false;
  g_string_append_c (text, meanings[name - names]);
  return true;
}

/* The text of a string; NULL: it is malformed. */
static char *
read_string (const char **at)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!take (at, '"'))
    return NULL;
  for (;;)
    {
      char c = *(*at)++;

      if (c == '"')
        return g_string_free (g_steal_pointer (&text), FALSE);
      if (c == '\\' ? !read_escape (at, text) : (unsigned char)c < FIRST_PRINTABLE)
        return NULL;
      if (c != '\\')
        g_string_append_c (text, c);
    }
}

/* An array or object as it stands: brackets are counted, strings are skipped. */
static char *
read_nested (const char **at)
{
  const char *start = *at;
  int depth = 0;

  do
    {
      char c = **at;

      if (c == '\0')
        return NULL;
      if (c == '"')
        {
          g_autofree char *skipped = read_string (at);

          if (skipped == NULL)
            return NULL;
          continue;
        }
      if (c == '[' || c == '{')
        depth++;
      if (c == ']' || c == '}')
        depth--;
      (*at)++;
    }
  while (depth > 0);
  return g_strndup (start, (gsize)(*at - start));
}

static char *
read_value (const char **at)
{
  size_t length;
  char *word;

  skip_space (at);
  if (**at == '"')
    return read_string (at);
  if (**at == '[' || **at == '{')
    return read_nested (at);
  length = strspn (*at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
  if (length == 0)
    return NULL;
  word = g_strndup (*at, length);
  *at += length;
  return word;
}

bool
sampan_json_foreach (const char *object, SampanJsonFunc func, gpointer user_data)
{
  const char *at = object;

  if (!take (&at, '{'))
    return false;
  if (take (&at, '}'))
    return *at == '\0';
  do
    {
      g_autofree char *key = read_string (&at);
      g_autofree char *value = NULL;

      if (key == NULL || !take (&at, ':'))
        return false;
      value = read_value (&at);
      if (value == NULL)
        return false;
      func (key, value, user_data);
    }
  while (take (&at, ','));
  return take (&at, '}') && *at == '\0';
}

bool
sampan_json_foreach_item (const char *array, SampanJsonFunc func, gpointer user_data)
{
  const char *at = array;

  if (!take (&at, '['))
    return false;
  if (take (&at, ']'))
    return *at == '\0';
  do
    {
      g_autofree char *value = read_value (&at);

      if (value == NULL)
        return false;
      func (NULL, value, user_data);
    }
  while (take (&at, ','));
  return take (&at, ']') && *at == '\0';
}

typedef struct
{
  const char *key;
  char *value;
} Search;

static void
compare_key (const char *key, const char *value, gpointer user_data)
{
  Search *search = user_data;

  if (search->value == NULL && strcmp (key, search->key) == 0)
    search->value = g_strdup (value);
}

char *
sampan_json_find (const char *object, const char *key)
{
  Search search = { key, NULL };

  (void)!sampan_json_foreach (object, compare_key, &search);
  return search.value;
}
