/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One code for each fault, one word and one sentence for each code. */

#include "config.h"

#include "errors.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

static const struct
{
  int saved_errno;
  SampanErrorCode code;
} errno_cases[] = {
  { ENOENT, SAMPAN_ERROR_NOT_FOUND },
  { EACCES, SAMPAN_ERROR_NOT_ALLOWED },
  { EPERM, SAMPAN_ERROR_NOT_ALLOWED },
  { EROFS, SAMPAN_ERROR_NOT_ALLOWED },
  { EXDEV, SAMPAN_ERROR_NOT_ALLOWED },
  { EEXIST, SAMPAN_ERROR_EXISTS },
  { ENOTEMPTY, SAMPAN_ERROR_NOT_EMPTY },
  { ENOTDIR, SAMPAN_ERROR_WRONG_KIND },
  { EISDIR, SAMPAN_ERROR_WRONG_KIND },
  { ELOOP, SAMPAN_ERROR_WRONG_KIND },
  { ENXIO, SAMPAN_ERROR_WRONG_KIND },
  { ENODEV, SAMPAN_ERROR_WRONG_KIND },
  { ENAMETOOLONG, SAMPAN_ERROR_BAD_NAME },
  { EILSEQ, SAMPAN_ERROR_BAD_NAME },
  { EINVAL, SAMPAN_ERROR_BAD_NAME },
  { ENOSPC, SAMPAN_ERROR_NO_SPACE },
  { EDQUOT, SAMPAN_ERROR_NO_SPACE },
  { EFBIG, SAMPAN_ERROR_NO_SPACE },
  { EMLINK, SAMPAN_ERROR_NO_SPACE },
  { ESTALE, SAMPAN_ERROR_CHANGED },
  { EAGAIN, SAMPAN_ERROR_TRY_LATER },
  { EWOULDBLOCK, SAMPAN_ERROR_TRY_LATER },
  { EINTR, SAMPAN_ERROR_TRY_LATER },
  { EBUSY, SAMPAN_ERROR_TRY_LATER },
  { ETXTBSY, SAMPAN_ERROR_TRY_LATER },
  { ENOMEM, SAMPAN_ERROR_TRY_LATER },
  { EMFILE, SAMPAN_ERROR_TRY_LATER },
  { ENFILE, SAMPAN_ERROR_TRY_LATER },
  { ENOSYS, SAMPAN_ERROR_UNSUPPORTED },
  { ENOTSUP, SAMPAN_ERROR_UNSUPPORTED },
  { EPIPE, SAMPAN_ERROR_DISCONNECTED },
  { ECONNRESET, SAMPAN_ERROR_DISCONNECTED },
  { ECONNABORTED, SAMPAN_ERROR_DISCONNECTED },
  { ECONNREFUSED, SAMPAN_ERROR_UNREACHABLE },
  { EHOSTUNREACH, SAMPAN_ERROR_UNREACHABLE },
  { ENETUNREACH, SAMPAN_ERROR_UNREACHABLE },
  { EIO, SAMPAN_ERROR_IO },
  { EUCLEAN, SAMPAN_ERROR_IO },
  { ENOTCONN, SAMPAN_ERROR_IO },  /* a FUSE mount whose daemon died */
  { ETIMEDOUT, SAMPAN_ERROR_IO }, /* a network mount */
  { 0, SAMPAN_ERROR_IO },
  { -1, SAMPAN_ERROR_IO },
  { 100000, SAMPAN_ERROR_IO },
};

/* The last of Linux, and of GLib. */
#define ERRNO_LAST EHWPOISON
#define GIO_ERROR_LAST G_IO_ERROR_NO_SUCH_DEVICE

static void
test_errno (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (errno_cases); i++)
    g_assert_cmpint (sampan_error_code_from_errno (errno_cases[i].saved_errno),
                     ==,
                     errno_cases[i].code);
}

/* No errno gets a code that the table above does not name. */
static void
test_errno_complete (void)
{
  for (int saved_errno = 1; saved_errno <= ERRNO_LAST; saved_errno++)
    {
      SampanErrorCode expected = SAMPAN_ERROR_IO;

      for (size_t i = 0; i < G_N_ELEMENTS (errno_cases); i++)
        if (errno_cases[i].saved_errno == saved_errno)
          expected = errno_cases[i].code;
      g_assert_cmpint (sampan_error_code_from_errno (saved_errno), ==, expected);
    }
}

