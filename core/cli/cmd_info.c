/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm info`: what weights files hold, one JSON object a line. Names, shapes and file structure are
 * read, not the weights. */
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/program.h"

#include <stdio.h>
#include <stdlib.h>

/* What the program itself holds, about (tests/cli/test_memory.py measures it): one that is measured
 * would be another in every run. */
#define PROGRAM_BYTES (6.0 * 1024 * 1024)

static const char usage[]
    = "Usage: adm info FILE…\n"
      "Prints one JSON object a line for each weights file (.safetensors, torch .pt in zip or "
      "legacy format):\n"
      "  file, format, the network's description, tensors, parameters, weights_mib (as float32), "
      "run_mib (all the memory that\n"
      "  running one image takes, a classifier's gradient included), run_half_mib (the same with "
      "--half), recognised_as (the published checkpoint, or null),\n"
      "  license (what the file's metadata or the JSON file beside it says, or null),\n"
      "  inside, prefix, passed_over (what was taken away to come to the network: the key it stood "
      "under, the prefix of its tensors' names, tensors of no layer; or null).\n"
      "What the file does not settle is null. A file that cannot be read gets a line on standard "
      "error, and exit status 1.\n"
      "\n"
      "  --json     accepted: what is printed is JSON anyway, and a failure is an object, too\n"
      "\n"
      "Examples:\n"
      "  adm info my-checkpoint.pt\n";

/* The keys of the description stand among the others. */
static bool
add_description (yyjson_mut_doc *doc, yyjson_mut_val *object, const adm_description *description)
{
  char text[4096];
  int length = adm_description_to_json (description, text, sizeof text);
  if (length < 0 || (size_t) length >= sizeof text)
    return false;
  yyjson_doc *parsed = yyjson_read (text, (size_t) length, YYJSON_READ_NOFLAG);
  bool ok = parsed && yyjson_is_obj (yyjson_doc_get_root (parsed));
  if (ok) {
    yyjson_obj_iter iter = yyjson_obj_iter_with (yyjson_doc_get_root (parsed));
    for (yyjson_val *key; ok && (key = yyjson_obj_iter_next (&iter));)
      ok = yyjson_mut_obj_add (object, yyjson_val_mut_copy (doc, key),
                               yyjson_val_mut_copy (doc, yyjson_obj_iter_get_val (key)));
  }
  yyjson_doc_free (parsed);
  return ok;
}

/* All the memory that running one image takes, in MiB; null while it is not known. */
static yyjson_mut_val *
run_mib (yyjson_mut_doc *doc, const adm_file_info *info, bool half)
{
  const adm_options options = { .half = half };
  uint64_t weights, workspace;
  adm_error ignored;
  if (info->unknown_keys
      || adm_description_memory (&info->description, 1, &options, &weights, &workspace, &ignored))
    return yyjson_mut_null (doc);
  return json_rounded (doc, ((double) weights + (double) workspace + PROGRAM_BYTES) / (1024 * 1024),
                       3);
}

static bool
add_file (text_lines *lines, const char *path, const adm_file_info *info)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  if (!doc)
    return false;
  yyjson_mut_val *object = yyjson_mut_obj (doc);
  const double mib = 1024 * 1024;
  bool ok
      = yyjson_mut_obj_add_val (doc, object, "file", json_text (doc, path))
        && yyjson_mut_obj_add_str (doc, object, "format", info->format)
        && add_description (doc, object, &info->description)
        && yyjson_mut_obj_add_uint (doc, object, "tensors", info->tensors)
        && yyjson_mut_obj_add_uint (doc, object, "parameters", info->parameters)
        && yyjson_mut_obj_add_val (
            doc, object, "weights_mib",
            json_rounded (doc, (double) info->parameters * sizeof (float) / mib, 3))
        && yyjson_mut_obj_add_val (doc, object, "run_mib", run_mib (doc, info, false))
        && yyjson_mut_obj_add_val (doc, object, "run_half_mib", run_mib (doc, info, true))
        && yyjson_mut_obj_add_val (doc, object, "recognised_as",
                                   json_text (doc, info->recognised_as))
        && yyjson_mut_obj_add_val (doc, object, "license",
                                   json_text (doc, *info->license ? info->license : NULL))
        && yyjson_mut_obj_add_val (doc, object, "inside",
                                   json_text (doc, *info->inside ? info->inside : NULL))
        && yyjson_mut_obj_add_val (doc, object, "prefix",
                                   json_text (doc, *info->prefix ? info->prefix : NULL))
        && yyjson_mut_obj_add_val (doc, object, "passed_over",
                                   json_text (doc, *info->passed_over ? info->passed_over : NULL))
        && json_add_line (lines, doc, object);
  yyjson_mut_doc_free (doc);
  return ok;
}

int
cmd_info (int argc, char **argv)
{
  bool help = false;
  int rest, result = EXIT_OK;
  adm_error error;
  const option_spec specs[] = { { .name = "--help", .type = OPTION_FLAG, .value = &help } };
  if (options_parse (argc, argv, specs, 1, &rest, &error))
    return program_report (&error);
  if (help)
    return program_print (usage);
  if (rest == 0) {
    program_fail (&error, ADM_ERROR_USAGE, "info: no file given; see adm info --help");
    return program_report (&error);
  }
  for (int i = 0; i < rest; i++) {
    adm_file_info info;
    text_lines lines = { NULL, 0 };
    interrupt_at_once (true);
    adm_status status = adm_file_inspect (argv[i], &info, &error);
    interrupt_at_once (false);
    if (!status && !add_file (&lines, argv[i], &info))
      status = program_fail (&error, ADM_ERROR_MEMORY,
                             "%s: no memory to describe it; close other programs", argv[i]);
    int one = status ? program_report (&error) : program_print (lines.text);
    free (lines.text);
    if (one)
      result = EXIT_FAILED;
  }
  return result;
}
