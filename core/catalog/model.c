/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models from weights files, or from a JSON description of the form "adm-model-1": its parts are
 * inspected, not loaded. */
#include "catalog/model.h"

#include "base/error.h"
#include "base/text.h"
#include "descriptions/published.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_NAMES_FILE = 4 << 20, MAX_NAMES = 100000 };

void
adm_model_free (adm_model *model)
{
  if (!model)
    return;
  for (int i = 0; i < model->class_count; i++) {
    free (model->class_names[i]);
    free (model->class_synonyms[i]);
  }
  for (int i = 0; i < model->taught_count; i++) {
    free (model->taught[i].name);
    free (model->taught[i].path);
  }
  free (model->taught);
  free (model->class_names);
  free (model->class_synonyms);
  free (model->id);
  free (model->name);
  free (model->license);
  free (model->license_file);
  free (model->path);
  for (int i = 0; i < ADM_PARTS; i++)
    free ((char *) model->part[i]);
  free (model);
}

static bool
copy_string (char **to, const char *from)
{
  *to = from ? strdup (from) : NULL;
  return !from || *to;
}

adm_model *
adm_model_copy (const adm_model *model)
{
  adm_model *copy = calloc (1, sizeof *copy);
  if (!copy)
    return NULL;
  *copy = *model;
  copy->class_names = NULL;
  copy->class_synonyms = NULL;
  copy->class_count = 0;
  copy->taught = NULL;
  copy->taught_count = 0;
  bool ok = copy_string (&copy->id, model->id);
  ok &= copy_string (&copy->name, model->name);
  ok &= copy_string (&copy->license, model->license);
  ok &= copy_string (&copy->license_file, model->license_file);
  ok &= copy_string (&copy->path, model->path);
  for (int i = 0; i < ADM_PARTS; i++) {
    char *file;
    ok &= copy_string (&file, model->part[i]);
    copy->part[i] = file;
  }
  if (ok)
    return copy;
  adm_model_free (copy);
  return NULL;
}

const char *
adm_model_part (const adm_model *model, int part)
{
  return model->part[adm_part_role_of (part)];
}

adm_word
adm_part_word (int part)
{
  static const adm_word words[ADM_PARTS]
      = { ADM_WORD_DIFFUSION_MODEL, ADM_WORD_CLASSIFIER, ADM_WORD_UPSAMPLER };
  return words[adm_part_role_of (part)];
}

adm_status
adm_model_need (const adm_model *model, int part, adm_error *error)
{
  if (adm_model_part (model, part))
    return ADM_OK;
  for (int i = 0; i < model->missing_count; i++)
    if (model->missing[i].part == part)
      return ADM_FAIL (error, PART_MISSING, model->name, adm_part_word (part),
                       model->missing[i].file, model->missing[i].address);
  return ADM_FAIL (error, PART_NONE, model->name, adm_part_word (part));
}

static adm_status
no_memory (adm_error *error)
{
  return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_MODEL);
}

/* ---- class names ----------------------------------------------------------------------------- */

static adm_status
read_text (const char *path, char **out, adm_error *error)
{
  struct stat info;
  int file = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return ADM_FAIL (error, CLASSES_OPEN, path, errno);
  adm_status status = ADM_OK;
  char *text = NULL;
  size_t used = 0;
  if (fstat (file, &info) || !S_ISREG (info.st_mode) || info.st_size > MAX_NAMES_FILE)
    status = ADM_FAIL (error, CLASSES_KIND, path);
  else if (!(text = malloc ((size_t) info.st_size + 1)))
    status = no_memory (error);
  while (!status && used < (size_t) info.st_size) {
    ssize_t got = read (file, text + used, (size_t) info.st_size - used);
    if (got < 0 && errno != EINTR)
      status = ADM_FAIL (error, FILE_READ, path, errno);
    else if (got == 0)
      break;
    else if (got > 0)
      used += (size_t) got;
  }
  close (file);
  if (!status) {
    text[used] = '\0';
    if (strlen (text) != used || !adm_text_is_utf8 (text))
      status = ADM_FAIL (error, CLASSES_ENCODING, path);
  }
  if (status)
    free (text);
  else
    *out = text;
  return status;
}

