/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Secrets, password files, one-time codes and account names. */

#include "config.h"

#include "errors.h"
#include "login.h"
#include "one-time-code-words.h"
#include "secret.h"

#include <glib/gstdio.h>
#include <string.h>

#define SECRET_MAX (64 * 1024)
#define LINE_MAX_BYTES 1024

static void
assert_secret (const SampanSecret *secret, const char *text)
{
  g_assert_nonnull (secret);
  g_assert_cmpmem (sampan_secret_get (secret),
                   sampan_secret_get_length (secret),
                   text,
                   strlen (text));
}

static void
test_copies (void)
{
  char text[] = "secret";
  g_autoptr (SampanSecret) secret = sampan_secret_new (text, strlen (text));
  g_autoptr (SampanSecret) copy = sampan_secret_copy (secret);

  memset (text, 'x', strlen (text));
  assert_secret (secret, "secret");
  assert_secret (copy, "secret");
  g_assert_true (sampan_secret_get (copy) != sampan_secret_get (secret));
  sampan_secret_free (NULL);
}

static void
test_secret_lengths (void)
{
  g_autofree char *bytes = g_malloc0 (SECRET_MAX + 1);
  static const size_t lengths[] = { 0, 1, 7, 8, 4095, 4096, SECRET_MAX };

  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (SampanSecret) secret = sampan_secret_new (bytes, lengths[i]);

      g_assert_nonnull (secret);
      g_assert_cmpuint (sampan_secret_get_length (secret), ==, lengths[i]);
    }
  g_assert_null (sampan_secret_new (bytes, SECRET_MAX + 1));
}

/* A NULL text: refused with BAD_NAME. */
static void
check_file (const char *directory, const char *content, size_t length, const char *text)
{
  g_autofree char *filename = g_build_filename (directory, "password", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanSecret) secret = NULL;

  g_assert_true (g_file_set_contents (filename, content, (gssize)length, NULL));
  secret = sampan_secret_read_file (filename, &error);
  if (text)
    {
      g_assert_no_error (error);
      assert_secret (secret, text);
    }
  else
    {
      g_assert_null (secret);
      g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
    }
  g_assert_cmpint (g_unlink (filename), ==, 0);
}

