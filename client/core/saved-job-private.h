/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the records of saved jobs begin with, for saved-job.c, which makes sense of them, and
 * saved-job-write.c. */

#pragma once

#define LOCAL_MAX_BYTES 16384 /* PATH_MAX four times: of what is joined more can be opened */
#define HOST_MAX_BYTES 255    /* of a name in the DNS */

/* The first byte; the numbers stay. */
enum
{
  KIND_ACCOUNT = 1,
  KIND_JOB,
  KIND_LOCAL,
  KIND_REMOTE,
  KIND_CHOSEN,
  KIND_STARTED,
  KIND_DECISION,
  KIND_ENDED,
  KIND_REQUEUED,
  KIND_OVER,
  KIND_PAUSED,
  KIND_HELD,
  KIND_MOVED,
};

enum
{
  JOB_UPLOAD = 0x01,
  JOB_KEEPS_PERMISSIONS = 0x02,
  JOB_FLAGS = JOB_UPLOAD | JOB_KEEPS_PERMISSIONS,
};