/* Cuts blanks from both ends of LINE, and commas with nothing before or after them. */
static char *
trim (char *line)
{
  line += strspn (line, " \t,");
  size_t length = strlen (line);
  while (length && strchr (" \t\r,", line[length - 1]))
    line[--length] = '\0';
  return line;
}

/* Adds the class of LINE, which is trimmed and not empty. */
static bool
add_class (adm_model *model, char *line)
{
  char *comma = strchr (line, ','), **name = &model->class_names[model->class_count],
       **synonyms = &model->class_synonyms[model->class_count];
  if (comma)
    *comma = '\0';
  *synonyms = strdup (comma ? trim (comma + 1) : "");
  *name = strdup (trim (line));
  if (*name && *synonyms) {
    model->class_count++;
    return true;
  }
  free (*name);
  free (*synonyms);
  return false;
}

/* One name a line; the line's number, from 0, is the label. */
static adm_status
read_class_names (const char *path, adm_model *model, adm_error *error)
{
  char *text = NULL;
  adm_status status = read_text (path, &text, error);
  if (status)
    return status;
  char *line = strncmp (text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
  int lines = 1, blank = 0;
  for (const char *c = line; *c; c++)
    lines += *c == '\n';
  if (lines > MAX_NAMES)
    status = ADM_FAIL (error, CLASSES_MANY, path, MAX_NAMES);
  else if (!(model->class_names = calloc ((size_t) lines, sizeof *model->class_names))
           || !(model->class_synonyms = calloc ((size_t) lines, sizeof *model->class_synonyms)))
    status = no_memory (error);
  for (int number = 1; !status && line; number++) {
    char *end = strchr (line, '\n'), *next = end ? end + 1 : NULL;
    if (end)
      *end = '\0';
    char *name = trim (line);
    line = next;
    if (!*name) {
      blank = blank ? blank : number;
      continue;
    }
    if (blank)
      status = ADM_FAIL (error, CLASSES_HOLE, path, blank);
    else if (!add_class (model, name))
      status = no_memory (error);
  }
  free (text);
  return status;
}

/* ---- parts ----------------------------------------------------------------------------------- */

bool
adm_part_may_be (int part, adm_kind kind)
{
  return kind == (part == ADM_PART_CLASSIFIER ? ADM_KIND_CLASSIFIER : ADM_KIND_SUPERRES)
         || (part == ADM_PART_DIFFUSION && kind == ADM_KIND_UNET);
}

/* Inspects the part of PARTS for ROLE, if there is one, and leaves its absolute path in MODEL. */
static adm_status
inspect_part (const adm_model_parts *parts, adm_part_role role, adm_model *model,
              adm_file_info *info, adm_error *error)
{
  static const adm_word kinds[]
      = { ADM_WORD_A_DIFFUSION_MODEL, ADM_WORD_AN_UPSAMPLER, ADM_WORD_A_CLASSIFIER };
  static const adm_kind usual[ADM_PARTS]
      = { ADM_KIND_UNET, ADM_KIND_CLASSIFIER, ADM_KIND_SUPERRES };
  const char *name = parts->part[role], *folder = parts->folder;
  if (!name)
    return ADM_OK;
  char *here = folder[0] == '/' || name[0] == '/' ? NULL : getcwd (NULL, 0);
  char *relative = adm_path_join (folder, name);
  const char *path = relative && here                 ? adm_path_join (here, relative)
                     : relative && relative[0] == '/' ? strdup (relative)
                                                      : NULL;
  free (here);
  free (relative);
  model->part[role] = path;
  if (!path)
    return no_memory (error);
  adm_status status = adm_file_inspect (path, info, error);
  if (!status && !adm_part_may_be (1 << role, info->description.kind))
    status = ADM_FAIL (error, PART_KIND, path, kinds[info->description.kind], kinds[usual[role]]);
  if (!status && info->unknown_keys)
    status = ADM_FAIL (error, TENSORS_SILENT, path, info->unknown_keys);
  return status;
}

/* FILES: what inspect_part found, by role. */
static adm_status
check_fit (const adm_model *model, const adm_model_parts *parts, const adm_file_info *files,
           adm_error *error)
{
  const adm_description *classifier = &files[ADM_ROLE_CLASSIFIER].description,
                        *upsampler = &files[ADM_ROLE_UPSAMPLER].description;
  int size = files[ADM_ROLE_DIFFUSION].description.image_size;
  if (parts->image_size && parts->image_size != size)
    return ADM_FAIL (error, MODEL_SIZE, model->path, parts->image_size, size);
  if (model->classifier && classifier->image_size != size)
    return ADM_FAIL (error, CLASSIFIER_SIZE, model->classifier, classifier->image_size, size);
  int small = upsampler->small_size;
  if (model->upsampler && ((small && small != size) || upsampler->image_size <= size))
    return ADM_FAIL (error, UPSAMPLER_SIZE, model->upsampler, adm_low_side (upsampler),
                     upsampler->image_size, size);
  int labels = model->label_count, classes = model->classifier ? classifier->num_classes : 0;
  if (parts->null_class != ADM_NO_LABEL && (parts->null_class < 0 || parts->null_class >= labels))
    return ADM_FAIL (error, MODEL_NULL, model->path, parts->null_class, labels);
  if (model->class_count > (labels > classes ? labels : classes))
    return ADM_FAIL (error, CLASSES_COUNT, model->path, model->class_count,
                     labels > classes ? labels : classes);
  return ADM_OK;
}

/* NAME of the object KEY, for messages: TEXT. */
static const char *
in_defaults (const char *key, const char *name, char text[64])
{
  snprintf (text, 64, "%s: %s", key, name);
  return text;
}

/* All of them, ", " between: TEXT. */
static const char *
sampler_names (char text[64])
{
  text[0] = '\0';
  for (int i = 0; adm_sampler_name (i); i++)
    snprintf (text + strlen (text), 64 - strlen (text), "%s%s", i ? ", " : "",
              adm_sampler_name (i));
  return text;
}

/* OBJECT's sampler, steps, scale and eta into DEFAULTS; keys that are missing leave them. */
static adm_status
read_defaults (const char *path, const char *key, yyjson_val *object, int diffusion_steps,
               adm_defaults *defaults, adm_error *error)
{
  char name[64], names[64];
  if (!object)
    return ADM_OK;
  if (!yyjson_is_obj (object))
    return ADM_FAIL (error, KEY_KIND, path, key, ADM_WORD_DEFAULTS);
  yyjson_val *sampler = yyjson_obj_get (object, "sampler"),
             *steps = yyjson_obj_get (object, "steps"), *scale = yyjson_obj_get (object, "scale"),
             *eta = yyjson_obj_get (object, "eta");
  if (sampler
      && (!yyjson_is_str (sampler)
          || !adm_sampler_parse (yyjson_get_str (sampler), &defaults->sampler)))
    return ADM_FAIL (error, KEY_NAME, path, in_defaults (key, "sampler", name),
                     sampler_names (names));
  if (steps
      && !(yyjson_is_int (steps) && yyjson_get_num (steps) >= 2
           && yyjson_get_num (steps) <= diffusion_steps))
    return ADM_FAIL (error, KEY_WHOLE, path, in_defaults (key, "steps", name), 2, diffusion_steps);
  if (scale
      && !(yyjson_is_num (scale) && yyjson_get_num (scale) >= 0 && yyjson_get_num (scale) <= 1e6))
    return ADM_FAIL (error, KEY_NUMBER, path, in_defaults (key, "scale", name), 0, 1000000);
  if (eta && !(yyjson_is_num (eta) && yyjson_get_num (eta) >= 0 && yyjson_get_num (eta) <= 1))
    return ADM_FAIL (error, KEY_NUMBER, path, in_defaults (key, "eta", name), 0, 1);
  if (steps)
    defaults->steps = (int) yyjson_get_num (steps);
  if (scale)
    defaults->scale = yyjson_get_num (scale);
  if (eta)
    defaults->eta = yyjson_get_num (eta);
  if (defaults->eta > 0 && defaults->sampler != ADM_SAMPLER_DDIM)
    return ADM_FAIL (error, DEFAULTS_ETA_ALONE, path, key);
  return ADM_OK;
}

static adm_status
set_defaults (adm_model *model, const adm_model_parts *parts, const adm_file_info *files,
              adm_error *error)
{
  const adm_file_info *diffusion = &files[ADM_ROLE_DIFFUSION],
                      *upsampler = &files[ADM_ROLE_UPSAMPLER];
  const adm_published *published
      = diffusion->recognised_as ? adm_published_find (diffusion->recognised_as) : NULL;
  model->defaults
      = published ? published->defaults : (adm_defaults) { ADM_SAMPLER_DDIM, 25, 1.0, 0.0 };
  if (!model->classifier)
    model->defaults.scale = 0.0;
  const adm_published *enlarges = model->upsampler && upsampler->recognised_as
                                      ? adm_published_find (upsampler->recognised_as)
                                      : NULL;
  model->upsampler_defaults
      = enlarges ? enlarges->defaults : (adm_defaults) { ADM_SAMPLER_DDPM, 250, 0.0, 0.0 };
  adm_status status
      = read_defaults (model->path, "defaults", parts->defaults,
                       diffusion->description.diffusion_steps, &model->defaults, error);
  return status || !model->upsampler
             ? status
             : read_defaults (model->path, "upsampler_defaults", parts->upsampler_defaults,
                              upsampler->description.diffusion_steps, &model->upsampler_defaults,
                              error);
}

/* PATH's last part without its extension. */
static char *
stem_of (const char *path)
{
  const char *slash = strrchr (path, '/'), *name = slash ? slash + 1 : path,
             *dot = strrchr (name, '.');
  return strndup (name, dot && dot > name ? (size_t) (dot - name) : strlen (name));
}

static adm_status
set_names (adm_model *model, const adm_model_parts *parts, adm_error *error)
{
  model->id = parts->id ? strdup (parts->id) : stem_of (model->diffusion);
  model->name = parts->name ? strdup (parts->name) : model->id ? strdup (model->id) : NULL;
  model->license = parts->license ? strdup (parts->license) : NULL;
  model->path = strdup (parts->path ? parts->path : model->diffusion);
  model->license_file
      = parts->license_file ? adm_path_join (parts->folder, parts->license_file) : NULL;
  if (!model->id || !model->name || !model->path || (parts->license && !model->license)
      || (parts->license_file && !model->license_file))
    return no_memory (error);
  /* a lost text must not keep the model from its work */
  if (model->license_file && access (model->license_file, R_OK)) {
    free (model->license_file);
    model->license_file = NULL;
  }
  if (!adm_text_is_utf8 (model->path) || !adm_text_is_utf8 (model->id))
    return ADM_FAIL (error, NAME_ENCODING, model->path);
  return ADM_OK;
}

/* Lists the published parts that have no file. */
static void
set_missing (adm_model *model, const adm_model_parts *parts)
{
  for (int i = 0; i < ADM_PARTS; i++) {
    const adm_published *published
        = parts->published[i] && !model->part[i] ? adm_published_find (parts->published[i]) : NULL;
    if (published)
      model->missing[model->missing_count++]
          = (adm_missing) { 1 << i, published->file, published->address };
  }
}

adm_status
adm_model_build (const adm_model_parts *parts, adm_model **out, adm_error *error)
{
  adm_file_info files[ADM_PARTS] = { 0 }, *diffusion = &files[ADM_ROLE_DIFFUSION];
  *out = NULL;
  adm_model *model = calloc (1, sizeof *model);
  if (!model)
    return no_memory (error);
  adm_status status = ADM_OK;
  for (adm_part_role role = 0; !status && role < ADM_PARTS; role++)
    status = inspect_part (parts, role, model, &files[role], error);
  if (!status)
    status = set_names (model, parts, error);
  if (!status && !model->diffusion) {
    diffusion->recognised_as = parts->published[0];
    diffusion->description = adm_published_find (parts->published[0])->description;
  }
  if (!status) {
    set_missing (model, parts);
    model->image_size = diffusion->description.image_size;
    model->upsampled_size = files[ADM_ROLE_UPSAMPLER].description.image_size;
    model->label_count = diffusion->description.num_classes;
    model->null_class = parts->null_class;
    model->texture = parts->texture;
    if (parts->classes) {
      char *path = adm_path_join (parts->folder, parts->classes);
      status = path ? read_class_names (path, model, error) : no_memory (error);
      free (path);
    }
  }
  if (!status)
    status = check_fit (model, parts, files, error);
  if (!status)
    status = set_defaults (model, parts, files, error);
  if (status)
    adm_model_free (model);
  else
    *out = model;
  return status;
}

adm_status
adm_model_from_files (const char *diffusion, const char *classifier, const char *upsampler,
                      adm_model **out, adm_error *error)
{
  adm_model_parts parts = { .folder = "",
                            .diffusion = diffusion,
                            .classifier = classifier,
                            .upsampler = upsampler,
                            .null_class = ADM_NO_LABEL };
  return adm_model_build (&parts, out, error);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* KEY's text, which a C string can hold; NULL when it is absent and OPTIONAL. */
static adm_status
read_string (const char *path, yyjson_val *root, const char *key, bool optional, const char **out,
             adm_error *error)
{
  yyjson_val *value = yyjson_obj_get (root, key);
  *out = NULL;
  if ((!value || yyjson_is_null (value)) && optional)
    return ADM_OK;
  if (!value)
    return ADM_FAIL (error, KEY_MISSING, path, key);
  const char *text = yyjson_get_str (value);
  if (!text || !*text || strlen (text) != yyjson_get_len (value))
    return ADM_FAIL (error, KEY_KIND, path, key, ADM_WORD_TEXT_THERE);
  *out = text;
  return ADM_OK;
}

static adm_status
read_label (const char *path, yyjson_val *root, const char *key, int absent, int *out,
            adm_error *error)
{
  yyjson_val *value = yyjson_obj_get (root, key);
  *out = absent;
  if (!value || yyjson_is_null (value))
    return ADM_OK;
  if (!yyjson_is_int (value)
      || !(yyjson_get_num (value) >= 0 && yyjson_get_num (value) <= MAX_NAMES))
    return ADM_FAIL (error, KEY_WHOLE, path, key, 0, MAX_NAMES);
  *out = (int) yyjson_get_num (value);
  return ADM_OK;
}

adm_status
adm_model_from_json (const char *path, yyjson_val *root, adm_model **out, adm_error *error)
{
  adm_model_parts parts = { .path = path };
  const char *format;
  const struct {
    const char *key;
    bool optional;
    const char **out;
  } texts[] = {
    { "format", false, &format },
    { "id", false, &parts.id },
    { "name", true, &parts.name },
    { "license", true, &parts.license },
    { "license_file", true, &parts.license_file },
    { "diffusion", false, &parts.diffusion },
    { "classifier", true, &parts.classifier },
    { "upsampler", true, &parts.upsampler },
    { "classes", true, &parts.classes },
  };
  *out = NULL;
  adm_status status = ADM_OK;
  for (size_t i = 0; !status && i < sizeof texts / sizeof *texts; i++)
    status = read_string (path, root, texts[i].key, texts[i].optional, texts[i].out, error);
  if (!status && strcmp (format, ADM_MODEL_FORMAT) != 0)
    status = ADM_FAIL (error, KEY_FORMAT, path, format, ADM_MODEL_FORMAT);
  if (!status)
    status = read_label (path, root, "image_size", 0, &parts.image_size, error);
  if (!status)
    status = read_label (path, root, "null_class", ADM_NO_LABEL, &parts.null_class, error);
  yyjson_val *texture = yyjson_obj_get (root, "texture");
  if (!status && texture && !yyjson_is_bool (texture))
    status = ADM_FAIL (error, KEY_KIND, path, "texture", ADM_WORD_TRUE_FALSE);
  if (status)
    return status;
  parts.texture = yyjson_get_bool (texture);
  parts.defaults = yyjson_obj_get (root, "defaults");
  parts.upsampler_defaults = yyjson_obj_get (root, "upsampler_defaults");
  char *folder = adm_path_folder (path);
  if (!folder)
    return no_memory (error);
  parts.folder = folder;
  status = adm_model_build (&parts, out, error);
  free (folder);
  return status;
}
