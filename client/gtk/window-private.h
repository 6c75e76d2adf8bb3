/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Shared by the files of SampanWindow: window.c (its life and what can be done now) and one for
 * each concern, under whose name its functions stand below. */

#pragma once

#include "action-bar.h"
#include "batch.h"
#include "bookmarks-popover.h"
#include "error-bar.h"
#include "fetch-bar.h"
#include "file-view.h"
#include "folder-watch.h"
#include "name-popover.h"
#include "notice.h"
#include "preparing-bar.h"
#include "queue.h"
#include "saved-queue.h"
#include "server-bar.h"
#include "session.h"
#include "settings.h"
#include "transfer-panel.h"
#include "undo.h"
#include "window.h"

G_BEGIN_DECLS

typedef struct _SampanWindowSearch SampanWindowSearch;

struct _SampanWindow
{
  GtkApplicationWindow parent_instance;

  /* template widgets */
  GtkHeaderBar *header;
  GtkWidget *back_button;
  GtkWidget *forward_button;
  GtkMenuButton *menu_button;
  GtkMenuButton *bookmarks_button;
  SampanBookmarksPopover *bookmarks_popover;
  SampanErrorBar *error_bar;
  SampanNotice *notice;
  SampanFetchBar *fetch_bar;
  SampanPreparingBar *preparing_bar;
  SampanPreparingBar *relocation_bar;
  SampanServerBar *server_bar;
  SampanFileView *file_view;
  SampanActionBar *action_bar;
  SampanTransferPanel *transfer_panel;

  /* borrowed */
  SampanNamePopover *name_popover; /* that waits for whether a name can be used; weak */
  SampanLoginForm *form;           /* the server bar's */

  /* owned */
  SampanSession *session;
  SampanServerStore *store; /* shared */
  SampanQueue *queue;
  SampanSecret *password; /* of the session, for Reconnect; wiped at logout */
  GCancellable *login_cancellable;
  GCancellable *list_cancellable;    /* of the listing that runs */
  GCancellable *space_cancellable;   /* of the question how much room there is; nullable */
  SampanPath *path;                  /* of the folder on screen; NULL while logged out */
  SampanFolderWatch *watch;          /* on it, or on the one that is about to be shown; nullable */
  SampanPath *target;                /* of the listing that runs */
  SampanPath *wanted;                /* to open after the login; nullable */
  SampanWindowSearch *search;        /* whose results are on screen; nullable */
  GQueue batches;                    /* of SampanBatch; the first is prepared or asked about */
  GCancellable *prepare_cancellable; /* of the first; nullable */
  GPtrArray *moving;                 /* of SampanBatch */
  GQueue fetches;                    /* of what window-open.c waits for; the first is shown */
  SampanBatch *told;                 /* whose outcome was told last; nullable */
  SampanSavedQueue *saved;           /* NULL while logged out, or if it cannot be had */
  GCancellable *saved_cancellable;   /* while it is being opened */
  GPtrArray *history;                /* of SampanPath */
  GPtrArray *notifications;          /* ids of those that are shown */
  GPtrArray *undos;                  /* of SampanUndo; the last act last */
  GPtrArray *redos;                  /* the same, of what was undone */
  SampanUndo *replaced;              /* what uploads under way replaced; nullable */
  char *replaced_name;               /* the last of it, for display; nullable */
  GPtrArray *clipped;                /* of SampanPath, cut or copied; nullable */
  GQueue relocations;                /* the first is asked about or runs */
  GCancellable *relocation_cancellable; /* of the first; nullable */
  GHashTable *rights;                   /* name of a share -> SampanRight */
  char *upload_folder;                  /* where the choosers start; nullable */
  char *download_folder;

  /* state */
  bool is_undoing;
  bool is_cut; /* what is clipped */
  guint history_index;
  guint spinner_id; /* timeout sources */
  guint refresh_id;
  guint close_id;
  guint inhibit_cookie; /* 0: the computer may sleep */
  int width;            /* while it is not maximised */
  int height;
  bool has_kept_password;  /* the login's password came from the keyring */
  bool tells_reconnecting; /* in the error bar */
  bool tries_last_place;   /* which may be gone */
  bool entered;            /* the first listing after the login came */
  bool closing;
  bool is_shown_anew; /* the folder on screen, since the last batch was started */
};

/* window.c */
bool sampan_window_is_ready (SampanWindow *self);
/* It was closed: what was asked for before may be answered all the same, and there are no widgets
 * to show it. */
