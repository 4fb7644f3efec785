/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models found in folders. Each folder is read in the order of its names: descriptions first,
 * then the weights files that no description named; published checkpoints among these are joined at
 * the end. Contents, not names, tell files apart, so each is opened for its first bytes. What goes
 * wrong with one file becomes a note. */
#include "base/error.h"
#include "base/text.h"
#include "catalog/file_set.h"
#include "catalog/joins.h"
#include "catalog/taught_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A list that grows. */
typedef struct list {
  void **item;
  size_t count, capacity;
} list;

struct adm_catalog {
  list models;    /* adm_model */
  list found;     /* adm_model: what adm_catalog_find opened itself */
  list notes;     /* adm_error */
  list questions; /* char: paths */
  list folders;   /* char */
  /* while scanning */
  adm_file_set used;   /* files that have been read or belong to a description */
  adm_found published; /* checkpoints that models are joined of */
  adm_taught_list taught;
  adm_status status; /* memory ran out */
};

/* ---- lists, notes ---------------------------------------------------------------------------- */

/* Takes ITEM over, also when there is no memory (then it is freed by FREE_ITEM). */
static bool
push (adm_catalog *catalog, list *to, void *item, void (*free_item) (void *))
{
  if (item && to->count == to->capacity) {
    size_t capacity = to->capacity ? 2 * to->capacity : 16;
    void **grown = realloc (to->item, capacity * sizeof *grown);
    if (grown) {
      to->item = grown;
      to->capacity = capacity;
    }
  }
  if (item && to->count < to->capacity) {
    to->item[to->count++] = item;
    return true;
  }
  if (item)
    free_item (item);
  catalog->status = ADM_ERROR_MEMORY;
  return false;
}

static void
clear (list *l, void (*free_item) (void *))
{
  for (size_t i = 0; i < l->count; i++)
    free_item (l->item[i]);
  free (l->item);
  *l = (list) { 0 };
}

static void
free_model (void *model)
{
  adm_model_free (model);
}

/* Remembers what is wrong with one file. */
static void
note (adm_catalog *catalog, const adm_error *error)
{
  adm_error *copy = malloc (sizeof *copy);
  if (copy)
    *copy = *error;
  push (catalog, &catalog->notes, copy, free);
}

#define NOTE(catalog, ...)                                                                         \
  do {                                                                                             \
    adm_error noted;                                                                               \
    ADM_FAIL (&noted, __VA_ARGS__);                                                                \
    note (catalog, &noted);                                                                        \
  } while (false)

/* True at the first call for a file, whatever name it goes by. */
static bool
use_file (adm_catalog *catalog, const struct stat *info)
{
  bool added = false;
  if (!adm_file_set_add (&catalog->used, info->st_dev, info->st_ino, &added))
    catalog->status = ADM_ERROR_MEMORY;
  return added;
}

static adm_model *
model_by_id (const adm_catalog *catalog, const char *id)
{
  for (size_t i = 0; i < catalog->models.count; i++)
    if (strcmp (((adm_model *) catalog->models.item[i])->id, id) == 0)
      return catalog->models.item[i];
  return NULL;
}

/* Takes MODEL over. */
static void
add_model (adm_catalog *catalog, adm_model *model)
{
  const adm_model *first = model_by_id (catalog, model->id);
  if (!first) {
    push (catalog, &catalog->models, model, free_model);
    return;
  }
  NOTE (catalog, MODEL_TWICE, model->path, model->id, first->path);
  adm_model_free (model);
}

/* ---- one folder ------------------------------------------------------------------------------ */

static int
by_text (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The full paths of FOLDER's entries, in order of their names; those that start with a dot are left
 * out. */
static void
read_folder (adm_catalog *catalog, const char *folder, list *paths)
{
  DIR *entries = opendir (folder);
  if (!entries) {
    if (errno != ENOENT) /* a folder that was never made holds no models; that is no fault */
      NOTE (catalog, FOLDER_READ, folder, errno);
    return;
  }
  errno = 0;
  for (struct dirent *entry; !catalog->status && (entry = readdir (entries)); errno = 0)
    if (entry->d_name[0] != '.')
      push (catalog, paths, adm_path_join (folder, entry->d_name), free);
  if (errno)
    NOTE (catalog, FOLDER_READ, folder, errno);
  closedir (entries);
  if (paths->count)
    qsort (paths->item, paths->count, sizeof *paths->item, by_text);
}

static bool
is_json (const char *path)
{
  return adm_text_ends (path, ".json");
}

/* The files that a description names are not models of their own, whether or not it can be used. */
static void
use_parts (adm_catalog *catalog, const char *folder, yyjson_val *root)
{
  static const char *const keys[] = { "diffusion", "classifier", "upsampler", "classes" };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const char *name = yyjson_get_str (yyjson_obj_get (root, keys[i]));
    char *path = name ? adm_path_join (folder, name) : NULL;
    if (name && !path)
      catalog->status = ADM_ERROR_MEMORY;
    struct stat info;
    if (path && stat (path, &info) == 0)
      use_file (catalog, &info);
    free (path);
  }
}

