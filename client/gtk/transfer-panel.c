/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The transfer frame. */

#include "config.h"

#include "transfer-panel.h"

#include "accessible.h"
#include "sentence-name.h"
#include "transfer-counts.h"
#include "transfer-list.h"
#include "transfer-text.h"

#include <glib/gi18n.h>

/* Many changes come together, and counting a long queue takes a while. */
#define UPDATE_DELAY_MS 50

struct _SampanTransferPanel
{
  GtkFrame parent_instance;

  /* template widgets */
  GtkLabel *title_label;
  GtkLabel *detail_label;
  GtkWidget *pause_button;
  GtkImage *pause_image;
  GtkWidget *cancel_button;
  GtkProgressBar *progress_bar; /* what is sent */
  GtkProgressBar *safe_bar;     /* before it: what the other end has on its disk */
  GtkToggleButton *expander;
  GtkImage *expander_image;
  GtkWidget *details;
  GtkLabel *count_label;
  SampanTransferList *list;
  GtkLabel *more_label;
  GtkLabel *size_label;
  GtkWidget *retry_button;
  GtkWidget *clear_button;
  GtkLabel *note_label;

  /* owned */
  SampanQueue *queue;
  SampanTransfer *last; /* the one that ended last: what the frame tells of while nothing runs */
  guint n_skipped;
  guint update_id; /* timeout source */

  /* state */
  bool is_clearing; /* the list folds up once its rows are gone */
  bool wants_focus; /* for the first row, once the rows are there */
};

G_DEFINE_TYPE (SampanTransferPanel, sampan_transfer_panel, GTK_TYPE_FRAME)

static guint look_again_signal;

typedef struct
{
  gboolean active;
  uint64_t done_bytes, safe_bytes, total_bytes, speed;
  int seconds_left;
  gboolean paused;
  guint n_waiting, n_expected, n_paused, n_running;
} Sums;

static Sums
get_sums (SampanTransferPanel *self)
{
  Sums sums = { 0 };

  /* clang-format off */
  g_object_get (self->queue,
                "active", &sums.active,
                "done-bytes", &sums.done_bytes,
                "safe-bytes", &sums.safe_bytes,
                "total-bytes", &sums.total_bytes,
                "speed", &sums.speed,
                "seconds-left", &sums.seconds_left,
                "paused", &sums.paused,
                "n-waiting", &sums.n_waiting,
                "n-expected", &sums.n_expected,
                "n-paused", &sums.n_paused,
                "n-running", &sums.n_running,
                NULL);
  /* clang-format on */
  return sums;
}

static bool
is_running (SampanTransferState state)
{
  return state > SAMPAN_TRANSFER_PAUSED && state < SAMPAN_TRANSFER_DONE;
}

/* New reference; NULL if none runs. */
static SampanTransfer *
find_running (SampanTransferPanel *self)
{
  GListModel *model = G_LIST_MODEL (self->queue);
  guint length = g_list_model_get_n_items (model);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (model, i);

      if (is_running (sampan_transfer_get_state (transfer)))
        return g_steal_pointer (&transfer);
    }
  return NULL;
}

static char *
dup_running_title (SampanTransfer *transfer, guint n_others)
{
  g_autofree char *name = sampan_sentence_name (sampan_transfer_get_title (transfer), -1);
  bool upload = sampan_transfer_is_upload (transfer);

  if (n_others == 0)
    /* Translators: the name of a file. */
    return g_strdup_printf (upload ? _ ("Uploading %s") : _ ("Downloading %s"), name);
  /* Translators: the name of a file, then how many others are under way or wait. */
  return g_strdup_printf (
      upload ? ngettext ("Uploading %s and %u more", "Uploading %s and %u more", n_others)
             : ngettext ("Downloading %s and %u more", "Downloading %s and %u more", n_others),
      name,
      n_others);
}

static void
show_stages (SampanTransferPanel *self, uint64_t sent, uint64_t safe, uint64_t total)
{
  g_autofree char *text = sampan_transfer_text_dup_stages (sent, safe);

  gtk_progress_bar_set_fraction (self->progress_bar,
                                 sampan_transfer_text_get_fraction (sent, total));
  gtk_progress_bar_set_fraction (self->safe_bar, sampan_transfer_text_get_fraction (safe, total));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->progress_bar), text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->safe_bar), text);
}

static void
show_running (SampanTransferPanel *self, SampanTransfer *transfer, const Sums *sums)
{
  guint n_others = sums->n_waiting + sums->n_expected + sums->n_running - 1;
  bool saving = n_others == 0 && sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_SAVING;
  g_autofree char *title = dup_running_title (transfer, n_others);
  g_autofree char *detail = NULL;

  if (saving || sums->total_bytes == 0)
    detail = sampan_transfer_text_dup_status (transfer);
  else
    detail = sampan_transfer_text_dup_progress (sums->done_bytes,
                                                sums->total_bytes,
                                                sums->speed,
                                                sums->seconds_left);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->detail_label, detail);
  show_stages (self, sums->done_bytes, sums->safe_bytes, sums->total_bytes);
}

