/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm models`: one JSON object for each model found, then one with the folders searched and what
 * in them is of no use. */
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/search.h"
#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm models\n"
      "Prints one JSON object a line: each model found (its id is what "
      "--model takes; \"synonyms\": a list for each of \"classes\",\n"
      "in the same order, of what else --class knows it by; \"taught\": "
      "classes that were taught to it (adm teach), as\n"
      "files in a folder searched or its folder \"taught\"; \"missing\": "
      "parts of a published model that were not found, and\n"
      "where they are published), then the folders searched, in order, notes "
      "on files in them that cannot be used, and files\n"
      "that leave questions open (see adm describe).\n"
      "\n"
      "Searched: the folders in $ADM_MODEL_PATH (separated by colons), the "
      "program's own data folder, and\n"
      "$XDG_DATA_HOME/gimp-adm/models (~/.local/share/gimp-adm/models). Of "
      "an id found twice the first counts.\n"
      "\n"
      "  --json     accepted: what is printed is JSON anyway, and a failure is an object, too\n"
      "\n"
      "Examples:\n"
      "  adm models\n";

static bool
add_missing (yyjson_mut_doc *doc, yyjson_mut_val *list, const adm_missing *missing)
{
  static const char *const parts[] = { [ADM_PART_DIFFUSION] = "diffusion",
                                       [ADM_PART_CLASSIFIER] = "classifier",
                                       [ADM_PART_UPSAMPLER] = "upsampler" };
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  return object && yyjson_mut_obj_add_str (doc, object, "part", parts[missing->part])
         && yyjson_mut_obj_add_str (doc, object, "file", missing->file)
         && yyjson_mut_obj_add_str (doc, object, "address", missing->address);
}

static bool
add_taught (yyjson_mut_doc *doc, yyjson_mut_val *list, const adm_taught *taught)
{
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  return object && yyjson_mut_obj_add_val (doc, object, "name", json_text (doc, taught->name))
         && yyjson_mut_obj_add_val (doc, object, "file", json_text (doc, taught->path))
         && yyjson_mut_obj_add_int (doc, object, "rank", taught->rank);
}

/* The texts of SYNONYMS, which commas separate, as a list; NULL: no memory. */
static yyjson_mut_val *
synonym_list (yyjson_mut_doc *doc, const char *synonyms)
{
  yyjson_mut_val *list = yyjson_mut_arr (doc);
  bool ok = list != NULL;
  while (ok && *synonyms) {
    size_t start = strspn (synonyms, " \t,"), length = strcspn (synonyms + start, ","),
           end = start + length;
    while (end > start && strchr (" \t", synonyms[end - 1]))
      end--;
    ok = end == start
         || yyjson_mut_arr_append (list, yyjson_mut_strncpy (doc, synonyms + start, end - start));
    synonyms += start + length;
  }
  return ok ? list : NULL;
}

/* NAME: an object in OBJECT, of how a stage is run when nothing else is asked for. */
static bool
add_defaults (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *name,
              const adm_defaults *defaults, bool guided)
{
  yyjson_mut_val *value = yyjson_mut_obj (doc);
  return yyjson_mut_obj_add_str (doc, value, "sampler", adm_sampler_name ((int) defaults->sampler))
         && yyjson_mut_obj_add_int (doc, value, "steps", defaults->steps)
         && (!guided || yyjson_mut_obj_add_real (doc, value, "scale", defaults->scale))
         && (defaults->eta <= 0 || yyjson_mut_obj_add_real (doc, value, "eta", defaults->eta))
         && yyjson_mut_obj_add_val (doc, object, name, value);
}

static bool
add_model (text_lines *lines, const adm_model *model)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  if (!doc)
    return false;
  yyjson_mut_val *object = yyjson_mut_obj (doc), *classes = yyjson_mut_arr (doc),
                 *synonyms = yyjson_mut_arr (doc), *missing = yyjson_mut_arr (doc),
                 *taught = yyjson_mut_arr (doc);
  bool ok = true;
  for (int i = 0; i < model->class_count; i++)
    ok = ok && yyjson_mut_arr_append (classes, json_text (doc, model->class_names[i]))
         && yyjson_mut_arr_append (synonyms, synonym_list (doc, model->class_synonyms[i]));
  for (int i = 0; i < model->taught_count; i++)
    ok = ok && add_taught (doc, taught, &model->taught[i]);
  for (int i = 0; i < model->missing_count; i++)
    ok = ok && add_missing (doc, missing, &model->missing[i]);
  ok = ok && yyjson_mut_obj_add_val (doc, object, "id", json_text (doc, model->id))
       && yyjson_mut_obj_add_val (doc, object, "name", json_text (doc, model->name))
       && yyjson_mut_obj_add_val (doc, object, "license", json_text (doc, model->license))
       && yyjson_mut_obj_add_val (doc, object, "license_file", json_text (doc, model->license_file))
       && yyjson_mut_obj_add_val (doc, object, "path", json_text (doc, model->path))
       && yyjson_mut_obj_add_val (doc, object, "diffusion", json_text (doc, model->diffusion))
       && yyjson_mut_obj_add_val (doc, object, "missing", missing)
       && yyjson_mut_obj_add_val (doc, object, "classifier", json_text (doc, model->classifier))
       && yyjson_mut_obj_add_val (doc, object, "upsampler", json_text (doc, model->upsampler))
       && yyjson_mut_obj_add_int (doc, object, "image_size", model->image_size)
       && yyjson_mut_obj_add_val (doc, object, "upsampled_size",
                                  model->upsampled_size > 0
                                      ? yyjson_mut_int (doc, model->upsampled_size)
                                      : yyjson_mut_null (doc))
       && yyjson_mut_obj_add_int (doc, object, "labels", model->label_count)
       && yyjson_mut_obj_add_val (doc, object, "null_class",
                                  model->null_class != ADM_NO_LABEL
                                      ? yyjson_mut_int (doc, model->null_class)
                                      : yyjson_mut_null (doc))
       && yyjson_mut_obj_add_bool (doc, object, "texture", model->texture)
       && yyjson_mut_obj_add_val (doc, object, "classes", classes)
       && yyjson_mut_obj_add_val (doc, object, "synonyms", synonyms)
       && yyjson_mut_obj_add_val (doc, object, "taught", taught)
       && add_defaults (doc, object, "defaults", &model->defaults, true)
       && (model->upsampler
               ? add_defaults (doc, object, "upsampler_defaults", &model->upsampler_defaults, false)
               : yyjson_mut_obj_add_null (doc, object, "upsampler_defaults"))
       && json_add_line (lines, doc, object);
  yyjson_mut_doc_free (doc);
  return ok;
}

static bool
add_folders (text_lines *lines, const search_path *path, const adm_catalog *catalog)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  if (!doc)
    return false;
  yyjson_mut_val *object = yyjson_mut_obj (doc), *folders = yyjson_mut_arr (doc),
                 *notes = yyjson_mut_arr (doc), *questions = yyjson_mut_arr (doc);
  char line[WORDS_LINE];
  bool ok = true;
  for (size_t i = 0; i < path->count; i++)
    ok = ok && yyjson_mut_arr_append (folders, json_text (doc, path->folders[i]));
  for (size_t i = 0; i < adm_catalog_notes (catalog); i++)
    ok = ok
         && yyjson_mut_arr_append (
             notes, json_text (doc, words_of (adm_catalog_note (catalog, i), line, sizeof line)));
  for (size_t i = 0; i < adm_catalog_questions (catalog); i++)
    ok = ok
         && yyjson_mut_arr_append (questions, json_text (doc, adm_catalog_question (catalog, i)));
  ok = ok && yyjson_mut_obj_add_val (doc, object, "questions", questions)
       && yyjson_mut_obj_add_val (doc, object, "folders", folders)
       && yyjson_mut_obj_add_val (doc, object, "notes", notes)
       && json_add_line (lines, doc, object);
  yyjson_mut_doc_free (doc);
  return ok;
}

int
cmd_models (int argc, char **argv)
{
  bool help = false;
  int rest;
  adm_error error;
  const option_spec specs[] = { { .name = "--help", .type = OPTION_FLAG, .value = &help } };
  if (options_parse (argc, argv, specs, 1, &rest, &error))
    return program_report (&error);
  if (help)
    return program_print (usage);
  if (rest > 0) {
    program_fail (&error, ADM_ERROR_USAGE, "%s: models takes no file; see adm models --help",
                  argv[0]);
    return program_report (&error);
  }

  search_path path = { NULL, 0 };
  adm_catalog *catalog = NULL;
  text_lines lines = { NULL, 0 };
  adm_status status = search_path_get (&path, &error);
  if (!status)
    status = search_catalog (&path, &catalog, &error);
  if (!status) {
    bool ok = true;
    for (size_t i = 0; ok && i < adm_catalog_count (catalog); i++)
      ok = add_model (&lines, adm_catalog_get (catalog, i));
    if (!ok || !add_folders (&lines, &path, catalog))
      status = program_fail (&error, ADM_ERROR_MEMORY,
                             "no memory for the list of models; close other programs");
  }
  int result = status ? program_report (&error) : program_print (lines.text);
  free (lines.text);
  adm_catalog_free (catalog);
  search_path_clear (&path);
  return result;
}
