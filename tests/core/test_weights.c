/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights files, well-formed and hostile. The same tensors from all three formats; every type; then files that lie, end early, or ask
 * for what weights never need: each must be refused with one line that names the file. */
#include "check.h"
#include "io/pickle.h"
#include "io/weights.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

static adm_error error;
static char folder[] = "/tmp/adm-weights-XXXXXX";
static char path[256];

static const char *
at (const char *name)
{
  snprintf (path, sizeof path, "%s/%s", folder, name);
  return path;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

struct bytes {
  unsigned char data[1 << 17];
  size_t n;
};

static void
put (struct bytes *b, const void *data, size_t n)
{
  memcpy (b->data + b->n, data, n);
  b->n += n;
}

static void
put_text (struct bytes *b, const char *text)
{
  put (b, text, strlen (text));
}

static void
put_number (struct bytes *b, uint64_t value, int size)
{
  for (int i = 0; i < size; i++) {
    unsigned char byte = (unsigned char) (value >> (8 * i));
    put (b, &byte, 1);
  }
}

static void
save (const char *name, const struct bytes *b)
{
  FILE *file = fopen (at (name), "wb");
  CHECK (file && fwrite (b->data, 1, b->n, file) == b->n);
  fclose (file);
}

/* Opening FILE (in the test's folder) must fail with STATUS, in one line naming the file and containing PART. */
static void
refused (const char *name, adm_status status, const char *part)
{
  adm_weights *weights = (adm_weights *) 1;
  adm_status found = adm_weights_open (at (name), &weights, &error);
  if (!CHECK (found == status && weights == NULL))
    printf ("  %s: status %d, %s\n", name, found, found ? error.message : "accepted");
  if (found == ADM_OK) {
    adm_weights_free (weights);
    return;
  }
  CHECK_CONTAINS (error.message, name);
  CHECK_CONTAINS (error.message, part);
  CHECK (!strchr (error.message, '\n'));
}

/* ---- safetensors ------------------------------------------------------------------------------------------------- */

static void
safetensors (const char *name, const char *header, const void *data, size_t n)
{
  static struct bytes b;
  b.n = 0;
  put_number (&b, strlen (header), 8);
  put_text (&b, header);
  put (&b, data, n);
  save (name, &b);
}

static void
test_types (void)
{
  static const unsigned char data[] = { 0,    0,    0x80, 0x3f, 0, 0, 0, 0xc0, 0x00, 0x3c, 0x01, 0x00, 0xff, 0x7b, 0x80, 0x3f,
                                        0x00, 0xc0, 0x40, 0x40, 0, 0, 0, 0,    0,    0,    0xf8, 0x3f, 7,    0,    0,    0 };
  safetensors ("types.safetensors",
               "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"h\":{\"dtype\":\"F16\",\"shape\":[3,1],\"data_offsets\":[8,14]},"
               "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[14,20]},\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[20,28]},"
               "\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[28,32]},\"__metadata__\":{\"adm\":\"{}\"}}",
               data, sizeof data);
  adm_weights *w;
  float v[4];
  if (!CHECK (adm_weights_open (at ("types.safetensors"), &w, &error) == ADM_OK)) {
    printf ("  %s\n", error.message);
    return;
  }
  CHECK_STR (adm_weights_format (w), "safetensors");
  CHECK_STR (adm_weights_description (w), "{}");
  CHECK (adm_weights_count (w) == 5 && adm_weights_find (w, "nothing") == -1);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "a"), v, &error) == ADM_OK && v[0] == 1 && v[1] == -2);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "h"), v, &error) == ADM_OK && v[0] == 1 && v[1] == 0x1p-24f && v[2] == 65504);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "b"), v, &error) == ADM_OK && v[0] == 1 && v[1] == -2 && v[2] == 3);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "d"), v, &error) == ADM_OK && v[0] == 1.5f);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "i"), v, &error) == ADM_ERROR_FORMAT);
  const adm_tensor *h = adm_weights_tensor (w, (size_t) adm_weights_find (w, "h"));
  CHECK (h->rank == 2 && h->shape[0] == 3 && h->shape[1] == 1 && h->elements == 3 && h->dtype == ADM_DTYPE_F16);
  adm_weights_free (w);

  /* NaN and infinity are found when they are read, and named */
  static const uint32_t odd[] = { 0x7fc00000, 0x7f800000, 0xff800000 };
  for (size_t i = 0; i < 3; i++) {
    safetensors ("odd.safetensors", "{\"bad one\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", &odd[i], 4);
    CHECK (adm_weights_open (at ("odd.safetensors"), &w, &error) == ADM_OK);
    CHECK (adm_weights_read (w, 0, v, &error) == ADM_ERROR_VALUE);
    CHECK_CONTAINS (error.message, "bad one");
    adm_weights_free (w);
  }
  static const uint16_t half_nan = 0x7e00, wide_nan = 0x7fc0;
  safetensors ("odd.safetensors",
               "{\"x\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]}, \"y\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
               (const uint16_t[]) { half_nan, wide_nan }, 4);
  CHECK (adm_weights_open (at ("odd.safetensors"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_ERROR_VALUE && adm_weights_read (w, 1, v, &error) == ADM_ERROR_VALUE);
  adm_weights_free (w);

  /* a file that shrinks after it was opened */
  static float many[4096];
  safetensors ("shrinks.safetensors", "{\"x\":{\"dtype\":\"F32\",\"shape\":[1000],\"data_offsets\":[0,4000]}}", many, 4000);
  CHECK (adm_weights_open (at ("shrinks.safetensors"), &w, &error) == ADM_OK);
  CHECK (truncate (at ("shrinks.safetensors"), 100) == 0);
  CHECK (adm_weights_read (w, 0, many, &error) == ADM_ERROR_FORMAT);
  adm_weights_free (w);
}

static void
test_safetensors_hostile (void)
{
  static const char zeros[64];
  static const struct {
    const char *header, *part;
    size_t data;
  } cases[] = {
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", "overlap",
      12 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}", "hole",
      12 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "hole", 8 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "follow", 5 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "past the end", 7 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "twice", 8 },
    { "{\"__metadata__\":{},\"__metadata__\":{},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "twice", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "do not fit its shape", 8 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}", "do not fit its shape", 8 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", "impossible shape", 0 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", "do not fit", 0 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "impossible shape", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "impossible shape", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", "dimensions", 4 },
    { "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", "unknown type", 1 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "lacks", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", "lacks", 4 },
    { "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", "lacks", 4 },
    { "{\"a\":[1]}", "not an object", 4 },
    { "{\"\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "name is empty", 4 },
    { "{\"a\\u0000b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "NUL", 4 },
    { "{\"a\":", "JSON", 8 },
    { "{\"x\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}", "nested", 0 },
    { "{}                ", "no tensors", 0 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    safetensors ("hostile.safetensors", cases[i].header, zeros, cases[i].data);
    refused ("hostile.safetensors", ADM_ERROR_FORMAT, cases[i].part);
  }
  static struct bytes b;
  static const uint64_t lengths[] = { 0xffffffffffffffff, 0x7fffffffffffffff, 25165825, 1000 };
  for (size_t i = 0; i < 4; i++) {
    b.n = 0;
    put_number (&b, lengths[i], 8);
    put_text (&b, "{\"a\":{}}        ");
    save ("length.safetensors", &b);
    refused ("length.safetensors", ADM_ERROR_FORMAT, "header");
  }
}

/* ---- torch's zip ------------------------------------------------------------------------------------------------- */

static void
put_string (struct bytes *b, const char *text)
{
  put_text (b, "X");
  put_number (b, strlen (text), 4);
  put_text (b, text);
}

/* The pickle of {NAME: a float tensor over storage "0" of NUMEL elements}. */
static void
put_tensor (struct bytes *b, const char *storage, int64_t numel, int offset, const int *shape, const int *stride, int rank)
{
  put_text (b, "ctorch._utils\n_rebuild_tensor_v2\n((");
  put_string (b, "storage");
  put_text (b, storage);
  put_string (b, "0");
  put_string (b, "cpu");
  put_text (b, "J");
  put_number (b, (uint64_t) numel, 4);
  put_text (b, "tQJ");
  put_number (b, (uint64_t) offset, 4);
  for (int k = 0; k < 2; k++) {
    put_text (b, "(");
    for (int i = 0; i < rank; i++) {
      put_text (b, "J");
      put_number (b, (uint64_t) (k ? stride[i] : shape[i]), 4);
    }
    put_text (b, "t");
  }
  put_text (b, "\x89"
               "ccollections\nOrderedDict\n)RtR");
}

static struct bytes pickle;

static void
begin_pickle (void)
{
  pickle.n = 0;
  put (&pickle, "\x80\x02", 2);
}

static void
state_dict (const char *storage, int64_t numel, int offset, const int *shape, const int *stride, int rank)
{
  begin_pickle ();
  put_text (&pickle, "}");
  put_string (&pickle, "w");
  put_tensor (&pickle, storage, numel, offset, shape, stride, rank);
  put_text (&pickle, "s.");
}

enum { COMPRESSED = 1, NO_RECORD = 2, COLLIDING = 4, BIG_ENDIAN_ORDER = 8, ODD_ORDER = 16, NO_PICKLE = 32, TWO_PICKLES = 64 };

static void
add_entry (zip_t *zip, const char *name, const void *data, size_t n, bool compress)
{
  zip_source_t *source = zip_source_buffer (zip, data, n, 0);
  zip_int64_t index = zip_file_add (zip, name, source, 0);
  CHECK (index >= 0);
  zip_set_file_compression (zip, (zip_uint64_t) index, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
}

static void
torch_zip (const char *name, const float *data, size_t n, int flags)
{
  int code;
  unlink (at (name));
  zip_t *zip = zip_open (at (name), ZIP_CREATE, &code);
  if (!CHECK (zip != NULL))
    return;
  if (!(flags & NO_PICKLE))
    add_entry (zip, "model/data.pkl", pickle.data, pickle.n, flags & COMPRESSED);
  if (flags & TWO_PICKLES)
    add_entry (zip, "other/data.pkl", pickle.data, pickle.n, false);
  if (!(flags & NO_RECORD))
    add_entry (zip, "model/data/0", data, n * sizeof *data, false);
  if (flags & COLLIDING)
    add_entry (zip, "model/DATA/0", data, n * sizeof *data, false);
  if (flags & (BIG_ENDIAN_ORDER | ODD_ORDER))
    add_entry (zip, "model/byteorder", flags & ODD_ORDER ? "middle" : "big", flags & ODD_ORDER ? 6 : 3, false);
  add_entry (zip, "model/version", "3\n", 2, false);
  CHECK (zip_close (zip) == 0);
}

#define FLOATS "ctorch\nFloatStorage\n"

static void
test_torch_zip (void)
{
  static const float data[6] = { 0, 1, 2, 3, 4, 5 };
  float v[8] = { 0 };
  adm_weights *w;

  state_dict (FLOATS, 6, 0, (int[]) { 2, 3 }, (int[]) { 3, 1 }, 2);
  torch_zip ("good.pt", data, 6, 0);
  if (CHECK (adm_weights_open (at ("good.pt"), &w, &error) == ADM_OK)) {
    CHECK_STR (adm_weights_format (w), "torch-zip");
    CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && !memcmp (v, data, sizeof data));
    adm_weights_free (w);
  } else
    printf ("  %s\n", error.message);

  /* a transposed view from the second element on */
  state_dict (FLOATS, 6, 1, (int[]) { 2, 2 }, (int[]) { 1, 3 }, 2);
  torch_zip ("strided.pt", data, 6, 0);
  CHECK (adm_weights_open (at ("strided.pt"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && v[0] == 1 && v[1] == 4 && v[2] == 2 && v[3] == 5);
  adm_weights_free (w);

  /* a broadcast (stride 0), and big-endian data */
  state_dict (FLOATS, 1, 0, (int[]) { 4 }, (int[]) { 0 }, 1);
  static const unsigned char one[4] = { 0x3f, 0x80, 0, 0 };
  float big;
  memcpy (&big, one, 4);
  torch_zip ("big.pt", &big, 1, BIG_ENDIAN_ORDER);
  CHECK (adm_weights_open (at ("big.pt"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_OK && v[0] == 1 && v[3] == 1);
  adm_weights_free (w);

  /* two tensors of one storage: the second is read without the rest of the record, in either order */
  begin_pickle ();
  put_text (&pickle, "}");
  put_string (&pickle, "a");
  put_tensor (&pickle, FLOATS, 6, 0, (int[]) { 2 }, (int[]) { 1 }, 1);
  put_text (&pickle, "s");
  put_string (&pickle, "b");
  put_tensor (&pickle, FLOATS, 6, 3, (int[]) { 3 }, (int[]) { 1 }, 1);
  put_text (&pickle, "s.");
  torch_zip ("shared.pt", data, 6, 0);
  for (size_t i = 0; i < 2; i++) {
    CHECK (adm_weights_open (at ("shared.pt"), &w, &error) == ADM_OK);
    for (size_t k = 0; k < 4; k++) {
      bool first = (i + k) % 2 == 0;
      CHECK (adm_weights_read (w, first ? 0 : 1, v, &error) == ADM_OK && !memcmp (v, first ? data : data + 3, (first ? 2 : 3) * sizeof *v));
    }
    adm_weights_free (w);
  }

  /* one number claimed by more tensors than any file of this size has */
  state_dict (FLOATS, 1, 0, (int[]) { 20000, 1000 }, (int[]) { 0, 0 }, 2);
  torch_zip ("claims.pt", data, 1, 0);
  refused ("claims.pt", ADM_ERROR_FORMAT, "tensor w its tensors take more than twice");

  /* under a key */
  begin_pickle ();
  put_text (&pickle, "}");
  put_string (&pickle, "state_dict");
  put_text (&pickle, "}");
  put_string (&pickle, "w");
  put_tensor (&pickle, FLOATS, 6, 0, (int[]) { 6 }, (int[]) { 1 }, 1);
  put_text (&pickle, "ss.");
  torch_zip ("nested.pt", data, 6, 0);
  CHECK (adm_weights_open (at ("nested.pt"), &w, &error) == ADM_OK && adm_weights_count (w) == 1);
  adm_weights_free (w);

  state_dict (FLOATS, 6, 0, (int[]) { 6 }, (int[]) { 1 }, 1);
  torch_zip ("packed.pt", data, 6, COMPRESSED);
  refused ("packed.pt", ADM_ERROR_FORMAT, "compressed");
  torch_zip ("missing.pt", data, 6, NO_RECORD);
  refused ("missing.pt", ADM_ERROR_FORMAT, "data/0 is missing");
  torch_zip ("colliding.pt", data, 6, COLLIDING);
  refused ("colliding.pt", ADM_ERROR_FORMAT, "twice");
  torch_zip ("short.pt", data, 5, 0);
  refused ("short.pt", ADM_ERROR_FORMAT, "20 bytes where 6 elements");
  torch_zip ("order.pt", data, 6, ODD_ORDER);
  refused ("order.pt", ADM_ERROR_FORMAT, "byte order");
  torch_zip ("nothing.pt", data, 6, NO_PICKLE);
  refused ("nothing.pt", ADM_ERROR_FORMAT, "data.pkl");
  torch_zip ("two.pt", data, 6, TWO_PICKLES);
  refused ("two.pt", ADM_ERROR_FORMAT, "data.pkl");

  static const struct {
    int64_t numel;
    int offset, shape[2], stride[2];
  } beyond[] = { { 6, 1, { 2, 3 }, { 3, 1 } },  { 6, 0, { 2, 3 }, { 4, 1 } },
                 { 6, 6, { 1, 1 }, { 1, 1 } },  { 6, 0, { 1, 7 }, { 7, 1 } },
                 { 6, 0, { 2, 3 }, { -3, 1 } }, { 6, -1, { 2, 3 }, { 3, 1 } },
                 { 6, 0, { -2, 3 }, { 3, 1 } }, { 6, 0, { 2147483647, 2147483647 }, { 2147483647, 2147483647 } },
                 { -6, 0, { 2, 3 }, { 3, 1 } } };
  for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
    state_dict (FLOATS, beyond[i].numel, beyond[i].offset, beyond[i].shape, beyond[i].stride, 2);
    torch_zip ("beyond.pt", data, 6, 0);
    refused ("beyond.pt", ADM_ERROR_FORMAT, "");
  }

  /* a bit turned over in the data: the check sum tells */
  state_dict (FLOATS, 6, 0, (int[]) { 6 }, (int[]) { 1 }, 1);
  torch_zip ("turned.pt", data, 6, 0);
  FILE *file = fopen (at ("turned.pt"), "r+b");
  static unsigned char all[1 << 16];
  size_t size = fread (all, 1, sizeof all, file), i = 0;
  while (i + sizeof data < size && memcmp (all + i, data, sizeof data))
    i++;
  CHECK (i + sizeof data < size);
  fseek (file, (long) i + 5, SEEK_SET);
  fputc (all[i + 5] ^ 1, file);
  fclose (file);
  CHECK (adm_weights_open (at ("turned.pt"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (error.message, "turned.pt");
  adm_weights_free (w);

  /* cut short anywhere */
  torch_zip ("cut.pt", data, 6, 0);
  struct stat info;
  CHECK (stat (at ("cut.pt"), &info) == 0);
  for (long n = info.st_size - 1; n > 0; n -= 1 + n / 40) {
    CHECK (truncate (at ("cut.pt"), n) == 0);
    refused ("cut.pt", ADM_ERROR_FORMAT, "");
  }
}

/* ---- pickles ----------------------------------------------------------------------------------------------------- */

static void
pickle_refused (const char *text, size_t n, const char *part)
{
  adm_pickle parsed;
  adm_status status = adm_pickle_parse ((const unsigned char *) text, n, "file.pt", &parsed, &error);
  if (!CHECK (status != ADM_OK && parsed.value == NULL)) {
    printf ("  accepted: %.*s\n", (int) n, text);
    adm_pickle_clear (&parsed);
    return;
  }
  CHECK_CONTAINS (error.message, "file.pt");
  CHECK_CONTAINS (error.message, part);
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
                  "ctorch._utils\n_rebuild_tensor\n.",
                  "_rebuild_tensor");
  PICKLE_REFUSED ("\x80\x02"
                  "ios\nsystem\n.",
                  "opcode");                   /* INST */
  PICKLE_REFUSED ("\x80\x02(o.", "opcode");    /* OBJ */
  PICKLE_REFUSED ("\x80\x02)\x81.", "opcode"); /* NEWOBJ */
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
  for (int level = 0; level < 250; level++) { /* each list holds the last one twice: 2^250 values, if anyone counted */
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
  CHECK (adm_pickle_parse ((const unsigned char *) many, n, "file.pt", &parsed, &error) == ADM_OK && parsed.count < 2000);
  adm_pickle_clear (&parsed);

  /* a file of one storage described in two ways, an optimizer's, a dict without tensors, no dict */
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
    torch_zip ("state.pt", data, 6, 0);
    refused ("state.pt", ADM_ERROR_FORMAT, states[i].part);
  }
}

/* ---- other contents ---------------------------------------------------------------------------------------------- */

static void
test_other_files (void)
{
  static struct bytes b;
  b.n = 0;
  save ("empty.pt", &b);
  refused ("empty.pt", ADM_ERROR_FORMAT, "empty");
  put_text (&b, "\n<!DOCTYPE html><html><title>Sign in to download</title></html>");
  save ("page.pt", &b);
  refused ("page.pt", ADM_ERROR_FORMAT, "web page");
  b.n = 0;
  memset (b.data, 0, 600);
  memcpy (b.data + 257, "ustar", 5);
  b.n = 600;
  save ("old.pt", &b);
  refused ("old.pt", ADM_ERROR_FORMAT, "tar");
  b.n = 0;
  put_text (&b, "these are only some words");
  save ("words.pt", &b);
  refused ("words.pt", ADM_ERROR_FORMAT, "neither");
  b.n = 0;
  put_text (&b, "\x80\x02}q.................");
  save ("bare.pt", &b);
  refused ("bare.pt", ADM_ERROR_FORMAT, "pickle");
  refused ("absent.pt", ADM_ERROR_IO, "absent.pt");
  CHECK (mkdir (at ("folder.pt"), 0700) == 0);
  refused ("folder.pt", ADM_ERROR_IO, "not a file");
}

/* ---- the same tensors in three formats; the legacy one cut short and lengthened ----------------------------------- */

static void
test_formats_agree (void)
{
  static const char *const names[] = { "classifier-adaptive.pt", "classifier-adaptive.legacy.pt", "classifier-adaptive.safetensors" };
  static const char *const formats[] = { "torch-zip", "torch-legacy", "safetensors" };
  adm_weights *w[3];
  for (int i = 0; i < 3; i++) {
    char file[1024];
    snprintf (file, sizeof file, "%s/%s", ADM_TEST_FIXTURES, names[i]);
    if (!CHECK (adm_weights_open (file, &w[i], &error) == ADM_OK)) {
      printf ("  %s\n", error.message);
      return;
    }
    CHECK_STR (adm_weights_format (w[i]), formats[i]);
    CHECK (adm_weights_count (w[i]) == adm_weights_count (w[0]));
  }
  for (size_t i = 0; i < adm_weights_count (w[0]); i++) {
    const adm_tensor *t = adm_weights_tensor (w[0], i);
    float *a = malloc (t->elements * sizeof *a), *b = malloc (t->elements * sizeof *b);
    CHECK (adm_weights_read (w[0], i, a, &error) == ADM_OK);
    for (int k = 1; k < 3; k++) {
      ptrdiff_t other = adm_weights_find (w[k], t->name);
      if (CHECK (other >= 0 && adm_weights_tensor (w[k], (size_t) other)->elements == t->elements))
        CHECK (adm_weights_read (w[k], (size_t) other, b, &error) == ADM_OK && !memcmp (a, b, t->elements * sizeof *a));
    }
    free (a), free (b);
  }
  for (int i = 0; i < 3; i++)
    adm_weights_free (w[i]);
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
    FILE *out = fopen (at ("cut.legacy.pt"), "wb");
    fwrite (all, 1, n - cut, out);
    fclose (out);
    refused ("cut.legacy.pt", ADM_ERROR_FORMAT, "");
  }
  FILE *out = fopen (at ("long.legacy.pt"), "wb");
  fwrite (all, 1, n, out);
  fputc (0, out);
  fclose (out);
  refused ("long.legacy.pt", ADM_ERROR_FORMAT, "follow");
}

int
main (void)
{
  if (!CHECK (mkdtemp (folder) != NULL))
    return check_summary ();
  test_types ();
  test_safetensors_hostile ();
  test_torch_zip ();
  test_pickle_hostile ();
  test_other_files ();
  test_formats_agree ();
  test_legacy_hostile ();
  char command[300];
  snprintf (command, sizeof command, "rm -rf %s", folder);
  CHECK (system (command) == 0);
  return check_summary ();
}
