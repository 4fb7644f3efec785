/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/pickle_names.h"

#include <string.h>

static bool
is_text (const char *text, size_t length, const char *expected)
{
  return strlen (expected) == length && !memcmp (expected, text, length);
}

static const char *const modules[] = { "os",        "posix",       "nt",
                                       "posixpath", "ntpath",      "subprocess",
                                       "commands",  "popen2",      "sys",
                                       "importlib", "imp",         "pkgutil",
                                       "runpy",     "webbrowser",  "shutil",
                                       "socket",    "ssl",         "pty",
                                       "ctypes",    "_ctypes",     "cffi",
                                       "pickle",    "_pickle",     "cPickle",
                                       "dill",      "cloudpickle", "joblib",
                                       "marshal",   "shelve",      "code",
                                       "codeop",    "operator",    "_operator",
                                       "io",        "_io",         "tempfile",
                                       "platform",  "asyncio",     "multiprocessing",
                                       "threading", "_thread",     "signal",
                                       "urllib",    "urllib2",     "http",
                                       "httplib",   "ftplib",      "smtplib",
                                       "requests",  "pip",         "ensurepip",
                                       "venv",      "pdb",         "bdb",
                                       "profile",   "cProfile",    "timeit",
                                       "trace",     "inspect",     "gc",
                                       "ast",       "site",        "atexit",
                                       "zipimport", "setuptools",  "distutils" };
static const char *const builtins[]
    = { "eval",    "exec",    "execfile", "compile",    "open",   "file",        "getattr",
        "setattr", "delattr", "hasattr",  "__import__", "input",  "raw_input",   "globals",
        "locals",  "vars",    "dir",      "apply",      "reload", "breakpoint",  "memoryview",
        "map",     "filter",  "reduce",   "type",       "super",  "classmethod", "property" };
static const char *const dangerous[] = { "system", "popen", "spawn", "runstring", "load", "hub" };

bool
adm_pickle_name_attacks (const char *module, size_t module_length, const char *name,
                         size_t name_length)
{
  size_t top = 0;
  while (top < module_length && module[top] != '.')
    top++;
  for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
    if (is_text (module, top, modules[i]))
      return true;
  if (is_text (module, module_length, "builtins") || is_text (module, module_length, "__builtin__"))
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
      if (is_text (name, name_length, builtins[i]))
        return true;
  for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous; i++)
    if (is_text (name, name_length, dangerous[i]))
      return true;
  if (is_text (module, module_length, "types"))
    return !is_text (name, name_length, "SimpleNamespace");
  /* a name with a dot reaches into what it names; torch's loaders load other files */
  return memchr (name, '.', name_length) || is_text (module, module_length, "torch.hub")
         || is_text (module, module_length, "torch.serialization");
}

adm_pickle_global
adm_pickle_name_find (const char *module, size_t module_length, const char *name,
                      size_t name_length)
{
  static const struct {
    const char *module, *name;
    adm_pickle_global global;
  } known[] = {
    { "collections", "OrderedDict", ADM_GLOBAL_ORDERED_DICT },
    { "collections", "defaultdict", ADM_GLOBAL_DEFAULT_DICT },
    { "torch", "Size", ADM_GLOBAL_SIZE },
    { "torch._utils", "_rebuild_tensor_v2", ADM_GLOBAL_REBUILD_TENSOR },
    { "torch._utils", "_rebuild_parameter", ADM_GLOBAL_REBUILD_PARAMETER },
    { "torch", "FloatStorage", ADM_GLOBAL_FLOAT },
    { "torch", "HalfStorage", ADM_GLOBAL_HALF },
    { "torch", "BFloat16Storage", ADM_GLOBAL_BFLOAT16 },
    { "torch", "DoubleStorage", ADM_GLOBAL_DOUBLE },
    { "torch", "LongStorage", ADM_GLOBAL_LONG },
    { "torch", "IntStorage", ADM_GLOBAL_INT },
    { "torch", "ShortStorage", ADM_GLOBAL_SHORT },
    { "torch", "CharStorage", ADM_GLOBAL_CHAR },
    { "torch", "ByteStorage", ADM_GLOBAL_BYTE },
    { "torch", "BoolStorage", ADM_GLOBAL_BOOL },
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (is_text (module, module_length, known[i].module)
        && is_text (name, name_length, known[i].name))
      return known[i].global;
  return ADM_GLOBAL_OPAQUE;
}
