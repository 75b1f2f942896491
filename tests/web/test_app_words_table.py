"""Whatever the core says of a command, the app has words for it: a new message or option without them fails here."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from legato.cli import app
from legato.web.app_words import in_app

SOURCE = Path(__file__).resolve().parents[2] / "src" / "legato"
TABLE = tomllib.loads((SOURCE / "web" / "app_words.toml").read_text(encoding="utf-8"))
OF_COMMANDS = re.compile(
    r"(?<![\w;-])--[a-z]|`legato |\blegato (?:analyze|plan|screen|assess|drills|trial|claims) |\bdocs/[a-z-]+\.md"
    r"|inventory S\d|\(S\d\.\d+\)|\ba (?:result|baseline)\.json"
)
NOT_SHOWN = (
    "commands", "cli.py", "simulate", "web", "serve.py", "store/catalogue.py", "store/move.py",
    "formats/layout_draft.py", "faults/assessments/how.py", "report/claim_page.py", "report/drill_page.py",
    "report/fault_names.py",
)  # fmt: skip
"""What speaks to a terminal or writes the documentation, and what is put together of parts (see below); what the app
says itself is looked at page by page.
"""
NOT_OF_THE_APP = {"--out", "--json", "--quiet", "--research", "--drills"}
"""Options of the analysis that no page has: the app keeps what is made itself."""


def says_of_code(text: str) -> Iterator[str]:
    """All texts of a file but its docstrings; what is filled in stands as x."""
    tree = ast.parse(text)
    held: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            held |= {id(one.value) for one in body if isinstance(one, ast.Expr)}
        if isinstance(node, ast.JoinedStr):
            held |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in held:
            yield node.value


def says_of_data(held: object) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict | list):
        for one in held.values() if isinstance(held, dict) else held:
            yield from says_of_data(one)


def messages() -> Iterator[tuple[str, str]]:
    for file in sorted(SOURCE.rglob("*.py")) + sorted(SOURCE.rglob("*.toml")):
        name = file.relative_to(SOURCE).as_posix()
        if not name.startswith(NOT_SHOWN):
            text = file.read_text(encoding="utf-8")
            for said in says_of_code(text) if file.suffix == ".py" else says_of_data(tomllib.loads(text)):
                yield name, said


def test_every_message_of_the_core_has_words_of_the_app():
    told = list(messages())
    assert sum(bool(OF_COMMANDS.search(said)) for _, said in told) > 200
    left = [f"{name}: {in_app(said)[:160]}" for name, said in told if OF_COMMANDS.search(in_app(said))]
    assert not left, "\n".join(left)


def test_every_option_of_the_analysis_has_words_of_the_app():
    command = get_command(app).commands["analyze"]  # type: ignore[attr-defined]
    options = {one for given in command.params for one in given.opts if one.startswith("--")}
    assert not options - set(TABLE["options"]) - NOT_OF_THE_APP


def test_what_the_words_name_stands_on_a_page():
    from legato.faults.assessments.catalogue import assessment_ids, load_assessment
    from legato.web.upload_words import PARTS

    pot = (SOURCE / "web" / "locale" / "legato.pot").read_text(encoding="utf-8").replace('"\n"', "")
    pot = pot.replace('\\"', '"')
    names = {*PARTS.values(), *(load_assessment(one).name for one in assessment_ids())}
    says = [one["says"] for table in ("phrases", "commands") for one in TABLE[table]] + list(TABLE["options"].values())
    named = [one["says"] for one in TABLE["commands"]]
    named += [name for text in says for name in re.findall("“([^”]+)”", text) if "\\1" not in name]
    # The table's own texts stand there too, with their quotation marks.
    own = "\n".join(line for line in pot.splitlines() if "“" not in line)
    assert not [name for name in dict.fromkeys(named) if name not in own and name not in names]


def test_what_a_cause_asks_for_has_words_of_the_app():
    from legato.faults.assessments import how

    asks = [begins for begins, _ in how._BY_WORDS] + ["something else", "", "mobility-screen:ankle"]
    said = [how.how_to(one) for one in asks]
    assert sum("`" in one for one in said) > 8
    assert not [in_app(one) for one in said if re.search(r"`|--[a-z]|\.json|RECORDING", in_app(one))]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a squat (inventory S1.18); leaning", "a squat (the text on hips and trunk); leaning"),
        ("inventory S1.3 and S2.22", "the text on hips and trunk and the text on legs and back"),
        ("text on hips and trunk (S1.47, two days)", "text on hips and trunk (two days)"),
        ("items S0.28, S0.29 of the list on the page Coverage", "the text on legs and chest"),
        ("give a result.json that `legato analyze` wrote", "give an analysed session"),
        ("--arm 5: arm A was told; if another was done, give --missed and why",
         "“Arm that was done” 5: arm A was told; if another was done, say why under “It did not take place as told”"),
        ("record it, then `legato analyze RECORDING --movement x --loads 40,60 --baseline result.json`",
         "record it, then “Upload” with “Load” and “Earlier session”"),
        ('<div style="height:4px;--mk:2px">5 -- 6</div>', '<div style="height:4px;--mk:2px">5 -- 6</div>'),
    ],
)  # fmt: skip
def test_words(said: str, told: str):
    assert in_app(said) == told
    assert in_app(told) == told