static void
test_set_from_errno (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf ("rename a to b: %s", g_strerror (ENOSPC));

  sampan_error_set_from_errno (&error, ENOSPC, "rename %s to %s", "a", "b");
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_NO_SPACE);
  g_assert_cmpstr (error->message, ==, expected);
  sampan_error_set_from_errno (NULL, ENOSPC, "nobody asks");
}

static void
test_wire (void)
{
  g_assert_cmpint (sampan_error_code_from_wire (0), ==, SAMPAN_ERROR_FAILED);
  for (uint16_t value = 1; value <= SAMPAN_ERROR_LAST; value++)
    g_assert_cmpint (sampan_error_code_from_wire (value), ==, value);
  g_assert_cmpint (sampan_error_code_from_wire (SAMPAN_ERROR_LAST + 1), ==, SAMPAN_ERROR_FAILED);
  g_assert_cmpint (sampan_error_code_from_wire (UINT16_MAX), ==, SAMPAN_ERROR_FAILED);
}

static const struct
{
  int gio_code;
  SampanErrorCode code;
} gio_cases[] = {
  { G_IO_ERROR_NOT_FOUND, SAMPAN_ERROR_NOT_FOUND },
  { G_IO_ERROR_NOT_MOUNTED, SAMPAN_ERROR_NOT_FOUND },
  { G_IO_ERROR_PERMISSION_DENIED, SAMPAN_ERROR_NOT_ALLOWED },
  { G_IO_ERROR_READ_ONLY, SAMPAN_ERROR_NOT_ALLOWED },
  { G_IO_ERROR_EXISTS, SAMPAN_ERROR_EXISTS },
  { G_IO_ERROR_NOT_EMPTY, SAMPAN_ERROR_NOT_EMPTY },
  { G_IO_ERROR_IS_DIRECTORY, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_DIRECTORY, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_REGULAR_FILE, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_SYMBOLIC_LINK, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_NOT_MOUNTABLE_FILE, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_TOO_MANY_LINKS, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_WOULD_RECURSE, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_WOULD_MERGE, SAMPAN_ERROR_WRONG_KIND },
  { G_IO_ERROR_FILENAME_TOO_LONG, SAMPAN_ERROR_BAD_NAME },
  { G_IO_ERROR_INVALID_FILENAME, SAMPAN_ERROR_BAD_NAME },
  { G_IO_ERROR_NO_SPACE, SAMPAN_ERROR_NO_SPACE },
  { G_IO_ERROR_WRONG_ETAG, SAMPAN_ERROR_CHANGED },
  { G_IO_ERROR_BUSY, SAMPAN_ERROR_TRY_LATER },
  { G_IO_ERROR_PENDING, SAMPAN_ERROR_TRY_LATER },
  { G_IO_ERROR_WOULD_BLOCK, SAMPAN_ERROR_TRY_LATER },
  { G_IO_ERROR_TOO_MANY_OPEN_FILES, SAMPAN_ERROR_TRY_LATER },
  { G_IO_ERROR_NOT_SUPPORTED, SAMPAN_ERROR_UNSUPPORTED },
  { G_IO_ERROR_INVALID_DATA, SAMPAN_ERROR_PROTOCOL },
  { G_IO_ERROR_CONNECTION_CLOSED, SAMPAN_ERROR_DISCONNECTED },
  { G_IO_ERROR_NOT_CONNECTED, SAMPAN_ERROR_DISCONNECTED },
  { G_IO_ERROR_PARTIAL_INPUT, SAMPAN_ERROR_DISCONNECTED },
  { G_IO_ERROR_CLOSED, SAMPAN_ERROR_DISCONNECTED },
  { G_IO_ERROR_HOST_NOT_FOUND, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_HOST_UNREACHABLE, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_NETWORK_UNREACHABLE, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_CONNECTION_REFUSED, SAMPAN_ERROR_UNREACHABLE },
  { G_IO_ERROR_TIMED_OUT, SAMPAN_ERROR_UNREACHABLE },
};

static SampanErrorCode
code_of (GQuark domain, int code)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "detail");

  return sampan_error_to_code (error);
}

