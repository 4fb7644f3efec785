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

/* Protocol 2's beginning. */
#define V2 "\200\2"

static void
test_pickle_hostile (void)
{
  static const struct {
    struct ops pickle;
    const char *part;
  } hostile[] = {
    { OPS (V2 "cos\nsystem\n(X\2\0\0\0lstR."), "os.system" },
    { OPS (V2 "cbuiltins\neval\n."), "builtins.eval" },
    { OPS (V2 "cposix\nsystem\n."), "only an attack" },
    { OPS (V2 "ctheirs\nModel.forward\n."), "theirs.Model.forward" },
    { OPS (V2 "ios\nsystem\n."), "opcode" }, /* INST */
    { OPS (V2 "(o."), "opcode" },            /* OBJ */
    { OPS (V2 "N)\201."), "calls" },         /* NEWOBJ of no class */
    { OPS ("\200\4N."), "protocol" },
    { OPS (V2 "Pstorage\n."), "opcode" }, /* PERSID */
    { OPS (V2 "."), "stops" },
    { OPS (V2 "NN."), "stops" },
    { OPS (V2 "N(."), "stops" },
    { OPS (V2 "t."), "opened" },
    { OPS (V2 "N(a."), "not there" },
    { OPS (V2 "}Ns."), "not there" },
    { OPS (V2 "](NNu."), "list or dict" },
    { OPS (V2 "}(Nu."), "not there" },
    { OPS (V2 "h\5."), "recalls" },
    { OPS (V2 "q\5."), "remembers" },
    { OPS (V2 "Nr\377\377\377\377."), "too much" },
    { OPS (V2 "X\377\377\377\377abc"), "huge string" },
    { OPS (V2 "X\20\0\0\0abc"), "ends early" },
    { OPS (V2 "J\1"), "ends early" },
    { OPS (V2 "\212 abc"), "ends early" },
    { OPS (V2 "ccollections"), "endless" },
    { OPS (V2 "NQ."), "unknown way" },
    { OPS (V2 "(NNNNNtQ."), "unknown way" },
    { OPS (V2 "N)R."), "calls" },
    { OPS (V2 "ccollections\nOrderedDict\n(NtR."), "arguments" },
    { OPS (V2 "ctorch._utils\n_rebuild_parameter\n(NNNtR."), "arguments" },
    { OPS (V2 "ctorch._utils\n_rebuild_tensor_v2\n(NNNNNNtR."), "arguments" },
    { OPS (V2 "NNb."), "changes" },
    { OPS (""), "ends early" },
  };
  for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
    pickle_refused (hostile[i].pickle.text, hostile[i].pickle.n, hostile[i].part);

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