static void
test_read_file (void)
{
  static const struct
  {
    const char *content;
    const char *text;
  } cases[] = {
    { "secret", "secret" },
    { "secret\n", "secret" },
    { "secret\r\n", "secret" },
    { "secret\nsecond line\n", "secret" },
    { " secret \n", " secret " },
    { "se\rcret\n", "se\rcret" },
    { "secret\r", "secret\r" },
    { "p\xc3\xa4ss\xff\n", "p\xc3\xa4ss\xff" },
    { "", NULL },
    { "\n", NULL },
    { "\r\n", NULL },
    { "\nsecond\n", NULL },
  };
  static const char *const line_ends[] = { "", "\n", "\r\n", "\nmore\n" };
  g_autofree char *directory = g_dir_make_tmp ("sampan-secret-XXXXXX", NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    check_file (directory, cases[i].content, strlen (cases[i].content), cases[i].text);
  for (size_t i = 0; i < G_N_ELEMENTS (line_ends); i++)
    {
      g_autofree char *longest = g_strnfill (LINE_MAX_BYTES, 'p');
      g_autofree char *longer = g_strnfill (LINE_MAX_BYTES + 1, 'p');
      g_autofree char *longest_line = g_strconcat (longest, line_ends[i], NULL);
      g_autofree char *longer_line = g_strconcat (longer, line_ends[i], NULL);

      check_file (directory, longest_line, strlen (longest_line), longest);
      check_file (directory, longer_line, strlen (longer_line), NULL);
    }
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_read_file_errors (void)
{
  g_autofree char *directory = g_dir_make_tmp ("sampan-secret-XXXXXX", NULL);
  g_autofree char *missing = g_build_filename (directory, "missing", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sampan_secret_read_file (missing, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (sampan_secret_read_file (directory, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

#define CODE "about-canoe-lilac-ruby-sushi-topaz-verse-zoom"

static bool
are_near (const char *a, const char *b)
{
  size_t same_before = 0, same_behind = 0;
  size_t a_length = strlen (a), b_length = strlen (b), longer = MAX (a_length, b_length);

  while (a[same_before] != '\0' && a[same_before] == b[same_before])
    same_before++;
  while (same_behind < MIN (a_length, b_length) - same_before &&
         a[a_length - same_behind - 1] == b[b_length - same_behind - 1])
    same_behind++;
  if (same_before + same_behind + 1 >= longer)
    return true;
  return a_length == b_length && same_before + same_behind + 2 == longer &&
         a[same_before] == b[same_before + 1] && a[same_before + 1] == b[same_before];
}

static void
test_code_words (void)
{
  g_assert_true (are_near ("horse", "house"));
  g_assert_true (are_near ("horse", "hosre"));
  g_assert_true (are_near ("hors", "horse"));
  g_assert_false (are_near ("horse", "hares"));
  g_assert_cmpuint (G_N_ELEMENTS (sampan_code_words), ==, 1024);
  for (size_t i = 0; i < G_N_ELEMENTS (sampan_code_words); i++)
    {
      const char *word = sampan_code_words[i];

      g_assert_cmpuint (strlen (word), >=, SAMPAN_CODE_WORD_MIN);
      g_assert_cmpuint (strlen (word), <=, SAMPAN_CODE_WORD_MAX);
      g_assert_cmpuint (strspn (word, "abcdefghijklmnopqrstuvwxyz"), ==, strlen (word));
      if (i > 0)
        g_assert_cmpstr (sampan_code_words[i - 1], <, word);
      for (size_t j = 0; j < i; j++)
        if (are_near (sampan_code_words[j], word))
          g_error ("%s and %s", sampan_code_words[j], word);
    }
}

static void
test_code_mistakes (void)
{
  static const struct
  {
    const char *typed;
    const char *mistake; /* nullable */
  } cases[] = {
    { CODE, NULL },
    { "about-canoe-hosre-ruby-sushi-topaz-verse-zoom", "hosre" },
    { "ABOUT CANOE HOSRE RUBY SUSHI TOPAZ VERSE ZO0M", "hosre" },
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zzzzzzzzzzzzzzz", "zzzzzzzzzzzzzzz" },
    /* Too long for a word, nothing that a word has, three of them, too few, too many. */
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zzzzzzzzzzzzzzzz", NULL },
    { "about-canoe-lil\xc3\xa4"
      "c-ruby-sushi-topaz-verse-zoom",
      NULL },
    { "about-canoe-x-y-z-topaz-verse-zoom", NULL },
    { "about-canoe-hosre-ruby-sushi-topaz-verse", NULL },
    { "about-canoe-hosre-ruby-sushi-topaz-verse-zoom-zoom", NULL },
    { "correct horse battery staple", NULL },
    { "", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SampanSecret) typed = sampan_secret_new (cases[i].typed, strlen (cases[i].typed));
      g_autofree char *mistake = sampan_one_time_code_find_mistake (typed);

      g_assert_cmpstr (mistake, ==, cases[i].mistake);
    }
}

static void
test_code_generate (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRegex) form =
      g_regex_new ("^[a-z]{3,5}(-[a-z]{3,5}){7}$", G_REGEX_DOLLAR_ENDONLY, 0, NULL);

  for (int i = 0; i < 200; i++)
    {
      g_autoptr (SampanSecret) code = sampan_one_time_code_generate ();
      g_autoptr (SampanSecret) folded = sampan_one_time_code_fold (code);
      char *text =
          g_strndup ((const char *)sampan_secret_get (code), sampan_secret_get_length (code));

      g_assert_true (g_regex_match (form, text, 0, NULL));
      assert_secret (folded, text);
      g_assert_true (g_hash_table_add (seen, text));
    }
}

static void
test_code_fold (void)
{
  static const struct
  {
    const char *typed;
    const char *folded;
  } cases[] = {
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zoom", CODE },
    { "ABOUT CANOE LILAC RUBY SUSHI TOPAZ VERSE ZOOM", CODE },
    { " about canoe\tlilac ruby sushi  topaz verse zoom\n", CODE },
    { "--About-Canoe- -lilac ruby--sushi-topaz-verse-Zoom--", CODE },
    { "about-canoe-lilac-ruby-sushi-topaz-verse", NULL },
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zoom-zoom", NULL },
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zoon", NULL },
    { "about-canoe-lilac-ruby-sushi-topaz-versezoom", NULL },
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zoom!", NULL },
    { "about_canoe_lilac_ruby_sushi_topaz_verse_zoom", NULL },
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zo\xc3\xb6m", NULL },
    { "about-canoe-lilac-ruby-sushi-topaz-verse-zoomzoomzoomzoomzoom", NULL },
    { "", NULL },
    { "----", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SampanSecret) typed = sampan_secret_new (cases[i].typed, strlen (cases[i].typed));
      g_autoptr (SampanSecret) folded = sampan_one_time_code_fold (typed);

      if (cases[i].folded)
        assert_secret (folded, cases[i].folded);
      else
        g_assert_null (folded);
    }
  {
    g_autoptr (SampanSecret) with_nul = sampan_secret_new (CODE "\0", sizeof CODE);

    g_assert_null (sampan_one_time_code_fold (with_nul));
  }
}

static void
test_user_names (void)
{
  static const struct
  {
    const char *name;
    bool valid;
  } cases[] = {
    { "a", true },
    { "alice", true },
    { "alice.b_c-d", true },
    { "0", true },
    { "...", true },
    { "-", true },
    { "_", true },
    { ".a", true },
    { "abcdefghijklmnopqrstuvwxyz012345", true },   /* 32 */
    { "abcdefghijklmnopqrstuvwxyz0123456", false }, /* 33 */
    { "", false },
    { ".", false },
    { "..", false },
    { "Alice", false },
    { "alice ", false },
    { " alice", false },
    { "al ice", false },
    { "al/ice", false },
    { "al\\ice", false },
    { "al\nice", false },
    { "alice@host", false },
    { "*", false },
    { "a,b", false },
    { "\xc3\xa4", false },
    { "\xff", false },
    { "`", false },
    { "{", false },
    { ":", false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %zu", i);
      g_assert_cmpint (sampan_user_name_is_valid (cases[i].name, strlen (cases[i].name)),
                       ==,
                       cases[i].valid);
    }
  g_assert_false (sampan_user_name_is_valid ("ali\0ce", 6));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sampan_crypto_init ());
  g_test_add_func ("/secret/copies", test_copies);
  g_test_add_func ("/secret/lengths", test_secret_lengths);
  g_test_add_func ("/secret/read-file", test_read_file);
  g_test_add_func ("/secret/fail/read-file", test_read_file_errors);
  g_test_add_func ("/one-time-code/words", test_code_words);
  g_test_add_func ("/one-time-code/mistakes", test_code_mistakes);
  g_test_add_func ("/one-time-code/generate", test_code_generate);
  g_test_add_func ("/one-time-code/fold", test_code_fold);
  g_test_add_func ("/user-name/table", test_user_names);
  return g_test_run ();
}
