/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Classes by name: each step of the rule, what is ambiguous, what is unknown; synonyms; and all
 * 1000 ImageNet names. */
#include "catalog/class_name.h"

#include "check.h"
#include "said.h"

#include <stdlib.h>

static char none[] = "";
static char *const names[] = {
  (char *) "great white shark",
  (char *) "tiger shark",
  (char *) "tench",
  (char *) "crane",
  (char *) "crane",
  (char *) "Cardigan",
  (char *) "cardigan",
  (char *) "B\xc3\xa4r",
  (char *) "Stra\xc3\x9f"
           "e",
  (char *) "\xe7\x8c\xab",
  (char *) "jack-o'-lantern",
  (char *) "cab",
  (char *) "cabbage",
  (char *) "\xd0\x9a\xd0\xbe\xd1\x88\xd0\xba\xd0\xb0",
  (char *) "golden retriever",
};
enum { COUNT = sizeof names / sizeof *names };
static char *const synonyms[COUNT] = { (char *) "Carcharodon carcharias",
                                       none,
                                       (char *) "Tinca tinca",
                                       none,
                                       none,
                                       none,
                                       none,
                                       none,
                                       none,
                                       none,
                                       none,
                                       none,
                                       none,
                                       none,
                                       none };

static char *const materials[] = { (char *) "rock", (char *) "cobblestone", (char *) "stone",
                                   (char *) "tiles", (char *) "Rust" };
static char *const found_by[]
    = { (char *) "stone, cliff,,boulder ,patina", (char *) "cobbles, paving stones", none,
        (char *) "rust, ceramic, patina", none };
enum { MATERIALS = sizeof materials / sizeof *materials };

typedef struct classes {
  char *const *names, *const *synonyms;
  int count;
} classes;
static const classes all = { names, synonyms, COUNT }, few = { materials, found_by, MATERIALS };

typedef struct meaning {
  const char *text;
  int label;
} meaning;

static void
mean (const classes *in, const meaning *of, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    adm_error error = { 0 };
    int label = -9;
    adm_status status
        = adm_class_find ("M", in->names, in->synonyms, in->count, of[i].text, &label, &error);
    if (!CHECK (status == ADM_OK && label == of[i].label))
      printf ("  \"%s\": %d, expected %d; %s\n", of[i].text, label, of[i].label, said (&error));
  }
}

static void
refused (const classes *in, const char *text, const char *says)
{
  adm_error error = { 0 };
  int label = -9;
  CHECK (adm_class_find ("M", in->names, in->synonyms, in->count, text, &label, &error)
             == ADM_ERROR_USAGE
         && label == -9);
  CHECK_CONTAINS (said (&error), says);
  CHECK (strchr (said (&error), '\n') == NULL);
}

static void
test_rule (void)
{
  static const meaning meanings[] = {
    { "tiger shark", 1 },
    { "TIGER  Shark!", 1 },
    { "great white shark, Carcharodon carcharias", 0 },
    { "great white shark", 0 }, /* each synonym is a whole name */
    { "tinca tinca", 2 },
    { "Cardigan", 5 }, /* letter by letter before anything else */
    { "cardigan", 6 },
    { "bar", 7 },
    { "STRASSE", 8 },
    { "\xe7\x8c\xab", 9 },
    { "jack o lantern", 10 },
    { "cab", 11 }, /* whole before part */
    { "cabb", 12 },
    { "\xd0\xba\xd0\xbe\xd0\xa8\xd0\x9a\xd0\x90", 13 }, /* Cyrillic capitals */
    { "carchar", 0 },
    { "retriev", 14 },
    { "shark tiger", 1 },
    { "tigre shark", 1 },
    { "goldne retreiver", 14 },
    { "tenhc", 2 },
  };
  mean (&all, meanings, sizeof meanings / sizeof *meanings);
}

/* A class is found by its synonyms and told of by its name; a name goes before another class's
 * synonym, in capitals too. */
