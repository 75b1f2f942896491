"""Jitted parts of the search for mains hum: local power, a tone's amplitude block by block, and its removal."""

import numpy as np
from numba import njit

from legato.recording import BoolArray, FloatArray


@njit(cache=True)
def block_powers(x: FloatArray, lost: BoolArray, length: int, powers: FloatArray, seen: FloatArray) -> None:
    """Sum of squares and number of the seen samples of `x` (n,) in each block of `length` samples (the last may be
    short).
    """
    for block in range(powers.size):
        total, count = 0.0, 0
        for i in range(block * length, min((block + 1) * length, x.size)):
            if not lost[i]:
                total += x[i] * x[i]
                count += 1
        powers[block], seen[block] = total, count


@njit(cache=True)
def block_tone(x: FloatArray, turn: float, length: int, real: FloatArray, imaginary: FloatArray) -> None:
    """Sum of x·exp(−i·turn·k) over the samples k of each block, turn in radians a sample."""
    real[:] = 0.0
    imaginary[:] = 0.0
    step_c, step_s = np.cos(turn), np.sin(turn)
    for block in range(real.size):
        start = block * length
        c, s = np.cos(turn * start), np.sin(turn * start)
        for i in range(start, min(start + length, x.size)):
            real[block] += x[i] * c
            imaginary[block] -= x[i] * s
            c, s = c * step_c - s * step_s, s * step_c + c * step_s


@njit(cache=True)
def subtract_tone(x: FloatArray, turn: float, length: int, real: FloatArray, imaginary: FloatArray) -> None:
    """Take Re(a·exp(i·turn·k)) from `x` (n,) in place; `a` runs straight between the middles of the blocks."""
    step_c, step_s = np.cos(turn), np.sin(turn)
    blocks = real.size
    for block in range(blocks):
        start = block * length
        c, s = np.cos(turn * start), np.sin(turn * start)
        for i in range(start, min(start + length, x.size)):
            share = (i - start + 0.5) / length - 0.5
            other = min(max(block - 1 if share < 0.0 else block + 1, 0), blocks - 1)
            share = abs(share)
            a = real[block] + share * (real[other] - real[block])
            b = imaginary[block] + share * (imaginary[other] - imaginary[block])
            x[i] -= a * c - b * s
            c, s = c * step_c - s * step_s, s * step_c + c * step_s
