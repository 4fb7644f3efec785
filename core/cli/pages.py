#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manual pages and completions from what `adm --help` prints: pages.py VERSION MODEL OUT SOURCE.c… HEADER.h… reads each SOURCE's usage text, so that
nothing is said twice and a program built for another processor needs not run. MODEL is the embedded model's name; the HEADERs hold other texts that
usages name."""
import ast
import pathlib
import re
import sys

# String literals, and macros that stand for one.
USAGE = re.compile(r'static const char usage\[\]\s*=\s*((?:(?:"(?:[^"\\]|\\.)*"|[A-Z]\w*)\s*)+);')
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Z]\w*')
# #define NAME "text" MORE "text"
MACRO = re.compile(r'^#define ([A-Z]\w*)((?:(?:[ ]|\\\n)*(?:"(?:[^"\\]|\\.)*"|[A-Z]\w*))+)$', re.M)
# "  --steps N          2 or more", or an option alone, its words on the next line.
OPTION = re.compile(r"^  (-\S.*?)(?:  +(\S.*))?$")
# An option, and what its value is called: "--steps N", "-o OUT.png|OUT.npy", "--json".
NAMES = re.compile(r"(?<![\w-])(--?[a-z][\w-]*)(?:[ =]([^\s,\[\]-][^\s\[\]]*))?")
# The words that an option takes, for completion: those that stand in the command's help.
VALUES = {
    "--arch": "embedded adm-64 classifier-64 upsampler-64-256 adm-256 classifier-256", "--crop": "center random", "--dtype": "f32 f16 bf16",
    "--features": "inception classifier", "--guidance": "classifier free", "--kind": "diffusion classifier upsampler",
    "--loss": "mse rescaled-mse kl rescaled-kl cross-entropy", "--sampler": "ddim ddpm dpm++2m sde-dpm++2m", "--schedule-sampler": "uniform loss-second-moment",
    "--seamless": "x y xy", "--up-sampler": "ddim ddpm dpm++2m sde-dpm++2m",
}
MODELS, CLASSES = "--model", ("--class", "--guide")


def joined(parts, macros):
    return "".join(macros[part] if part in macros else ast.literal_eval(part) for part in LITERAL.findall(parts))


def usage_of(source, macros):
    """The usage text in C file SOURCE, or None."""
    found = USAGE.search(source.read_text(encoding="utf-8"))
    return joined(found[1], macros) if found else None


def macros_of(headers, macros):
    """MACROS with the texts that HEADERS define; one may be made of others."""
    left = [found for header in headers for found in MACRO.findall(header.read_text(encoding="utf-8"))]
    while left:
        known = [one for one in left if all(part in macros or part[0] == '"' for part in LITERAL.findall(one[1]))]
        if not known:
            break
        macros = macros | {name: joined(parts, macros) for name, parts in known}
        left = [one for one in left if one not in known]
    return macros


def split(text):
    """(synopses, paragraphs, options [(how, words)], examples) of a usage TEXT, whose end is the examples."""
    synopses, paragraphs, options, state = [], [[]], [], "synopsis"
    text, _, examples = text.partition("\nExamples:\n")
    for line in text.splitlines():
        how = OPTION.match(line)
        if state == "synopsis" and (line.startswith("Usage: ") or line.startswith("       ")):
            synopses.append(line[7:].strip())
            continue
        state = "text"
        if how:
            options.append([how[1], how[2] or ""])
        elif options and line.startswith("    "):
            options[-1][1] += " " + line.strip()
        elif not line.strip():
            paragraphs.append([])
        else:
            paragraphs[-1].append(line)
    return synopses, [p for p in paragraphs if p], options, [line.strip() for line in examples.splitlines()]


def roff(text):
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", r"\e").replace("-", r"\-"), flags=re.M)


def page(name, title, text, version, others):
    synopses, paragraphs, options, examples = split(text)
    lines = [f'.TH {name.upper()} 1 "" "gimp\\-adm {version}" "User Commands"', ".SH NAME", f"{roff(name)} \\- {roff(title)}", ".SH SYNOPSIS"]
    lines += [line for synopsis in synopses for line in (".nf", roff(synopsis), ".fi")] + [".SH DESCRIPTION"]
    for paragraph in paragraphs:
        kept = any(line.startswith("  ") for line in paragraph)  # a table of its own, whose lines stay
        lines += [".PP", *([".nf"] if kept else []), *map(roff, paragraph), *([".fi"] if kept else [])]
    if options:
        lines.append(".SH OPTIONS")
        for how, words in options:
            lines += [".TP", f"\\fB{roff(how)}\\fR", roff(words.strip())]
    if examples:
        lines += [".SH EXAMPLES", ".nf", *map(roff, examples), ".fi"]
    return "\n".join(lines + [".SH SEE ALSO", ", ".join(f"\\fB{roff(other)}\\fR(1)" for other in others if other != name)]) + "\n"


def options_of(text):
    """{option: (what its value is called or "", what it does)} of a usage TEXT; "--help" is one."""
    synopses, _, options, _ = split(text)
    found = {}
    for how, words in [*options, *((synopsis, "") for synopsis in synopses)]:
        for name, value in NAMES.findall(how):
            found.setdefault(name, (value, words.strip()))
    return found | {"--help": ("", "options and examples")}


def quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"


def values_of(name, text, kernels):
    """The words that option NAME of the command with usage TEXT takes, or none. A help that says otherwise stops the build."""
    values = kernels if name == "--kernels" else VALUES.get(name, "").split()
    found = [value for value in values if re.search(rf"(?<![\w+-]){re.escape(value)}(?![\w+-])", text)]
    if values and len(found) < 2:
        sys.exit(f"pages.py: {name}: its help names none of {values}: {text.splitlines()[0]}")
    return found


# The ids of models, and the classes' names of the one given or of all, a line each.
MODELS_OF = """adm models 2>/dev/null | sed -n 's/^{"id":"\\([^"\\\\]*\\)".*/\\1/p'"""
CLASSES_OF = """adm models 2>/dev/null | grep -F "\\"${1:-id}\\"" | sed -n 's/.*"classes":\\["\\([^]]*\\)"\\].*/\\1/p' | sed 's/","/\\n/g'"""


def bash(commands, kernels):
    names = values = ""
    for command, text in commands.items():
        options = options_of(text)
        flags = [name for name in sorted(options) if not options[name][0]]
        valued = [name for name in sorted(options) if options[name][0]]
        names += f"  {command}) flags='{' '.join(flags)}' valued='{' '.join(valued)}' ;;\n"
        values += "".join(f"  {command}:{name}) values='{' '.join(words)}' ;;\n" for name in valued if (words := values_of(name, text, kernels)))
    return f"""# Completion of adm for bash.
