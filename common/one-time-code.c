/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One-time codes that a person can read out and type: words of a list. */

#include "config.h"

#include "login.h"

#include "one-time-code-words.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CODE_WORDS 8 /* 80 bits */
#define CODE_MAX (CODE_WORDS * (SAMPAN_CODE_WORD_MAX + 1) - 1)
#define TYPED_WORD_MAX 15 /* a word with a few letters too many */
/* Out of eight: a password of eight words that has so many of the list's is not to be expected. */
#define MISTAKES_MAX 2

typedef struct
{
  const char *at;
  const char *end;
  char word[TYPED_WORD_MAX + 1]; /* the one that was read last, in lower case */
} Typed;

static void
typed_init (Typed *self, const SampanSecret *secret)
{
  self->at = (const char *)sampan_secret_get (secret);
  self->end = self->at + sampan_secret_get_length (secret);
}

static bool
is_separator (char byte)
{
  return byte == '-' || g_ascii_isspace (byte);
}

/* FALSE at the end. What can be no word is read as an empty one. */
static bool
typed_next (Typed *self)
{
  size_t length = 0;
  bool is_possible = true;

  while (self->at < self->end && is_separator (*self->at))
    self->at++;
  if (self->at == self->end)
    return false;
  for (; self->at < self->end && !is_separator (*self->at); self->at++)
    if (g_ascii_isalnum (*self->at) && length < TYPED_WORD_MAX)
      self->word[length++] = g_ascii_tolower (*self->at);
    else
      is_possible = false;
  self->word[is_possible ? length : 0] = '\0';
  return true;
}

static int
compare_words (const void *a, const void *b)
{
  return strcmp (a, b);
}

static bool
is_word (const char *word)
{
  return bsearch (word,
                  sampan_code_words,
                  SAMPAN_CODE_WORD_COUNT,
                  sizeof sampan_code_words[0],
                  compare_words) != NULL;
}

static void
append_word (char code[static CODE_MAX + 1], const char *word)
{
  if (*code != '\0')
    g_strlcat (code, "-", CODE_MAX + 1);
  g_strlcat (code, word, CODE_MAX + 1);
}

SampanSecret *
sampan_one_time_code_generate (void)
{
  uint16_t random[CODE_WORDS];
  char code[CODE_MAX + 1] = "";
  SampanSecret *secret;

  /* 65536 is a multiple of 1024: the low ten bits are uniform. */
  randombytes_buf (random, sizeof random);
  for (size_t i = 0; i < CODE_WORDS; i++)
    append_word (code, sampan_code_words[random[i] % SAMPAN_CODE_WORD_COUNT]);
  secret = sampan_secret_new (code, strlen (code));
  sodium_memzero (random, sizeof random);
  sodium_memzero (code, sizeof code);
  return secret;
}

SampanSecret *
sampan_one_time_code_fold (const SampanSecret *typed)
{
  char code[CODE_MAX + 1] = "";
  SampanSecret *secret = NULL;
  bool is_possible = true;
  size_t count = 0;
  Typed words;

  typed_init (&words, typed);
  while (is_possible && typed_next (&words))
    {
      is_possible = ++count <= CODE_WORDS && is_word (words.word);
      if (is_possible)
        append_word (code, words.word);
    }
  if (is_possible && count == CODE_WORDS)
    secret = sampan_secret_new (code, strlen (code));
  sodium_memzero (&words, sizeof words);
  sodium_memzero (code, sizeof code);
  return secret;
}

char *
sampan_one_time_code_find_mistake (const SampanSecret *typed)
{
  g_autofree char *mistake = NULL;
  unsigned int count = 0, n_mistakes = 0;
  Typed words;

  typed_init (&words, typed);
  while (n_mistakes <= MISTAKES_MAX && typed_next (&words))
    {
      count++;
      if (is_word (words.word))
        continue;
      n_mistakes += *words.word != '\0' ? 1 : MISTAKES_MAX + 1;
      if (mistake == NULL)
        mistake = g_strdup (words.word);
    }
  sodium_memzero (&words, sizeof words);
  return count == CODE_WORDS && n_mistakes <= MISTAKES_MAX ? g_steal_pointer (&mistake) : NULL;
}
