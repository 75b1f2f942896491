"""What the tests of the replay share: sessions without a job, and films whose frames carry their number."""

import base64
from collections.abc import Sequence
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from legato.analysis import Analysis
from legato.store import Catalogue, keep_file
from legato.store.rows import ResultRow, SessionFileRow, SessionRow
from legato.web.artefacts import artefacts
from legato.web.summaries import summary_of

from ..web.videos import mp4, webm

ROOT = "document.querySelector('.replay-root')"
SIZE = (160, 64)
BITS = 10
"""A frame's number stands in it as so many bars, black for 0 and white for 1."""

_DRAWN = """async ([numbers, bits, [width, height], codec]) => {
  if (!('VideoEncoder' in window)) return null;
  if (!(await VideoEncoder.isConfigSupported({ codec, width, height })).supported) return null;
  const chunks = [];
  const canvas = new OffscreenCanvas(width, height);
  const g = canvas.getContext('2d');
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      chunks.push(btoa(String.fromCharCode(...bytes)));
    },
    error: (e) => { throw e; },
  });
  encoder.configure({ codec, width, height, bitrate: 2e6, latencyMode: 'quality' });
  for (const [k, n] of numbers.entries()) {
    for (let bit = 0; bit < bits; bit++) {
      g.fillStyle = (n >> bit) & 1 ? '#fff' : '#000';
      g.fillRect(bit * width / bits, 0, width / bits, height);
    }
    const frame = new VideoFrame(canvas, { timestamp: k * 33000 });
    encoder.encode(frame, { keyFrame: k % 60 === 0 });
    frame.close();
  }
  await encoder.flush();
  return chunks;
}"""

READ = f"""() => {{
  const video = document.querySelector('.replay-root video');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const g = canvas.getContext('2d');
  g.drawImage(video, 0, 0);
  let n = 0;
  for (let bit = 0; bit < {BITS}; bit++) {{
    const [red] = g.getImageData((bit + 0.5) * canvas.width / {BITS}, canvas.height / 2, 1, 1).data;
    if (red > 127) n |= 1 << bit;
  }}
  return n;
}}"""
"""The number in the picture that the video shows."""


def pictures(browser: Browser, address: str, frames: int, codec: str) -> list[bytes]:
    """Encoded frames with the numbers from 0 on; every 60th stands for itself. The test is skipped where the browser
    has no such encoder.
    """
    page = browser.new_page()
    page.goto(address)
    chunks = page.evaluate(_DRAWN, [list(range(frames)), BITS, SIZE, codec])
    page.close()
    if chunks is None or len(chunks) != frames:
        pytest.skip(f"this Chromium cannot encode {codec}")
    return [base64.b64decode(one) for one in chunks]


def as_webm(encoded: Sequence[bytes], times_ms: Sequence[int]) -> bytes:
    """A film of VP8 frames in the container that browsers record."""
    return webm(list(zip(times_ms, encoded, strict=True)), SIZE, "V_VP8", keys=range(0, len(encoded), 60))


def as_mp4(encoded: Sequence[bytes], scale: int, steps: Sequence[int], delay: int) -> bytes:
    """A film of VP9 frames in the container of telephones, shown `delay` units late by its table and put right by its
    edit list, as with pictures that are stored out of order.
    """
    return mp4(encoded, SIZE, scale, steps, delay, keys=range(0, len(encoded), 60))


def kept(
    library: Catalogue, analysis: Analysis, name: str, changed: dict[str, bytes], video: bytes | None = None,
    offset_s: float = 0.75,
) -> str:  # fmt: skip
    """A session with the result of an analysis; its id. `changed` are files of the result, by name."""
    made = {file: library.files.save_bytes(content) for file, content in (artefacts(analysis) | changed).items()}
    film = None if video is None else library.files.save_bytes(video)
    with library.session() as rows:
        session = SessionRow(
            name=name, recorded_on=date(2026, 11, 1), movement=analysis.movement.id, video_offset_s=offset_s
        )
        for saved in made.values():
            keep_file(rows, saved)
        if film is not None:
            keep_file(rows, film)
            session.files.append(SessionFileRow(sha256=film.sha256, name="film", role="video", position=0))
        files = {file: saved.sha256 for file, saved in made.items()}
        summary = summary_of(analysis.to_dict())
        session.results.append(ResultRow(key=name, legato_version="1", summary=summary, files=files))
        rows.add(session)
        rows.flush()
        return session.id


def ready(tab: Page, film: bool = True) -> None:
    """Wait for the curves, the skeleton and, where there is one, the film."""
    tab.wait_for_selector(".replay-root[data-state=ready][data-stage]", state="attached")
    if film:
        tab.wait_for_selector(".replay-root[data-film=ready]", state="attached")


def clock(tab: Page) -> float:
    """The moment at which the replay stands, s of the recording."""
    return tab.evaluate(f"() => {ROOT}.legato.clock.t")
