/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The `adm` program: finds the command, catches signals, complains in one line. The locale is never
 * set, so numbers are read and written the same everywhere. */
#include "cli/program.h"

#include "cli/words.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
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
      "\n"
      "  adm COMMAND --help  a command's options\n"
      "  adm --version\n"
      "\n"
      "Exit status: 0; 2 bad usage; 1 any other failure; 130 interrupted. A failure is one line on "
      "standard error.\n";

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

int
program_report (const adm_error *error)
{
  char line[WORDS_LINE];
  if (error->status == ADM_ERROR_CANCELLED) {
    fputs ("adm: interrupted\n", stderr);
    return EXIT_INTERRUPTED;
  }
  fprintf (stderr, "adm: %s\n", words_of (error, line, sizeof line));
  return error->status == ADM_ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

int
program_print (const char *text)
{
  adm_error error;
  errno = 0;
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return EXIT_OK;
  program_fail (&error, ADM_ERROR_IO, "standard output: cannot write: %s", strerror (errno));
  return program_report (&error);
}

/* ---- signals --------------------------------------------------------------------------------- */

/* A signal handler can be told nothing but through static variables. */
static volatile sig_atomic_t interrupted, at_once;

static void
on_signal (int number)
{
  static const char line[] = "adm: interrupted\n";
  (void) number;
  interrupted = 1;
  if (at_once) {
    ssize_t written = write (STDERR_FILENO, line, sizeof line - 1);
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
      interrupt_install ();
      return commands[i].run (argc - 2, argv + 2);
    }
  program_fail (&error, ADM_ERROR_USAGE,
                "%s: no such command; there are info, models, sample, upscale, eval, train, teach, "
                "gradients, describe, convert and bench (see adm --help)",
                argv[1]);
  return program_report (&error);
}
