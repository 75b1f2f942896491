"""Logs as people and programs write them."""

from datetime import date
from pathlib import Path

from legato.coaching.audit.imported import Imported
from legato.coaching.audit.read import read_log

TODAY = date(2026, 11, 22)

HEVY = (
    '"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index",'
    '"set_type","weight_kg","reps","distance_km","duration_seconds","rpe"\n'
)
STRONG = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
STRONG_5 = (
    "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;Distance (meters);"
    "Seconds;Notes;Workout Notes\n"
)
OWN = "date,exercise,weight_kg,reps,rpe\n"


def read(tmp_path: Path, content: str | bytes, **told: object) -> Imported:
    """A log of this content, as imported."""
    path = tmp_path / "log.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_log(path, TODAY, **told)  # type: ignore[arg-type]