static void
show_idle (SampanTransferPanel *self)
{
  g_autofree char *status = NULL;
  g_autofree char *title = NULL;
  uint64_t total;
  bool done;

  if (self->last == NULL)
    {
      gtk_label_set_text (self->title_label, _ ("No transfers yet"));
      gtk_label_set_text (self->detail_label, "");
      show_stages (self, 0, 0, 0);
      return;
    }
  done = sampan_transfer_get_state (self->last) == SAMPAN_TRANSFER_DONE;
  status = sampan_transfer_text_dup_status (self->last);
  title = sampan_transfer_text_dup_title (self->last);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->detail_label, status);
  /* An empty file is done as well. */
  total = MAX (sampan_transfer_get_total_bytes (self->last), 1);
  show_stages (self, done ? total : 0, done ? total : 0, total);
}

static void
show_paused (SampanTransferPanel *self, guint n_paused)
{
  g_autofree char *title =
      g_strdup_printf (ngettext ("%u transfer is paused", "%u transfers are paused", n_paused),
                       n_paused);

  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->detail_label, "");
}

static void
update_counts (SampanTransferPanel *self, const Sums *sums)
{
  SampanTransferCounts counts = sampan_transfer_counts_of (G_LIST_MODEL (self->queue));
  g_autofree char *text = NULL;
  g_autofree char *sizes = sampan_transfer_counts_dup_sizes (&counts);

  counts.n_waiting = sums->n_waiting + sums->n_expected;
  counts.n_paused = sums->n_paused;
  counts.n_skipped = self->n_skipped;
  text = sampan_transfer_counts_dup_text (&counts);
  gtk_label_set_text (self->count_label, text);
  gtk_label_set_text (self->size_label, sizes);
  gtk_widget_set_visible (self->retry_button, counts.n_failed > 0);
  gtk_widget_set_sensitive (self->clear_button,
                            counts.n_done + counts.n_failed + counts.n_cancelled +
                                    counts.n_skipped >
                                0);
}

static void
update_buttons (SampanTransferPanel *self, const Sums *sums)
{
  bool resumes = sums->paused || (sums->n_paused > 0 && !sums->active);

  gtk_widget_set_sensitive (self->cancel_button, sums->active || sums->n_paused > 0);
  gtk_widget_set_tooltip_text (self->cancel_button,
                               sums->n_waiting + sums->n_running + sums->n_paused > 1
                                   ? _ ("Cancel all transfers")
                                   : _ ("Cancel this transfer"));
  gtk_widget_set_sensitive (self->pause_button, sums->active || resumes);
  gtk_image_set_from_icon_name (self->pause_image,
                                resumes ? "media-playback-start-symbolic"
                                        : "media-playback-pause-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  gtk_widget_set_tooltip_text (self->pause_button,
                               resumes ? _ ("Resume all transfers") : _ ("Pause all transfers"));
  sampan_accessible_set_name (self->pause_button, resumes ? _ ("Resume All") : _ ("Pause All"));
}

static void
update_details (SampanTransferPanel *self)
{
  bool is_expanded = gtk_toggle_button_get_active (self->expander);

  gtk_image_set_from_icon_name (self->expander_image,
                                is_expanded ? "pan-down-symbolic" : "pan-end-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  gtk_widget_set_visible (self->details,
                          is_expanded && gtk_widget_get_visible (GTK_WIDGET (self->expander)));
}

static void
update (SampanTransferPanel *self)
{
  Sums sums = get_sums (self);
  g_autoptr (SampanTransfer) running = sums.active ? find_running (self) : NULL;

  if (running != NULL)
    show_running (self, running, &sums);
  else if (sums.n_paused > 0)
    show_paused (self, sums.n_paused);
  else
    show_idle (self);
  update_buttons (self, &sums);
  gtk_widget_set_visible (GTK_WIDGET (self->expander),
                          g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0 ||
                              self->n_skipped > 0 || self->is_clearing);
  update_details (self);
  update_counts (self, &sums);
}

/* To send those once more would fail once more. */
static void
look_again (SampanTransferPanel *self, GPtrArray *outdated)
{
  if (outdated->len > 0)
    g_signal_emit (self, look_again_signal, 0, outdated);
}

static void
row_retry_cb (SampanTransferPanel *self, SampanTransfer *transfer)
{
  g_autoptr (GPtrArray) outdated = g_ptr_array_new_with_free_func (g_object_unref);

  if (sampan_transfer_is_outdated (transfer))
    g_ptr_array_add (outdated, g_object_ref (transfer));
  else
    sampan_transfer_requeue (transfer);
  look_again (self, outdated);
}

/* ---- signals ---- */

