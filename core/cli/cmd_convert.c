/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm convert`: any weights file to a safetensors file that describes itself. */
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/terminal.h"

#include <string.h>

static const char usage[]
    = "Usage: adm convert [--dtype f32|f16|bf16] IN -o OUT.safetensors\n"
      "Writes the weights in IN (.safetensors, torch .pt in zip or legacy "
      "format) as a safetensors file that describes itself: what\n"
      "adm knows of the network, from IN's tensors, metadata or the JSON "
      "file beside it, goes into the metadata key adm, so that\n"
      "OUT needs no file beside it. Takes the memory of the largest tensor.\n"
      "\n"
      "  --dtype T  how the numbers are stored: f32, f16 or bf16 (default: "
      "each tensor as it is in IN; float64 becomes f32).\n"
      "             f16 and bf16 halve a float32 file; numbers are rounded "
      "to nearest, and one too large for f16 is refused\n"
      "  --json     what was written as an object\n"
      "  -o OUT     the file to write; it is complete or absent\n"
      "\n"
      "With --json: path, from, dtype (null: as it was), seconds. A failure is an object on "
      "standard error: error, code, message, exit_status.\n"
      "\n"
      "Examples:\n"
      "  adm convert --dtype f16 my-checkpoint.pt -o my-model.safetensors\n";

/* ADM_STORE_…'s names. */
static const char *const names[] = { NULL, "f32", "f16", "bf16" };

static adm_status
parse (int argc, char **argv, bool *help, const char **in, const char **out, adm_storage *storage,
       adm_error *error)
{
  const char *dtype = NULL;
  int rest;
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = help },
    { .name = "--dtype", .type = OPTION_TEXT, .value = &dtype },
    { .name = "-o", .type = OPTION_TEXT, .value = out },
  };
  adm_status status = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &rest, error);
  if (status || *help)
    return status;
  if (rest != 1)
    return program_fail (error, ADM_ERROR_USAGE, "convert: %s; see adm convert --help",
                         rest ? "more than one file given" : "no file given");
  *in = argv[0];
  if (!*out || !output_has_extension (*out, ".safetensors"))
    return program_fail (
        error, ADM_ERROR_USAGE,
        "convert: -o %s; give the name of the file to write, ending in .safetensors",
        *out ? "has another ending" : "is missing");
  *storage = ADM_STORE_AS_IS;
  for (int i = 1; dtype && i <= ADM_STORE_BF16; i++)
    if (strcmp (dtype, names[i]) == 0)
      *storage = (adm_storage) i;
  if (dtype && *storage == ADM_STORE_AS_IS)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--dtype: there is no '%s'; choose f32, f16 or bf16", dtype);
  return ADM_OK;
}

static adm_status
tell (const char *in, const char *out, adm_storage storage, double seconds, adm_error *error)
{
  result made = result_new ();
  result_add_text (&made, "path", out);
  result_add_text (&made, "from", in);
  result_add_text (&made, "dtype", names[storage]);
  result_add_real (&made, "seconds", seconds);
  return result_print (&made, error, "%s: written, %.2f s", out, seconds);
}

int
cmd_convert (int argc, char **argv)
{
  bool help = false;
  const char *in = NULL, *out = NULL;
  adm_storage storage = ADM_STORE_AS_IS;
  adm_error error;
  terminal line = { 0 };
  adm_status status = parse (argc, argv, &help, &in, &out, &storage, &error);
  if (!status && help)
    return program_print (usage);
  const double began = terminal_seconds ();
  if (!status)
    status = adm_convert (in, out, storage, terminal_progress, &line, &error);
  terminal_clear (&line);
  if (!status)
    status = tell (in, out, storage, terminal_seconds () - began, &error);
  return status ? program_report (&error) : EXIT_OK;
}