_adm_models () {{ {MODELS_OF}; }}
_adm_classes () {{ {CLASSES_OF}; }}

_adm ()
{{
  local word=$2 before=$3 command=${{COMP_WORDS[1]}} flags= valued= values= model= quoted= at entry
  COMPREPLY=()
  if [ "$COMP_CWORD" -le 1 ]; then
    COMPREPLY=($(compgen -W '{" ".join(commands)} --help --version' -- "$word"))
    return
  fi
  # --option=value comes as three words.
  at=$COMP_CWORD
  if [ "$word" = = ]; then word= before=${{COMP_WORDS[at - 1]}}; elif [ "$before" = = ]; then before=${{COMP_WORDS[at - 2]}}; fi
  case $command in
{names}  *) return ;;
  esac
  case $command:$before in
{values}  *:{MODELS}) values=$(_adm_models) ;;
  {" | ".join("*:" + name for name in CLASSES)})
    for ((at = 2; at < COMP_CWORD; at++)); do
      case ${{COMP_WORDS[at]}} in
      {MODELS}) if [ "${{COMP_WORDS[at + 1]}}" = = ]; then model=${{COMP_WORDS[at + 2]}}; else model=${{COMP_WORDS[at + 1]}}; fi ;;
      esac
    done
    # A class's name may hold spaces.
    case ${{COMP_WORDS[COMP_CWORD]}} in \\"* | \\'*) quoted=yes word=${{word#[\\"\\']}} ;; *) word=${{word//\\\\/}} ;; esac
    while IFS= read -r entry; do
      case $entry in "$word"*) if [ -z "$quoted" ]; then entry=$(printf %q "$entry"); fi; COMPREPLY+=("$entry") ;; esac
    done < <(_adm_classes "$model")
    return
    ;;
  esac
  if [ -n "$values" ]; then
    COMPREPLY=($(compgen -W "$values" -- "$word"))
    return
  fi
  # What else an option's value is, a file or a number, is the shell's business.
  case " $valued " in *" $before "*) return ;; esac
  case $word in -*) COMPREPLY=($(compgen -W "$flags $valued" -- "$word")) ;; esac
}}
complete -o bashdefault -o default -F _adm adm
"""


def zsh_option(name, value, words, values):
    """One option for _arguments, quoted."""
    said = re.sub(r"([\[\]\\])", r"\\\1", words)
    spec = name + ("=" if value and name.startswith("--") else "") + (f"[{said}]" if said else "")
    if name == MODELS:
        spec += f":{value}:_adm_models"
    elif name in CLASSES:
        spec += f":{value}:_adm_classes"
    elif values:
        spec += f":{value}:({' '.join(values)})"
    elif value:
        # Files are called so, or have an ending.
        is_file = re.search(r"FILE|FOLDER|WEIGHTS|ADAPTER|REFERENCE|OUT|\.[a-z]", value) or name in ("--reference",)
        spec += ":" + value.replace(":", r"\:") + ":" + ("_files" if is_file else " ")
    return quoted(spec)


def zsh(commands, titles, kernels):
    cases, listed = "", "".join(f"    {quoted(command + ':' + titles[command])}\n" for command in commands)
    for command, text in commands.items():
        specs = [zsh_option(name, value, words, values_of(name, text, kernels)) for name, (value, words) in sorted(options_of(text).items())]
        cases += f"  {command})\n    _arguments -S \\\n" + "".join(f"      {spec} \\\n" for spec in specs) + "      '*:file:_files'\n    ;;\n"
    return f"""#compdef adm
