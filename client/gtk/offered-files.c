/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Files that other programs offer. */

#include "config.h"

#include "offered-files.h"

#include "launch.h"

/* The portal's, of which the second is the name in older programs, and the plain one. */
static const char *const TARGETS[] = {
  "application/vnd.portal.filetransfer",
  "application/vnd.portal.files",
  "text/uri-list",
};
#define FIRST_OUTSIDE 2

typedef struct
{
  GtkClipboardURIReceivedFunc received;
  gpointer user_data;
} Request;

/* OFFERED: of atoms. */
static GdkAtom
choose (GList *offered)
{
  size_t first = sampan_launch_is_in_sandbox () ? 0 : FIRST_OUTSIDE;

  for (size_t i = 0; i < G_N_ELEMENTS (TARGETS); i++)
    {
      const char *name = TARGETS[(first + i) % G_N_ELEMENTS (TARGETS)];
      GdkAtom target = gdk_atom_intern_static_string (name);

      if (g_list_find (offered, GDK_ATOM_TO_POINTER (target)) != NULL)
        return target;
    }
  return GDK_NONE;
}

GdkAtom
sampan_offered_files_choose_target (GdkDragContext *context)
{
  return choose (gdk_drag_context_list_targets (context));
}

static void
contents_cb (GtkClipboard *clipboard, GtkSelectionData *data, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_auto (GStrv) uris = gtk_selection_data_get_uris (data);

  request->received (clipboard, uris, request->user_data);
}

static void
targets_cb (GtkClipboard *clipboard, GdkAtom *atoms, int n_atoms, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (GList) offered = NULL;
  GdkAtom target;

  for (int i = 0; atoms != NULL && i < n_atoms; i++)
    offered = g_list_prepend (offered, GDK_ATOM_TO_POINTER (atoms[i]));
  target = choose (offered);
  if (target == GDK_NONE)
    request->received (clipboard, NULL, request->user_data);
  else
    gtk_clipboard_request_contents (clipboard, target, contents_cb, g_steal_pointer (&request));
}

void
sampan_offered_files_request (GtkClipboard *clipboard,
                              GtkClipboardURIReceivedFunc received,
                              gpointer user_data)
{
  Request *request = g_new (Request, 1);

  *request = (Request){ received, user_data };
  gtk_clipboard_request_targets (clipboard, targets_cb, request);
}
