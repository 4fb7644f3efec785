/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The `adm` program: finds the command, catches signals, complains in one line. The locale is never
 * set, so numbers are read and written the same everywhere. */
#include "cli/program.h"

#include "cli/json_line.h"
#include "cli/words.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[]
    = "Usage: adm COMMAND [OPTION…]\n"
      "Images from ablated diffusion models.\n"
      "\n"
      "  adm info FILE…      what weights files hold\n"
      "  adm models          models found, and the folders searched\n"
      "  adm sample …        make images\n"
      "  adm upscale …       enlarge an image with a model's upsampler\n"
      "  adm encode …        a picture to the noise it would be made of\n"
      "  adm eval …          one evaluation of one network\n"
      "  adm evaluate …      what pictures are worth, against a reference\n"
      "  adm nll …           bits a dimension of pictures, by the variational bound\n"
      "  adm train …         train a network on pictures\n"
      "  adm teach …         teach a model a class from a few pictures\n"
      "  adm gradients …     a loss and its gradients\n"
      "  adm describe …      what a weights file leaves open, and the answers to it\n"
      "  adm convert …       a weights file that describes itself, in 32 or 16 bits\n"
      "  adm bench …         speed and memory on this machine\n"
      "  adm COMMAND --help  a command's options, with examples; all take --json\n"
      "\n"
      "Exit status: 0; 2 bad usage; 130 interrupted; 1 else; one line says why.\n"
      "\n"
      "Examples:\n"
      "  adm sample --model " ADM_EMBEDDED_MODEL " --class brick --upscale -o brick.png\n";

static const struct command {
  const char *name;
  int (*run) (int argc, char **argv);
} commands[] = {
  { "info", cmd_info },         { "models", cmd_models },     { "sample", cmd_sample },
  { "upscale", cmd_upscale },   { "encode", cmd_encode },     { "eval", cmd_eval },
  { "evaluate", cmd_evaluate }, { "nll", cmd_nll },           { "bench", cmd_bench },
  { "convert", cmd_convert },   { "describe", cmd_describe }, { "gradients", cmd_gradients },
  { "train", cmd_train },       { "teach", cmd_teach },
};

/* ---- complaints ------------------------------------------------------------------------------ */

adm_status
program_fail (adm_error *error, adm_status status, const char *format, ...)
{
  char line[WORDS_LINE];
  va_list args;
  va_start (args, format);
  vsnprintf (line, sizeof line, format, args);
  va_end (args);
  return adm_error_set (error, status, line);
}

adm_status
program_precision (bool exact, bool fast, adm_error *error)
{
  return exact && fast ? program_fail (error, ADM_ERROR_USAGE,
                                       "--exact and --fast cannot both be given; choose one")
                       : ADM_OK;
}

/* What the command line asks for must be known wherever something is complained of. */
static bool as_json;

bool
program_json (void)
{
  return as_json;
}

void
program_set_json (bool on)
{
  as_json = on;
}

bool
program_asks_json (int argc, char **argv)
{
  for (int i = 0; i < argc && strcmp (argv[i], "--") != 0; i++)
    if (strcmp (argv[i], "--json") == 0)
      return true;
  return false;
}

/* Prints on standard error the object of KIND ("error", "warning"), whose value is VALUE. EXIT: -1:
 * it ends nothing. Without memory it is a line of words. */
static void
complain_json (const char *kind, const char *value, const char *code, const char *message,
               int status)
{
  text_lines lines = { NULL, 0 };
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *object = doc ? yyjson_mut_obj (doc) : NULL;
  bool ok = object && yyjson_mut_obj_add_str (doc, object, kind, value)
            && yyjson_mut_obj_add_str (doc, object, "code", code)
            && yyjson_mut_obj_add_val (doc, object, "message", json_text (doc, message))
            && (status < 0 || yyjson_mut_obj_add_int (doc, object, "exit_status", status))
            && json_add_line (&lines, doc, object);
  if (ok)
    fputs (lines.text, stderr);
  else
    fprintf (stderr, "adm: %s\n", message);
  free (lines.text);
  yyjson_mut_doc_free (doc);
}

