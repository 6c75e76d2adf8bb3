/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* sampand doctor: looks for what keeps people from using the server. */

#include "config.h"

#include "commands/commands.h"

#include "commands/command-utils.h"
#include "commands/doctor.h"
#include "commands/json-text.h"
#include "control.h"
#include "escape.h"

#include <sys/timex.h>

/* Before this program was written: a clock that lost its battery. */
#define EARLIEST_SECS 1735689600 /* 2025-01-01 */

static const struct
{
  const char *word;
  const char *shown;
} findings[] = {
  [SAMPAN_FINDING_OK] = { "ok", "ok     " },
  [SAMPAN_FINDING_WARNING] = { "warning", "warning" },
  [SAMPAN_FINDING_PROBLEM] = { "problem", "PROBLEM" },
};

void
sampan_doctor_report (SampanDoctor *self,
                      SampanFinding finding,
                      const char *what,
                      const char *cure,
                      const char *format,
                      ...)
{
  g_autoptr (GString) json = g_string_new ("{");
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->has_problem = self->has_problem || finding == SAMPAN_FINDING_PROBLEM;
  if (!self->as_json)
    {
      g_print ("%s  %s: %s\n", findings[finding].shown, what, text);
      if (cure != NULL)
        g_print ("         %s\n", cure);
      return;
    }
  sampan_json_add_string (json, "check", what);
  sampan_json_add_string (json, "finding", findings[finding].word);
  sampan_json_add_string (json, "text", text);
  if (cure != NULL)
    sampan_json_add_string (json, "cure", cure);
  else
    sampan_json_add_raw (json, "cure", "null");
  g_print ("%s}\n", json->str);
}

/* Opening it checks the whole file, and that the keys belong to it. */
static void
check_database (SampanDoctor *self)
{
  g_autoptr (GError) error = NULL;

  self->store = sampan_account_store_open (self->state_dir, false, &error);
  if (self->store != NULL)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_OK,
                          "database",
                          NULL,
                          "accounts and keys are sound and belong together");
  else
    sampan_doctor_report (
        self,
        SAMPAN_FINDING_PROBLEM,
        "database",
        g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_FOUND)
            ? "Name the server's state directory with --state, or set it up with 'sampand run'."
        : g_error_matches (error, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED)
            ? "Run this as the user who runs the server, or give the state directory to that user."
            : "Stop the server and put sampan.db and keys back from the same backup.",
        "%s",
        error->message);
}

static void
check_accounts (SampanDoctor *self)
{
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GArray) accounts = sampan_account_store_list (self->store, NULL);
  unsigned int able = 0;

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      const SampanAccount *account = &g_array_index (accounts, SampanAccount, i);
      bool is_void =
          account->one_time && account->expires_secs != 0 && account->expires_secs <= now;

      if (is_void && account->enabled)
        sampan_doctor_report (self,
                              SAMPAN_FINDING_WARNING,
                              "accounts",
                              "Invite again with 'sampand invite', or remove the account.",
                              "the one-time code of %s is void, and no password was chosen",
                              account->name);
      able += account->enabled && !is_void;
    }
  if (able > 0)
    sampan_doctor_report (self, SAMPAN_FINDING_OK, "accounts", NULL, "%u can log in", able);
  else
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          "accounts",
                          "Make one with 'sampand invite NAME' or 'sampand user add NAME'.",
                          "nobody can log in");
}

/* Times of files and the ends of invitations follow it. */
static void
check_clock (SampanDoctor *self)
{
  struct timex state = { 0 };
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *shown = sampan_command_format_time (now);

  if (now < EARLIEST_SECS)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          "clock",
                          "Set it, or switch a time service on: 'timedatectl set-ntp true'.",
                          "it says %s",
                          shown);
  else if (adjtimex (&state) == TIME_ERROR)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_WARNING,
                          "clock",
                          "Switch a time service on: 'timedatectl set-ntp true'.",
                          "it says %s, and nothing on this machine keeps it right",
                          shown);
  else
    sampan_doctor_report (self, SAMPAN_FINDING_OK, "clock", NULL, "it says %s", shown);
}

static void
check_server (SampanDoctor *self)
{
  g_autoptr (GError) error = NULL;

  self->status = sampan_control_call (self->state_dir, "status", &error);
  if (self->status != NULL)
    sampan_doctor_report (self, SAMPAN_FINDING_OK, "server", NULL, "it runs and answers");
  else if (error != NULL)
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          "server",
                          "Look at its log; if that says nothing, restart it.",
                          "it does not answer: %s",
                          error->message);
  else
    sampan_doctor_report (self,
                          SAMPAN_FINDING_PROBLEM,
                          "server",
                          "Start it with 'sampand run', or 'systemctl start sampand'.",
                          "none runs on this state directory");
}

int
sampan_command_doctor (int argc, char **argv)
{
  g_auto (SampanArguments) arguments = { 0 };
  const GOptionEntry entries[] = { SAMPAN_JSON_ENTRY (arguments), G_OPTION_ENTRY_NULL };
  SampanDoctor doctor = { 0 };

  if (!sampan_arguments_parse (&arguments, "doctor", "", entries, 0, argc, argv))
    return SAMPAN_EXIT_USAGE;
  doctor.as_json = arguments.as_json;
  doctor.state_dir = arguments.state;
  check_database (&doctor);
  check_server (&doctor);
  sampan_doctor_check_port (&doctor);
  if (doctor.store != NULL)
    {
      check_accounts (&doctor);
      sampan_doctor_check_shares (&doctor);
      sampan_doctor_check_disk (&doctor, "state directory", doctor.state_dir);
    }
  check_clock (&doctor);
  sampan_doctor_check_announcing (&doctor);
  sampan_account_store_close (doctor.store);
  g_free (doctor.status);
  return doctor.has_problem ? SAMPAN_EXIT_FAILED : SAMPAN_EXIT_DONE;
}