static void
scan_description (adm_catalog *catalog, const char *folder, const char *path)
{
  adm_error error;
  yyjson_doc *doc = NULL;
  adm_model *model = NULL;
  adm_status status = adm_json_parse_file (path, &doc, &error);
  yyjson_val *root = yyjson_doc_get_root (doc);
  const char *format = yyjson_get_str (yyjson_obj_get (root, "format"));
  /* else a network's description, or somebody's */
  bool ours = format && strncmp (format, "adm-model-", 10) == 0;
  if (!status && ours) {
    use_parts (catalog, folder, root);
    status = adm_model_from_json (path, root, &model, &error);
  }
  if (model)
    add_model (catalog, model);
  if (status)
    note (catalog, &error);
  yyjson_doc_free (doc);
}

/* Whether the file starts like weights; a safetensors header of a size that can be, since any text
 * may have its brace there. */
static bool
looks_like_weights (adm_catalog *catalog, const char *path)
{
  unsigned char head[16] = { 0 };
  int file = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  bool failed = file < 0;
  size_t used = 0;
  while (!failed && used < sizeof head) {
    ssize_t got = read (file, head + used, sizeof head - used);
    if (got == 0)
      break;
    failed = got < 0 && errno != EINTR;
    used += got > 0 ? (size_t) got : 0;
  }
  if (failed)
    NOTE (catalog, FILE_READ, path, errno);
  if (file >= 0)
    close (file);
  if (failed || used < sizeof head)
    return false;
  uint64_t header = 0;
  for (int i = 7; i >= 0; i--)
    header = header << 8 | head[i];
  adm_weights_kind kind = adm_weights_kind_of (head);
  return kind == ADM_WEIGHTS_SAFETENSORS ? header >= 2 && header <= 100000000
                                         : kind != ADM_WEIGHTS_NONE;
}

/* Whether the file's name says that it holds weights, whatever it holds: a web page that was saved
 * instead deserves a note. */
static bool
named_as_weights (const char *path)
{
  return adm_text_ends (path, ".pt") || adm_text_ends (path, ".pth")
         || adm_text_ends (path, ".safetensors");
}

/* Keeps PATH for the joins that need a checkpoint of this NAME. False: none does. */
static bool
keep_published (adm_catalog *catalog, const char *name, const char *path)
{
  const char *first;
  bool needed;
  if (!adm_found_keep (&catalog->published, name, path, &needed, &first))
    catalog->status = ADM_ERROR_MEMORY;
  if (first)
    NOTE (catalog, PUBLISHED_TWICE, path, name, first);
  return needed;
}

/* A weights file that is whole. */
static void
scan_network (adm_catalog *catalog, const char *path, const adm_file_info *info)
{
  adm_error error;
  adm_model *model;
  adm_question questions[ADM_MAX_QUESTIONS];
  int count;
  adm_status asked = info->unknown_keys || info->recognised_as
                         ? adm_file_questions (path, questions, &count, &error)
                         : ADM_ERROR_USAGE;
  if (asked && asked != ADM_ERROR_USAGE)
    note (catalog, &error);
  else if (!asked && count > 0)
    push (catalog, &catalog->questions, strdup (path), free);
  if (info->recognised_as && keep_published (catalog, info->recognised_as, path))
    return;
  if (info->description.kind != ADM_KIND_UNET)
    NOTE (catalog, PART_ALONE, path,
          info->description.kind == ADM_KIND_CLASSIFIER ? ADM_WORD_A_CLASSIFIER
                                                        : ADM_WORD_AN_UPSAMPLER);
  else if (adm_model_from_files (path, NULL, NULL, &model, &error))
    note (catalog, &error);
  else
    add_model (catalog, model);
}

/* Keeps PATH if it is a taught class. */
static bool
scan_taught (adm_catalog *catalog, const char *path)
{
  adm_error error;
  adm_taught_info info;
  if (adm_taught_inspect (path, &info, &error))
    return false;
  if (!adm_taught_list_add (&catalog->taught, path, &info))
    catalog->status = ADM_ERROR_MEMORY;
  return true;
}

