/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers, classes and arrays for one evaluation of a network. */
#include "cli/inputs.h"

#include "cli/options.h"
#include "cli/sampling.h"
#include "cli/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The list TEXT of numbers below END, one for each image or one for all: *OUT [n], freed by the
 * caller. */
adm_status
input_list (const char *name, const char *text, int end, int n, int **out, adm_error *error)
{
  int *list, *whole;
  size_t count;
  adm_status status = options_list (name, text, end - 1, &list, &count, error);
  if (status)
    return status;
  if (count == (size_t) n) {
    *out = list;
    return ADM_OK;
  }
  whole = count == 1 ? malloc ((size_t) n * sizeof *whole) : NULL;
  if (whole)
    for (int i = 0; i < n; i++)
      whole[i] = list[0];
  free (list);
  if (count != 1)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: %zu values for %d images; give one for all, or one each", name, count,
                         n);
  if (!whole)
    return program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for %d values", name, n);
  *out = whole;
  return ADM_OK;
}

/* The classes TEXT, numbers and names, as numbers with commas between: *OUT, freed by the caller.
 * What a name can mean is in the model that the file is a part of. */
static adm_status
number_classes (const char *path, const char *text, int classes, char **out, adm_error *error)
{
  size_t capacity = 12 * strlen (text) + 12, used = 0;
  char *numbers = malloc (capacity), *copy = strdup (text), *rest = copy;
  adm_catalog *catalog = NULL;
  const adm_model *model = NULL;
  adm_status status
      = numbers && copy ? ADM_OK
                        : program_fail (error, ADM_ERROR_MEMORY, "--class: no memory for the list");
  while (!status && rest) {
    const char *entry = strsep (&rest, ",");
    int label;
    if (*entry != '\0' && entry[strspn (entry, "0123456789")] != '\0') {
      if (!model)
        status = search_model_of (path, &catalog, &model, error);
      if (!status)
        status = sampling_label (model, entry, classes, true, &label, error);
      if (!status)
        used += (size_t) snprintf (numbers + used, capacity - used, "%s%d", used ? "," : "", label);
    } else
      used += (size_t) snprintf (numbers + used, capacity - used, "%s%s", used ? "," : "", entry);
  }
  adm_catalog_free (catalog);
  free (copy);
  if (status)
    free (numbers);
  else
    *out = numbers;
  return status;
}

adm_status
input_classes (const char *model, const char *text, int classes, int n, int **out, adm_error *error)
{
  char *numbers;
  adm_status status = number_classes (model, text, classes, &numbers, error);
  if (status)
    return status;
  status = input_list ("--class", numbers, classes, n, out, error);
  free (numbers);
  return status;
}

adm_status
input_low (const char *path, int n, int small, float **out, int64_t shape[8], adm_error *error)
{
  int rank;
  float *data;
  adm_status status = adm_npy_read (path, &data, &rank, shape, error);
  if (status)
    return status;
  bool fits = rank == 4 && shape[1] == 3 && (shape[0] == n || shape[0] == 1) && shape[2] > 0
              && shape[3] > 0 && shape[2] <= 32768 && shape[3] <= 32768
              && (small <= 0 || (shape[2] == small && shape[3] == small));
  size_t one = fits ? 3 * (size_t) shape[2] * (size_t) shape[3] : 0;
  if (!fits && small > 0)
    status = program_fail (error, ADM_ERROR_SHAPE, "%s: its shape must be [%d or 1, 3, %d, %d]",
                           path, n, small, small);
  else if (!fits)
    status = program_fail (error, ADM_ERROR_SHAPE,
                           "%s: its shape must be [%d or 1, 3, height, width]", path, n);
  else if (!(*out = calloc ((size_t) n, one * sizeof **out)))
    status = program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for %d of it", path, n);
  for (size_t i = 0; i < (size_t) n && !status; i++)
    for (size_t k = 0; k < one; k++)
      (*out)[i * one + k] = data[(shape[0] == 1 ? 0 : i * one) + k];
  free (data);
  return status;
}
