"""The analysis of a session of the catalogue: its files and what was chosen in, a result that is kept out."""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.corrections.model import SCHEMA as CORRECTIONS
from legato.errors import BadInput, NotResolvable
from legato.store import Catalogue
from legato.store.results import keep_result, known_result, result_key
from legato.store.rows import AthleteRow, ResultRow, ScreeningRow, SessionRow, now
from legato.web.artefacts import artefacts
from legato.web.options import Options, options_of
from legato.web.own_entries import own_entries, shaping, sound, written
from legato.web.summaries import summary_of
from legato.web.trial_files import NOT_READ, Given, LaidOut, lay_out, read_others, read_trial
from legato.web.withheld import SCREENED_BY

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.coaching.situation import Screening


ABOUT = ("mass_kg", "height_m", "sex", "side", "lumbar_flexion_max_deg")
"""What of an athlete shapes a result."""


@dataclass(frozen=True, slots=True)
class Asked:
    """All that shapes a result, as it stood when it was asked for."""

    session_id: str
    files: tuple[Given, ...]
    movement: str | None
    options: Options
    athlete: dict[str, Any] = field(default_factory=dict[str, Any])
    corrections: tuple[dict[str, Any], ...] = ()
    baseline: str | None = None
    screening: dict[str, Any] | None = None
    own: tuple[tuple[str, str, str], ...] = ()
    bases: dict[str, str] = field(default_factory=dict[str, str])
    """Of the drills in `own`, by id, those of the library that they were copied from."""

    @property
    def read(self) -> list[dict[str, str]]:
        """The files that are read, in order; what a video shows shapes no number."""
        return [asdict(one) for one in self.files if one.role not in NOT_READ]

    @property
    def recording_key(self) -> str:
        """Checksum of all that shapes the recording itself: files, options and corrections, nothing of who is in it."""
        return result_key(self.read, self.options.model_dump(mode="json"), code="", corrections=self.corrections)

    @property
    def key(self) -> str:
        """Checksum of input, settings, code and corrections."""
        settings = {
            "movement": self.movement,
            "options": self.options.model_dump(mode="json"),
            "athlete": self.athlete,
            "baseline": self.baseline,
            "screening": self.screening,
            "own": self.own,
        } | ({"bases": self.bases} if self.bases else {})
        return result_key(self.read, settings, corrections=self.corrections)


def asked_of(rows: Session, session_id: str) -> Asked:
    """What an analysis of a session goes by.

    Raises
    ------
    BadInput
        There is no such session, or something chosen for it is not possible.
    """
    row = rows.get(SessionRow, session_id)
    if row is None:
        raise BadInput(f"{session_id:.40}: there is no such session; it may have been erased")
    options = options_of(row.options)
    athlete, entries = row.athlete, own_entries(rows)
    own = shaping([(one.kind, one.entry_id, one.text) for one in entries], row.movement)
    return Asked(
        session_id=row.id,
        files=tuple(Given(file.name, file.sha256, file.role) for file in row.files),
        movement=row.movement,
        options=options,
        athlete={} if athlete is None else {name: getattr(athlete, name) for name in ABOUT},
        corrections=tuple(one.entry for one in row.corrections if one.undone_at is None),
        baseline=_baseline(rows, row, options),
        screening=_screening(rows, row.athlete_id),
        own=own,
        bases={one.entry_id: one.base for one in entries if ("drill", one.entry_id, one.text) in own and one.base},
    )


def _baseline(rows: Session, row: SessionRow, options: Options) -> str | None:
    """The checksum of the result that the athlete's own bands are taken from."""
    if options.baseline_session is None:
        return None
    other = rows.get(SessionRow, options.baseline_session)
    if other is None or not other.results:
        raise BadInput("the earlier session to compare with has no result, or was erased; choose another, or none")
    if other.athlete_id != row.athlete_id:
        raise BadInput(f"{other.name}: is a session of another athlete; choose one of the same athlete, or none")
    return str(other.results[-1].files["result.json"])


def _screening(rows: Session, athlete_id: str | None) -> dict[str, Any] | None:
    """The record of the athlete's newest screening, where it blocks or holds today; a minor's where so told."""
    if athlete_id is None:
        return None
    newest = select(ScreeningRow).where(ScreeningRow.athlete_id == athlete_id).order_by(ScreeningRow.at.desc())
    row = rows.scalars(newest.limit(1)).first()
    if row is None:
        return None
    from legato.coaching.safety import screening_of, screening_record
    from legato.web.athlete_now import is_minor

    found, today = screening_of(row.record, "the screening"), date.today()
    if found.passed and not found.holds(today):
        return None
    minor = not found.minor and is_minor(rows, rows.get_one(AthleteRow, athlete_id), today)
    return screening_record(replace(found, minor=True)) if minor else row.record


