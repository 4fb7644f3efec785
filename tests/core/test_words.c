/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every code has a wording on the command line, which names exactly its facts; so has every
 * word. */
#include "base/error.h"
#include "check.h"
#include "cli/words.h"

/* The facts that TEXT names, a bit each. */
static unsigned int
named (const char *text)
{
  unsigned int facts = 0;
  for (; *text; text++)
    if (text[0] == '%' && text[1] == '%')
      text++;
    else if (text[0] == '%')
      facts |= 1u << (unsigned int) (text[1] - '1');
  return facts;
}

/* The facts that CODE has, a bit each: the first ones, without a gap. */
static unsigned int
facts_of (adm_error_code code)
{
  unsigned int facts = 0;
  for (int i = 0; i < ADM_MOST_FACTS; i++)
    facts |= adm_code_fact (code, i) ? 1u << i : 0;
  CHECK ((facts & (facts + 1)) == 0);
  return facts;
}

int
main (void)
{
  CHECK (named ("%1 of %3, 50%%") == 5u && named ("%9") == 256u); /* the check can fail */
  for (int code = 0; code < ADM_CODES; code++) {
    adm_error error = { .code = (adm_error_code) code };
    const char *sentence = adm_code_sentence (error.code), *remedy = words_remedy (&error);
    char both[1024], line[WORDS_LINE];
    snprintf (both, sizeof both, "%s%s", sentence, remedy);
    bool ok = CHECK (*sentence && strlen (both) < sizeof both - 1);
    ok &= CHECK (named (both) == facts_of (error.code));
    ok &= CHECK (!strchr (both, '\n') && both[strlen (both) - 1] != '.');
    /* without a remedy the sentence is for the command line, too */
    ok &= CHECK (!strstr (sentence, "--") && !strstr (sentence, "adm "));
    ok &= CHECK (*remedy == '\0' || strchr (";: ", *remedy));
    words_of (&error, line, sizeof line);
    ok &= CHECK (error.code == ADM_CODE_TEXT || *line);
    if (!ok)
      printf ("  %s: \"%s\" \"%s\"\n", adm_code_name (error.code), sentence, remedy);
  }
  for (int word = 0; word < ADM_WORDS; word++)
    CHECK (adm_word_english ((adm_word) word)[0] && !named (adm_word_english ((adm_word) word)));
  return check_summary ();
}
