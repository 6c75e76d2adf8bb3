/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks for a new password. */

#include "config.h"

#include "password-dialog.h"

#include "login.h"

#include <glib/gi18n.h>
#include <string.h>

/* NIST SP 800-63B, 5.1.1.2: at least eight. */
/* From here on a password of any characters is hard to guess, and so it is at a lesser length when
 * it mixes kinds of characters. */
#define PASSWORD_LONG_CHARS 16
#define PASSWORD_FAIR_CHARS 12

struct _SampanPasswordDialog
{
  GtkDialog parent_instance;

  /* template widgets */
  GtkEntry *first_entry;
  GtkEntry *second_entry;
  GtkLevelBar *level_bar;
  GtkLabel *hint_label;

  /* owned */
  SampanSession *session;
  SampanSecret *current;
  SampanSecret *fresh;
  GCancellable *cancellable;
};

G_DEFINE_TYPE (SampanPasswordDialog, sampan_password_dialog, GTK_TYPE_DIALOG)

enum
{
  SIGNAL_SET,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* 0 (too short) to 4. Length counts most; the same few characters over and over count little. */
static int
rate (const char *text)
{
  glong length = g_utf8_strlen (text, -1);
  g_autoptr (GHashTable) different = g_hash_table_new (NULL, NULL);
  int level = 1;

  if (length < SAMPAN_PASSWORD_MIN_CHARACTERS)
    return 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_hash_table_add (different, GUINT_TO_POINTER (g_utf8_get_char (p)));
  if (g_hash_table_size (different) < SAMPAN_PASSWORD_MIN_CHARACTERS / 2)
    return 1;
  if (length >= PASSWORD_FAIR_CHARS)
    level++;
  if (length >= PASSWORD_LONG_CHARS)
    level++;
  if (g_hash_table_size (different) >= SAMPAN_PASSWORD_MIN_CHARACTERS)
    level++;
  return level;
}

static char *
dup_hint (const char *first, const char *second, int level)
{
  static const char *const words[] = { NULL, N_ ("Weak"), N_ ("Fair"), N_ ("Good"), N_ ("Strong") };

  if (level == 0)
    return g_strdup_printf (ngettext ("At least %d character. Three or four words that do not "
                                      "belong together make a good password.",
                                      "At least %d characters. Three or four words that do not "
                                      "belong together make a good password.",
                                      SAMPAN_PASSWORD_MIN_CHARACTERS),
                            SAMPAN_PASSWORD_MIN_CHARACTERS);
  if (second[0] != '\0' && strcmp (first, second) != 0)
    return g_strdup (_ ("The two are not the same."));
  return g_strdup (_ (words[level]));
}

static void
changed_cb (SampanPasswordDialog *self)
{
  const char *first = gtk_entry_get_text (self->first_entry);
  const char *second = gtk_entry_get_text (self->second_entry);
  int level = rate (first);
  g_autofree char *hint = dup_hint (first, second, level);

  gtk_level_bar_set_value (self->level_bar, level);
  gtk_label_set_text (self->hint_label, hint);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self),
                                     GTK_RESPONSE_ACCEPT,
                                     level > 0 && strcmp (first, second) == 0);
}

static void
first_activated_cb (SampanPasswordDialog *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->second_entry));
}

static void
set_busy (SampanPasswordDialog *self, bool busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->first_entry), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->second_entry), !busy);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT, !busy);
  if (busy)
    gtk_label_set_text (self->hint_label, _ ("Setting the password…"));
}

static void
passwd_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SampanPasswordDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (sampan_session_passwd_finish (SAMPAN_SESSION (source), result, &error))
    {
      g_signal_emit (self, signals[SIGNAL_SET], 0, self->fresh);
      gtk_widget_destroy (GTK_WIDGET (self));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, false);
  gtk_label_set_text (self->hint_label, sampan_error_get_text (error));
}

/* The default handler runs last: who waits for CANCEL has heard of it by then. */
static void
sampan_password_dialog_response (GtkDialog *dialog, int response)
{
  SampanPasswordDialog *self = SAMPAN_PASSWORD_DIALOG (dialog);
  const char *text = gtk_entry_get_text (self->first_entry);

  if (response != GTK_RESPONSE_ACCEPT)
    {
      g_cancellable_cancel (self->cancellable);
      gtk_widget_destroy (GTK_WIDGET (self));
      return;
    }
  sampan_secret_free (self->fresh);
  self->fresh = sampan_secret_new (text, strlen (text));
  if (self->fresh == NULL)
    {
      gtk_label_set_text (self->hint_label, _ ("There is not enough memory."));
      return;
    }
  set_busy (self, true);
  sampan_session_passwd_async (self->session,
                               self->current,
                               self->fresh,
                               self->cancellable,
                               passwd_cb,
                               g_object_ref (self));
}

static void
sampan_password_dialog_finalize (GObject *object)
{
  SampanPasswordDialog *self = SAMPAN_PASSWORD_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  sampan_secret_free (self->current);
  sampan_secret_free (self->fresh);
  G_OBJECT_CLASS (sampan_password_dialog_parent_class)->finalize (object);
}

static void
sampan_password_dialog_class_init (SampanPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sampan_password_dialog_finalize;
  GTK_DIALOG_CLASS (klass)->response = sampan_password_dialog_response;
  signals[SIGNAL_SET] = g_signal_new ("set",
                                      SAMPAN_TYPE_PASSWORD_DIALOG,
                                      G_SIGNAL_RUN_LAST,
                                      0,
                                      NULL,
                                      NULL,
                                      NULL,
                                      G_TYPE_NONE,
                                      1,
                                      G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sampan/Sampan/ui/password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SampanPasswordDialog, first_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanPasswordDialog, second_entry);
  gtk_widget_class_bind_template_child (widget_class, SampanPasswordDialog, level_bar);
  gtk_widget_class_bind_template_child (widget_class, SampanPasswordDialog, hint_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_activated_cb);
}

static void
sampan_password_dialog_init (SampanPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  changed_cb (self);
}

SampanPasswordDialog *
sampan_password_dialog_new (GtkWindow *parent, SampanSession *session, const SampanSecret *current)
{
  SampanPasswordDialog *self = g_object_new (SAMPAN_TYPE_PASSWORD_DIALOG,
                                             "transient-for",
                                             parent,
                                             "destroy-with-parent",
                                             TRUE,
                                             "use-header-bar",
                                             FALSE,
                                             NULL);

  self->session = g_object_ref (session);
  self->current = sampan_secret_copy (current);
  return self;
}
