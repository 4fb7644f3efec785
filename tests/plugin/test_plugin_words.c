/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every code of the core has a sentence in the window, which names exactly its facts and none of
 * the command line's words; so has every word.
 */
#include <errno.h>
#include <glib.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/plugin-words.h"
#include "tests/core/check.h"

/* The facts that TEXT names, a bit each. */
static unsigned int
named (const char *text)
{
  unsigned int facts = 0;

  for (; *text; text++) {
    if (*text == '%')
      facts |= 1u << (unsigned int) (text[1] - '1');
  }
  return facts;
}

static unsigned int
facts_of (adm_error_code code)
{
  unsigned int facts = 0;

  for (int i = 0; i < ADM_MOST_FACTS; i++)
    facts |= adm_code_fact (code, i) ? 1u << i : 0;
  return facts;
}

/* Whether TEXT can stand in a window: no options, no commands. */
static gboolean
is_for_a_window (const char *text)
{
  return *text && !strstr (text, "--") && !strstr (text, "adm ") && !strchr (text, '\n');
}

static gboolean
ends_a_sentence (const char *text)
{
  return g_str_has_suffix (text, ".") || g_str_has_suffix (text, "?")
         || g_str_has_suffix (text, "。") || g_str_has_suffix (text, "？");
}

static void
check_language (const char *language)
{
  for (int code = ADM_CODE_TEXT + 1; code < ADM_CODES; code++) {
    const char *sentence = plugin_words_sentence ((adm_error_code) code),
               *translated = sentence ? g_dgettext (GETTEXT_PACKAGE, sentence) : "";
    gboolean ok = CHECK (sentence && is_for_a_window (sentence) && is_for_a_window (translated));
    ok &= CHECK (named (translated) == facts_of ((adm_error_code) code));
    ok &= CHECK (ends_a_sentence (translated)
                 || adm_code_fact ((adm_error_code) code, 0) != ADM_FACT_NONE);
    ok &= CHECK (!*language || translated != sentence);
    if (!ok)
      g_print ("  %s, %s: %s\n", language, adm_code_name ((adm_error_code) code), translated);
  }
  for (int word = 0; word < ADM_WORDS; word++) {
    const char *phrase = plugin_phrase ((adm_word) word);
    if (!CHECK (is_for_a_window (phrase) && named (phrase) == 0
                && g_utf8_validate (phrase, -1, NULL)))
      g_print ("  %s, %s\n", language, adm_word_english ((adm_word) word));
  }
}

/* What is seen in the end, in a language whose facts stand in another order as well. */
static void
check_lines (void)
{
  adm_error error = { .status = ADM_ERROR_MEMORY, .code = ADM_CODE_NO_MEMORY_READ };
  g_strlcpy (error.text, "/a/100%1.pt", sizeof error.text);
  g_autofree char *memory = plugin_words (&error);
  CHECK_STR (memory, "There is not enough memory to read “/a/100%1.pt”. Close other programs.");

  error.code = ADM_CODE_FILE_OPEN;
  error.fact[1].whole = ENOENT;
  g_autofree char *file = plugin_words (&error);
  CHECK_CONTAINS (file, "“/a/100%1.pt” could not be opened: ");
  CHECK_CONTAINS (file, ". Put it back, or choose another file.");

  error.code = ADM_CODE_FILE_BROKEN;
  error.fact[1].whole = ADM_WORD_ZIP_CUT;
  g_autofree char *broken = plugin_words (&error);
  CHECK_CONTAINS (broken, "is damaged: the zip is broken or cut short. Download it again.");

  adm_error_set (&error, ADM_ERROR_IO, "Schon übersetzt, 100 %.");
  g_autofree char *own = plugin_words (&error);
  CHECK_STR (own, "Schon übersetzt, 100 %.");
}

int
main (void)
{
  static const char *const languages[] = { "de", "es", "fr", "it", "ja", "pl", "pt_BR", "zh_CN" };

  for (int i = 0; i < ADM_WORDS; i++) {
    if (!CHECK_STR (plugin_phrase ((adm_word) i), adm_word_english ((adm_word) i)))
      return 1;
  }
  check_language ("");
  check_lines ();
  /* LANGUAGE chooses only in a locale that is not C. */
  if (!CHECK (setlocale (LC_ALL, "C.UTF-8")))
    return 1;
  bindtextdomain (GETTEXT_PACKAGE, CATALOGUES);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autofree char *catalogue
        = g_build_filename (CATALOGUES, languages[i], "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL);
    CHECK (g_file_test (catalogue, G_FILE_TEST_EXISTS));
  }
  return check_summary ();
}
