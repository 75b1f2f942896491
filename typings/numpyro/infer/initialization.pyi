from collections.abc import Callable
from typing import Any

def init_to_median(*, num_samples: int) -> Callable[..., Any]: ...
