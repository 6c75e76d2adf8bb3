/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Names for a second thing of the same name. */

#include "config.h"

#include "storage/free-name.h"

#include <glib.h>
#include <string.h>

#define EXTENSION_MAX_BYTES 32 /* longer ones are part of a sentence, not an extension */
#define NUMBER_MAX_DIGITS 6
#define ARCHIVE_EXTENSION ".tar" /* keeps its second extension: ".tar.gz" */

static const char *
find_extension (const char *name)
{
  const char *end = name + strlen (name);
  const char *dot = strrchr (name, '.');
  size_t archive_length = strlen (ARCHIVE_EXTENSION);

  if (dot == NULL || dot == name || end - dot > EXTENSION_MAX_BYTES || dot + 1 == end)
    return end;
  if ((size_t)(dot - name) > archive_length &&
      strncmp (dot - archive_length, ARCHIVE_EXTENSION, archive_length) == 0)
    return dot - archive_length;
  return dot;
}

/* "name (7)" goes on with (8). */
static void
take_number (SampanFreeName *self)
{
  size_t end = self->stem_length;
  size_t digits = 0;
  unsigned int number = 0;

  if (end < strlen ("x (2)") || self->name[end - 1] != ')')
    return;
  while (digits < end - 1 && g_ascii_isdigit (self->name[end - 2 - digits]))
    digits++;
  if (digits == 0 || digits > NUMBER_MAX_DIGITS || end < digits + strlen ("x ()"))
    return;
  if (strncmp (self->name + end - 1 - digits - 2, " (", 2) != 0)
    return;
  for (size_t i = end - 1 - digits; i < end - 1; i++)
    number = number * 10 + (unsigned int)(self->name[i] - '0');
  if (number < 2)
    return;
  self->stem_length = end - digits - strlen (" ()");
  self->number = number + 1;
}

void
sampan_free_name_init (SampanFreeName *self, const char *name, bool is_folder)
{
  self->name = name;
  self->extension = is_folder ? name + strlen (name) : find_extension (name);
  self->stem_length = (size_t)(self->extension - name);
  self->is_utf8 = g_utf8_validate (name, -1, NULL);
  self->number = 2;
  take_number (self);
}

void
sampan_free_name_next (SampanFreeName *self, char candidate[static SAMPAN_NAME_MAX + 1])
{
  char number[16];
  size_t tail_length, stem_length;

  g_snprintf (number, sizeof number, " (%u)", self->number++);
  tail_length = strlen (number) + strlen (self->extension);
  stem_length = MIN (self->stem_length, SAMPAN_NAME_MAX - tail_length);
  if (self->is_utf8)
    while (stem_length > 0 && ((uint8_t)self->name[stem_length] & 0xc0) == 0x80)
      stem_length--;
  g_snprintf (candidate,
              SAMPAN_NAME_MAX + 1,
              "%.*s%s%s",
              (int)stem_length,
              self->name,
              number,
              self->extension);
}