bool sampan_window_is_gone (SampanWindow *self);
/* In the share that PATH (nullable) leads to. */
SampanRight sampan_window_get_right_at (SampanWindow *self, const SampanPath *path);
/* In the share that the path leads to. */
SampanRight sampan_window_get_share_right (SampanWindow *self);
/* In the folder on screen; none when it could not be shown. */
SampanRight sampan_window_get_right (SampanWindow *self);
void sampan_window_update_actions (SampanWindow *self);
void sampan_window_tell_error (SampanWindow *self, const GError *error);
/* NAME (nullable): the bytes of the item that it is about. */
void sampan_window_tell_item_error (SampanWindow *self, const char *name, const GError *error);
/* A question with two buttons, Cancel the default. ANSWER runs when the other was pressed. */
void sampan_window_ask (SampanWindow *self,
                        const char *title,
                        const char *text,
                        const char *button,
                        void (*answer) (SampanWindow *self));
bool sampan_window_has_transfers (SampanWindow *self);

/* window-size.c */
/* As the last window had it; then follows it. */
void sampan_window_restore_size (SampanWindow *self);
void sampan_window_remember_size (SampanWindow *self);

/* window-desktop.c */
/* When there is a queue. */
void sampan_window_init_desktop (SampanWindow *self);
/* FOLDER: the target's name, for display. Says nothing to somebody who looks at the window. */
void sampan_window_notify_finished (SampanWindow *self, SampanBatch *batch, const char *folder);
void sampan_window_update_inhibit (SampanWindow *self);

/* window-login.c */
/* Not while a login or a session is under way. */
bool sampan_window_can_log_in (SampanWindow *self);
void sampan_window_log_in (SampanWindow *self);
/* NULL: the one that was typed. */
void sampan_window_log_in_with (SampanWindow *self, const SampanSecret *password);
void sampan_window_cancel_login (SampanWindow *self);
/* Asks first when transfers run. */
void sampan_window_log_out (SampanWindow *self);
void sampan_window_reconnect (SampanWindow *self);
void sampan_window_session_changed (SampanWindow *self);
/* To the next try to reconnect. */
void sampan_window_seconds_changed (SampanWindow *self);
/* Ends the session, then the window. */
void sampan_window_close_for_good (SampanWindow *self);

/* window-link.c */
/* The folder that is selected, in a window that logs in by itself. */
void sampan_window_open_aside (SampanWindow *self);

/* window-browse.c */
void sampan_window_enter (SampanWindow *self);
void sampan_window_go (SampanWindow *self, const SampanPath *path);
void sampan_window_go_back (SampanWindow *self);
void sampan_window_go_forward (SampanWindow *self);
void sampan_window_go_up (SampanWindow *self);
/* To the top of the share. */
void sampan_window_go_home (SampanWindow *self);
void sampan_window_refresh (SampanWindow *self);
/* Soon, so that many changes make one listing. */
void sampan_window_plan_refresh (SampanWindow *self);
void sampan_window_leave (SampanWindow *self);
void sampan_window_open_entry (SampanWindow *self, const SampanFileInfo *info);

/* window-selection.c */
void sampan_window_init_selection_actions (SampanWindow *self);
void sampan_window_update_selection_actions (SampanWindow *self);

/* window-places.c */
void sampan_window_init_places (SampanWindow *self);
void sampan_window_update_places (SampanWindow *self);
/* Of PATH in this session; free with g_free. */
char *sampan_window_dup_uri (SampanWindow *self, const SampanPath *path);
/* The folder on screen, for the next login. */
void sampan_window_remember_place (SampanWindow *self);
/* NULL if there is none. */
SampanPath *sampan_window_dup_last_place (SampanWindow *self);

/* window-search.c */
void sampan_window_search_changed (SampanWindow *self);
void sampan_window_stop_search (SampanWindow *self);
/* There has to be one. */
void sampan_window_search_again (SampanWindow *self);
/* The same from the top of the share. */
void sampan_window_search_share (SampanWindow *self);
char *sampan_window_dup_search_summary (SampanWindow *self);
/* Another list is about to be shown. */
void sampan_window_drop_search (SampanWindow *self);
/* Of an entry of the list on screen. */
SampanPath *
sampan_window_dup_entry_path (SampanWindow *self, const SampanFileInfo *info, GError **error);
/* Shows the folder that INFO is in, with it selected. */
void sampan_window_open_location (SampanWindow *self, const SampanFileInfo *info);

/* window-status.c */
void sampan_window_update_summary (SampanWindow *self, GPtrArray *selected);
/* How much room there is in the share on screen. */
void sampan_window_ask_space (SampanWindow *self);
void sampan_window_forget_space (SampanWindow *self);

/* window-actions.c */
/* window-delete.c */
/* To the trash, from where Undo brings it back; FOR_GOOD asks first. */
void sampan_window_delete (SampanWindow *self, bool for_good);
/* Of the share on screen. */
void sampan_window_show_trash (SampanWindow *self);
/* Of SampanPath. */
GPtrArray *sampan_window_dup_selected_paths (SampanWindow *self);
void sampan_window_init_actions (SampanWindow *self);

