#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/api.md is as the public headers are, every function that the library exports is in it, and none lacks a comment of its own. First the
reader is held against a made-up header, so that it is known to be able to fail."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "docs"), str(ROOT / "core")]
import api  # noqa: E402
import exports  # noqa: E402

MADE_UP = """/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: 3.5 things. More of them. */
#ifndef ADM_THING_H
#define ADM_THING_H
#ifdef __cplusplus
extern "C" {
#endif

#define ADM_MOST 3

/* How a thing is told. */
typedef bool (*adm_tell) (void *user, int (*what) (int));
/* A thing; it has
 * two lines. */
typedef struct adm_thing {
  int a; /* ; not the end */
  enum { ADM_ONE } b;
} adm_thing;
/* Makes it. */
adm_thing *adm_thing_new (int (*how) (void *user),
                          int n);
void adm_thing_free (adm_thing *thing);
int adm_thing_count (void); /* beside it */

/* Of a section, not of what follows. */

void adm_thing_lost (void);
#endif
"""
EXPECTED = [("", "#define ADM_MOST 3", "ADM_MOST"), ("How a thing is told.", "typedef bool", "adm_tell"),
            ("A thing; it has\ntwo lines.", "typedef struct adm_thing {", "adm_thing"), ("Makes it.", "adm_thing *adm_thing_new", "adm_thing_new"),
            ("", "void adm_thing_free", "adm_thing_free"), ("beside it", "int adm_thing_count", "adm_thing_count"), ("", "void adm_thing_lost", "adm_thing_lost")]


def main():
    found = list(api.items(MADE_UP))
    shape = [(said, declaration.startswith(begins), api.name_of(declaration) == name) for (said, declaration), (_, begins, name) in zip(found, EXPECTED)]
    if len(found) != len(EXPECTED) or shape != [(said, True, True) for said, _, _ in EXPECTED] or not found[2][1].endswith("} adm_thing;"):
        print(f"the reader is wrong about a made-up header: {found}")
        return 1
    if api.undocumented(MADE_UP) != ["adm_thing_free", "adm_thing_lost"] or api.title(MADE_UP) != ("3.5 things", "More of them."):
        print("the reader overlooks a function without a comment")
        return 1
    laid_out = api.markdown("*OUT of _x_ and adm_x:\n  first,\n  second that\n  goes on.\nThe end.")
    if laid_out != "\\*OUT of \\_x\\_ and adm_x:\n\n- first,\n- second that\ngoes on.\n\nThe end.":
        print(f"the writer lets marks through: {laid_out!r}")
        return 1
    headings = {line[4:] for line in api.PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("### ")}
    exported = {name for text in api.read().values() for name in exports.FUNCTION.findall(exports.COMMENT.sub("", text))}
    absent = sorted(exported - headings)
    if absent or len(exported) < 70:
        print(f"docs/api.md lacks {absent}")
        return 1
    status = api.main(["--check"])
    print(f"{len(exported)} functions")
    return status


if __name__ == "__main__":
    sys.exit(main())
