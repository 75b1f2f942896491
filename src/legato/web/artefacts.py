"""What is kept of an analysis: the files that the command writes, and what the pages draw from."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legato.analysis import Analysis


def artefacts(analysis: "Analysis") -> dict[str, bytes]:
    """The files made of an analysis, by name: `result.json`, `report.html`, `tables/*.csv`, `replay.bin`."""
    from legato.report import report_html, to_json
    from legato.report.tables import tables
    from legato.web.pieces import pieces_files
    from legato.web.replay import replay_bytes

    texts = {"result.json": to_json(analysis), "report.html": report_html(analysis)}
    texts |= {f"tables/{name}": text for name, text in tables(analysis).items()}
    return (
        {name: text.encode("utf-8") for name, text in texts.items()}
        | pieces_files(analysis)
        | {"replay.bin": replay_bytes(analysis)}
    )
