"""The pages' own script and style: a browser keeps what has its checksum in its address."""

from os import PathLike, stat_result

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

_FOR_GOOD = "public, max-age=31536000, immutable"


class OwnFiles(StaticFiles):
    """Nothing is compressed: on one machine that takes longer than it saves."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file; `part-CHECKSUM.js` and `NAME?v=CHECKSUM` never change."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        named = scope["path"].rpartition("/")[2].startswith("part-") or scope["query_string"].startswith(b"v=")
        answer.headers["cache-control"] = _FOR_GOOD if named else "no-cache"
        return answer
