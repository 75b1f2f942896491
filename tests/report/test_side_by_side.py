"""Tables that are wider than a page: whole on the screen, in blocks on paper."""

import re

from legato.report.side_by_side import column_heads, row, side_by_side


def cells(table: str) -> list[list[str]]:
    return [
        [re.sub(r"<[^>]+>|&nbsp;", "", cell) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", line)]
        for line in re.findall(r"<tr>(.*?)</tr>", table)
    ]


def test_what_is_wider_than_a_page_stands_on_paper_as_blocks_that_hold_every_cell_once() -> None:
    names = [f"Rep {k}" for k in range(1, 20)]
    rows = [row("knee < hip", "°", [f"{k} ± 1" for k in range(19)]), row("start", "s", [f"{k}.00" for k in range(19)])]
    told = side_by_side(column_heads(names), rows)
    screen, paper = told.split('<div class="on-paper">')
    whole = cells(screen)
    assert 'class="scroll wide on-screen"' in screen and [len(line) for line in whole] == [20, 20, 20]
    blocks = [cells(block) for block in paper.split('<div class="block">')[1:]]
    assert [len(block[0]) - 1 for block in blocks] == [8, 8, 3]
    for k, line in enumerate(whole):
        assert [cell for block in blocks for cell in block[k][1:]] == line[1:]
        assert {block[k][0] for block in blocks} == {line[0]}


def test_a_table_that_fits_stands_once() -> None:
    told = side_by_side(column_heads(["Rep 1", "Rep 2"]), [row("start", "s", ["1.00", "2.00"])])
    assert "on-paper" not in told and "on-screen" not in told and told.count("<table") == 1