def analyse_session(
    catalogue: Catalogue,
    session_id: str,
    tell: Callable[[str], object] = lambda stage: None,
    folder: Path | None = None,
) -> ResultRow:
    """Analyse a session and keep the result; one that was made of the same before is taken up again.

    Parameters
    ----------
    catalogue
        Where the session is.
    session_id
        Which.
    tell
        Called with the name of each stage as it begins.
    folder
        An empty folder to lay the files out in; None makes one and takes it away.

    Raises
    ------
    BadInput, NotResolvable
        As `legato analyze` does, in one line.
    """
    with catalogue.session() as rows:
        asked = asked_of(rows, session_id)
        known = _known(catalogue, rows, asked)
        if known is not None:
            known.made_at = now()
            return known
    if folder is None:
        with TemporaryDirectory(prefix="legato-") as made:
            found = analysed(catalogue, asked, Path(made).resolve(), tell)
    else:
        found = analysed(catalogue, asked, folder, tell)
    tell("writing the report")
    made_of = artefacts(found)
    return kept(catalogue, asked, found, made_of)


def analysed(catalogue: Catalogue, asked: Asked, folder: Path, tell: Callable[[str], object]) -> "Analysis":
    """The analysis of what was asked for, its files laid out in `folder`."""
    from legato.analysis import analyze
    from legato.coaching.catalogue import as_copy, own_drills

    tell("reading")
    passed = _screened(asked, folder)
    laid = lay_out(catalogue, asked.files, folder / "files")
    options = asked.options
    recording = read_trial(laid, options)
    standing = read_others(laid, "static", options)
    if len(standing) > 1:
        raise BadInput(f"{len(standing)} standing trials; keep one and give the others another part")
    others = {role: read_others(laid, role, options) for role in ("mvic", "submax", "no-press")}
    about = asked.athlete
    good, left_out = sound(asked.own, asked.movement, folder / "checked")
    own = written(good, folder / "own")
    corrections = {"schema": CORRECTIONS, "correction": list(asked.corrections)}
    baseline = None if asked.baseline is None else json.loads(catalogue.files.read(asked.baseline))
    tell("analysing")
    with _in_plain_words(laid):
        result = analyze(
            recording,
            asked.movement,
            static=standing[0] if standing else None,
            mvic=others["mvic"],
            submax=others["submax"],
            without_press=others["no-press"],
            emg_amplitude=options.emg_amplitude,
            mapping=laid.one("map"),
            library=own.library,
            faults=own.faults,
            baseline=baseline,
            corrections=corrections if asked.corrections else None,
            mass_kg=about.get("mass_kg"),
            height_m=about.get("height_m"),
            sex=cast("Literal['male', 'female'] | None", about.get("sex")),
            side=cast("Literal['right', 'left'] | None", about.get("side")),
            lumbar_flexion_max_deg=about.get("lumbar_flexion_max_deg"),
            foot_band_n=options.foot_band_n,
            loads_kg=options.loads_kg,
            load_kg=options.load_kg,
            stop_loss_pct=options.stop_loss_pct,
            tempo=options.tempo,
            metres_per_pixel=options.metres_per_pixel,
            research=options.research,
        )
    mine = tuple(
        as_copy(one, asked.bases.get(one.id, one.copy_of)) for one in own_drills(own.drills, own.faults, own.library)
    )
    return replace(result, screening=passed, own_drills=mine, notes=(*result.notes, *left_out))


def kept(catalogue: Catalogue, asked: Asked, analysis: "Analysis", made: dict[str, bytes]) -> ResultRow:
    """Keep a result whole or not at all."""
    from legato.report.fault_lines import opening

    headline, sure, _ = opening(analysis)
    of = {"recording": asked.recording_key, SCREENED_BY: asked.screening and asked.screening["groups"]}
    summary = summary_of(json.loads(made["result.json"]), headline, sure) | of
    return keep_result(catalogue, asked.session_id, asked.key, summary, made)


def _known(catalogue: Catalogue, rows: Session, asked: Asked) -> ResultRow | None:
    """A result made of the same; one whose files are gone is forgotten."""
    row = known_result(rows, asked.session_id, asked.key)
    if row is None or all(catalogue.files.path(str(sha256)).is_file() for sha256 in row.files.values()):
        return row
    rows.delete(row)
    return None


def _screened(asked: Asked, folder: Path) -> "Screening | None":
    """The athlete's screening, which holds on the day that was asked.

    Raises
    ------
    NotResolvable
        It is blocked: nothing is scored then.
    """
    if asked.screening is None:
        return None
    from legato.coaching.safety import read_screening

    path = folder / "screening.json"
    path.write_text(json.dumps(asked.screening), encoding="utf-8")
    found = read_screening(path)
    if not found.passed:
        raise NotResolvable("the athlete's screening is blocked, so nothing is scored; see the athlete's page")
    return found


@contextmanager
def _in_plain_words(laid: LaidOut) -> Generator[None]:
    """Take the folder out of what an analysis says."""
    try:
        yield
    except (BadInput, NotResolvable) as error:
        raise type(error)(laid.plain(str(error))) from None
