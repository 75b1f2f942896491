"""Sessions of simulated recordings, for tests of what is made of them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from legato.simulate import simulate, write_simulation
from legato.store import Catalogue, keep_file
from legato.store.rows import SessionFileRow, SessionRow


@cache
def squat_c3d() -> bytes:
    """Three squats of a simulated athlete, 100 Hz."""
    with TemporaryDirectory() as folder:
        made = write_simulation(simulate("back-squat", rate_hz=100.0, reps=3, seed=4), Path(folder))
        return next(path for path in made if path.suffix == ".c3d").read_bytes()


def add_session(
    catalogue: Catalogue, files: Mapping[str, tuple[bytes, str]], movement: str | None = "back-squat"
) -> str:
    """A session with files (name: bytes and part); its id."""
    saved = {name: (catalogue.files.save_bytes(content), role) for name, (content, role) in files.items()}
    with catalogue.session() as rows:
        session = SessionRow(name="A session", recorded_on=date(2026, 11, 22), movement=movement)
        for position, (name, (one, role)) in enumerate(saved.items()):
            keep_file(rows, one)
            session.files.append(SessionFileRow(sha256=one.sha256, name=name, role=role, position=position))
        rows.add(session)
        rows.flush()
        return session.id
