/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How an entry of a folder reads in the list. */

#include "config.h"

#include "entry-text.h"

#include "escape.h"

#include <glib/gi18n.h>
#include <string.h>

/* Different file name endings whose look is remembered; a hostile folder may have one for each
 * file. */
#define LOOKS_MAX 512

bool
sampan_entry_text_is_folder (const SampanFileInfo *info)
{
  return info->kind == SAMPAN_ENTRY_FOLDER || info->kind == SAMPAN_ENTRY_SHARE;
}

const char *
sampan_entry_text_get_name (const SampanFileInfo *info)
{
  const char *slash = strrchr (info->name, '/');

  return slash != NULL ? slash + 1 : info->name;
}

char *
sampan_entry_text_dup_folder (const SampanFileInfo *info, const char *top)
{
  const char *name = sampan_entry_text_get_name (info);
  g_autofree char *below = NULL;

  if (name == info->name)
    return g_strdup (top != NULL ? top : "");
  below = sampan_display_name (info->name, name - 1 - info->name);
  return top != NULL ? g_strconcat (top, "/", below, NULL) : g_steal_pointer (&below);
}

typedef struct
{
  GIcon *icon;
  char *description;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_object_unref (look->icon);
  g_free (look->description);
  g_free (look);
}

/* The desktop's own words, some of which begin with a small letter. */
static char *
dup_description (const char *type)
{
  g_autofree char *text = g_content_type_get_description (type);
  g_autofree char *first = g_utf8_substring (text, 0, 1);
  g_autofree char *capital = g_utf8_strup (first, -1);

  return g_strconcat (capital, text + strlen (first), NULL);
}

static const Look *
guess_look (const char *name)
{
  static GHashTable *looks;
  const char *dot = strrchr (name, '.');
  const char *ending = dot != NULL ? dot : "";
  g_autofree char *type = NULL;
  Look *look;

  if (looks == NULL)
    looks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, look_free);
  look = g_hash_table_lookup (looks, ending);
  if (look != NULL)
    return look;
  if (g_hash_table_size (looks) >= LOOKS_MAX)
    g_hash_table_remove_all (looks);
  type = g_content_type_guess (g_utf8_validate (name, -1, NULL) ? name : NULL, NULL, 0, NULL);
  look = g_new0 (Look, 1);
  look->icon = g_content_type_get_icon (type);
  look->description = dup_description (type);
  g_hash_table_insert (looks, g_strdup (ending), look);
  return look;
}

GIcon *
sampan_entry_text_get_icon (const SampanFileInfo *info)
{
  static GIcon *share, *folder, *link, *other;

  if (share == NULL)
    {
      share = g_themed_icon_new ("folder-remote");
      folder = g_themed_icon_new ("folder");
      link = g_themed_icon_new ("emblem-symbolic-link");
      other = g_themed_icon_new ("application-x-executable");
    }
  switch (info->kind)
    {
    case SAMPAN_ENTRY_SHARE:
      return share;
    case SAMPAN_ENTRY_FOLDER:
      return folder;
    case SAMPAN_ENTRY_SYMLINK:
      return link;
    case SAMPAN_ENTRY_OTHER:
      return other;
    case SAMPAN_ENTRY_FILE:
      break;
    }
  return guess_look (sampan_entry_text_get_name (info))->icon;
}

char *
sampan_entry_text_dup_size (const SampanFileInfo *info)
{
  switch (info->kind)
    {
    case SAMPAN_ENTRY_FILE:
      return g_format_size (info->size);
    case SAMPAN_ENTRY_SYMLINK:
      return g_strdup (_ ("Link"));
    case SAMPAN_ENTRY_FOLDER:
    case SAMPAN_ENTRY_SHARE:
    case SAMPAN_ENTRY_OTHER:
      break;
    }
  return g_strdup ("");
}

char *
sampan_entry_text_dup_type (const SampanFileInfo *info)
{
  switch (info->kind)
    {
    case SAMPAN_ENTRY_FOLDER:
      return g_strdup (_ ("Folder"));
    case SAMPAN_ENTRY_SHARE:
      return g_strdup (_ ("Share"));
    case SAMPAN_ENTRY_SYMLINK:
      return g_strdup (_ ("Link"));
    case SAMPAN_ENTRY_OTHER:
      return g_strdup (_ ("Special file"));
    case SAMPAN_ENTRY_FILE:
      break;
    }
  return g_strdup (guess_look (sampan_entry_text_get_name (info))->description);
}

static int
get_days_ago (GDateTime *then)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GDate today, that_day;

  g_date_clear (&today, 1);
  g_date_clear (&that_day, 1);
  g_date_set_dmy (&today,
                  (GDateDay)g_date_time_get_day_of_month (now),
                  (GDateMonth)g_date_time_get_month (now),
                  (GDateYear)g_date_time_get_year (now));
  g_date_set_dmy (&that_day,
                  (GDateDay)g_date_time_get_day_of_month (then),
                  (GDateMonth)g_date_time_get_month (then),
                  (GDateYear)g_date_time_get_year (then));
  return g_date_days_between (&that_day, &today);
}

static const char *
choose_format (GDateTime *then)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int days_ago = get_days_ago (then);

  if (days_ago == 0)
    /* Translators: g_date_time_format() of a moment today. */
    return _ ("Today %H:%M");
  if (days_ago == 1)
    /* Translators: g_date_time_format() of a moment yesterday. */
    return _ ("Yesterday %H:%M");
  if (g_date_time_get_year (then) == g_date_time_get_year (now))
    /* Translators: g_date_time_format() of a day this year. */
    return _ ("%-e %b");
  /* Translators: g_date_time_format() of a day in another year. */
  return _ ("%-e %b %Y");
}

char *
sampan_entry_text_dup_modified (const SampanFileInfo *info, bool full)
{
  g_autoptr (GDateTime) then = NULL;

  /* The root's shares carry no time of their own. */
  if (info->mtime.seconds == 0)
    return g_strdup ("");
  then = g_date_time_new_from_unix_local (info->mtime.seconds);
  if (then == NULL)
    return g_strdup ("");
  return g_date_time_format (then, full ? "%c" : choose_format (then));
}
