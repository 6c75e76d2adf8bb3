/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Records that were torn, damaged or written by a newer version. */

#include "config.h"

#include "saved-records.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

static const char *const texts[] = { "first", "the second", "3", "the last of them" };

#define HEAD_BYTES 16
#define RECORD_HEAD_BYTES 24

static GByteArray *
make_file (size_t ends[G_N_ELEMENTS (texts) + 1])
{
  GByteArray *file = g_byte_array_new ();

  sampan_saved_records_begin (file);
  ends[0] = file->len;
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      sampan_saved_records_append (file, (const uint8_t *)texts[i], strlen (texts[i]));
      ends[i + 1] = file->len;
    }
  return file;
}

static void
collect_cb (const uint8_t *bytes, size_t length, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strndup ((const char *)bytes, length));
}

static void
test_torn (void)
{
  size_t ends[G_N_ELEMENTS (texts) + 1];
  g_autoptr (GByteArray) file = make_file (ends);

  for (size_t length = 0; length <= file->len; length++)
    {
      g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
      g_autofree uint8_t *copy = g_memdup2 (file->data, length);
      g_autoptr (GError) error = NULL;
      SampanSavedSums sums;
      size_t n = 0;

      while (n < G_N_ELEMENTS (texts) && ends[n + 1] <= length)
        n++;
      g_assert_true (sampan_saved_records_read (copy, length, collect_cb, found, &sums, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (found->len, ==, n);
      g_assert_cmpuint (sums.n_records, ==, n);
      g_assert_cmpuint (sums.n_damaged, ==, 0);
      g_assert_cmpuint (sums.good_bytes, ==, length < HEAD_BYTES ? 0 : ends[n]);
      for (size_t i = 0; i < n; i++)
        g_assert_cmpstr (found->pdata[i], ==, texts[i]);
    }
}

/* A flip in a body or sum costs that record alone; in a head, the reader says so. */
static void
test_flips (void)
{
  size_t ends[G_N_ELEMENTS (texts) + 1];
  g_autoptr (GByteArray) file = make_file (ends);

  for (size_t bit = 0; bit < (size_t)file->len * 8; bit++)
    {
      g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      SampanSavedSums sums;
      size_t at = bit / 8;
      size_t n = 0;
      bool ok;

      while (ends[n] <= at)
        n++;
      file->data[at] ^= (uint8_t)(1 << bit % 8);
      ok = sampan_saved_records_read (file->data, file->len, collect_cb, found, &sums, &error);
      file->data[at] ^= (uint8_t)(1 << bit % 8);

      if (n == 0 || at - ends[n - 1] < 8)
        {
          g_assert_false (ok);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
          g_assert_cmpuint (found->len, ==, n == 0 ? 0 : n - 1);
          continue;
        }
      g_assert_true (ok);
      g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (texts) - 1);
      g_assert_cmpuint (sums.n_damaged, ==, n < G_N_ELEMENTS (texts) ? 1 : 0);
      for (size_t i = 0; i < found->len; i++)
        g_assert_cmpstr (found->pdata[i], ==, texts[i < n - 1 ? i : i + 1]);
    }
}

static void
test_zeros (void)
{
  size_t ends[G_N_ELEMENTS (texts) + 1];
  g_autoptr (GByteArray) file = make_file (ends);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  const uint8_t zeros[4 * RECORD_HEAD_BYTES] = { 0 };
  SampanSavedSums sums;
  size_t length = file->len;

  g_byte_array_append (file, zeros, sizeof zeros);
  g_assert_true (
      sampan_saved_records_read (file->data, file->len, collect_cb, found, &sums, &error));
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (texts));
  g_assert_cmpuint (sums.good_bytes, ==, length);
}

static void
test_newer (void)
{
  size_t ends[G_N_ELEMENTS (texts) + 1];
  g_autoptr (GByteArray) file = make_file (ends);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  SampanSavedSums sums;

  file->data[11]++;
  file->data[15]--;
  g_assert_false (
      sampan_saved_records_read (file->data, file->len, collect_cb, found, &sums, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (found->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/core/saved-records/torn", test_torn);
  g_test_add_func ("/core/saved-records/flips", test_flips);
  g_test_add_func ("/core/saved-records/zeros", test_zeros);
  g_test_add_func ("/core/saved-records/newer", test_newer);
  return g_test_run ();
}
