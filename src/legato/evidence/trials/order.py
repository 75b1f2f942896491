"""The concealed order of a trial: drawn once from a sealed seed, told one step at a time, the same however often asked.

All is derived from the seed by HMAC-SHA256, so that a file which is rolled back gives the same order again.
"""

import hashlib
import hmac
from collections.abc import Iterator
from itertools import islice

from legato.evidence.trials.model import Arm
from legato.evidence.trials.sign_flip import most_apart

SEED_BYTES = 32


def commitment(seed: str, name: str) -> str:
    """What is written down of a seed at registration: it tells later whether a seed is the one, and nothing else."""
    return hashlib.sha256(f"legato.trial/1|{name}|{seed}".encode()).hexdigest()


def coins(seed: str, label: str) -> Iterator[bool]:
    """Fair coins without end, the same for the same seed and label."""
    for byte in _bytes(seed, label):
        for bit in range(8):
            yield bool(byte >> bit & 1)


def pick(seed: str, label: str, count: int) -> int:
    """A number from 0 to `count` - 1, each alike likely."""
    if count < 1:
        raise ValueError("nothing to pick from")
    width = max(1, ((count - 1).bit_length() + 7) // 8)
    stream, limit = _bytes(seed, label), 256**width - 256**width % count
    while True:
        drawn = int.from_bytes(bytes(islice(stream, width)), "big")
        if drawn < limit:
            return drawn % count


def first_arms(seed: str, pairs: int) -> tuple[Arm, ...]:
    """Which arm comes first in each pair: one list of all that are as even as `most_apart` asks, each alike likely."""
    stream = coins(seed, "order")
    while True:
        flips = tuple(islice(stream, pairs))
        if abs(2 * sum(flips) - pairs) <= most_apart(pairs):
            return tuple("A" if flip else "B" for flip in flips)


def seal(seed: str, text: str) -> str:
    """A mark that only who has the seed can make of a text."""
    return hmac.new(bytes.fromhex(seed), f"seal|{text}".encode(), hashlib.sha256).hexdigest()


def _bytes(seed: str, label: str) -> Iterator[int]:
    key, count = bytes.fromhex(seed), 0
    while True:
        yield from hmac.new(key, f"{label}#{count}".encode(), hashlib.sha256).digest()
        count += 1
