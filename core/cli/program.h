/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the `adm` program share: its commands, its exit statuses, its one line of
 * complaint, and the flag that a signal raises. */
#ifndef ADM_CLI_PROGRAM_H
#define ADM_CLI_PROGRAM_H

#include "adm.h"

enum {
  EXIT_OK = 0,
  EXIT_FAILED = 1, /* files, contents, shapes, memory */
  EXIT_USAGE = 2,  /* an option, class, number or combination that cannot be */
  EXIT_INTERRUPTED = 130,
};

/* The commands: ARGV without the command's name. Each returns the program's exit status, has then
 * said on standard error why (one line) when it is not EXIT_OK, and has printed nothing on standard
 * output in that case, but for `info`, and `sample --json` into a folder, which tell what is whole
 * as it comes. */
int cmd_info (int argc, char **argv);
int cmd_models (int argc, char **argv);
int cmd_sample (int argc, char **argv);
int cmd_upscale (int argc, char **argv);
int cmd_encode (int argc, char **argv);
int cmd_eval (int argc, char **argv);
int cmd_evaluate (int argc, char **argv);
int cmd_nll (int argc, char **argv);
int cmd_gradients (int argc, char **argv);
int cmd_teach (int argc, char **argv);
int cmd_train (int argc, char **argv);
int cmd_bench (int argc, char **argv);
int cmd_convert (int argc, char **argv);
int cmd_describe (int argc, char **argv);

/* What --kernels takes, in every help that has it. */
#define USAGE_KERNELS                                                                              \
  ADM_KERNELS_32 "; with 16-bit products " ADM_KERNELS_16 " (default: the best this processor "    \
                 "has)"

/* Fills ERROR with a formatted line and returns STATUS. */
/* ADM_ERROR_USAGE where both --exact and --fast are given. */
adm_status program_precision (bool exact, bool fast, adm_error *error);
adm_status program_fail (adm_error *error, adm_status status, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Prints ERROR as one line on standard error and returns the exit status that goes with it. With
 * --json the line is an object: error (the kind: usage, io, format, shape, value, memory,
 * cancelled), code (adm_codes.h's name), message, exit_status. */
int program_report (const adm_error *error);

/* Prints what does not end the command as a line on standard error: WHAT ("left out") and ERROR;
 * with --json an object: warning, code, message. */
void program_warn (const char *what, const adm_error *error);

/* Whether --json was given: results and failures are objects. Set where the options are read. */
bool program_json (void);
void program_set_json (bool on);
/* Whether --json stands among the ARGC words of ARGV, before any "--". */
bool program_asks_json (int argc, char **argv);

/* Prints TEXT on standard output: a full disk or a closed pipe is a failure. */
adm_status program_write (const char *text, adm_error *error);
/* The same; says on standard error what failed, and returns the exit status. */
int program_print (const char *text);

/* After this SIGINT, SIGTERM and SIGHUP raise a flag instead of ending the program, and a file
 * beyond the size limit is an error of writing. */
void interrupt_install (void);
bool interrupt_requested (void);

/* ON: until called again with false, those signals end the program at once with its line and
 * EXIT_INTERRUPTED. For work that cannot be asked to stop, while no file is being written. */
void interrupt_at_once (bool on);

#endif