int
program_report (const adm_error *error)
{
  static const char *const kinds[] = { [ADM_OK] = "none",
                                       [ADM_ERROR_USAGE] = "usage",
                                       [ADM_ERROR_IO] = "io",
                                       [ADM_ERROR_FORMAT] = "format",
                                       [ADM_ERROR_SHAPE] = "shape",
                                       [ADM_ERROR_VALUE] = "value",
                                       [ADM_ERROR_MEMORY] = "memory",
                                       [ADM_ERROR_CANCELLED] = "cancelled" };
  char line[WORDS_LINE];
  const bool cancelled = error->status == ADM_ERROR_CANCELLED;
  const char *message = cancelled ? "interrupted" : words_of (error, line, sizeof line);
  int status = cancelled                          ? EXIT_INTERRUPTED
               : error->status == ADM_ERROR_USAGE ? EXIT_USAGE
                                                  : EXIT_FAILED;
  if (as_json)
    complain_json ("error", kinds[error->status],
                   adm_code_name (cancelled ? ADM_CODE_STOPPED : error->code), message, status);
  else
    fprintf (stderr, "adm: %s\n", message);
  return status;
}

void
program_warn (const char *what, const adm_error *error)
{
  char line[WORDS_LINE];
  const char *message = words_of (error, line, sizeof line);
  if (as_json)
    complain_json ("warning", what, adm_code_name (error->code), message, -1);
  else
    fprintf (stderr, "adm: %s: %s\n", what, message);
}

adm_status
program_write (const char *text, adm_error *error)
{
  errno = 0;
  return fputs (text, stdout) >= 0 && fflush (stdout) == 0
             ? ADM_OK
             : program_fail (error, ADM_ERROR_IO, "standard output: cannot write: %s",
                             strerror (errno));
}

int
program_print (const char *text)
{
  adm_error error;
  return program_write (text, &error) ? program_report (&error) : EXIT_OK;
}

/* ---- signals --------------------------------------------------------------------------------- */

/* A signal handler can be told nothing but through static variables. */
static volatile sig_atomic_t interrupted, at_once;

static void
on_signal (int number)
{
  static const char line[] = "adm: interrupted\n",
                    object[] = "{\"error\":\"cancelled\",\"code\":\"STOPPED\",\"message\":"
                               "\"interrupted\",\"exit_status\":130}\n";
  (void) number;
  interrupted = 1;
  if (at_once) {
    ssize_t written = as_json ? write (STDERR_FILENO, object, sizeof object - 1)
                              : write (STDERR_FILENO, line, sizeof line - 1);
    (void) written; /* nobody is left to tell */
    _exit (EXIT_INTERRUPTED);
  }
}

void
interrupt_install (void)
{
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
  struct sigaction action = { .sa_handler = on_signal };
  /* a file beyond the limit is an error like a full disk, not an end without a word */
  signal (SIGXFSZ, SIG_IGN);
  sigemptyset (&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction before;
    /* Under nohup, hanging up stays ignored. Shells start a script's background jobs with SIGINT
     * ignored, which is no wish. */
    if (signals[i] != SIGHUP || sigaction (SIGHUP, NULL, &before) != 0
        || before.sa_handler != SIG_IGN)
      sigaction (signals[i], &action, NULL);
  }
}

bool
interrupt_requested (void)
{
  return interrupted != 0;
}

void
interrupt_at_once (bool on)
{
  at_once = on;
  if (on && interrupted)
    on_signal (0);
}

/* ---- commands -------------------------------------------------------------------------------- */

int
main (int argc, char **argv)
{
  adm_error error;
  program_set_json (program_asks_json (argc - 1, argv + 1));
  if (argc < 2) {
    program_fail (&error, ADM_ERROR_USAGE, "no command given; see adm --help");
    return program_report (&error);
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    return program_print (usage);
  if (strcmp (argv[1], "--version") == 0) {
    char text[64];
    snprintf (text, sizeof text, "adm %s\n", adm_version ());
    return program_print (text);
  }
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp (argv[1], commands[i].name) == 0) {
      program_set_json (false); /* the command's options say it anew */
      interrupt_install ();
      return commands[i].run (argc - 2, argv + 2);
    }
  program_fail (&error, ADM_ERROR_USAGE, "%s: no such command; see adm --help for those there are",
                argv[1]);
  return program_report (&error);
}