# Completion of adm for zsh.
_adm_models ()
{{
  local -a found
  found=(${{(f)"$({MODELS_OF})"}})
  compadd -a found
  _files
}}

_adm_classes ()
{{
  local -a found
  found=(${{(f)"$(_adm_classes_of "${{(Q)opt_args[{MODELS}]}}")"}})
  compadd -a found
}}

_adm_classes_of () {{ {CLASSES_OF}; }}

local -A opt_args
local context state line
if (( CURRENT == 2 )); then
  local -a commands
  commands=(
{listed}  )
  _describe command commands
else
  shift words
  (( CURRENT-- ))
  case $words[1] in
{cases}  *) _files ;;
  esac
fi
"""


def main(version, model, out, *sources):
    out, texts = pathlib.Path(out), {}
    sources = [pathlib.Path(source) for source in sources]
    macros = macros_of([source for source in sources if source.suffix == ".h"], {"ADM_EMBEDDED_MODEL": model})
    for source in sources:
        text = usage_of(source, macros)
        if text:
            texts["adm-" + source.stem.removeprefix("cmd_") if source.stem.startswith("cmd_") else "adm"] = text
    pages = sorted(texts)
    # What a command does stands in the list of commands: "  adm info FILE…      what weights files hold".
    titles = dict(re.findall(r"^  adm (\w+).*?  +(\S.*)$", texts["adm"], re.M))
    for name in pages:
        title = titles[name[4:]] if name != "adm" else "images from ablated diffusion models"
        (out / f"{name}.1").write_text(page(name, title, texts[name], version, pages), encoding="utf-8")
    commands = {name[4:]: texts[name] for name in pages if name != "adm"}
    kernels = re.findall(r"\w+", f"{macros['ADM_KERNELS_32']}, {macros['ADM_KERNELS_16']}")
    (out / "adm").write_text(bash(commands, kernels), encoding="utf-8")
    (out / "_adm").write_text(zsh(commands, titles, kernels), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
