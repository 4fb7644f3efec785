/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pickles that ask for what weights never need, stop in the middle, or hold more than any weights:
 * each refused with one line. */
#include "bytes.h"
#include "io/pickle.h"
#include "said.h"

static void
pickle_refused (const char *text, size_t n, const char *part)
{
  adm_pickle parsed;
  adm_status status
      = adm_pickle_parse ((const unsigned char *) text, n, "file.pt", &parsed, &error);
  if (!CHECK (status != ADM_OK && parsed.value == NULL)) {
    printf ("  accepted: %.*s\n", (int) n, text);
    adm_pickle_clear (&parsed);
    return;
  }
  CHECK_CONTAINS (said (&error), "file.pt");
  CHECK_CONTAINS (said (&error), part);
}

#define PICKLE_REFUSED(text, part) pickle_refused (text, sizeof text - 1, part)

static void
test_pickle_hostile (void)
{
  PICKLE_REFUSED ("\x80\x02"
                  "cos\nsystem\n(X\x02\0\0\0lstR.",
                  "os.system");
  PICKLE_REFUSED ("\x80\x02"
                  "cbuiltins\neval\n.",
                  "builtins.eval");
  PICKLE_REFUSED ("\x80\x02"
                  "cposix\nsystem\n.",
                  "only an attack");
  PICKLE_REFUSED ("\x80\x02"
                  "ctheirs\nModel.forward\n.",
                  "theirs.Model.forward");
  PICKLE_REFUSED ("\x80\x02"
                  "ios\nsystem\n.",
                  "opcode");                   /* INST */
  PICKLE_REFUSED ("\x80\x02(o.", "opcode");    /* OBJ */
  PICKLE_REFUSED ("\x80\x02N)\x81.", "calls"); /* NEWOBJ of no class */
  PICKLE_REFUSED ("\x80\x04N.", "protocol");
  PICKLE_REFUSED ("\x80\x02"
                  "Pstorage\n.",
                  "opcode"); /* PERSID */
  PICKLE_REFUSED ("\x80\x02.", "stops");
  PICKLE_REFUSED ("\x80\x02NN.", "stops");
  PICKLE_REFUSED ("\x80\x02N(.", "stops");
  PICKLE_REFUSED ("\x80\x02t.", "opened");
  PICKLE_REFUSED ("\x80\x02N(a.", "not there");
  PICKLE_REFUSED ("\x80\x02}Ns.", "not there");
  PICKLE_REFUSED ("\x80\x02](NNu.", "list or dict");
  PICKLE_REFUSED ("\x80\x02}(Nu.", "not there");
  PICKLE_REFUSED ("\x80\x02h\x05.", "recalls");
  PICKLE_REFUSED ("\x80\x02q\x05.", "remembers");
  PICKLE_REFUSED ("\x80\x02Nr\xff\xff\xff\xff.", "too much");
  PICKLE_REFUSED ("\x80\x02X\xff\xff\xff\xff"
                  "abc",
                  "huge string");
  PICKLE_REFUSED ("\x80\x02X\x10\0\0\0abc", "ends early");
  PICKLE_REFUSED ("\x80\x02J\x01", "ends early");
  PICKLE_REFUSED ("\x80\x02\x8a\x20"
                  "abc",
                  "ends early");
  PICKLE_REFUSED ("\x80\x02"
                  "ccollections",
                  "endless");
  PICKLE_REFUSED ("\x80\x02NQ.", "unknown way");
  PICKLE_REFUSED ("\x80\x02(NNNNNtQ.", "unknown way");
  PICKLE_REFUSED ("\x80\x02N)R.", "calls");
  PICKLE_REFUSED ("\x80\x02"
                  "ccollections\nOrderedDict\n(Nt"
                  "R.",
                  "arguments");
  PICKLE_REFUSED ("\x80\x02"
                  "ctorch._utils\n_rebuild_parameter\n(NNNtR.",
                  "arguments");
  PICKLE_REFUSED ("\x80\x02"
                  "ctorch._utils\n_rebuild_tensor_v2\n(NNNNNNtR.",
                  "arguments");
  PICKLE_REFUSED ("\x80\x02NNb.", "changes");
  PICKLE_REFUSED ("", "ends early");

  /* bombs: marks, stack, doubling references */
  static char many[1 << 18];
  memset (many, '(', sizeof many);
  pickle_refused (many, sizeof many, "too deep");
  memset (many, 'N', sizeof many);
  pickle_refused (many, sizeof many, "too deep");
  size_t n = 0;
  many[n++] = ']';
  /* each list holds the last one twice: 2^250 values, if anyone counted */
  for (int level = 0; level < 250; level++) {
    memcpy (many + n, "q", 1);
    many[n + 1] = (char) level;
    memcpy (many + n + 2, "](h", 3);
    many[n + 5] = (char) level;
    many[n + 6] = 'h';
    many[n + 7] = (char) level;
    many[n + 8] = 'e';
    n += 9;
    /* the inner list stays below on the stack: drop it by a tuple of two */
    many[n++] = (char) 0x86;
  }
  many[n++] = '.';
  adm_pickle parsed;
  CHECK (adm_pickle_parse ((const unsigned char *) many, n, "file.pt", &parsed, &error) == ADM_OK
         && parsed.count < 2000);
  adm_pickle_clear (&parsed);

  /* more values, items and tuples than any weights have */
  static const struct {
    struct ops first, again;
    const char *part;
  } floods[] = { { OPS ("]"), OPS ("Na"), "too many values" },
                 { OPS ("]q\0"), OPS ("h\0a"), "too many items" },
                 { OPS ("]"), OPS ("(ta"), "too many values" },
                 { OPS ("]"), OPS (")a"), "too many values" } };
  for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
    begin_pickle ();
    put_ops (&pickle, floods[i].first);
    while (pickle.n < floods[i].again.n * (1 << 19) + 100)
      put_ops (&pickle, floods[i].again);
    put_text (&pickle, ".");
    pickle_refused ((const char *) pickle.data, pickle.n, floods[i].part);
  }

  /* an optimizer's file, a dict without tensors, no dict */
  static const float data[6];
  static const struct {
    const char *text, *part;
    size_t n;
  } states[] = {
    { "\x80\x02}(X\x05\0\0\0stateN"
      "X\x0c\0\0\0param_groups](G\0\0\0\0\0\0\0\0Neu.",
      "optimizer", 47 },
    { "\x80\x02}X\x01\0\0\0aK\x05s.", "no tensors", 13 },
    { "\x80\x02].", "no dictionary", 4 },
  };
  for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
    pickle.n = 0;
    put (&pickle, states[i].text, states[i].n);
    torch_zip ("state.pt", data, sizeof data, 0);
    refused ("state.pt", ADM_ERROR_FORMAT, states[i].part);
  }
}

int
main (void)
{
  folder_make ();
  test_pickle_hostile ();
  folder_remove ();
  return check_summary ();
}
