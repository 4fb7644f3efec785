/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teaching a class holds: teach.c, its course; teach_keep.c, its checkpoint; teach_show.c, its
 * crops and test pictures; teach_start.c, what it starts from. */
#ifndef ADM_TRAIN_TEACHING_H
#define ADM_TRAIN_TEACHING_H

#include "train/adapter.h"
#include "train/crop.h"
#include "train/training.h"

enum { ADM_TAUGHT_PICTURES = 50 };

typedef struct adm_teaching {
  const adm_teach_request *request;
  adm_train_request as_training;
  adm_training training;
  adm_adapter adapter;
  adm_pixmap picture[ADM_TAUGHT_PICTURES]; /* of the network's channels */
  float *moments;                          /* [2,adapter.count] */
  float *average;          /* [adapter.count] of values: what is shown and written */
  double *chance, *weight; /* [T] of timesteps */
  int like;                /* the class it starts from, or ADM_NO_LABEL */
  float *thumbnail;
  adm_train_callback report;
  void *user;
  bool stopped;
  double started; /* as if it had never been interrupted */
  double shown, saved;
} adm_teaching;

/* What TEACHING->request says, checked, read and taken; cleared by adm_teaching_clear also on
 * failure. */
adm_status adm_teaching_prepare (adm_teaching *teaching, adm_error *error);
void adm_teaching_clear (adm_teaching *teaching);

/* Pictures of REQUEST into PICTURE as a network of CHANNELS sees them, those much larger than SIDE
 * reduced once: no crop is of more than its size. What was read is the caller's also on failure:
 * adm_taught_pictures_clear. */
adm_status adm_taught_pictures_read (const adm_teach_request *request, int channels, int side,
                                     adm_pixmap picture[ADM_TAUGHT_PICTURES], adm_error *error);
void adm_taught_pictures_clear (adm_pixmap picture[ADM_TAUGHT_PICTURES]);
/* Crop number K of them, OUT [channels,side,side]. */
adm_status adm_taught_crop (const adm_teach_request *request, const adm_pixmap *picture, int side,
                            uint64_t k, float *out, adm_error *error);

/* Which class the pictures are most like, which timesteps are drawn, and how their losses count;
 * before the first step the label's row is that class's, too. The trainee must have its own
 * weights. ADM_ERROR_CANCELLED when it was stopped. */
adm_status adm_teaching_start (adm_teaching *teaching, adm_error *error);
/* Its first part: of more than MOST classes, the MOST that the losses fall towards are measured. */
adm_status adm_teaching_nearest (adm_teaching *teaching, int most, int *nearest, adm_error *error);

/* What is learned and its average change places. */
void adm_teaching_exchange (adm_teaching *teaching);

/* A picture of what has been learned so far, as colours, OUT [3,S,S]: always of the same noise.
 * ADM_ERROR_CANCELLED when it was stopped. */
adm_status adm_teaching_show (adm_teaching *teaching, float *out, adm_error *error);

/* Beside the output: values, moments, steps and SECONDS spent. Complete or as it was. */
adm_status adm_teaching_keep (const adm_teaching *teaching, double seconds, adm_error *error);
adm_status adm_teaching_recall (adm_teaching *teaching, double *seconds, adm_error *error);

#endif
