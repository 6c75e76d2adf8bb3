/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The record of a slot in the trash: what says where a thing is put back to. */

#include "config.h"

#include "fuzz.h"
#include "storage/trash-record.h"

#include <glib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t written[SAMPAN_TRASH_RECORD_MAX_BYTES];
  g_auto (SampanTrashRecord) record = { 0 };
  g_autoptr (SampanPath) again = NULL;

  if (!sampan_trash_record_decode (&record, data, size))
    {
      g_assert_null (record.path);
      return 0;
    }
  g_assert_cmpint (record.removed.tv_nsec, <=, SAMPAN_MTIME_NSEC_MAX);
  /* Canonical, whatever the file says; and the only file that says so. */
  again = sampan_path_new ((const uint8_t *)sampan_path_get (record.path),
                           sampan_path_get_length (record.path),
                           NULL);
  g_assert_nonnull (again);
  g_assert_cmpmem (written, sampan_trash_record_encode (&record, written), data, size);
  return 0;
}
