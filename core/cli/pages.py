#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manual pages and completions from what `adm --help` prints: pages.py VERSION MODEL OUT SOURCE.c… reads each SOURCE's usage text, so that nothing
is said twice and a program built for another processor needs not run. MODEL is the embedded model's name."""
import ast
import pathlib
import re
import sys

# String literals, and macros that stand for one.
USAGE = re.compile(r'static const char usage\[\]\s*=\s*((?:(?:"(?:[^"\\]|\\.)*"|[A-Z]\w*)\s*)+);')
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Z]\w*')
# "  --steps N          2 or more", or an option alone, its words on the next line.
OPTION = re.compile(r"^  (-\S.*?)(?:  +(\S.*))?$")
NAMES = re.compile(r"(?<![\w-])--?[a-z][\w-]*")


def usage_of(source, macros):
    """The usage text in C file SOURCE, or None."""
    found = USAGE.search(source.read_text(encoding="utf-8"))
    return "".join(macros[part] if part in macros else ast.literal_eval(part) for part in LITERAL.findall(found[1])) if found else None


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


def bash(options):
    cases = "".join(f"    {name}) words='{' '.join(names)}' ;;\n" for name, names in options.items())
    return f"""# Completion of adm for bash.
_adm ()
{{
  local words='{" ".join(options)} --help --version'
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ]; then
    case ${{COMP_WORDS[1]}} in
{cases}    *) words= ;;
    esac
  fi
  case $2 in
  -*) COMPREPLY=($(compgen -W "$words" -- "$2")) ;;
  *) [ "$COMP_CWORD" -gt 1 ] || COMPREPLY=($(compgen -W "$words" -- "$2")) ;;
  esac
}}
complete -o bashdefault -o default -F _adm adm
"""


def zsh(options):
    cases = "".join(f"  {name}) _arguments {' '.join(repr(n) for n in names)} '*:file:_files' ;;\n" for name, names in options.items())
    return f"""#compdef adm
# Completion of adm for zsh.
if (( CURRENT == 2 )); then
  compadd -- {" ".join(options)} --help --version
else
  shift words
  (( CURRENT-- ))
  case $words[1] in
{cases}  *) _files ;;
  esac
fi
"""


def main(version, model, out, *sources):
    out, texts, options = pathlib.Path(out), {}, {}
    for source in map(pathlib.Path, sources):
        text = usage_of(source, {"ADM_EMBEDDED_MODEL": model})
        if text:
            texts["adm-" + source.stem.removeprefix("cmd_") if source.stem.startswith("cmd_") else "adm"] = text
    pages = sorted(texts)
    # What a command does stands in the list of commands: "  adm info FILE…      what weights files hold".
    titles = dict(re.findall(r"^  adm (\w+).*?  +(\S.*)$", texts["adm"], re.M))
    for name in pages:
        title = titles[name[4:]] if name != "adm" else "images from ablated diffusion models"
        (out / f"{name}.1").write_text(page(name, title, texts[name], version, pages), encoding="utf-8")
        if name != "adm":
            options[name[4:]] = sorted({n for how, _ in split(texts[name])[2] for n in NAMES.findall(how)} | set(NAMES.findall(split(texts[name])[0][0])) | {"--help"})
    (out / "adm").write_text(bash(options), encoding="utf-8")
    (out / "_adm").write_text(zsh(options), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
