/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: pixels, arrays on disk, the machine. */
#ifndef ADM_ARRAY_H
#define ADM_ARRAY_H

#include "adm_error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* [3,H,W] in [-1,1] to [H,W,3]: clamp ((x + 1) * 127.5, 0, 255), truncated (reference
 * implementation). */
void adm_pixels_to_u8 (const float *planar, int height, int width, uint8_t *interleaved);
/* The way back: u / 127.5 - 1. */
void adm_pixels_from_u8 (const uint8_t *interleaved, int height, int width, float *planar);

/* PLANAR [CHANNELS,H,W] as colours [3,H,W]: grey (1) three times, RGBA (4) on white, RGB as it
 * is. */
void adm_pixels_to_rgb (const float *planar, int channels, int height, int width, float *rgb);

/* The way back: RGB [3,H,W], which lies on white, becomes the colours that look so there where they
 * cover as much as ALPHA [H,W] (0 transparent … 255) says; white where nothing is seen of them. */
void adm_pixels_from_white (float *rgb, const uint8_t *alpha, int height, int width);

/* ALPHA [HEIGHT,WIDTH] (0 transparent … 255) at OUT_HEIGHT x OUT_WIDTH into OUT; all sides are at
 * least 1. Networks that enlarge know colours only: transparency goes beside them. Linear
 * interpolation where it grows, a weighted mean (triangle) of what is covered where it shrinks;
 * unchanged at equal size. Pixel centres lie at half numbers, edges repeat. */
adm_status adm_alpha_resize (const uint8_t *alpha, int width, int height, int out_width,
                             int out_height, uint8_t *out, adm_error *error);

/* .npy, version 1.0, little-endian float32, C order, finite numbers. DATA is malloc'ed, freed by
 * the caller with free (). */
adm_status adm_npy_read (const char *path, float **data, int *rank, int64_t shape[8],
                         adm_error *error);
/* Writes DATA of RANK dimensions SHAPE as such a file, complete or absent. */
adm_status adm_npy_write (const char *path, const float *data, int rank, const int64_t *shape,
                          adm_error *error);

/* Pictures on disk: PNG or JPEG, told apart by content, as 8-bit sRGB. Grey and palettes become
 * RGB, 16 bits are rounded to 8, transparent parts show white behind them, inks become light, a
 * camera's orientation is applied. Refused: more than ADM_PICTURE_MAX_SIDE or
 * ADM_PICTURE_MAX_PIXELS; more than ADM_PICTURE_SMALL_PIXELS (half as many with transparency, a
 * third of a JPEG in several scans) in a file that is too small for them, for a few bytes can claim
 * anything; and what is cut short or damaged. */
enum {
  ADM_PICTURE_MAX_SIDE = 32768,
  ADM_PICTURE_MAX_PIXELS = 100000000,
  ADM_PICTURE_SMALL_PIXELS = 12 << 20
};
/* Whether the file at PATH begins as such a picture; ADM_ERROR_IO when it cannot be read. */
adm_status adm_picture_probe (const char *path, bool *is_picture, adm_error *error);
/* Width and height as its header tells them, after its orientation. */
adm_status adm_picture_size (const char *path, int *width, int *height, adm_error *error);
/* Reads PATH: *PIXELS [*HEIGHT,*WIDTH,3] is malloc'ed, freed by the caller with free (); so is
 * *ALPHA [*HEIGHT,*WIDTH], 0 transparent … 255, which is NULL when the file says nothing of
 * transparency (an alpha channel, a palette's, a colour that is transparent). ALPHA NULL: not
 * wanted. */
adm_status adm_picture_read (const char *path, uint8_t **pixels, uint8_t **alpha, int *width,
                             int *height, adm_error *error);

/* NumPy's archive of samples, as the reference implementation's: arr_0 [N,H,W,C] bytes, SHAPE's,
 * which stand in PICTURES after its first SKIP bytes, and arr_1 [N] LABELS (NULL: none). PATH is
 * whole only when this gives ADM_OK. */
adm_status adm_npz_write_samples (const char *path, const int64_t shape[4], FILE *pictures,
                                  long skip, const int64_t *labels, adm_error *error);

/* The same of float32, as .npy: SHAPE's numbers, which stand in PICTURES after its first SKIP
 * bytes. */
adm_status adm_npy_write_samples (const char *path, const int64_t shape[4], FILE *pictures,
                                  long skip, adm_error *error);

/* sgemm peak of this machine in GFLOP/s: a 2048^3 product split over THREADS of our threads, best
 * of 5 after a warm-up. */
adm_status adm_sgemm_peak (int threads, double *gflops, adm_error *error);
/* Processors that this process may use. */
int adm_processor_count (void);
/* The library's version, "0.1.0". A static string. */
const char *adm_version (void);

#ifdef __cplusplus
}
#endif
#endif
