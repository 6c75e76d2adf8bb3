/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One remote file or folder as text or JSON. */

#include "config.h"

#include "entry-text.h"

#include "escape.h"
#include "json-line.h"
#include "output.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SIZE_COLUMN 12 /* "999.9 MB" and most sizes in bytes */
#define TIME_COLUMN 16 /* "2026-11-20 23:12" */
#define FIRST_UNSAFE_BYTE 0x7f

bool
entry_is_folder (const SampanFileInfo *info)
{
  return info->kind == SAMPAN_ENTRY_FOLDER || info->kind == SAMPAN_ENTRY_SHARE;
}

const char *
entry_kind_word (SampanEntryKind kind)
{
  switch (kind)
    {
    case SAMPAN_ENTRY_FILE:
      return "file";
    case SAMPAN_ENTRY_FOLDER:
      return "folder";
    case SAMPAN_ENTRY_SYMLINK:
      return "link";
    case SAMPAN_ENTRY_SHARE:
      return "share";
    case SAMPAN_ENTRY_OTHER:
    default:
      return "other";
    }
}

static const char *
right_word (SampanRight right)
{
  switch (right)
    {
    case SAMPAN_RIGHT_READ:
      return "read";
    case SAMPAN_RIGHT_ADD:
      return "add";
    case SAMPAN_RIGHT_CHANGE:
      return "change";
    case SAMPAN_RIGHT_NONE:
    default:
      return "none";
    }
}

/* Most names need no escaping; a listing of 100 000 should not allocate for each. */
static bool
is_plain (const char *name)
{
  for (; *name != '\0'; name++)
    if ((guchar)*name < ' ' || (guchar)*name >= FIRST_UNSAFE_BYTE || *name == '\\')
      return false;
  return true;
}

void
entry_text_print_name (const SampanFileInfo *info)
{
  if (is_plain (info->name))
    fputs (info->name, stdout);
  else
    {
      g_autofree char *shown = sampan_escape (info->name, -1, 0);

      fputs (shown, stdout);
    }
  fputs (entry_is_folder (info) ? "/\n" : "\n", stdout);
}

void
entry_text_print_long (const SampanFileInfo *info, bool exact)
{
  static const char letters[] = "?-dl?d"; /* by SampanEntryKind */
  g_autofree char *size = NULL;
  char when[OUTPUT_TIME_SIZE];

  if (entry_is_folder (info))
    size = g_strdup ("-");
  else if (exact)
    size = g_strdup_printf ("%" PRIu64, info->size);
  else
    size = g_format_size (info->size);
  printf ("%c %*s  %*s  ",
          letters[info->kind < sizeof letters - 1 ? info->kind : 0],
          SIZE_COLUMN + (int)strlen (size) - (int)g_utf8_strlen (size, -1),
          size,
          TIME_COLUMN,
          output_format_time (info->mtime.seconds, when));
  entry_text_print_name (info);
}

void
entry_text_print_all (const SampanFileInfo *info, const SampanRemote *remote)
{
  g_autofree char *name = sampan_escape (info->name, -1, 0);
  g_autofree char *uri = sampan_remote_to_string (remote);
  g_autofree char *size = g_format_size (info->size);
  char when[OUTPUT_TIME_SIZE];

  printf ("%s %s\n", _ ("Address:"), uri);
  if (name[0] != '\0')
    printf ("%s %s\n", _ ("Name:"), name);
  printf ("%s %s\n", _ ("Kind:"), entry_kind_word (info->kind));
  if (!entry_is_folder (info))
    printf ("%s %s (%" PRIu64 ")\n", _ ("Size:"), size, info->size);
  if (info->mtime.seconds != 0)
    printf ("%s %s\n", _ ("Changed:"), output_format_time (info->mtime.seconds, when));
  printf ("%s %s\n", _ ("Your right:"), right_word (info->right));
}

void
entry_text_print_json (const SampanFileInfo *info, const SampanRemote *remote)
{
  g_auto (JsonLine) line = JSON_LINE_INIT;

  json_line_add_bytes (&line, "name", info->name);
  if (remote != NULL)
    json_line_add_remote (&line, "uri", remote);
  json_line_add_string (&line, "kind", entry_kind_word (info->kind));
  json_line_add_uint (&line, "size", info->size);
  json_line_add_int (&line, "mtime", info->mtime.seconds);
  json_line_add_uint (&line, "mtime_nsec", info->mtime.nanoseconds);
  json_line_add_string (&line, "right", right_word (info->right));
  json_line_add_hex (&line, "version", info->version, sizeof info->version);
  json_line_print (&line, stdout);
}
