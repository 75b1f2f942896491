"""What a process left that ended while files were on their way: parts, files without a row, drafts of journals.

Only what its writer marked is taken, never all that no row names: where the folder's rows lie in another database than
the one that is open, no row names any file.
"""

import re
import time
from contextlib import suppress

from legato.store.catalogue import Catalogue
from legato.store.erase import drop_files

_DRAFT = re.compile(r"\..+\.[0-9]+")
"""A journal's draft, which its last step renames: `.NAME.PROCESS`."""
_DRAFT_S = 3600.0
"""A draft is younger than this, s, while it is being written. [ENG]"""


def take_left(catalogue: Catalogue) -> tuple[str, ...]:
    """Take away what nobody writes any more; which it was: checksums of files, names of parts and drafts."""
    gone: list[str] = []
    written = {left.sha256 for left in catalogue.files.left() if left.held}
    for left in catalogue.files.left():
        # The same file may be on its way in once more.
        if left.held or (left.sha256 and left.sha256 in written):
            continue
        gone += drop_files(catalogue, [left.sha256]) if left.sha256 else [left.path.name]
        left.path.unlink(missing_ok=True)
    for path in catalogue.trials.iterdir():
        # One that is being written gets its name meanwhile.
        with suppress(FileNotFoundError):
            if _DRAFT.fullmatch(path.name) and time.time() - path.stat().st_mtime > _DRAFT_S:
                path.unlink()
                gone.append(path.name)
    return tuple(gone)
