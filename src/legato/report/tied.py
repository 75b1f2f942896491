"""Text for the page whose numbers do not break from their units."""

import re
from html import escape


def tied(text: str) -> str:
    """Escaped text; a number stays on one line with its unit, an interval with its ends, an option whole."""
    kept = re.sub(r"(\d\)?) (%|ms\b|mm²|mm/s|m/s|s\b|m\b|N/s|N\b|°)", "\\1\u00a0\\2", text).replace(
        " ± ", "\u00a0±\u00a0"
    )
    kept = escape(re.sub(r"(\d) to (\u2212?\d)", "\\1\u00a0to\u00a0\\2", kept))
    return re.sub(r"(?<!\S)(--[a-z][a-z-]*)", r'<span class="opt">\1</span>', kept)
