#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference of libadm, docs/api.md, from what the public headers say: api.py writes it, api.py --check says whether it is as they are and
names functions without a comment of their own."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "api.md"
# What a program meets first comes first; lists of codes and words stay in their headers.
HEADERS = ["session", "model", "options", "error", "network", "description", "taught", "train", "evaluate", "array"]
LISTS = {"adm_codes.h": "the failures' codes: name, status, facts, sentence", "adm_words.h": "the words that are facts of failures"}
PLUMBING = re.compile(r"#ifdef __cplusplus\n.*?#endif\n", re.S)
FUNCTION = re.compile(r"\b(adm_\w+) \(")
TYPE = re.compile(r"(?:\} |\(\*|^typedef struct \w+ )(adm_\w+)(?:;|\) \()", re.M)


def words(comment):
    """The text of a COMMENT, without its stars."""
    lines = [re.sub(r"^\s*\* ?", "", line) for line in comment.removeprefix("/*").removesuffix("*/").splitlines()]
    return "\n".join([lines[0].strip(), *(line.rstrip() for line in lines[1:])]).strip()


def declaration_end(text, at):
    """Where the declaration at AT ends: after the semicolon outside its braces, comments passed over."""
    depth = 0
    while True:
        if text.startswith("/*", at):
            at = text.index("*/", at) + 1
        elif text[at] in "{}":
            depth += 1 if text[at] == "{" else -1
        elif text[at] == ";" and depth == 0:
            return at + 1
        at += 1


def items(text):
    """(comment or "", declaration) of a header's TEXT, in order; a comment belongs to what follows it at once, or to the line it ends."""
    text = PLUMBING.sub("", text)
    at, comment = text.index("*/") + 2, ""
    while at < len(text):
        if text.startswith("\n\n", at):
            comment, at = "", at + 1
        elif text[at].isspace():
            at += 1
        elif text.startswith("/*", at):
            end = text.index("*/", at) + 2
            comment, at = words(text[at:end]), end
        elif text[at] == "#":
            end = re.compile(r"(?<!\\)\n").search(text, at).start()
            if re.match(r"#define ADM_\w+ ", text[at:end]):
                yield comment, text[at:end]
            comment, at = "", end
        else:
            end = declaration_end(text, at)
            beside = re.compile(r"[ \t]*(/\*.*?\*/)", re.S).match(text, end)
            said = " ".join(part for part in (comment, words(beside[1]) if beside else "") if part)
            yield said, text[at:end]
            comment, at = "", beside.end() if beside else end


def function_of(declaration):
    """The function that DECLARATION declares, or None."""
    found = FUNCTION.search(declaration)
    return found[1] if found and not declaration.startswith(("typedef", "enum", "struct", "#")) else None


def name_of(declaration):
    named = function_of(declaration) or (TYPE.findall(declaration) or [None])[-1]
    return named or ", ".join(re.findall(r"\bADM_[A-Z0-9_]+", declaration)) or None


def markdown(text):
    """TEXT of a comment: paragraphs and lists as they are laid out, no character taken for a mark."""
    text = re.sub(r"([\\*<>`|])|(?<![A-Za-z0-9])(_)|(_)(?![A-Za-z0-9])", lambda m: "\\" + m[0], text)
    out, listed = [], False
    for line in text.splitlines():
        inside = line.startswith("  ")
        ended = not out or not out[-1] or out[-1][-1] in ",:;."  # else the line before goes on in this one
        if inside and (ended or not listed):
            out += ["- " + line.strip()] if listed else ["", "- " + line.strip()]
        else:
            out += ["", line] if listed and not inside else [line.strip()]
        listed = inside
    return "\n".join(out)


def title(text):
    """(name of the subject, the rest) of a header's first comment."""
    said = words(text[:text.index("*/") + 2]).partition("libadm: ")[2]
    first, _, rest = re.sub(r"\.(?=\s|$)", "\0", said, count=1).partition("\0")
    return " ".join(first.split()), rest.strip()


def undocumented(text):
    return [function for said, declaration in items(text) if (function := function_of(declaration)) and not said]


def page(texts):
    """The page of TEXTS, header name -> text."""
    legend = words(texts["adm.h"][:texts["adm.h"].index("*/") + 2]).partition("\n\n")[2]
    contents, body = [], []
    for name in [f"adm_{header}.h" for header in HEADERS]:
        subject, rest = title(texts[name])
        found = list(items(texts[name]))
        listed = [function for _, declaration in found if (function := function_of(declaration))]
        contents.append(f"- [{name}](#{name.replace('.', '')}): {subject}: " + ", ".join(f"[{f}](#{f})" for f in listed))
        body += [f"## {name}", "", subject[0].upper() + subject[1:] + "." + (" " + markdown(rest) if rest else ""), ""]
        for said, declaration in found:
            named = name_of(declaration)
            body += ([f"### {named}", ""] if named else []) + (["```c", declaration, "```", ""]) + ([markdown(said), ""] if said else [])
    lists = [f"- [{name}](../core/{name}): {what}" for name, what in LISTS.items()]
    return "\n".join(["# libadm, function by function", "",
                      "Made by `docs/api.py` from the public headers, which are installed with the library; `#include <adm.h>` takes them all, `pkg-config adm` tells how to link. A whole program: "
                      "[examples/generate.c](examples/generate.c).", "", "```", legend, "```", "", *contents, *lists, "", *body]).rstrip() + "\n"


def read():
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "core").glob("adm*.h"))}


def main(arguments):
    texts = read()
    missing = [f"core/{name}: {function} has no comment of its own" for name, text in texts.items() if name not in LISTS for function in undocumented(text)]
    unlisted = [f"core/{name}: docs/api.py does not list it" for name in texts if name not in {"adm.h", *LISTS, *(f"adm_{h}.h" for h in HEADERS)}]
    made = page(texts)
    if arguments == ["--check"]:
        stale = [] if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made else ["docs/api.md is not as the headers are: run docs/api.py"]
        print(*missing, *unlisted, *stale, sep="\n")
        return 1 if missing or unlisted or stale else 0
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
