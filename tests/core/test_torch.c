/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Torch's two formats, well-formed and hostile: views, types, byte orders; tensors and lists that
 * do not fit, files cut short anywhere. Each bad one must be refused with one line that names the
 * file. */
#include "bytes.h"
#include "said.h"

/* ---- zip ------------------------------------------------------------------------------------- */

static void
test_torch_zip (void)
{
  static const float data[6] = { 0, 1, 2, 3, 4, 5 };
  float v[8] = { 0 };
  adm_weights *w;

  state_dict (FLOATS, 6, 0, (int64_t[]) { 2, 3 }, (int64_t[]) { 3, 1 }, 2);
  torch_zip ("good.pt", data, sizeof data, 0);
  if (CHECK (adm_weights_open (folder_file ("good.pt"), &w, &error) == ADM_OK)) {
    CHECK_STR (adm_weights_format (w), "torch-zip");
    CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && !memcmp (v, data, sizeof data));
    adm_weights_free (w);
  } else
    printf ("  %s\n", said (&error));

  /* a transposed view from the second element on */
  state_dict (FLOATS, 6, 1, (int64_t[]) { 2, 2 }, (int64_t[]) { 1, 3 }, 2);
  torch_zip ("strided.pt", data, sizeof data, 0);
  CHECK (adm_weights_open (folder_file ("strided.pt"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && v[0] == 1 && v[1] == 4 && v[2] == 2
         && v[3] == 5);
  adm_weights_free (w);

  /* a broadcast (stride 0), and big-endian data */
  state_dict (FLOATS, 1, 0, (int64_t[]) { 4 }, (int64_t[]) { 0 }, 1);
  static const unsigned char one[4] = { 0x3f, 0x80, 0, 0 };
  float big;
  memcpy (&big, one, 4);
  torch_zip ("big.pt", &big, sizeof big, BIG_ENDIAN_ORDER);
  CHECK (adm_weights_open (folder_file ("big.pt"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && v[0] == 1 && v[3] == 1);
  adm_weights_free (w);

  /* two tensors of one storage: the second is read without the rest of the record, in either
   * order */
  begin_pickle ();
  put_text (&pickle, "}");
  put_string (&pickle, "a");
  put_tensor (&pickle, FLOATS, 6, 0, (int64_t[]) { 2 }, (int64_t[]) { 1 }, 1);
  put_text (&pickle, "s");
  put_string (&pickle, "b");
  put_tensor (&pickle, FLOATS, 6, 3, (int64_t[]) { 3 }, (int64_t[]) { 1 }, 1);
  put_text (&pickle, "s.");
  torch_zip ("shared.pt", data, sizeof data, 0);
  for (size_t i = 0; i < 2; i++) {
    CHECK (adm_weights_open (folder_file ("shared.pt"), &w, &error) == ADM_OK);
    for (size_t k = 0; k < 4; k++) {
      bool first = (i + k) % 2 == 0;
      CHECK (adm_weights_read (w, first ? 0 : 1, v, &error) == ADM_OK
             && !memcmp (v, first ? data : data + 3, (first ? 2 : 3) * sizeof *v));
    }
    adm_weights_free (w);
  }

  /* one number claimed by more tensors than any file of this size has */
  state_dict (FLOATS, 1, 0, (int64_t[]) { 20000, 1000 }, (int64_t[]) { 0, 0 }, 2);
  torch_zip ("claims.pt", data, 4, 0);
  refused ("claims.pt", ADM_ERROR_FORMAT, "tensor w its tensors take more than twice");

  /* under a key */
  begin_pickle ();
  put_text (&pickle, "}");
  put_string (&pickle, "state_dict");
  put_text (&pickle, "}");
  put_string (&pickle, "w");
  put_tensor (&pickle, FLOATS, 6, 0, (int64_t[]) { 6 }, (int64_t[]) { 1 }, 1);
  put_text (&pickle, "ss.");
  torch_zip ("nested.pt", data, sizeof data, 0);
  CHECK (adm_weights_open (folder_file ("nested.pt"), &w, &error) == ADM_OK
         && adm_weights_count (w) == 1);
  adm_weights_free (w);

  state_dict (FLOATS, 6, 0, (int64_t[]) { 6 }, (int64_t[]) { 1 }, 1);
  torch_zip ("packed.pt", data, sizeof data, COMPRESSED);
  refused ("packed.pt", ADM_ERROR_FORMAT, "compressed");
  torch_zip ("missing.pt", data, sizeof data, NO_RECORD);
  refused ("missing.pt", ADM_ERROR_FORMAT, "data/0 is missing");
  torch_zip ("colliding.pt", data, sizeof data, COLLIDING);
  refused ("colliding.pt", ADM_ERROR_FORMAT, "twice");
  torch_zip ("short.pt", data, 20, 0);
  refused ("short.pt", ADM_ERROR_FORMAT, "20 bytes where 6 elements");
  torch_zip ("order.pt", data, sizeof data, ODD_ORDER);
  refused ("order.pt", ADM_ERROR_FORMAT, "byte order");
  torch_zip ("order.pt", data, sizeof data, LONG_ORDER);
  refused ("order.pt", ADM_ERROR_FORMAT, "too large");
  torch_zip ("name.pt", data, sizeof data, LONG_NAME);
  refused ("name.pt", ADM_ERROR_FORMAT, "data/0 is missing");
  torch_zip ("nothing.pt", data, sizeof data, NO_PICKLE);
  refused ("nothing.pt", ADM_ERROR_FORMAT, "data.pkl");
  torch_zip ("two.pt", data, sizeof data, TWO_PICKLES);
  refused ("two.pt", ADM_ERROR_FORMAT, "data.pkl");

  static const struct {
    int64_t numel, offset, shape[2], stride[2];
  } beyond[] = {
    { 6, 1, { 2, 3 }, { 3, 1 } },  { 6, 0, { 2, 3 }, { 4, 1 } },
    { 6, 6, { 1, 1 }, { 1, 1 } },  { 6, 0, { 1, 7 }, { 7, 1 } },
    { 6, 0, { 2, 3 }, { -3, 1 } }, { 6, -1, { 2, 3 }, { 3, 1 } },
    { 6, 0, { -2, 3 }, { 3, 1 } }, { 6, 0, { 2147483647, 2147483647 }, { 2147483647, 2147483647 } },
    { -6, 0, { 2, 3 }, { 3, 1 } }
  };
  for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
    state_dict (FLOATS, beyond[i].numel, beyond[i].offset, beyond[i].shape, beyond[i].stride, 2);
    torch_zip ("beyond.pt", data, sizeof data, 0);
    refused ("beyond.pt", ADM_ERROR_FORMAT, "");
  }

  /* a bit turned over in the data: the check sum tells */
  state_dict (FLOATS, 6, 0, (int64_t[]) { 6 }, (int64_t[]) { 1 }, 1);
  torch_zip ("turned.pt", data, sizeof data, 0);
  FILE *file = fopen (folder_file ("turned.pt"), "r+b");
  static unsigned char all[1 << 16];
  size_t size = fread (all, 1, sizeof all, file), i = 0;
  while (i + sizeof data < size && memcmp (all + i, data, sizeof data))
    i++;
  CHECK (i + sizeof data < size);
  fseek (file, (long) i + 5, SEEK_SET);
  fputc (all[i + 5] ^ 1, file);
  fclose (file);
  CHECK (adm_weights_open (folder_file ("turned.pt"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "turned.pt");
  adm_weights_free (w);

  /* cut short anywhere */
  torch_zip ("cut.pt", data, sizeof data, 0);
  struct stat info;
  CHECK (stat (folder_file ("cut.pt"), &info) == 0);
  for (long n = info.st_size - 1; n > 0; n -= 1 + n / 40) {
    CHECK (truncate (folder_file ("cut.pt"), n) == 0);
    refused ("cut.pt", ADM_ERROR_FORMAT, "");
  }
}

static void
test_types (void)
{
  static const struct {
    const char *storage;
    struct ops data; /* 1 and -2 */
    bool number;
  } types[] = { { "ctorch\nDoubleStorage\n", OPS ("\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0"), true },
                { "ctorch\nFloatStorage\n", OPS ("\0\0\x80\x3f\0\0\0\xc0"), true },
                { "ctorch\nHalfStorage\n", OPS ("\0\x3c\0\xc0"), true },
                { "ctorch\nBFloat16Storage\n", OPS ("\x80\x3f\0\xc0"), true },
                { "ctorch\nLongStorage\n", OPS ("\1\0\0\0\0\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff"),
                  false },
                { "ctorch\nIntStorage\n", OPS ("\1\0\0\0\xfe\xff\xff\xff"), false },
                { "ctorch\nShortStorage\n", OPS ("\1\0\xfe\xff"), false },
                { "ctorch\nCharStorage\n", OPS ("\1\xfe"), false },
                { "ctorch\nByteStorage\n", OPS ("\1\2"), false },
                { "ctorch\nBoolStorage\n", OPS ("\1\0"), false } };
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    adm_weights *w;
    float v[2] = { 0 };
    state_dict (types[i].storage, 2, 0, (int64_t[]) { 2 }, (int64_t[]) { 1 }, 1);
    torch_zip ("typed.pt", types[i].data.text, types[i].data.n, 0);
    if (!CHECK (adm_weights_open (folder_file ("typed.pt"), &w, &error) == ADM_OK))
      continue;
    if (types[i].number)
      CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && v[0] == 1 && v[1] == -2);
    else if (CHECK (adm_weights_read (w, 0, v, &error) == ADM_ERROR_FORMAT))
      CHECK_CONTAINS (said (&error), "tensor w does not hold floating-point numbers");
    adm_weights_free (w);
  }
}

/* STORAGE, OFFSET, SHAPE and STRIDE as opcodes. */
static void
put_odd_tensor (struct bytes *b, struct ops storage, struct ops offset, struct ops shape,
                struct ops stride)
{
  put_text (b, "ctorch._utils\n_rebuild_tensor_v2\n(");
  put_ops (b, storage);
  put_ops (b, offset);
  put_ops (b, shape);
  put_ops (b, stride);
  put_text (b, "\x89"
               "ccollections\nOrderedDict\n)RtR");
}

#define STORAGE_BEFORE(key) "(X\7\0\0\0storagectorch\nFloatStorage\nX" key "X\3\0\0\0cpu"
#define STORAGE                                                                                    \
  STORAGE_BEFORE ("\1\0\0\0"                                                                       \
                  "0")                                                                             \
  "K\6tQ"
#define LONG_2_62 "\x8a\x08\0\0\0\0\0\0\0\x40"
#define LONG_2_63_1 "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"
#define NINE_BYTES "\x8a\x09\1\1\1\1\1\1\1\1\1"
#define ONES "(K\1K\1K\1K\1K\1K\1K\1K\1K\1t"

static void
test_odd_tensors (void)
{
  static const float data[6] = { 0, 1, 2, 3, 4, 5 };
  static const struct {
    struct ops storage, offset, shape, stride;
    const char *part;
  } cases[] = {
    { OPS ("N"), OPS ("K\0"), OPS ("(K\6t"), OPS ("(K\1t"), "unknown arguments" },
    { OPS (STORAGE), OPS ("N"), OPS ("(K\6t"), OPS ("(K\1t"), "unknown arguments" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("K\6"), OPS ("(K\1t"), "unknown arguments" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(K\6t"), OPS ("K\1"), "unknown arguments" },
    { OPS (STORAGE), OPS (NINE_BYTES), OPS ("(K\6t"), OPS ("(K\1t"), "unknown arguments" },
    { OPS (STORAGE), OPS ("K\0"), OPS (ONES), OPS (ONES), "shape and strides that do not fit" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(K\6t"), OPS (")"), "shape and strides that do not fit" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(Nt"), OPS ("(K\1t"), "not numbers" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(K\6t"), OPS ("(Nt"), "not numbers" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(" NINE_BYTES "t"), OPS ("(K\1t"), "not numbers" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(K\6t"), OPS ("(" NINE_BYTES "t"), "not numbers" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(K\5t"), OPS ("(" LONG_2_62 "t"), "past any size" },
    { OPS (STORAGE), OPS (LONG_2_63_1), OPS ("(K\4t"), OPS ("(" LONG_2_62 "t"), "past any size" },
    { OPS (STORAGE), OPS ("K\0"), OPS ("(J\xff\xff\xff\x7f" LONG_2_62 "t"), OPS ("(K\1K\1t"),
      "impossible shape" },
    { OPS (STORAGE_BEFORE ("\1\0\0\0"
                           "0") NINE_BYTES "tQ"),
      OPS ("K\0"), OPS ("(K\6t"), OPS ("(K\1t"), "unknown way" },
    { OPS (STORAGE_BEFORE ("\1\0\0\0"
                           "0") LONG_2_62 "tQ"),
      OPS ("K\0"), OPS ("(K\6t"), OPS ("(K\1t"), "24 bytes where 4611686018427387904" },
    { OPS (STORAGE_BEFORE ("\1\0\0\0\0") "K\6tQ"), OPS ("K\0"), OPS ("(K\6t"), OPS ("(K\1t"),
      "is missing" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    begin_pickle ();
    put_text (&pickle, "}");
    put_string (&pickle, "w");
    put_odd_tensor (&pickle, cases[i].storage, cases[i].offset, cases[i].shape, cases[i].stride);
    put_text (&pickle, "s.");
    torch_zip ("odd.pt", data, sizeof data, 0);
    refused ("odd.pt", ADM_ERROR_FORMAT, cases[i].part);
  }
}

/* Dicts as they come: weights under a key, beside other things, as parameters. */
static void
test_states (void)
{
  static const float data[6] = { 0, 1, 2, 3, 4, 5 };
  static const struct {
    struct ops before, after;
    const char *part; /* of the refusal; NULL: it is read */
  } cases[] = {
    { OPS ("}X\1\0\0\0w"), OPS ("s."), NULL },
    { OPS ("}X\5\0\0\0model}X\1\0\0\0w"), OPS ("ss."), NULL },
    { OPS ("}(K\5NX\3\0\0\0ema}X\1\0\0\0w"), OPS ("su."), NULL },
    { OPS ("}(X\14\0\0\0param_groupsNX\1\0\0\0w"), OPS ("u."), NULL },
    { OPS ("}X\1\0\0\0wctorch._utils\n_rebuild_parameter\n("), OPS ("\x88)tRs."), NULL },
    { OPS ("}X\1\0\0\0wctorch._utils\n_rebuild_parameter\n("), OPS ("tRs."), "unknown arguments" },
    { OPS ("}K\5"), OPS ("s."), "without names" },
    { OPS ("}X\5\0\0\0other}X\1\0\0\0w"), OPS ("ss."), NULL },
    { OPS ("}X\5\0\0\0modelK\5s(X\1\0\0\0a"), OPS ("t0."), "opcode" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    adm_weights *w;
    float v[6] = { 0 };
    begin_pickle ();
    put_ops (&pickle, cases[i].before);
    put_tensor (&pickle, FLOATS, 6, 0, (int64_t[]) { 6 }, (int64_t[]) { 1 }, 1);
    put_ops (&pickle, cases[i].after);
    torch_zip ("state.pt", data, sizeof data, 0);
    if (cases[i].part)
      refused ("state.pt", ADM_ERROR_FORMAT, cases[i].part);
    else if (CHECK (adm_weights_open (folder_file ("state.pt"), &w, &error) == ADM_OK)) {
      CHECK (adm_weights_find (w, "w") == 0 && adm_weights_read (w, 0, v, &error) == ADM_OK
             && !memcmp (v, data, sizeof data));
      adm_weights_free (w);
    } else
      printf ("  case %zu: %s\n", i, said (&error));
  }
}

/* Ends of zips that tell of a list of records which is not there; and a file that shrinks after it
 * was opened. */
static void
test_zip_ends (void)
{
  static const struct {
    size_t before;  /* bytes before the locator */
    uint64_t where; /* it sends to */
    uint64_t claim; /* what stands there, when that is in the file */
  } ends[] = {
    { 4, 0, 0 }, { 200, (uint64_t) 1 << 40, 0 }, { 200, 64, (uint64_t) 1 << 40 }, { 200, 64, 0 }
  };
  static struct bytes b;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    memset (b.data, 0, 300);
    b.n = 0;
    put (&b, "PK\3\4", 4);
    b.n = ends[i].before;
    put (&b, "PK\6\7\0\0\0\0", 8);
    put_number (&b, ends[i].where, 8);
    put (&b, "\1\0\0\0PK\5\6\0\0\0\0\1\0\1\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0", 26);
    if (ends[i].where < b.n) {
      size_t end = b.n;
      b.n = ends[i].where;
      put (&b, "PK\6\6", 4);
      b.n = ends[i].where + 40;
      put_number (&b, ends[i].claim, 8);
      b.n = end;
    }
    save ("end.pt", &b);
    refused ("end.pt", ADM_ERROR_FORMAT, "");
  }

  static float many[100000];
  adm_weights *w;
  state_dict (FLOATS, 100000, 50000, (int64_t[]) { 50000 }, (int64_t[]) { 1 }, 1);
  for (int cut = 1; cut <= 3; cut++) {
    torch_zip ("shrinks.pt", many, sizeof many, 0);
    CHECK (adm_weights_open (folder_file ("shrinks.pt"), &w, &error) == ADM_OK);
    CHECK (truncate (folder_file ("shrinks.pt"), cut == 1 ? 1000 : cut == 2 ? 300000 : 20) == 0);
    CHECK (adm_weights_read (w, 0, many, &error) == ADM_ERROR_FORMAT);
    CHECK_CONTAINS (said (&error), "record");
    adm_weights_free (w);
  }
}

/* ---- legacy ---------------------------------------------------------------------------------- */

#define SYSTEM(little)                                                                             \
  "\x80\2}(X\x10\0\0\0protocol_versionM\xe9\3X\x0d\0\0\0little_endian" little "u."
#define ONE_KEY                                                                                    \
  "\x80\2](X\1\0\0\0"                                                                              \
  "0e."
#define PROTOCOL "\x80\2M\xe9\3."

/* The object is PICKLE; then DATA [6], after its number of elements. */
static void
legacy (const char *name, struct ops protocol, struct ops system, struct ops keys, uint64_t numel,
        const void *data, size_t n)
{
  static struct bytes b;
  b.n = 0;
  put_ops (&b, (struct ops) OPS ("\x80\2\x8a\x0al\xfc\x9c"
                                 "F\xf9 j\xa8P\x19."));
  put_ops (&b, protocol);
  put_ops (&b, system);
  put (&b, pickle.data, pickle.n);
  put_ops (&b, keys);
  if (n > 0) {
    put_number (&b, numel, 8);
    put (&b, data, n);
  }
  save (name, &b);
}

static void
test_legacy (void)
{
  static const float data[6] = { 0, 1, 2, 3, 4, 5 };
  static const struct ops protocol = OPS (PROTOCOL), little = OPS (SYSTEM ("\x88")),
                          one = OPS (ONE_KEY);
  static const struct {
    struct ops protocol, system, keys;
    int64_t numel;     /* as the object tells */
    uint64_t repeated; /* as the data tell */
    size_t data;
    const char *part;
  } cases[] = {
    { OPS ("\x80\2N."), OPS (SYSTEM ("\x88")), OPS (ONE_KEY), 6, 6, 24, "unknown torch version" },
    { OPS ("\x80\2M\xea\3."), OPS (SYSTEM ("\x88")), OPS (ONE_KEY), 6, 6, 24,
      "unknown torch version" },
    { OPS (PROTOCOL), OPS ("\x80\2o"), OPS (ONE_KEY), 6, 6, 24, "opcode" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS ("\x80\2}."), 6, 6, 24,
      "list of storages is missing" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS ("\x80\2o"), 6, 6, 24, "opcode" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS ("\x80\2](K\5e."), 6, 6, 24,
      "does not fit its tensors" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")),
      OPS ("\x80\2](X\1\0\0\0"
           "1e."),
      6, 6, 24, "does not fit its tensors" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")),
      OPS ("\x80\2](X\1\0\0\0"
           "0X\1\0\0\0"
           "0e."),
      6, 6, 24, "does not fit its tensors" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS ("\x80\2]."), 6, 0, 0, "storage 0 has no data" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS (ONE_KEY), 6, 0, 0, "ends early" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS (ONE_KEY), 6, 5, 24,
      "does not fit into the file" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS (ONE_KEY), 7, 7, 24,
      "does not fit into the file" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS (ONE_KEY), (int64_t) 1 << 62, (uint64_t) 1 << 62,
      24, "does not fit into the file" },
    { OPS (PROTOCOL), OPS (SYSTEM ("\x88")), OPS (ONE_KEY), ((int64_t) 1 << 62) - 1,
      ((uint64_t) 1 << 62) - 1, 24, "does not fit into the file" },
  };
  adm_weights *w;
  float v[6] = { 0 };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    state_dict (FLOATS, cases[i].numel, 0, (int64_t[]) { 6 }, (int64_t[]) { 1 }, 1);
    legacy ("odd.legacy.pt", cases[i].protocol, cases[i].system, cases[i].keys, cases[i].repeated,
            data, cases[i].data);
    refused ("odd.legacy.pt", ADM_ERROR_FORMAT, cases[i].part);
  }

  /* the other byte order; and where nothing is told, or told late, this one */
  static const unsigned char turned[24] = { 0,    0,    0, 0, 0x3f, 0x80, 0, 0, 0x40, 0,    0, 0,
                                            0x40, 0x40, 0, 0, 0x40, 0x80, 0, 0, 0x40, 0xa0, 0, 0 };
  static struct bytes late;
  late.n = 0;
  put_text (&late, "\x80\2}(");
  for (int i = 0; i < 64; i++)
    put (&late, "NN", 2);
  put (&late, "X\x0d\0\0\0little_endian\x89u.", 21);
  const struct {
    struct ops system;
    const void *data;
  } orders[] = { { OPS (SYSTEM ("\x88")), data },
                 { OPS (SYSTEM ("\x89")), turned },
                 { OPS (SYSTEM ("N")), data },
                 { OPS ("\x80\2N."), data },
                 { { (const char *) late.data, late.n }, data } };
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    state_dict (FLOATS, 6, 0, (int64_t[]) { 6 }, (int64_t[]) { 1 }, 1);
    legacy ("order.legacy.pt", protocol, orders[i].system, one, 6, orders[i].data, 24);
    if (CHECK (adm_weights_open (folder_file ("order.legacy.pt"), &w, &error) == ADM_OK)) {
      CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && !memcmp (v, data, sizeof data));
      adm_weights_free (w);
    } else
      printf ("  order %zu: %s\n", i, said (&error));
  }

  /* one storage described in two ways, none described, more than any network has, and an object
   * that is none */
  static const struct {
    const char *storage;
    int64_t numel;
  } ways[] = { { FLOATS, 7 }, { "ctorch\nIntStorage\n", 6 } };
  for (size_t i = 0; i < 2; i++) {
    begin_pickle ();
    put_text (&pickle, "}");
    put_string (&pickle, "a");
    put_tensor (&pickle, FLOATS, 6, 0, (int64_t[]) { 2 }, (int64_t[]) { 1 }, 1);
    put_text (&pickle, "s");
    put_string (&pickle, "b");
    put_tensor (&pickle, ways[i].storage, ways[i].numel, 0, (int64_t[]) { 2 }, (int64_t[]) { 1 },
                1);
    put_text (&pickle, "s.");
    legacy ("ways.legacy.pt", protocol, little, one, 6, data, 24);
    refused ("ways.legacy.pt", ADM_ERROR_FORMAT, "described in two ways");
  }
  begin_pickle ();
  put_text (&pickle, "}.");
  legacy ("none.legacy.pt", protocol, little, one, 6, data, 24);
  refused ("none.legacy.pt", ADM_ERROR_FORMAT, "does not fit its tensors");
  begin_pickle ();
  put_text (&pickle, "}o.");
  legacy ("none.legacy.pt", protocol, little, one, 6, data, 24);
  refused ("none.legacy.pt", ADM_ERROR_FORMAT, "opcode");
  begin_pickle ();
  put_text (&pickle, "]((");
  put_ops (&pickle, (struct ops) OPS ("X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
                                      "0X\3\0\0\0cpuK\6tq\1Qt0"));
  pickle.n -= 2; /* the tuple stays in the memo, its storage on the stack; both go into the list */
  put_text (&pickle, "e");
  for (int i = 0; i < 140000; i++)
    put (&pickle, "h\1Qa", 4);
  put_text (&pickle, ".");
  legacy ("many.legacy.pt", protocol, little, one, 6, data, 24);
  refused ("many.legacy.pt", ADM_ERROR_FORMAT, "names 140001 storages");
}

static void
test_legacy_hostile (void)
{
  char source[1024];
  snprintf (source, sizeof source, "%s/classifier-adaptive.legacy.pt", ADM_TEST_FIXTURES);
  FILE *in = fopen (source, "rb");
  static unsigned char all[1 << 20];
  size_t n = fread (all, 1, sizeof all, in);
  fclose (in);
  for (size_t cut = 1; cut < n; cut += cut < 2000 ? 97 : n / 30) {
    FILE *out = fopen (folder_file ("cut.legacy.pt"), "wb");
    fwrite (all, 1, n - cut, out);
    fclose (out);
    refused ("cut.legacy.pt", ADM_ERROR_FORMAT, "");
  }
  FILE *out = fopen (folder_file ("long.legacy.pt"), "wb");
  fwrite (all, 1, n, out);
  fputc (0, out);
  fclose (out);
  refused ("long.legacy.pt", ADM_ERROR_FORMAT, "follow");
}

int
main (void)
{
  folder_make ();
  test_torch_zip ();
  test_types ();
  test_odd_tensors ();
  test_states ();
  test_zip_ends ();
  test_legacy ();
  test_legacy_hostile ();
  folder_remove ();
  return check_summary ();
}