static gboolean
update_cb (gpointer user_data)
{
  SampanTransferPanel *self = user_data;

  self->update_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
queue_changed_cb (SampanTransferPanel *self)
{
  if (self->update_id == 0)
    self->update_id = g_timeout_add (UPDATE_DELAY_MS, update_cb, self);
  sampan_transfer_list_plan_update (self->list);
}

static void
focus_first_row (SampanTransferPanel *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0);

  if (!self->wants_focus || !sampan_transfer_list_is_settled (self->list))
    return;
  self->wants_focus = false;
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
list_updated_cb (SampanTransferPanel *self)
{
  guint n_more = sampan_transfer_list_get_n_more (self->list);
  g_autofree char *more = NULL;

  if (n_more > 0)
    more = g_strdup_printf (ngettext ("and %u more", "and %u more", n_more), n_more);
  gtk_label_set_text (self->more_label, more != NULL ? more : "");
  focus_first_row (self);
  /* To hide many rows takes longer than to take them away one by one. */
  if (self->is_clearing && sampan_transfer_list_is_settled (self->list))
    {
      self->is_clearing = false;
      gtk_toggle_button_set_active (self->expander, FALSE);
      update (self);
    }
}

static void
expanded_cb (SampanTransferPanel *self)
{
  update_details (self);
  sampan_transfer_list_set_shown (self->list, gtk_toggle_button_get_active (self->expander));
}

static void
finished_cb (SampanQueue *queue, SampanTransfer *transfer, gpointer user_data)
{
  SampanTransferPanel *self = user_data;

  g_set_object (&self->last, transfer);
  if (sampan_transfer_get_state (transfer) == SAMPAN_TRANSFER_FAILED)
    gtk_toggle_button_set_active (self->expander, TRUE);
  queue_changed_cb (self);
}

static void
cancel_clicked_cb (SampanTransferPanel *self)
{
  sampan_queue_cancel_all (self->queue);
}

static void
pause_clicked_cb (SampanTransferPanel *self)
{
  Sums sums = get_sums (self);

  if (sums.paused || !sums.active)
    sampan_queue_resume_all (self->queue);
  else
    sampan_queue_pause_all (self->queue);
}

static void
clear_clicked_cb (SampanTransferPanel *self)
{
  g_clear_object (&self->last);
  self->n_skipped = 0;
  sampan_queue_clear_finished (self->queue);
  self->is_clearing = gtk_toggle_button_get_active (self->expander);
  queue_changed_cb (self);
}

static void
sampan_transfer_panel_dispose (GObject *object)
{
  SampanTransferPanel *self = SAMPAN_TRANSFER_PANEL (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  g_clear_object (&self->queue);
  g_clear_object (&self->last);
  G_OBJECT_CLASS (sampan_transfer_panel_parent_class)->dispose (object);
}

static void
sampan_transfer_panel_class_init (SampanTransferPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sampan_transfer_panel_dispose;
  g_type_ensure (SAMPAN_TYPE_TRANSFER_LIST);
  look_again_signal = g_signal_new ("look-again",
                                    SAMPAN_TYPE_TRANSFER_PANEL,
                                    G_SIGNAL_RUN_LAST,
                                    0,
                                    NULL,
                                    NULL,
                                    NULL,
                                    G_TYPE_NONE,
                                    1,
                                    G_TYPE_PTR_ARRAY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/transfer-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, title_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, pause_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, pause_image);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, retry_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, pause_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, sampan_transfer_panel_retry_failed);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, safe_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, expander);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, expander_image);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, details);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, count_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, list);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, more_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, size_label);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, clear_button);
  gtk_widget_class_bind_template_child (widget_class, SampanTransferPanel, note_label);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, expanded_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_updated_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_retry_cb);
}

static void
sampan_transfer_panel_init (SampanTransferPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sampan_transfer_panel_set_queue (SampanTransferPanel *self, SampanQueue *queue)
{
  static const char *const watched[] = { "notify::active",     "notify::done-bytes",
                                         "notify::safe-bytes", "notify::total-bytes",
                                         "notify::n-waiting",  "notify::n-running",
                                         "notify::n-paused",   "notify::paused",
                                         "items-changed" };

  g_assert (self->queue == NULL);
  self->queue = g_object_ref (queue);
  sampan_transfer_list_set_queue (self->list, queue);
  for (size_t i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (queue,
                             watched[i],
                             G_CALLBACK (queue_changed_cb),
                             self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "finished", G_CALLBACK (finished_cb), self, 0);
  update (self);
}

void
sampan_transfer_panel_retry_failed (SampanTransferPanel *self)
{
  g_autoptr (GPtrArray) outdated = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queue)); i++)
    {
      g_autoptr (SampanTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (sampan_transfer_is_outdated (transfer))
        g_ptr_array_add (outdated, g_steal_pointer (&transfer));
    }
  look_again (self, outdated);
  sampan_queue_retry_failed (self->queue);
}

void
sampan_transfer_panel_add_skipped (SampanTransferPanel *self, guint n_skipped)
{
  if (n_skipped == 0)
    return;
  self->n_skipped += n_skipped;
  update (self);
}

void
sampan_transfer_panel_set_note (SampanTransferPanel *self, const char *note)
{
  gtk_label_set_text (self->note_label, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), note != NULL);
}

void
sampan_transfer_panel_toggle_list (SampanTransferPanel *self)
{
  bool opens = !gtk_toggle_button_get_active (self->expander);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->expander)))
    return;
  self->wants_focus = opens;
  gtk_toggle_button_set_active (self->expander, opens);
}
