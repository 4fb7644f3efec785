/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A temporary folder, and weights files in it with the tensors a description implies. Their data is
 * a hole in the file, so that the published networks' gigabytes take no room. */
#ifndef ADM_TESTS_FOLDER_H
#define ADM_TESTS_FOLDER_H

#include "check.h"
#include "networks/architecture.h"
#include "said.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder_path[256];

static inline void
folder_make (void)
{
  const char *base = getenv ("TMPDIR");
  snprintf (folder_path, sizeof folder_path, "%s/adm-test-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp (folder_path)) {
    printf ("no temporary folder %s\n", folder_path);
    exit (1);
  }
}

static inline int
folder_remove_entry (const char *path, const struct stat *info, int type, struct FTW *where)
{
  (void) info;
  (void) where;
  if (type == FTW_DNR)
    chmod (path, 0700);
  return remove (path);
}

static inline void
folder_remove (void)
{
  nftw (folder_path, folder_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* NAME's full path, valid for four more calls. */
static inline const char *
folder_file (const char *name)
{
  static char path[4][512];
  static int next;
  next = (next + 1) % 4;
  snprintf (path[next], sizeof path[next], "%s/%s", folder_path, name);
  return path[next];
}

static inline void __attribute__ ((format (printf, 2, 3)))
folder_write (const char *name, const char *format, ...)
{
  FILE *file = fopen (folder_file (name), "wb");
  if (!file) {
    printf ("%s cannot be written\n", folder_file (name));
    exit (1);
  }
  va_list args;
  va_start (args, format);
  vfprintf (file, format, args);
  va_end (args);
  fclose (file);
}

struct folder_header {
  FILE *text;
  const char *left_out;
  unsigned long long offset;
  bool any;
};

static inline void
folder_tensor (const char *name, int rank, const int64_t *shape, void *user)
{
  struct folder_header *h = user;
  unsigned long long size = 2;
  if (h->left_out && strcmp (h->left_out, name) == 0)
    return;
  fprintf (h->text, "%s\"%s\":{\"dtype\":\"F16\",\"shape\":[", h->any ? "," : "", name);
  h->any = true;
  for (int i = 0; i < rank; i++) {
    size *= (unsigned long long) shape[i];
    fprintf (h->text, "%s%lld", i ? "," : "", (long long) shape[i]);
  }
  fprintf (h->text, "],\"data_offsets\":[%llu,%llu]}", h->offset, h->offset + size);
  h->offset += size;
}

/* A safetensors file of zeros: D's tensors but LEFT_OUT (may be NULL); METADATA, the key "adm" as
 * JSON text, may be NULL. */
static inline void
folder_write_weights (const char *name, const adm_description *d, const char *left_out,
                      const char *metadata)
{
  char *text;
  size_t length;
  adm_error error;
  struct folder_header h = { .text = open_memstream (&text, &length), .left_out = left_out };
  fputc ('{', h.text);
  if (metadata) {
    fputs ("\"__metadata__\":{\"adm\":\"", h.text);
    for (const char *c = metadata; *c; c++)
      fprintf (h.text, "%s%c", *c == '"' ? "\\" : "", *c);
    fputs ("\"}", h.text);
    h.any = true;
  }
  CHECK (adm_architecture_list (d, folder_tensor, &h, &error) == ADM_OK);
  fputc ('}', h.text);
  fclose (h.text);
  unsigned char head[8];
  for (int i = 0; i < 8; i++)
    head[i] = (unsigned char) ((uint64_t) length >> (8 * i));
  FILE *file = fopen (folder_file (name), "wb");
  if (!CHECK (file && fwrite (head, 1, 8, file) == 8 && fwrite (text, 1, length, file) == length
              && fflush (file) == 0
              && ftruncate (fileno (file), (off_t) (8 + length + h.offset)) == 0))
    exit (1);
  fclose (file);
  free (text);
}

/* Sides of what the tiny networks make, and of what the upsampler among them takes. */
enum { TINY_SIDE = 8, TINY_LOW = 4 };

/* A network of KIND for SIDE pixels (an upsampler from half of them) that runs in a moment and
 * describes itself: three classes, weights of 16 bits within 0.06 of 0. */
static inline void
folder_write_tiny_of (const char *name, adm_kind kind, int side)
{
  adm_description d = { .kind = kind,
                        .image_size = side,
                        .small_size = kind == ADM_KIND_SUPERRES ? side / 2 : 0,
                        .model_channels = 32,
                        .num_res_blocks = 1,
                        .levels = 1,
                        .channel_mult = { 1 },
                        .num_classes = 3,
                        .num_heads = 1,
                        .num_heads_upsample = -1,
                        .num_head_channels = 32,
                        .learn_sigma = 1,
                        .use_scale_shift_norm = 1,
                        .resblock_updown = 1,
                        .noise_schedule = ADM_SCHEDULE_LINEAR,
                        .pool = kind == ADM_KIND_CLASSIFIER ? ADM_POOL_ADAPTIVE : ADM_POOL_NONE,
                        .diffusion_steps = 1000 };
  char json[2048];
  unsigned char length[8], number[2];
  uint32_t lot = (uint32_t) kind + 1;
  long at, end;

  adm_description_to_json (&d, json, sizeof json);
  folder_write_weights (name, &d, NULL, json);
  FILE *file = fopen (folder_file (name), "r+b");
  if (!CHECK (file && fread (length, 1, 8, file) == 8 && fseek (file, 0, SEEK_END) == 0))
    exit (1);
  end = ftell (file);
  at = 8 + length[0] + 256 * length[1] + 65536 * length[2];
  fseek (file, at, SEEK_SET);
  for (; at < end; at += 2) {
    lot = lot * 1664525 + 1013904223;
    number[0] = (unsigned char) (lot >> 16);
    number[1] = (unsigned char) ((lot >> 24 & 0x80) | 0x20 | (lot >> 8 & 0xb));
    fwrite (number, 1, 2, file);
  }
  CHECK (fclose (file) == 0);
}

static inline void
folder_write_tiny (const char *name, adm_kind kind)
{
  folder_write_tiny_of (name, kind, TINY_SIDE);
}

/* The catalog of two folders, the second of which may be NULL. */
static inline adm_catalog *
folder_catalog (const char *first, const char *second)
{
  const char *const folders[] = { first, second };
  adm_catalog *catalog = NULL;
  adm_error error;
  if (!CHECK (adm_catalog_new (folders, second ? 2 : 1, &catalog, &error) == ADM_OK))
    exit (1);
  return catalog;
}

static inline void
folder_print_notes (const adm_catalog *catalog)
{
  for (size_t i = 0; i < adm_catalog_notes (catalog); i++)
    printf ("  note: %s\n", said (adm_catalog_note (catalog, i)));
}

#endif