/* window-undo.c */
/* Something was done that UNDO takes back; TEXT says so. */
void sampan_window_did (SampanWindow *self, SampanUndo *undo, const char *text);
void sampan_window_undo (SampanWindow *self);
void sampan_window_redo (SampanWindow *self);
/* TRANSFER ended; what it replaced can be taken back once its batch has, and that is told. */
void sampan_window_note_replaced (SampanWindow *self, SampanTransfer *transfer);
void sampan_window_tell_replaced (SampanWindow *self);
/* What was done in a session cannot be taken back in another. */
void sampan_window_forget_undo (SampanWindow *self);
void sampan_window_set_enabled (SampanWindow *self, const char *action, bool enabled);

/* window-clipboard.c */
void sampan_window_cut (SampanWindow *self);
void sampan_window_copy (SampanWindow *self);
void sampan_window_paste (SampanWindow *self);
/* Into the folder that is selected. */
void sampan_window_paste_into (SampanWindow *self);
void sampan_window_take_drop (SampanWindow *self, const SampanDrop *drop);
/* Of a session that ends. */
void sampan_window_forget_clipped (SampanWindow *self);

/* window-relocate.c */
/* Moves PATHS (of SampanPath, at least one) into FOLDER, both on the box, or copies them. */
void sampan_window_relocate (SampanWindow *self,
                             GPtrArray *paths,
                             const SampanPath *folder,
                             bool copies);
/* What is selected, into a folder that is asked for. */
void sampan_window_relocate_to (SampanWindow *self, bool copies);
/* What runs; for the bar that shows it. */
void sampan_window_cancel_relocation (SampanWindow *self);
/* All, without a word. */
void sampan_window_stop_relocations (SampanWindow *self);

/* window-transfers.c */
void sampan_window_upload (SampanWindow *self);
void sampan_window_upload_folder (SampanWindow *self);
/* FILES: of GFile. FOLDER: on the box; nullable. */
void sampan_window_upload_files (SampanWindow *self, GPtrArray *files, const SampanPath *folder);
/* Whether things can be put into FOLDER (nullable); if not, says why. */
bool sampan_window_may_add_to (SampanWindow *self, const SampanPath *folder);
/* TRANSFERS, which are outdated (SampanTransfer), leave the queue; what is there now is looked at
 * and asked about. */
void sampan_window_look_again (SampanWindow *self, GPtrArray *transfers);
void sampan_window_download (SampanWindow *self);

/* window-batch.c */
/* FOLDER: the target's name, for display. */
void sampan_window_add_batch (SampanWindow *self, SampanBatch *batch, const char *folder);
/* One that is saved already. */
void sampan_window_queue_batch (SampanWindow *self, SampanBatch *batch, const char *folder);
void sampan_window_cancel_preparing (SampanWindow *self);
/* Of the batch that the error bar told of last. */
void sampan_window_show_problems (SampanWindow *self);
/* Gives up all batches, moving or not. */
void sampan_window_stop_transfers (SampanWindow *self);
void sampan_window_transfer_finished (SampanWindow *self, SampanTransfer *transfer);

/* window-open.c */
void sampan_window_init_open (SampanWindow *self);
/* With another program, as a copy; asks first when it is large. */
void sampan_window_open_file (SampanWindow *self, const SampanFileInfo *info);
/* SELECTED: of SampanFileInfo. */
void sampan_window_update_open_with (SampanWindow *self, GPtrArray *selected);
/* Addresses of copies of PATHS (SampanPath; INFOS: SampanFileInfo), for another program that waits
 * for them; NULL: there are none, which is told. The main loop runs meanwhile. Free with
 * g_strfreev. */
char **sampan_window_hand_out (SampanWindow *self, GPtrArray *paths, GPtrArray *infos);
void sampan_window_refuse_to_hand_out (SampanWindow *self);
/* The one that is shown. */
void sampan_window_cancel_fetch (SampanWindow *self);
void sampan_window_cancel_fetches (SampanWindow *self);
/* TRANSFER ended; the person may have asked to see what it brought. */
void sampan_window_open_if_wanted (SampanWindow *self, SampanTransfer *transfer);

/* window-saved.c */
/* After a login: goes on with what was saved. */
void sampan_window_restore_transfers (SampanWindow *self);
/* Stops them; the next login goes on with what was saved. */
void sampan_window_put_off_transfers (SampanWindow *self);
/* Stops them for good. */
void sampan_window_give_up_transfers (SampanWindow *self);
/* Whether to stop them for good (STOP names it) or to go on another day (LATER); ANSWER runs after
 * either. */
void sampan_window_ask_to_end (SampanWindow *self,
                               const char *title,
                               const char *stop,
                               const char *later,
                               void (*answer) (SampanWindow *self));

G_END_DECLS
