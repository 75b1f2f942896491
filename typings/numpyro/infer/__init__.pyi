from collections.abc import Callable
from typing import Any

def NUTS(model: Callable[..., Any], *, target_accept_prob: float, init_strategy: Callable[..., Any]) -> Any: ...
def MCMC(
    sampler: Any, *, num_warmup: int, num_samples: int, num_chains: int, chain_method: str, progress_bar: bool
) -> Any: ...
