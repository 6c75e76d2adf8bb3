/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where mv, cp and put go to: into a folder under the old names, or to one new name. */

#pragma once

#include "remote-look.h"

G_BEGIN_DECLS

typedef struct
{
  SampanSession *session; /* borrowed from the pool */
  SampanRemote *remote;
  RemoteLook *parent; /* nullable */
  bool is_folder;     /* it is there and takes items under their own names */
} RemoteTarget;

#define REMOTE_TARGET_INIT                                                                         \
  {                                                                                                \
    NULL                                                                                           \
  }

/* Looks what TYPED is on the box, and begins to look at its PARENT. Fails when the server cannot be
 * asked, and with CLI_ERROR when MANY items have to go into what is no folder. */
bool remote_target_look (Cli *cli,
                         const char *typed,
                         bool many,
                         bool parent,
                         RemoteTarget *target,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where an item called NAME goes ("", "." and "..": the folder itself). New reference. */
SampanRemote *remote_target_get_item (const RemoteTarget *target,
                                      const char *name,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void remote_target_clear (RemoteTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RemoteTarget, remote_target_clear)

/* Another path on the same server. */
SampanRemote *remote_with_path (const SampanRemote *remote, const SampanPath *path);
/* Whether PATH is that of a share, there or not. */
bool remote_is_share (const SampanPath *path);
bool remote_is_same_server (const SampanRemote *a, const SampanRemote *b);

/* stat, waiting. */
SampanFileInfo *remote_stat (Cli *cli,
                             SampanSession *session,
                             const SampanPath *path,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
