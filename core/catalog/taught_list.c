/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See taught_list.h. */
#include "catalog/taught_list.h"

#include "base/error.h"
#include "base/text.h"
#include "descriptions/taught_file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static adm_status
no_memory (adm_error *error)
{
  return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_TAUGHT_CLASS);
}

bool
adm_taught_list_add (adm_taught_list *list, const char *path, const adm_taught_info *info)
{
  for (size_t i = 0; i < list->count; i++)
    if (strcmp (list->entry[i].path, path) == 0)
      return true;
  if (list->count == list->capacity) {
    size_t capacity = list->capacity ? 2 * list->capacity : 8;
    adm_taught_entry *more = realloc (list->entry, capacity * sizeof *more);
    if (!more)
      return false;
    list->entry = more;
    list->capacity = capacity;
  }
  char *copy = strdup (path);
  if (copy)
    list->entry[list->count++] = (adm_taught_entry) { .path = copy, .info = *info };
  return copy != NULL;
}

bool
adm_taught_list_read (adm_taught_list *list, const char *folder)
{
  DIR *entries = opendir (folder);
  bool ok = true;
  for (struct dirent *entry; entries && ok && (entry = readdir (entries));) {
    adm_error error;
    adm_taught_info info;
    struct stat about;
    char *path = adm_path_join (folder, entry->d_name);
    ok = path != NULL;
    if (ok && entry->d_name[0] != '.' && adm_text_ends (path, ".safetensors")
        && stat (path, &about) == 0 && S_ISREG (about.st_mode)
        && !adm_taught_inspect (path, &info, &error))
      ok = adm_taught_list_add (list, path, &info);
    free (path);
  }
  if (entries)
    closedir (entries);
  return ok;
}

void
adm_taught_list_clear (adm_taught_list *list)
{
  for (size_t i = 0; i < list->count; i++)
    free (list->entry[i].path);
  free (list->entry);
  *list = (adm_taught_list) { 0 };
}

const adm_taught *
adm_model_taught (const adm_model *model, const char *name)
{
  for (int i = 0; name && i < model->taught_count; i++)
    if (adm_text_same (model->taught[i].name, name))
      return &model->taught[i];
  return NULL;
}

static int
by_name (const void *a, const void *b)
{
  return strcmp (((const adm_taught *) a)->name, ((const adm_taught *) b)->name);
}

/* False: no memory. */
static bool
give (adm_model *model, const char *path, const adm_taught_info *info)
{
  adm_taught *more
      = realloc (model->taught, ((size_t) model->taught_count + 1) * sizeof *model->taught);
  if (!more)
    return false;
  model->taught = more;
  adm_taught *one = &more[model->taught_count];
  *one = (adm_taught) { strdup (info->name), strdup (path), info->rank };
  if (!one->name || !one->path) {
    free (one->name);
    free (one->path);
    return false;
  }
  model->taught_count++;
  qsort (model->taught, (size_t) model->taught_count, sizeof *model->taught, by_name);
  return true;
}

static int
by_path (const void *a, const void *b)
{
  return strcmp (((const adm_taught_entry *) a)->path, ((const adm_taught_entry *) b)->path);
}

adm_status
adm_taught_list_attach (adm_taught_list *list, adm_model *model, adm_error *error)
{
  adm_weights *weights = NULL;
  uint64_t sum;
  char mark[17];
  if (list->count == 0 || !model->diffusion)
    return ADM_OK;
  qsort (list->entry, list->count, sizeof *list->entry, by_path); /* folders have no order */
  adm_status status = adm_weights_open (model->diffusion, &weights, error);
  if (!status)
    status = adm_weights_sum (weights, ADM_MARK_ELEMENTS, &sum, error);
  if (!status)
    adm_sum_words (sum, mark);
  for (size_t i = 0; i < list->count && !status; i++) {
    adm_taught_entry *entry = &list->entry[i];
    if (strcmp (entry->info.mark, mark))
      continue;
    entry->used = true;
    if (!adm_model_taught (model, entry->info.name) && !give (model, entry->path, &entry->info))
      status = no_memory (error);
  }
  adm_weights_free (weights);
  return status;
}

adm_status
adm_taught_check (const char *path, const adm_model *model, adm_error *error)
{
  adm_taught_file taught = { 0 };
  adm_weights *weights = NULL;
  adm_status status = adm_taught_open (path, &taught, error);
  if (!status && !model->diffusion)
    status = ADM_FAIL (error, TAUGHT_MODEL, path, model->name);
  if (!status)
    status = adm_weights_open (model->diffusion, &weights, error);
  if (!status)
    status = adm_taught_fits (&taught, weights, false, error);
  adm_weights_free (weights);
  adm_taught_close (&taught);
  return status;
}
