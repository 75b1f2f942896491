"""Makes the study's generators (`bench/`) importable: they are this room's source of truth."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
