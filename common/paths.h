/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Canonical remote paths and names.
 *
 * A path is bytes: components joined by '/', no leading or trailing slash, no empty, "." or ".."
 * component, no NUL; "" is the root. There is one canonical form, decided here once; the rights
 * check and the I/O use the same object. Other bytes (newline, ESC, invalid UTF-8) are legal and
 * must be escaped for display (escape.h). Immutable, reference-counted, safe to share between
 * threads. */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _SampanPath SampanPath;

/* Fails with SAMPAN_ERROR_BAD_NAME: not canonical, above SAMPAN_PATH_MAX, SAMPAN_NAME_MAX or
 * SAMPAN_DEPTH_MAX. */
SampanPath *
sampan_path_new (const uint8_t *bytes, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From what a person typed: drops leading, trailing and doubled slashes and "." and resolves ".."
 * against BASE (nullable: the root) as a shell would; never climbs above the root. */
SampanPath *sampan_path_new_relative (const SampanPath *base,
                                      const char *typed,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
SampanPath *sampan_path_new_root (void);
SampanPath *sampan_path_ref (const SampanPath *self);
void sampan_path_unref (SampanPath *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SampanPath, sampan_path_unref)

/* NUL-terminated canonical bytes, borrowed. */
const char *sampan_path_get (const SampanPath *self);
size_t sampan_path_get_length (const SampanPath *self);
unsigned int sampan_path_get_depth (const SampanPath *self); /* 0 for the root */
bool sampan_path_is_root (const SampanPath *self);
/* The last component, borrowed; "" for the root. */
const char *sampan_path_get_name (const SampanPath *self);
/* New reference; NULL for the root. */
SampanPath *sampan_path_get_parent (const SampanPath *self);
/* Fails with SAMPAN_ERROR_BAD_NAME as sampan_path_new(). */
SampanPath *sampan_path_get_child (const SampanPath *self,
                                   const char *name,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Cuts the first component (the share) off: returns it (free with g_free) and stores what is below
 * it in *below (new reference). NULL for the root. */
char *sampan_path_split_share (const SampanPath *self, SampanPath **below);
bool sampan_path_equal (const SampanPath *a, const SampanPath *b);
/* Whether SELF is ANCESTOR or lies below it. */
bool sampan_path_is_below (const SampanPath *self, const SampanPath *ancestor);

/* One component: 1 to SAMPAN_NAME_MAX bytes, no '/', no NUL, not "." or "..". */
bool sampan_name_is_valid (const uint8_t *bytes, size_t length);

G_END_DECLS
