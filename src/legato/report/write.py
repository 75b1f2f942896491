"""Writing the results: everything is made beside the target first, then moved, so nothing half-written is ever seen."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from legato.errors import BadInput
from legato.report.document import to_json
from legato.report.page import report_html
from legato.report.tables import NAMES, tables

if TYPE_CHECKING:
    from legato.analysis import Analysis


def write_report(analysis: "Analysis", out_dir: str | os.PathLike[str]) -> Path:
    """Write `result.json`, `report.html` and `tables/*.csv` into `out_dir`; returns that folder.

    Earlier results there are replaced, and a table that is not made this time is taken away; other files are left
    alone. All text is made before anything is written, and all files are written before the first is moved into place.

    Raises
    ------
    BadInput
        `out_dir` is a file, or cannot be written to.
    """
    out = Path(out_dir)
    texts = {"report.html": report_html(analysis)}
    texts |= {f"tables/{name}": text for name, text in tables(analysis).items()}
    texts["result.json"] = to_json(analysis)
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out}: this is a file; name a folder for the results")
    part = f".legato.{os.getpid()}.part"
    beside = out / part if out.exists() else out.resolve().with_name(part)
    try:
        for name, text in texts.items():
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        if out.exists():
            (out / "tables").mkdir(exist_ok=True)
            for name in texts:
                os.replace(beside / name, out / name)
            for name in {f"tables/{name}" for name in NAMES} - set(texts):
                (out / name).unlink(missing_ok=True)
        else:
            os.replace(beside, out)
    except OSError as error:
        raise BadInput(f"{out}: the results cannot be written there ({error.strerror}); name another folder") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return out
