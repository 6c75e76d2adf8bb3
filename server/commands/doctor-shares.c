/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether the folders that are shared are there, can be used and have room. */

#include "config.h"

#include "commands/doctor.h"

#include "commands/json-text.h"
#include "escape.h"
#include "storage/share-mark.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FULL_BYTES (100 * 1000 * 1000) /* the next photo fails */
#define NEARLY_FULL_PERCENT 5

typedef struct
{
  const char *name;
  bool is_closed; /* the running server says so */
} Search;

static void
look_at_share_cb (const char *key, const char *object, gpointer user_data)
{
  Search *search = user_data;
  g_autofree char *name = sampan_json_find (object, "name");
  g_autofree char *open = sampan_json_find (object, "open");

  if (g_strcmp0 (name, search->name) == 0 && g_strcmp0 (open, "false") == 0)
    search->is_closed = true;
}

/* Only the server itself knows what it could open: it may be another user. */
static bool
is_closed (const SampanDoctor *self, const char *name)
{
  Search search = { .name = name };
  g_autofree char *list = self->status != NULL ? sampan_json_find (self->status, "share_list")
                                               : NULL;

  return list != NULL && sampan_json_foreach_item (list, look_at_share_cb, &search) &&
         search.is_closed;
}

static bool
is_server_user (const SampanDoctor *self)
{
  struct stat state;

  return stat (self->state_dir, &state) == 0 && state.st_uid == geteuid ();
}

static void
report_missing (SampanDoctor *self, const char *what, const char *directory, int saved_errno)
{
  if (saved_errno == ENOENT)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          "Mount its disk or make the folder; else take the share away with "
                          "'sampand share remove'.",
                          "the folder %s is not there",
                          directory);
  else
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          "Let the server's user into all folders above it, or mount its disk.",
                          "the folder %s cannot be looked at: %s",
                          directory,
                          g_strerror (saved_errno));
}

/* Whether FOLDER could be used at all. */
static bool
check_folder (SampanDoctor *self, const SampanShareRow *row, const char *what, const char *shown)
{
  g_autoptr (GError) error = NULL;
  struct stat status;

  if (stat (row->directory, &status) != 0)
    {
      report_missing (self, what, shown, errno);
      return false;
    }
  if (!S_ISDIR (status.st_mode))
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          "Move it away and make a folder there, or share another one.",
                          "%s is no folder",
                          shown);
  else if (row->is_marked && !sampan_share_mark_check (row->directory, &row->mark, &error))
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          "Mount the right disk; if this folder is meant, say so with 'sampand "
                          "share accept'.",
                          "%s is not the folder that was shared",
                          shown);
  else if (is_server_user (self) && access (row->directory, R_OK | X_OK) != 0)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          "Give it to the server's user: 'chown -R'.",
                          "the server may not look into %s",
                          shown);
  else
    return true;
  return false;
}

static void
check_share (SampanDoctor *self, const SampanShareRow *row)
{
  g_autofree char *shown = sampan_escape (row->directory, -1, SAMPAN_PATH_MAX);
  g_autofree char *what = g_strdup_printf ("share %s", row->name);

  if (!check_folder (self, row, what, shown))
    return;
  if (is_closed (self, row->name))
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          "The server's log says why, at share-unavailable; give the folder to the "
                          "server's user, then restart the server.",
                          "the running server could not open %s",
                          shown);
  else if (is_server_user (self) && access (row->directory, W_OK) != 0)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_WARNING,
                          what,
                          "If people are to store things there, give it to the server's user: "
                          "'chown -R'.",
                          "%s can only be read",
                          shown);
  else
    sampan_doctor_report (self, SAMPAN_FINDING_OK, what, NULL, "%s can be used", shown);
  sampan_doctor_check_disk (self, what, row->directory);
}

void
sampan_doctor_check_disk (SampanDoctor *self, const char *what, const char *directory)
{
  static const char cure[] = "Free some space, or move the folder to a larger disk.";
  g_autofree char *size = NULL;
  struct statvfs space;
  uint64_t free_bytes;

  if (statvfs (directory, &space) != 0 || space.f_blocks == 0)
    return;
  free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
  size = g_format_size (free_bytes);
  if (free_bytes < FULL_BYTES)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          cure,
                          "the disk is full: %s left",
                          size);
  else if (space.f_bavail < space.f_blocks / 100 * NEARLY_FULL_PERCENT)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_WARNING,
                          what,
                          cure,
                          "the disk is nearly full: %s left",
                          size);
  else
    sampan_doctor_report (self, SAMPAN_FINDING_OK, what, NULL, "%s free", size);
}

void
sampan_doctor_check_shares (SampanDoctor *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sampan_account_store_list_shares (self->store, &error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    check_share (self, g_ptr_array_index (rows, i));
  if (rows == NULL)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          "shares",
                          "Stop the server and put sampan.db and keys back from the same backup.",
                          "they cannot be read: %s",
                          error->message);
  else if (rows->len == 0)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_WARNING,
                          "shares",
                          "Share a folder with 'sampand share add NAME DIRECTORY'.",
                          "there is none");
}
