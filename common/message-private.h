/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Fields that several messages share. Not for use outside the codec. */

#pragma once

#include "message.h"

G_BEGIN_DECLS

/* Writers refuse what the readers of the other end would: the writer then fails. */
void sampan_put_path (SampanWriter *writer, SampanBytes path);
bool sampan_get_path (SampanReader *reader, SampanBytes *path) G_GNUC_WARN_UNUSED_RESULT;

/* A valid component behind a u8 length. */
void sampan_put_name (SampanWriter *writer, SampanBytes name);
bool sampan_get_name (SampanReader *reader, SampanBytes *name) G_GNUC_WARN_UNUSED_RESULT;

void sampan_put_time (SampanWriter *writer, SampanTime time);
bool sampan_get_time (SampanReader *reader, SampanTime *time) G_GNUC_WARN_UNUSED_RESULT;

/* All of an entry but its name, which is last. */
void sampan_put_entry_facts (SampanWriter *writer, const SampanEntry *entry);
bool sampan_get_entry_facts (SampanReader *reader, SampanEntry *entry) G_GNUC_WARN_UNUSED_RESULT;

/* The nine rwx bits. */
void sampan_put_mode (SampanWriter *writer, uint16_t mode);
bool sampan_get_mode (SampanReader *reader, uint16_t *mode) G_GNUC_WARN_UNUSED_RESULT;

/* A u8 between FIRST and LAST. */
void sampan_put_enum (SampanWriter *writer, uint8_t value, uint8_t first, uint8_t last);
bool sampan_get_enum (SampanReader *reader, uint8_t *value, uint8_t first, uint8_t last)
    G_GNUC_WARN_UNUSED_RESULT;

/* A u8 with no bit outside KNOWN. */
void sampan_put_flags (SampanWriter *writer, uint8_t flags, uint8_t known);
bool
sampan_get_flags (SampanReader *reader, uint8_t *flags, uint8_t known) G_GNUC_WARN_UNUSED_RESULT;

/* A version that is all zero unless IS_USED: one encoding for each meaning. */
void sampan_put_expected_version (SampanWriter *writer,
                                  const uint8_t version[static SAMPAN_VERSION_LENGTH],
                                  bool is_used);
bool sampan_get_expected_version (SampanReader *reader,
                                  uint8_t version[static SAMPAN_VERSION_LENGTH],
                                  bool is_used) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