/* The taught classes of FOLDER/NAME. */
static void
read_taught (adm_catalog *catalog, const char *folder, const char *name)
{
  char *within = adm_path_join (folder, name);
  if (!within || !adm_taught_list_read (&catalog->taught, within))
    catalog->status = ADM_ERROR_MEMORY;
  free (within);
}

static void
attach_taught (adm_catalog *catalog, adm_model *model)
{
  adm_error error;
  adm_status status = adm_taught_list_attach (&catalog->taught, model, &error);
  if (status == ADM_ERROR_MEMORY)
    catalog->status = status;
  else if (status)
    note (catalog, &error);
}

static void
scan_weights (adm_catalog *catalog, const char *path, const struct stat *status)
{
  adm_error error;
  adm_file_info info;
  size_t notes = catalog->notes.count;
  bool worth = looks_like_weights (catalog, path)
               || (catalog->notes.count == notes && named_as_weights (path));
  if (!worth || !use_file (catalog, status))
    return;
  if (!adm_text_is_utf8 (path))
    NOTE (catalog, NAME_ENCODING, path);
  else if (adm_file_inspect (path, &info, &error)) {
    if (!scan_taught (catalog, path))
      note (catalog, &error);
  } else
    scan_network (catalog, path, &info);
}

static void
scan_folder (adm_catalog *catalog, const char *folder)
{
  list paths = { 0 };
  read_folder (catalog, folder, &paths);
  for (int weights = 0; weights <= 1; weights++)
    for (size_t i = 0; !catalog->status && i < paths.count; i++) {
      const char *path = paths.item[i];
      struct stat info;
      if (is_json (path) == weights)
        continue;
      if (stat (path, &info))
        NOTE (catalog, FILE_LOOK, path, errno);
      else if (S_ISREG (info.st_mode) && weights)
        scan_weights (catalog, path, &info);
      else if (S_ISREG (info.st_mode) && use_file (catalog, &info))
        scan_description (catalog, folder, path);
    }
  clear (&paths, free);
  read_taught (catalog, folder, ADM_TAUGHT_FOLDER);
}

/* ---- published checkpoints ------------------------------------------------------------------- */

/* The first FOLDERS/NAME there is, malloc'ed, or NULL. */
static char *
find_data (adm_catalog *catalog, const char *name)
{
  for (size_t i = 0; name && i < catalog->folders.count; i++) {
    char *path = adm_path_join (catalog->folders.item[i], name);
    if (!path)
      catalog->status = ADM_ERROR_MEMORY;
    if (path && access (path, R_OK) == 0)
      return path;
    free (path);
  }
  return NULL;
}

static void
join_published (adm_catalog *catalog)
{
  for (int i = 0; !catalog->status && i < ADM_JOINS; i++) {
    if (!adm_found_worth_joining (&catalog->published, i))
      continue;
    char *classes = find_data (catalog, adm_found_classes (&catalog->published, i));
    adm_model *model;
    adm_error error;
    if (adm_found_join (&catalog->published, i, classes, &model, &error))
      note (catalog, &error);
    else
      add_model (catalog, model);
    free (classes);
  }
}

/* ---- the catalog ----------------------------------------------------------------------------- */

adm_status
adm_catalog_new (const char *const *folders, size_t n, adm_catalog **out, adm_error *error)
{
  *out = NULL;
  adm_catalog *catalog = calloc (1, sizeof *catalog);
  if (!catalog)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_MODELS);
  for (size_t i = 0; i < n; i++)
    push (catalog, &catalog->folders, strdup (folders[i]), free);
  for (size_t i = 0; !catalog->status && i < n; i++)
    scan_folder (catalog, folders[i]);
  join_published (catalog);
  for (size_t i = 0; !catalog->status && i < catalog->models.count; i++)
    attach_taught (catalog, catalog->models.item[i]);
  for (size_t i = 0; !catalog->status && i < catalog->taught.count; i++)
    if (!catalog->taught.entry[i].used)
      NOTE (catalog, TAUGHT_ALONE, catalog->taught.entry[i].path);
  adm_found_clear (&catalog->published);
  adm_file_set_clear (&catalog->used);
  if (catalog->status) {
    adm_catalog_free (catalog);
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_MODELS);
  }
  *out = catalog;
  return ADM_OK;
}

void
adm_catalog_free (adm_catalog *catalog)
{
  if (!catalog)
    return;
  clear (&catalog->models, free_model);
  clear (&catalog->found, free_model);
  clear (&catalog->notes, free);
  clear (&catalog->questions, free);
  adm_file_set_clear (&catalog->used);
  adm_taught_list_clear (&catalog->taught);
  clear (&catalog->folders, free);
  free (catalog);
}

size_t
adm_catalog_count (const adm_catalog *catalog)
{
  return catalog->models.count;
}

