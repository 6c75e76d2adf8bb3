/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether the folders that are shared are there, can be used and have room. */

#include "config.h"

#include "commands/doctor.h"

#include "commands/share-health.h"
#include "escape.h"
#include "storage/share-mark.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FULL_BYTES (100 * 1000 * 1000) /* the next photo fails */
#define NEARLY_FULL_PERCENT 5

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

static SampanShareHealth
find_health (const SampanDoctor *self, const SampanShareRow *row)
{
  SampanShareHealth health = sampan_share_health_find (self->status, row->name);

  if (health == SAMPAN_SHARE_HEALTH_UNKNOWN && is_server_user (self) &&
      access (row->directory, W_OK) != 0)
    return SAMPAN_SHARE_HEALTH_READ_ONLY;
  return health;
}

static void
check_share (SampanDoctor *self, const SampanShareRow *row)
{
  g_autofree char *shown = sampan_escape (row->directory, -1, SAMPAN_PATH_MAX);
  g_autofree char *what = g_strdup_printf ("share %s", row->name);
  g_autofree char *cure = sampan_share_health_get_cure (self->state_dir, row);
  SampanShareHealth health;

  if (!check_folder (self, row, what, shown))
    return;
  health = find_health (self, row);
  if (health == SAMPAN_SHARE_HEALTH_CLOSED)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          cure,
                          "the running server could not open %s; its log says why, at "
                          "share-unavailable",
                          shown);
  else if (health != SAMPAN_SHARE_HEALTH_READ_ONLY)
    sampan_doctor_report (self, SAMPAN_FINDING_OK, what, NULL, "%s can be used", shown);
  else if (sampan_share_health_is_for_adding (self->store, row->name))
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          what,
                          cure,
                          "people may add to %s, but the server can only read it",
                          shown);
  else
    sampan_doctor_report (self, SAMPAN_FINDING_OK, what, NULL, "%s can be read", shown);
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