static void
test_to_code (void)
{
  for (int code = 1; code <= SAMPAN_ERROR_LAST; code++)
    g_assert_cmpint (code_of (SAMPAN_ERROR, code), ==, code);
  g_assert_cmpint (code_of (SAMPAN_ERROR, 0), ==, SAMPAN_ERROR_FAILED);
  g_assert_cmpint (code_of (SAMPAN_ERROR, SAMPAN_ERROR_LAST + 1), ==, SAMPAN_ERROR_FAILED);
  g_assert_cmpint (code_of (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND),
                   ==,
                   SAMPAN_ERROR_UNREACHABLE);
  g_assert_cmpint (code_of (G_FILE_ERROR, G_FILE_ERROR_NOENT), ==, SAMPAN_ERROR_NOT_FOUND);
  g_assert_cmpint (code_of (G_FILE_ERROR, G_FILE_ERROR_ACCES), ==, SAMPAN_ERROR_NOT_ALLOWED);
  g_assert_cmpint (code_of (G_MARKUP_ERROR, 1), ==, SAMPAN_ERROR_FAILED);
  g_assert_cmpint (sampan_error_to_code (NULL), ==, SAMPAN_ERROR_FAILED);
}

/* No GIO error gets a code that the table above does not name. */
static void
test_gio_complete (void)
{
  for (int gio_code = 0; gio_code <= GIO_ERROR_LAST; gio_code++)
    {
      SampanErrorCode expected = SAMPAN_ERROR_FAILED;

      for (size_t i = 0; i < G_N_ELEMENTS (gio_cases); i++)
        if (gio_cases[i].gio_code == gio_code)
          expected = gio_cases[i].code;
      g_assert_cmpint (code_of (G_IO_ERROR, gio_code), ==, expected);
    }
}

static const char *
text_of (GQuark domain, int code)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "said by the other end");

  return sampan_error_get_text (error);
}

static void
test_words (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 1; code <= SAMPAN_ERROR_LAST; code++)
    {
      const char *word = sampan_error_code_get_word ((SampanErrorCode)code);

      g_assert_nonnull (word);
      g_assert_cmpuint (strlen (word), >, 0);
      g_assert_cmpuint (strspn (word, "abcdefghijklmnopqrstuvwxyz-"), ==, strlen (word));
      g_assert_true (g_hash_table_add (seen, (gpointer)word));
    }
  g_assert_cmpstr (sampan_error_code_get_word (SAMPAN_ERROR_NOT_FOUND), ==, "not-found");
  g_assert_cmpstr (sampan_error_code_get_word ((SampanErrorCode)0), ==, "failed");
  g_assert_cmpstr (sampan_error_code_get_word ((SampanErrorCode)999), ==, "failed");
}

static void
test_texts (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 1; code <= SAMPAN_ERROR_LAST; code++)
    {
      const char *text = text_of (SAMPAN_ERROR, code);

      g_assert_nonnull (text);
      g_assert_true (g_str_has_suffix (text, "."));
      g_assert_null (strstr (text, "other end"));
      g_assert_true (g_hash_table_add (seen, (gpointer)text));
    }
  g_assert_cmpstr (text_of (SAMPAN_ERROR, 0), ==, text_of (SAMPAN_ERROR, SAMPAN_ERROR_FAILED));
  g_assert_cmpstr (text_of (SAMPAN_ERROR, 999), ==, text_of (SAMPAN_ERROR, SAMPAN_ERROR_FAILED));
  g_assert_cmpstr (sampan_error_get_text (NULL), ==, text_of (SAMPAN_ERROR, SAMPAN_ERROR_FAILED));
}