static void
test_synonyms (void)
{
  static const meaning meanings[] = {
    { "Boulder!", 0 },
    { "stone", 2 },
    { "STONE", 2 },
    { "rust", 4 },
    { "RUST", 4 },
    /* the whole line */
    { "rock, stone, cliff,,boulder ,patina", 0 },
    { "Paving Stones", 1 },
    { "paving", 1 },
    /* a whole synonym, though it begins a name */
    { "cobbles", 1 },
    { "ceram", 3 },
    /* words of the line */
    { "rock boulder", 0 },
    { "bolder", 0 },
    /* a slip in a name before the same in a synonym */
    { "rsut", 4 },
  };
  mean (&few, meanings, sizeof meanings / sizeof *meanings);
}

static void
test_refusals (void)
{
  static const struct {
    const classes *in;
    const char *text, *says;
  } cases[] = {
    { &all, "shark",
      "\"shark\" could be tiger shark (1) or great white shark (0) of model M; give "
      "more of the name" },
    { &all, "crane", "\"crane\" could be crane (3) or crane (4) of model M; give its number" },
    { &all, "CARDIGAN", "Cardigan (5) or cardigan (6) of model M; give its number" },
    { &all, "ar", ", " }, /* many */
    { &all, "a", " others of model M" },
    { &all, "tyger sharc x", "did you mean tiger shark (1)" },
    { &all, "zzzzzzzz", "adm models" },
    { &all, "", "adm models" },
    { &all, "-", "adm models" },
    { &all, "\xff\xfe", "class" },
    { &few, "patina", "\"patina\" could be rock (0) or tiles (3) of model M; give its number" },
    { &few, "ston",
      "could be stone (2), rock (0) or cobblestone (1) of model M; give more of the name" },
    { &few, ",", "has no class named" },
    { &few, "clifffff", "did you mean rock (0)" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    refused (cases[i].in, cases[i].text, cases[i].says);
  adm_error error;
  int label;
  CHECK (adm_class_find ("M", NULL, NULL, 0, "cat", &label, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "number");
  char longest[5000];
  memset (longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  refused (&all, longest, "class");
  for (size_t i = 0; i + 1 < sizeof longest; i++)
    longest[i] = i % 2 ? ' ' : 'y';
  refused (&all, longest, "class");
}

/* Every name of the list means itself, in capitals too unless another differs from it in these
 * alone. */
static void
test_imagenet (void)
{
  char *list[1000], *nothing[1000], line[256];
  int count = 0, shouted = 0;
  FILE *file = fopen (ADM_TEST_DATA "/imagenet-1000.txt", "r");
  while (CHECK (file != NULL) && count < 1000 && fgets (line, sizeof line, file)) {
    line[strcspn (line, "\n")] = '\0';
    nothing[count] = none;
    list[count++] = strdup (line);
  }
  if (file)
    fclose (file);
  CHECK (count == 1000);
  for (int i = 0; i < count; i++) {
    adm_error error = { 0 };
    int label = -1;
    CHECK (adm_class_find ("M", list, nothing, count, list[i], &label, &error) == ADM_OK
           && label == i);
    for (char *c = strcpy (line, list[i]); *c; c++)
      *c = *c >= 'a' && *c <= 'z' ? (char) (*c - 32) : *c;
    if (adm_class_find ("M", list, nothing, count, line, &label, &error) == ADM_OK)
      shouted += label == i;
    else
      CHECK_CONTAINS (said (&error), "igan (264)");
  }
  CHECK (shouted == 998); /* but Cardigan the dog and cardigan the jacket */
  static const struct {
    const char *text;
    int label;
  } parts[] = { { "Siamese", 284 },  { "volcan", 980 }, { "goldfihs", 1 }, { "triceratop", 51 },
                { "electric r", 5 }, { "Tchenko", -1 }, { "shark", -1 } };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    adm_error error = { 0 };
    int label = -1;
    adm_class_find ("M", list, nothing, count, parts[i].text, &label, &error);
    if (!CHECK (label == parts[i].label))
      printf ("  \"%s\": %d, %s\n", parts[i].text, label, said (&error));
  }
  for (int i = 0; i < count; i++)
    free (list[i]);
}

int
main (void)
{
  test_rule ();
  test_synonyms ();
  test_refusals ();
  test_imagenet ();
  return check_summary ();
}
