/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm info`: what weights files hold, one JSON object a line. Names, shapes and file structure are read, not the weights. */
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/program.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] = "Usage: adm info FILE…\n"
                            "Prints one JSON object a line for each weights file (.safetensors, torch .pt in zip or legacy format):\n"
                            "  file, format, the network's description, tensors, parameters, weights_mib (as float32), run_mib (all the memory that\n"
                            "  running one image takes, a classifier's gradient included), recognised_as (the published checkpoint, or null).\n"
                            "What the file does not settle is null. A file that cannot be read gets a line on standard error, and exit status 1.\n";

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
      ok = yyjson_mut_obj_add (object, yyjson_val_mut_copy (doc, key), yyjson_val_mut_copy (doc, yyjson_obj_iter_get_val (key)));
  }
  yyjson_doc_free (parsed);
  return ok;
}

static bool
add_file (text_lines *lines, const char *path, const adm_file_info *info)
{
  uint64_t weights, workspace;
  adm_error ignored; /* the memory is unknown then, and null says so */
  bool known = !info->unknown_keys && !adm_description_memory (&info->description, 1, NULL, &weights, &workspace, &ignored);
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  if (!doc)
    return false;
  yyjson_mut_val *object = yyjson_mut_obj (doc);
  const double mib = 1024 * 1024;
  bool ok = yyjson_mut_obj_add_val (doc, object, "file", json_text (doc, path)) && yyjson_mut_obj_add_str (doc, object, "format", info->format)
            && add_description (doc, object, &info->description) && yyjson_mut_obj_add_uint (doc, object, "tensors", info->tensors)
            && yyjson_mut_obj_add_uint (doc, object, "parameters", info->parameters)
            && yyjson_mut_obj_add_val (doc, object, "weights_mib", json_rounded (doc, (double) info->parameters * sizeof (float) / mib, 3))
            && yyjson_mut_obj_add_val (doc, object, "run_mib",
                                       known ? json_rounded (doc, ((double) weights + (double) workspace + PROGRAM_BYTES) / mib, 3) : yyjson_mut_null (doc))
            && yyjson_mut_obj_add_val (doc, object, "recognised_as", json_text (doc, info->recognised_as)) && json_add_line (lines, doc, object);
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
      status = program_fail (&error, ADM_ERROR_MEMORY, "%s: no memory to describe it; close other programs", argv[i]);
    int one = status ? program_report (&error) : program_print (lines.text);
    free (lines.text);
    if (one)
      result = EXIT_FAILED;
  }
  return result;
}
