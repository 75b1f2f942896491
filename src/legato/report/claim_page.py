"""The ledger as a page of the documentation."""

from collections.abc import Mapping, Sequence

from legato.evidence.claims import Claim
from legato.evidence.claims.model import GRADES
from legato.report.claim_words import facts, grading_words, how_to_test, source_words, trial_command

_HEAD = """\
<!-- Made by docs/claim_pages.py from the ledger: change src/legato/evidence/claims/library. -->
# Claims

The field repeats numbers whose study nobody can name. Here stand the {n} claims of the three texts that Legato is built
after ([Coverage](coverage.md)), each with what was found, a grade, what may be said and what may not. A claim's words
are those of others, under examination. Only the line *may be said* is ours: it stands wherever a window, fault, drill
or rule leans on the claim, in reports, on pages and in the terminal.

```console
$ legato claims
$ legato claims C01
$ legato claims C01 --json -
$ legato claims --check
```
"""

_READ = """
Sources say how they were read: *looked up*, *told by another text*, or *from memory, nobody has read it yet*. How
many people a source has is told as not given where it was not read. No grade rests on a memory alone.
"""

_ADDING = """
## Adding to the ledger

Claims are tables in TOML files; `legato claims --ledger ours.toml` puts yours beside these and checks the file, with
line and what to do. Gradings are only ever added:

```text
[[claims.gradings]]
on = "2027-03-01"
parts = [{ grade = "C" }]
reason = "A first study (n=12) finds the lag in one lift of three."
```

Write it below those that are there and run `legato claims --check`: it names the `seal` to write beneath, a sha256 of
the grading and of the seal before it. A grading that was changed after it was sealed no longer fits its seal and is
refused. Whoever would change a seal too is noticed by the tests, which hold every seal there ever was.

An own claim takes an id that is free, C and two or three digits. `user_test` says how one athlete finds out: `pairs`
of sessions, cued `doses`, `phases` of sessions, or `none` with the reason.
"""


def claim_page(known: Mapping[str, Claim], uses: Mapping[str, Sequence[str]]) -> str:
    """The page as Markdown."""
    lines = [_HEAD.format(n=len(known)), "| grade | what it means |", "| --- | --- |"]
    lines += [f"| {letter} | {meaning} |" for letter, meaning in GRADES.items()]
    lines += [_READ, "| claim | grade | its words | may be said |", "| --- | --- | --- | --- |"]
    lines += [
        f"| [{name}](#{name.lower()}) | {claim.grade} | “{claim.verbatim}” | {claim.display_text} |"
        for name, claim in known.items()
    ]
    for name, claim in known.items():
        lines += ["", f"## {name}", "", *claim_section(claim, uses.get(name, ()))]
    return "\n".join([*lines, _ADDING]).rstrip() + "\n"


def claim_section(claim: Claim, uses: Sequence[str]) -> list[str]:
    """One claim as lines of Markdown: its words, grade, what may be said, sources, gradings, how it is tested."""
    command = trial_command(claim)
    sources = [
        f"- {source_words(source)}{f' ([link]({source.link}))' if source.link else ''}" for source in claim.sources
    ]
    return [
        f"“{claim.verbatim}”",
        "",
        f"- **Grade {claim.grade_words}.**",
        f"- **May be said:** {claim.display_text}",
        f"- **May not be said:** {', '.join(f'“{phrase}”' for phrase in claim.forbidden_text)}.",
        *(f"- **{name[0].upper()}{name[1:]}:** {said}." for name, said in facts(claim).items()),
        f"- **Legato leans on it in:** {', '.join(uses) or 'nothing'}.",
        "",
        *([f"Searched: {claim.searched}.", ""] if claim.searched else []),
        f"Sources, as of {claim.checked_on}:" if sources else f"Sources, as of {claim.checked_on}: none.",
        "",
        *sources,
        *([""] if sources else []),
        "Gradings, the newest first:",
        "",
        *(f"- {grading_words(grading)}" for grading in reversed(claim.gradings)),
        "",
        f"**Test it on yourself.** {' '.join(how_to_test(claim.user_test))}" + (f" {command}." if command else ""),
    ]
