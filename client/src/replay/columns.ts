// The smallest and largest sample of each column of pixels, from the level that fits; at most two points a pixel.
import type { Channel } from "./file";

export interface Columns {
  /** Column of pixels of each point, from the left edge; fractions where single samples are drawn. */
  x: Float32Array;
  low: Float32Array;
  high: Float32Array;
  n: number;
}

const scratch: Columns[] = [];
let used = 0;

/** Makes the arrays of earlier columns free again; call it before a plot is drawn. */
export const fresh = (): void => {
  used = 0;
};

const room = (n: number): Columns => {
  const at = used++;
  const had = scratch[at];
  if (had && had.x.length >= n) return had;
  const size = Math.max(n, 2048);
  return (scratch[at] = { x: new Float32Array(size), low: new Float32Array(size), high: new Float32Array(size), n: 0 });
};

/** What a channel shows between two times on so many pixels; NaN in `low` marks a gap. */
export const columns = (channel: Channel, from: number, to: number, width: number, then: () => void): Columns => {
  const first = Math.max(0, channel.index(from) - 1);
  const last = Math.min(channel.head.n, channel.index(to) + 1);
  const perPixel = (last - first) / Math.max(1, width);
  let level = channel.levels.filter((one) => one.step <= perPixel).at(-1);
  if (!level && !channel.has(first, last, then)) level = channel.levels[0];
  const scale = width / (to - from);
  if (!level && perPixel <= 1) return singles(channel, first, last, from, scale);
  const step = level ? level.step : 1;
  const out = room(width + 2);
  let n = 0;
  let i = Math.floor(first / step);
  const stop = Math.ceil(last / step);
  let edge = Math.max(0, Math.floor((channel.time(first) - from) * scale));
  while (i < stop && n < width + 2) {
    const until = Math.min(stop, Math.max(i + 1, Math.ceil(channel.index(from + (edge + 1) / scale) / step)));
    let low = NaN;
    let high = NaN;
    for (; i < until; i++) {
      const a = level ? level.low[i]! : channel.sample(i)!;
      const b = level ? level.high[i]! : a;
      if (!(a >= low)) low = a === a ? a : low;
      if (!(b <= high)) high = b === b ? b : high;
    }
    out.x[n] = edge;
    out.low[n] = low;
    out.high[n] = high;
    n += 1;
    edge += 1;
    if (i < stop) edge = Math.max(edge, Math.floor((channel.time(i * step) - from) * scale));
  }
  out.n = n;
  return out;
};

const singles = (channel: Channel, first: number, last: number, from: number, scale: number): Columns => {
  const out = room(last - first);
  out.n = last - first;
  for (let i = first; i < last; i++) {
    const value = channel.sample(i)!;
    out.x[i - first] = (channel.time(i) - from) * scale;
    out.low[i - first] = value;
    out.high[i - first] = value;
  }
  return out;
};

/** How far a point may lie off the line that stands for it, px: less than is seen, and wide lines cost by the point. */
const OFF = 0.25;

/** A line through points from left to right, without those that it passes within `OFF` anyway. */
class Line {
  readonly path = new Path2D();
  /** The last point drawn, the last one given, and between which slopes from the first all given since lie. */
  private x0 = 0;
  private y0 = 0;
  private x = 0;
  private y = 0;
  private least = -Infinity;
  private most = Infinity;

  begin(x: number, y: number): void {
    this.end();
    this.path.moveTo(x, y);
    this.from(x, y);
  }

  to(x: number, y: number): void {
    const wide = x - this.x0;
    const slope = (y - this.y0) / wide;
    if (wide > 0 && slope >= this.least && slope <= this.most) {
      this.least = Math.max(this.least, slope - OFF / wide);
      this.most = Math.min(this.most, slope + OFF / wide);
      this.x = x;
      this.y = y;
      return;
    }
    this.end();
    const [a, b] = [this.x, this.y];
    this.from(a, b);
    if (x > a) this.to(x, y);
    else {
      this.path.lineTo(x, y);
      this.from(x, y);
    }
  }

  /** Draw as far as was given. */
  end(): void {
    if (this.x !== this.x0) this.path.lineTo(this.x, this.y);
  }

  private from(x: number, y: number): void {
    this.x0 = this.x = x;
    this.y0 = this.y = y;
    this.least = -Infinity;
    this.most = Infinity;
  }
}

/** The path of columns; `y = shift + slope * value` in pixels of the canvas, `left` and `ratio` place the columns. */
export const pathOf = (found: Columns, left: number, ratio: number, shift: number, slope: number): Path2D => {
  const line = new Line();
  let open = false;
  let last = 0;
  for (let i = 0; i < found.n; i++) {
    const low = found.low[i]!;
    if (low !== low) {
      open = false;
      continue;
    }
    const x = left + found.x[i]! * ratio;
    const a = shift + slope * low;
    const b = shift + slope * found.high[i]!;
    if (!open) {
      line.begin(x, a);
      line.to(a !== b ? x : x + 0.5, b);
      last = b;
      open = true;
      continue;
    }
    const [near, far] = Math.abs(last - a) <= Math.abs(last - b) ? [a, b] : [b, a];
    // From where the last column was left a line to the far end passes the near one, unless that lies the other way.
    if (Math.abs(a - b) >= 0.5 && (near - last) * (far - near) < 0) line.to(x, near);
    line.to(x, (last = far));
  }
  line.end();
  return line.path;
};
