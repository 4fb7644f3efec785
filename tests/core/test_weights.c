/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights files of every kind: the same tensors from all three formats; every type; safetensors
 * that lie or end early, and files that are no weights. Each bad one must be refused with one line
 * that names the file. */
#include "bytes.h"
#include "said.h"

/* ---- safetensors ----------------------------------------------------------------------------- */

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
  static const unsigned char data[]
      = { 0,    0,    0x80, 0x3f, 0, 0, 0, 0xc0, 0x00, 0x3c, 0x01, 0x00, 0xff, 0x7b, 0x80, 0x3f,
          0x00, 0xc0, 0x40, 0x40, 0, 0, 0, 0,    0,    0,    0xf8, 0x3f, 7,    0,    0,    0 };
  safetensors ("types.safetensors",
               "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"h\":{\"dtype\":"
               "\"F16\",\"shape\":[3,1],\"data_offsets\":[8,14]},"
               "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[14,20]},\"d\":{\"dtype\":"
               "\"F64\",\"shape\":[],\"data_offsets\":[20,28]},"
               "\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[28,32]},\"__metadata__\":{"
               "\"adm\":\"{}\"}}",
               data, sizeof data);
  adm_weights *w;
  float v[4];
  if (!CHECK (adm_weights_open (folder_file ("types.safetensors"), &w, &error) == ADM_OK)) {
    printf ("  %s\n", said (&error));
    return;
  }
  CHECK_STR (adm_weights_format (w), "safetensors");
  CHECK_STR (adm_weights_description (w), "{}");
  CHECK (adm_weights_count (w) == 5 && adm_weights_find (w, "nothing") == -1);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "a"), v, &error) == ADM_OK && v[0] == 1
         && v[1] == -2);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "h"), v, &error) == ADM_OK && v[0] == 1
         && v[1] == 0x1p-24f && v[2] == 65504);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "b"), v, &error) == ADM_OK && v[0] == 1
         && v[1] == -2 && v[2] == 3);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "d"), v, &error) == ADM_OK
         && v[0] == 1.5f);
  CHECK (adm_weights_read (w, (size_t) adm_weights_find (w, "i"), v, &error) == ADM_ERROR_FORMAT);
  const adm_tensor *h = adm_weights_tensor (w, (size_t) adm_weights_find (w, "h"));
  CHECK (h->rank == 2 && h->shape[0] == 3 && h->shape[1] == 1 && h->elements == 3
         && h->dtype == ADM_DTYPE_F16);
  adm_weights_free (w);

  /* NaN and infinity are found when they are read, and named */
  static const uint32_t odd[] = { 0x7fc00000, 0x7f800000, 0xff800000 };
  for (size_t i = 0; i < 3; i++) {
    safetensors ("odd.safetensors",
                 "{\"bad one\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", &odd[i],
                 4);
    CHECK (adm_weights_open (folder_file ("odd.safetensors"), &w, &error) == ADM_OK);
    CHECK (adm_weights_read (w, 0, v, &error) == ADM_ERROR_VALUE);
    CHECK_CONTAINS (said (&error), "bad one");
    adm_weights_free (w);
  }
  static const uint16_t half_nan = 0x7e00, wide_nan = 0x7fc0;
  safetensors ("odd.safetensors",
               "{\"x\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]}, "
               "\"y\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
               (const uint16_t[]) { half_nan, wide_nan }, 4);
  CHECK (adm_weights_open (folder_file ("odd.safetensors"), &w, &error) == ADM_OK);
  CHECK (adm_weights_read (w, 0, v, &error) == ADM_ERROR_VALUE
         && adm_weights_read (w, 1, v, &error) == ADM_ERROR_VALUE);
  adm_weights_free (w);

  /* a file that shrinks after it was opened */
  static float many[4096];
  safetensors ("shrinks.safetensors",
               "{\"x\":{\"dtype\":\"F32\",\"shape\":[1000],\"data_offsets\":[0,4000]}}", many,
               4000);
  CHECK (adm_weights_open (folder_file ("shrinks.safetensors"), &w, &error) == ADM_OK);
  CHECK (truncate (folder_file ("shrinks.safetensors"), 100) == 0);
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
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\","
      "\"shape\":[2],\"data_offsets\":[4,12]}}",
      "overlap", 12 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\","
      "\"shape\":[1],\"data_offsets\":[8,12]}}",
      "hole", 12 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "hole", 8 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "follow", 5 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "past the end", 7 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\","
      "\"shape\":[1],\"data_offsets\":[4,8]}}",
      "twice", 8 },
    { "{\"__metadata__\":{},\"__metadata__\":{},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_"
      "offsets\":[0,4]}}",
      "twice", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "do not fit its shape",
      8 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}", "do not fit its shape",
      8 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
      "impossible shape", 0 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}",
      "do not fit", 0 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,0]}}",
      "impossible shape", 0 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[18446744073709551615,3]}}",
      "do not fit", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "impossible shape", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "impossible shape", 4 },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}",
      "dimensions", 4 },
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

  /* a description and a number of tensors beyond what any network has */
  static char huge[6 << 20];
  int n = snprintf (huge, sizeof huge,
                    "{\"__metadata__\":{\"adm\":\"%0*d\"},\"a\":{\"dtype\":\"F32\",\"shape\":[1],"
                    "\"data_offsets\":[0,4]}}",
                    (4 << 20) + 1, 0);
  CHECK (n > 4 << 20);
  safetensors ("huge.safetensors", huge, zeros, 4);
  refused ("huge.safetensors", ADM_ERROR_FORMAT, "huge description");
  for (int count = 32768; count <= 32769; count++) {
    huge[0] = '{';
    n = 1;
    for (int i = 0; i < count; i++)
      n += snprintf (huge + n, sizeof huge - (size_t) n,
                     "%s\"%d\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}",
                     i ? "," : "", i);
    strcpy (huge + n, "}");
    safetensors ("many.safetensors", huge, zeros, 0);
    adm_weights *w;
    if (count == 32769)
      refused ("many.safetensors", ADM_ERROR_FORMAT, "more than 32768 tensors");
    else if (CHECK (adm_weights_open (folder_file ("many.safetensors"), &w, &error) == ADM_OK)) {
      CHECK (adm_weights_count (w) == 32768);
      adm_weights_free (w);
    }
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

/* ---- other contents -------------------------------------------------------------------------- */

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
  CHECK (mkdir (folder_file ("folder.pt"), 0700) == 0);
  refused ("folder.pt", ADM_ERROR_IO, "not a file");
}

/* ---- the same tensors in three formats ------------------------------------------------------- */

static void
test_formats_agree (void)
{
  static const char *const names[] = { "classifier-adaptive.pt", "classifier-adaptive.legacy.pt",
                                       "classifier-adaptive.safetensors" };
  static const char *const formats[] = { "torch-zip", "torch-legacy", "safetensors" };
  adm_weights *w[3];
  for (int i = 0; i < 3; i++) {
    char file[1024];
    snprintf (file, sizeof file, "%s/%s", ADM_TEST_FIXTURES, names[i]);
    if (!CHECK (adm_weights_open (file, &w[i], &error) == ADM_OK)) {
      printf ("  %s\n", said (&error));
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
        CHECK (adm_weights_read (w[k], (size_t) other, b, &error) == ADM_OK
               && !memcmp (a, b, t->elements * sizeof *a));
    }
    free (a), free (b);
  }
  for (int i = 0; i < 3; i++)
    adm_weights_free (w[i]);
}

int
main (void)
{
  folder_make ();
  test_types ();
  test_safetensors_hostile ();
  test_other_files ();
  test_formats_agree ();
  folder_remove ();
  return check_summary ();
}
