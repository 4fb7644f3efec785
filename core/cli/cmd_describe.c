/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm describe`: what a weights file leaves open, and the JSON file beside it that answers. */
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm describe FILE\n"
      "       adm describe [--replace] FILE KEY=VALUE…\n"
      "Without answers, prints one JSON object: file, and the questions that FILE's tensors leave "
      "open, each with its possible\n"
      "answers, the likeliest first; \"required\": the network cannot run before it is answered.\n"
      "With answers, writes them with all else that is known into a JSON file of the same name "
      "beside FILE.\n"
      "\n"
      "  KEY=VALUE  a key of a description: image_size=64, num_heads=4, num_head_channels=64, "
      "noise_schedule=cosine,\n"
      "             use_new_attention_order=true, recognised_as=lsun_cat …\n"
      "  --replace  when that file is there already: put the answers in, keep its other keys\n"
      "  --json     what was written as an object; the questions are one anyway\n"
      "\n"
      "With --json, of answers that were written: path (the file beside FILE), file, answers "
      "(their number).\n"
      "A failure is an object on standard error: error, code, message, exit_status.\n"
      "\n"
      "Examples:\n"
      "  adm describe my-checkpoint.pt\n"
      "  adm describe my-checkpoint.pt image_size=32 num_heads=1 noise_schedule=linear\n";

static bool
add_question (yyjson_mut_doc *doc, yyjson_mut_val *list, const adm_question *question)
{
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  if (!object || !yyjson_mut_obj_add_str (doc, object, "topic", question->topic)
      || !yyjson_mut_obj_add_bool (doc, object, "required", question->required))
    return false;
  yyjson_mut_val *answers = yyjson_mut_obj_add_arr (doc, object, "answers");
  bool ok = answers != NULL;
  for (int i = 0; ok && i < question->count; i++) {
    char text[128];
    snprintf (text, sizeof text, "%s=%s", question->answer[i].key, question->answer[i].value);
    ok = yyjson_mut_arr_add_strcpy (doc, answers, text);
  }
  return ok;
}

static int
print_questions (const char *path)
{
  adm_question questions[ADM_MAX_QUESTIONS];
  adm_error error;
  text_lines lines = { NULL, 0 };
  int count;
  adm_status status = adm_file_questions (path, questions, &count, &error);
  if (status)
    return program_report (&error);
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *object = yyjson_mut_obj (doc), *list = yyjson_mut_arr (doc);
  bool ok = object && list && yyjson_mut_obj_add_val (doc, object, "file", json_text (doc, path))
            && yyjson_mut_obj_add_val (doc, object, "questions", list);
  for (int i = 0; ok && i < count; i++)
    ok = add_question (doc, list, &questions[i]);
  ok = ok && json_add_line (&lines, doc, object);
  yyjson_mut_doc_free (doc);
  if (!ok) {
    program_fail (&error, ADM_ERROR_MEMORY, "%s: no memory to describe it; close other programs",
                  path);
    return program_report (&error);
  }
  int exit_status = program_print (lines.text);
  free (lines.text);
  return exit_status;
}

/* Tells the file that the answers about FILE were written into. */
static adm_status
tell (const char *file, int answers, adm_error *error)
{
  const char *slash = strrchr (file, '/'), *name = slash ? slash + 1 : file,
             *dot = strrchr (name, '.');
  const size_t stem = dot && dot > name ? (size_t) (dot - file) : strlen (file);
  char *path = malloc (stem + sizeof ".json");
  if (!path)
    return program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its name", file);
  snprintf (path, stem + sizeof ".json", "%.*s.json", (int) stem, file);
  result made = result_new ();
  result_add_text (&made, "path", path);
  result_add_text (&made, "file", file);
  result_add_whole (&made, "answers", answers);
  adm_status status = result_print (&made, error, "%s: written, %d %s", path, answers,
                                    answers == 1 ? "answer" : "answers");
  free (path);
  return status;
}

int
cmd_describe (int argc, char **argv)
{
  bool help = false, replace = false;
  int rest;
  adm_error error;
  const option_spec specs[] = { { .name = "--help", .type = OPTION_FLAG, .value = &help },
                                { .name = "--replace", .type = OPTION_FLAG, .value = &replace } };
  adm_status status = options_parse (argc, argv, specs, 2, &rest, &error);
  if (!status && help)
    return program_print (usage);
  if (!status && rest == 0)
    status = program_fail (&error, ADM_ERROR_USAGE,
                           "describe: no file given; see adm describe --help");
  if (status)
    return program_report (&error);
  if (rest == 1 && !replace)
    return print_questions (argv[0]);
  adm_answer *answers = calloc ((size_t) rest, sizeof *answers);
  if (!answers)
    status = program_fail (&error, ADM_ERROR_MEMORY, "describe: no memory for the answers");
  for (int i = 1; i < rest && !status; i++) {
    char *equals = strchr (argv[i], '=');
    if (!equals || equals == argv[i] || !equals[1])
      status = program_fail (&error, ADM_ERROR_USAGE,
                             "describe: '%s' is not KEY=VALUE; see adm describe --help", argv[i]);
    else {
      *equals = '\0';
      answers[i - 1] = (adm_answer) { argv[i], equals + 1 };
    }
  }
  if (!status && rest < 2)
    status = program_fail (&error, ADM_ERROR_USAGE,
                           "describe: --replace needs answers to write; give KEY=VALUE");
  if (!status)
    status = adm_sidecar_write (argv[0], answers, (size_t) rest - 1, replace, &error);
  free (answers);
  if (!status)
    status = tell (argv[0], rest - 1, &error);
  return status ? program_report (&error) : EXIT_OK;
}
