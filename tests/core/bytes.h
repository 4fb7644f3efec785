/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights files made byte by byte, in a temporary folder: what a well-meaning program would never
 * write. */
#ifndef ADM_TESTS_BYTES_H
#define ADM_TESTS_BYTES_H

#include "folder.h"
#include "io/weights.h"
#include "said.h"

#include <zip.h>

static adm_error error;

struct bytes {
  unsigned char data[6 << 20];
  size_t n;
};

static inline void
put (struct bytes *b, const void *data, size_t n)
{
  memcpy (b->data + b->n, data, n);
  b->n += n;
}

static inline void
put_text (struct bytes *b, const char *text)
{
  put (b, text, strlen (text));
}

static inline void
put_number (struct bytes *b, uint64_t value, int size)
{
  for (int i = 0; i < size; i++) {
    unsigned char byte = (unsigned char) (value >> (8 * i));
    put (b, &byte, 1);
  }
}

static inline void
save (const char *name, const struct bytes *b)
{
  FILE *file = fopen (folder_file (name), "wb");
  CHECK (file && fwrite (b->data, 1, b->n, file) == b->n);
  fclose (file);
}

/* Opening FILE (in the temporary folder) must fail with STATUS, in one line naming the file and
 * containing PART. */
static inline void
refused (const char *name, adm_status status, const char *part)
{
  adm_weights *weights = (adm_weights *) 1;
  adm_status found = adm_weights_open (folder_file (name), &weights, &error);
  if (!CHECK (found == status && weights == NULL))
    printf ("  %s: status %d, %s\n", name, found, found ? said (&error) : "accepted");
  if (found == ADM_OK) {
    adm_weights_free (weights);
    return;
  }
  CHECK_CONTAINS (said (&error), name);
  CHECK_CONTAINS (said (&error), part);
  CHECK (!strchr (said (&error), '\n'));
}

/* ---- torch's --------------------------------------------------------------------------------- */

#define FLOATS "ctorch\nFloatStorage\n"

static inline void
put_string (struct bytes *b, const char *text)
{
  put_text (b, "X");
  put_number (b, strlen (text), 4);
  put_text (b, text);
}

static inline void
put_integer (struct bytes *b, int64_t value)
{
  bool small = value >= INT32_MIN && value <= INT32_MAX;
  put (b, small ? "J" : "\x8a\x08", small ? 1 : 2);
  put_number (b, (uint64_t) value, small ? 4 : 8);
}

/* The pickle of a tensor over storage "0", which has NUMEL elements. */
static inline void
put_tensor (struct bytes *b, const char *storage, int64_t numel, int64_t offset,
            const int64_t *shape, const int64_t *stride, int rank)
{
  put_text (b, "ctorch._utils\n_rebuild_tensor_v2\n((");
  put_string (b, "storage");
  put_text (b, storage);
  put_string (b, "0");
  put_string (b, "cpu");
  put_integer (b, numel);
  put_text (b, "tQ");
  put_integer (b, offset);
  for (int k = 0; k < 2; k++) {
    put_text (b, "(");
    for (int i = 0; i < rank; i++)
      put_integer (b, k ? stride[i] : shape[i]);
    put_text (b, "t");
  }
  put_text (b, "\x89"
               "ccollections\nOrderedDict\n)RtR");
}

/* What a pickle is made of, with its length: opcodes hold NULs. */
struct ops {
  const char *text;
  size_t n;
};

#define OPS(text) { text, sizeof text - 1 }

static inline void
put_ops (struct bytes *b, struct ops ops)
{
  put (b, ops.text, ops.n);
}

static struct bytes pickle;

static inline void
begin_pickle (void)
{
  pickle.n = 0;
  put (&pickle, "\x80\x02", 2);
}

static inline void
state_dict (const char *storage, int64_t numel, int64_t offset, const int64_t *shape,
            const int64_t *stride, int rank)
{
  begin_pickle ();
  put_text (&pickle, "}");
  put_string (&pickle, "w");
  put_tensor (&pickle, storage, numel, offset, shape, stride, rank);
  put_text (&pickle, "s.");
}

enum {
  COMPRESSED = 1,
  NO_RECORD = 2,
  COLLIDING = 4,
  BIG_ENDIAN_ORDER = 8,
  ODD_ORDER = 16,
  NO_PICKLE = 32,
  TWO_PICKLES = 64,
  LONG_ORDER = 128,
  LONG_NAME = 256
};

static inline void
add_entry (zip_t *zip, const char *name, const void *data, size_t n, bool compress)
{
  zip_source_t *source = zip_source_buffer (zip, data, n, 0);
  zip_int64_t index = zip_file_add (zip, name, source, 0);
  CHECK (index >= 0);
  zip_set_file_compression (zip, (zip_uint64_t) index, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
}

static inline void
torch_zip (const char *name, const void *data, size_t bytes, int flags)
{
  static char endless[1100 + sizeof "/data.pkl"];
  int code;
  memset (endless, 'e', 1100);
  memcpy (endless + 1100, "/data.pkl", sizeof "/data.pkl");
  unlink (folder_file (name));
  zip_t *zip = zip_open (folder_file (name), ZIP_CREATE, &code);
  if (!CHECK (zip != NULL))
    return;
  if (!(flags & NO_PICKLE))
    add_entry (zip, flags & LONG_NAME ? endless : "model/data.pkl", pickle.data, pickle.n,
               flags & COMPRESSED);
  if (flags & TWO_PICKLES)
    add_entry (zip, "other/data.pkl", pickle.data, pickle.n, false);
  if (!(flags & NO_RECORD))
    add_entry (zip, "model/data/0", data, bytes, false);
  if (flags & COLLIDING)
    add_entry (zip, "model/DATA/0", data, bytes, false);
  if (flags & (BIG_ENDIAN_ORDER | ODD_ORDER))
    add_entry (zip, "model/byteorder", flags & ODD_ORDER ? "middle" : "big",
               flags & ODD_ORDER ? 6 : 3, false);
  if (flags & LONG_ORDER)
    add_entry (zip, "model/byteorder", endless, 1000, false);
  add_entry (zip, "model/version", "3\n", 2, false);
  CHECK (zip_close (zip) == 0);
}

#endif