/* What a person reads of a file here is not what the box says. */
static void
test_local (void)
{
  static const struct
  {
    int from;
    SampanErrorCode code;
    bool differs;
  } cases[] = {
    { ENOENT, SAMPAN_ERROR_NOT_FOUND, true },     { EACCES, SAMPAN_ERROR_NOT_ALLOWED, true },
    { EEXIST, SAMPAN_ERROR_EXISTS, true },        { ENAMETOOLONG, SAMPAN_ERROR_BAD_NAME, true },
    { ENOSPC, SAMPAN_ERROR_NO_SPACE, true },      { ESTALE, SAMPAN_ERROR_CHANGED, true },
    { EMFILE, SAMPAN_ERROR_TRY_LATER, true },     { EIO, SAMPAN_ERROR_IO, true },
    { ENOSYS, SAMPAN_ERROR_UNSUPPORTED, true },   { EHOSTUNREACH, SAMPAN_ERROR_UNREACHABLE, true },
    { EPIPE, SAMPAN_ERROR_DISCONNECTED, true },   { EISDIR, SAMPAN_ERROR_WRONG_KIND, false },
    { ENOTEMPTY, SAMPAN_ERROR_NOT_EMPTY, false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = sampan_error_new_local (cases[i].from, "name");
      g_autoptr (GError) copy = g_error_copy (error);
      const char *text = text_of (SAMPAN_ERROR, cases[i].code);

      g_assert_error (error, SAMPAN_ERROR, (int)cases[i].code);
      g_assert_true (sampan_error_is_local (copy));
      g_assert_cmpint (strcmp (sampan_error_get_text (copy), text) != 0, ==, cases[i].differs);
    }
  g_assert_false (sampan_error_is_local (NULL));
}

static void
test_detail (void)
{
  g_autoptr (GError) quota = g_error_new_literal (SAMPAN_ERROR, SAMPAN_ERROR_QUOTA, "");
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "");
  g_autoptr (GError) copy = NULL;
  g_autoptr (GError) refused = NULL;
  g_autofree char *plain = sampan_error_dup_text (quota);
  g_autofree char *exact = NULL;

  g_assert_cmpuint (sampan_error_get_detail (quota), ==, 0);
  g_assert_cmpuint (sampan_error_get_detail (other), ==, 0);
  g_assert_cmpuint (sampan_error_get_detail (NULL), ==, 0);
  g_assert_cmpstr (plain, ==, sampan_error_get_text (quota));
  sampan_error_set_detail (quota, 1000000);
  copy = g_error_copy (quota);
  g_assert_cmpuint (sampan_error_get_detail (copy), ==, 1000000);
  exact = sampan_error_dup_text (copy);
  g_assert_nonnull (strstr (exact, "1.0"));
  g_assert_nonnull (strstr (exact, "more than you may store here"));
  g_set_error_literal (&refused, SAMPAN_ERROR, SAMPAN_ERROR_NOT_ALLOWED, "");
  g_assert_null (strstr (sampan_error_get_text (refused), "disk"));
  sampan_error_set_detail (refused, SAMPAN_REFUSER_DISK);
  g_assert_nonnull (strstr (sampan_error_get_text (refused), "disk"));
}

static void
test_gio_texts (void)
{
  for (int code = 0; code <= GIO_ERROR_LAST; code++)
    g_assert_null (strstr (text_of (G_IO_ERROR, code), "other end"));
  g_assert_cmpstr (text_of (G_IO_ERROR, G_IO_ERROR_NO_SPACE),
                   ==,
                   text_of (SAMPAN_ERROR, SAMPAN_ERROR_NO_SPACE));
  g_assert_cmpstr (text_of (G_IO_ERROR, G_IO_ERROR_CANCELLED), ==, "Cancelled.");
  g_assert_nonnull (strstr (text_of (G_FILE_ERROR, G_FILE_ERROR_NOMEM), "memory"));
  g_assert_cmpstr (text_of (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND),
                   ==,
                   text_of (G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND));
  g_assert_cmpstr (text_of (G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE),
                   ==,
                   text_of (SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE));
  g_assert_cmpstr (text_of (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED),
                   !=,
                   text_of (SAMPAN_ERROR, SAMPAN_ERROR_UNREACHABLE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/errors/errno/table", test_errno);
  g_test_add_func ("/errors/errno/complete", test_errno_complete);
  g_test_add_func ("/errors/errno/set", test_set_from_errno);
  g_test_add_func ("/errors/wire", test_wire);
  g_test_add_func ("/errors/to-code", test_to_code);
  g_test_add_func ("/errors/gio-complete", test_gio_complete);
  g_test_add_func ("/errors/words", test_words);
  g_test_add_func ("/errors/texts", test_texts);
  g_test_add_func ("/errors/detail", test_detail);
  g_test_add_func ("/errors/local", test_local);
  g_test_add_func ("/errors/gio-texts", test_gio_texts);
  return g_test_run ();
}
