"""Plain rigid fits for the study: template estimated from the record, rotation by least squares, residuals."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bench.chain_truth import SetTruth

    from legato.body.model import Body

FloatArray = NDArray[np.float64]


def fit_rotation(markers: FloatArray, template: FloatArray, start: FloatArray) -> FloatArray:
    """Least-squares rotation of a centred template onto centred markers, Gauss–Newton from `start` to convergence."""
    m = markers - markers.mean(1, keepdims=True)
    r = template - template.mean(0)
    inverse = np.linalg.inv((r * r).sum() * np.eye(3) - r.T @ r)
    rotation = start
    for _ in range(2):
        local = np.einsum("nij,nmi->nmj", rotation, m)
        step = np.cross(r[None], local).sum(1) @ inverse
        rotation = rotation @ _exp(step)
    return rotation


def _exp(v: FloatArray) -> FloatArray:
    angle = np.linalg.norm(v, axis=1)
    k = np.zeros((len(v), 3, 3))
    k[:, 0, 1], k[:, 0, 2], k[:, 1, 2] = -v[:, 2], v[:, 1], -v[:, 0]
    k -= np.swapaxes(k, 1, 2)
    a = np.sinc(angle / np.pi)[:, None, None]
    b = (0.5 * np.sinc(angle / 2 / np.pi) ** 2)[:, None, None]
    return np.eye(3) + a * k + b * (k @ k)


def fit_segment(
    markers: FloatArray, static: FloatArray, start: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rotations, residuals in the segment's axes, and the template that the record gives (axes from `static`)."""
    template, rotation = static - static.mean(0), start
    for _ in range(2):
        rotation = fit_rotation(markers, template, rotation)
        local = np.einsum("nij,nmi->nmj", rotation, markers - markers.mean(1, keepdims=True))
        template = local.mean(0)
    rotation = fit_rotation(markers, template, rotation)
    local = np.einsum("nij,nmi->nmj", rotation, markers - markers.mean(1, keepdims=True))
    return rotation, local - template, template


def fitted_body(sets: dict[str, "SetTruth"], name: str = "study") -> "Body":
    """A `Body` of the fitted segments, each from its own markers."""
    from legato.body.model import Body, SegmentMotion

    segments: dict[str, SegmentMotion] = {}
    rate, count = 0.0, 0
    for segment, truth in sets.items():
        rotation, residual, template = fit_segment(truth.markers, truth.template, truth.true_rotation)
        rate, count = truth.rate_hz, len(rotation)
        markers = tuple(f"{segment}{m}" for m in range(residual.shape[1]))
        origin = truth.markers.mean(1)
        segments[segment] = SegmentMotion(segment, markers, template, origin, rotation, residual, np.zeros(count, bool))
    return Body(rate, 0.0, count, "markers", name, segments, {}, {}, {})