const adm_model *
adm_catalog_get (const adm_catalog *catalog, size_t i)
{
  return i < catalog->models.count ? catalog->models.item[i] : NULL;
}

size_t
adm_catalog_notes (const adm_catalog *catalog)
{
  return catalog->notes.count;
}

const adm_error *
adm_catalog_note (const adm_catalog *catalog, size_t i)
{
  return i < catalog->notes.count ? catalog->notes.item[i] : NULL;
}

size_t
adm_catalog_questions (const adm_catalog *catalog)
{
  return catalog->questions.count;
}

const char *
adm_catalog_question (const adm_catalog *catalog, size_t i)
{
  return i < catalog->questions.count ? catalog->questions.item[i] : NULL;
}

/* The model that weights file PATH makes alone; a published one has its classes' names. A
 * classifier alone is PARTIAL. */
static adm_status
open_weights (adm_catalog *catalog, const char *path, bool partial, adm_model **out,
              adm_error *error)
{
  adm_model_parts parts
      = { .folder = "", .path = path, .diffusion = path, .null_class = ADM_NO_LABEL };
  adm_file_info info;
  adm_status status = adm_file_inspect (path, &info, error);
  if (status)
    return status;
  bool classifier = info.description.kind == ADM_KIND_CLASSIFIER;
  char *classes = NULL;
  const adm_join *join = NULL;
  while (info.recognised_as && info.description.num_classes > 0 && !classes
         && (join = adm_join_needing (info.recognised_as, join))) {
    classes = find_data (catalog, join->classes);
    if (classifier)
      parts.published[0] = join->parts[0];
  }
  if (classifier && partial && !classes)
    return ADM_FAIL (error, CLASS_NAMELESS, path);
  if (classifier && partial) {
    parts.id = parts.name = info.recognised_as;
    parts.classifier = path;
    parts.diffusion = NULL;
  }
  parts.classes = classes;
  status = adm_model_build (&parts, out, error);
  free (classes);
  return status;
}

static adm_status
open_model (adm_catalog *catalog, const char *path, adm_model **out, adm_error *error)
{
  if (!is_json (path))
    return open_weights (catalog, path, false, out, error);
  yyjson_doc *doc;
  adm_status status = adm_json_parse_file (path, &doc, error);
  if (status)
    return status;
  status = adm_model_from_json (path, yyjson_doc_get_root (doc), out, error);
  yyjson_doc_free (doc);
  return status;
}

/* Keeps MODEL, which a caller is given, as long as the catalog, with the classes taught to it that
 * lie beside it. */
static adm_status
keep_found (adm_catalog *catalog, adm_model *model, const adm_model **out, adm_error *error)
{
  char *folder = model->diffusion ? adm_path_folder (model->diffusion) : NULL;
  if (folder) {
    read_taught (catalog, folder, "");
    read_taught (catalog, folder, ADM_TAUGHT_FOLDER);
    attach_taught (catalog, model);
  }
  free (folder);
  if (!push (catalog, &catalog->found, model, free_model)) {
    catalog->status = ADM_OK;
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_MODELS);
  }
  *out = model;
  return ADM_OK;
}

adm_status
adm_catalog_find (adm_catalog *catalog, const char *name, const adm_model **out, adm_error *error)
{
  *out = model_by_id (catalog, name);
  for (size_t i = 0; !*out && i < catalog->models.count; i++) {
    const adm_model *model = catalog->models.item[i];
    if (adm_text_same (model->id, name) || adm_text_same (model->name, name))
      *out = model;
  }
  if (*out)
    return ADM_OK;
  if (access (name, F_OK) != 0 && !strchr (name, '/') && !is_json (name))
    return ADM_FAIL (error, MODEL_UNKNOWN, name);
  adm_model *model;
  adm_status status = open_model (catalog, name, &model, error);
  return status ? status : keep_found (catalog, model, out, error);
}

adm_status
adm_catalog_model_of (adm_catalog *catalog, const char *path, const adm_model **out,
                      adm_error *error)
{
  struct stat file, part;
  *out = NULL;
  bool there = stat (path, &file) == 0;
  for (size_t i = 0; there && i < catalog->models.count; i++) {
    const adm_model *model = catalog->models.item[i];
    for (int k = 0; k < ADM_PARTS; k++)
      if (model->part[k] && stat (model->part[k], &part) == 0 && part.st_dev == file.st_dev
          && part.st_ino == file.st_ino) {
        *out = model;
        return ADM_OK;
      }
  }
  adm_model *model;
  adm_status status = open_weights (catalog, path, true, &model, error);
  return status ? status : keep_found (catalog, model, out, error);
}
