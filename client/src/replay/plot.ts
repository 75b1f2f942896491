// One plot: lanes of curves over the shared stretch of time, drawn by uPlot from the pyramids.
import uPlot from "uplot";

import { columns, fresh, pathOf } from "./columns";
import type { Channel, Mark, Rep } from "./file";
import { shownNumber, type Look } from "./look";

export interface Curve {
  channel: Channel;
  colour: (look: Look) => string;
  width: number;
  dashed: boolean;
  /** Seconds that the curve's own time is moved by. */
  shift: () => number;
  /** Drawn on an axis of its own, from 0 to its largest value. */
  own?: boolean;
}

export interface Lane {
  label: string;
  unit: string;
  curves: Curve[];
  marks: Mark[];
}

export interface Shown {
  look: () => Look;
  view: () => [number, number];
  reps: Rep[];
  now: () => number;
  redraw: () => void;
}

const GUTTER = 46;
const AXIS = 26;

const LABEL = 14;
/** Width of a column of pixels where many lanes are drawn. */
const COLUMN = 2;
const CROWDED_PX = 20;

export class Plot {
  dirty = true;
  visible = true;
  private readonly u: uPlot;
  private readonly cursor: HTMLElement;
  private drawn: [number, number] = [NaN, NaN];
  private placed: string | null = null;
  private ends: [number, number][] = [];

  constructor(readonly host: HTMLElement, public lanes: Lane[], private readonly laneHeight: number, private readonly shown: Shown) {
    this.range();
    const [from, to] = shown.view();
    const single = lanes.length === 1;
    const font = "12px system-ui, sans-serif";
    this.u = new uPlot(
      {
        width: Math.max(120, host.clientWidth),
        height: this.height(),
        ms: 1,
        padding: [4, 12, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, auto: false, min: from, max: to, range: (_, a, b) => [a, b] },
          y: { auto: false, min: this.ends[0]?.[0] ?? 0, max: this.ends[0]?.[1] ?? 1, range: (_, a, b) => [a, b] },
        },
        axes: [
          { size: AXIS, font, stroke: () => shown.look().muted, grid: { stroke: () => shown.look().faint, width: 1 }, ticks: { show: false }, values: (_, at) => at.map((t) => `${+t.toFixed(4)}`) },
          single
            ? { size: GUTTER, font, stroke: () => shown.look().muted, grid: { stroke: () => shown.look().faint, width: 1 }, ticks: { show: false }, space: 28 }
            : { size: GUTTER, show: true, splits: () => [], grid: { show: false }, ticks: { show: false } },
        ],
        series: [{}, ...lanes.flatMap((lane, k) => lane.curves.map((curve) => this.series(k, curve)))],
        hooks: { drawClear: [(u) => this.under(u)], draw: [(u) => this.over(u)] },
      },
      this.data(),
      host,
    );
    this.cursor = document.createElement("i");
    this.cursor.className = "now";
    this.u.over.append(this.cursor);
    this.drawn = [from, to];
    this.dirty = false;
  }

  get area(): HTMLElement {
    return this.u.over;
  }

  destroy(): void {
    this.u.destroy();
  }

  /** Time at a place of the page. */
  timeAt(clientX: number): number {
    const box = this.u.over.getBoundingClientRect();
    const [from, to] = this.shown.view();
    return from + ((clientX - box.left) / Math.max(1, box.width)) * (to - from);
  }

  resize(): void {
    const width = Math.max(120, this.host.clientWidth);
    if (width !== this.u.width) this.u.setSize({ width, height: this.height() });
  }

  /** Draw what changed: the stretch of time, or samples that have come. */
  draw(): void {
    if (!this.visible) return;
    const [from, to] = this.shown.view();
    if (from !== this.drawn[0] || to !== this.drawn[1]) {
      this.drawn = [from, to];
      this.u.setScale("x", { min: from, max: to });
    } else if (this.dirty) {
      this.u.redraw(true, true);
    }
    this.dirty = false;
    this.place();
  }

  /** Move the cursor; nothing is drawn for it. */
  place(): void {
    const [from, to] = this.shown.view();
    const share = (this.shown.now() - from) / (to - from);
    const at = share >= 0 && share <= 1 ? `translateX(${((share * this.u.bbox.width) / uPlot.pxRatio).toFixed(2)}px)` : "";
    if (at === this.placed) return;
    this.placed = at;
    this.cursor.hidden = at === "";
    if (at !== "") this.cursor.style.transform = at;
  }

  private readonly came = (): void => {
    this.dirty = true;
    this.shown.redraw();
  };

  private height(): number {
    return this.lanes.length * this.laneHeight + AXIS + 4;
  }

  private data(): uPlot.AlignedData {
    const [from, to] = this.shown.view();
    return [[from, to], ...this.lanes.flatMap((lane) => lane.curves.map(() => [null, null]))] as uPlot.AlignedData;
  }

  private range(): void {
    this.ends = this.lanes.map((lane) => {
      let low = Infinity;
      let high = -Infinity;
      for (const { channel, own } of lane.curves) {
        if (own) continue;
        low = Math.min(low, channel.head.low * channel.head.factor);
        high = Math.max(high, channel.head.high * channel.head.factor);
      }
      if (!(high > low)) [low, high] = [(Number.isFinite(low) ? low : 0) - 1, (Number.isFinite(high) ? high : 0) + 1];
      const room = 0.06 * (high - low);
      return [low - room, high + room];
    });
  }

  private series(lane: number, curve: Curve): uPlot.Series {
    return {
      scale: "y",
      auto: false,
      points: { show: false },
      width: curve.width,
      ...(curve.dashed ? { dash: [5, 4] } : {}),
      stroke: () => curve.colour(this.shown.look()),
      paths: (u) => ({ stroke: this.path(u, lane, curve), fill: null, clip: null, band: null, gaps: null, flags: 0 }) as unknown as uPlot.Series.Paths,
    };
  }

  private path(u: uPlot, lane: number, curve: Curve): Path2D {
    fresh();
    const [from, to] = this.shown.view();
    const shift = curve.shift();
    const ratio = uPlot.pxRatio;
    const { left, top, width, height } = u.bbox;
    const wide = Math.round(width / ratio / (this.lanes.length > 1 ? COLUMN : 1));
    const found = columns(curve.channel, from - shift, to - shift, wide, this.came);
    const high = height / this.lanes.length;
    const [a, b] = curve.own ? [0, 1.08 * Math.max(1e-9, curve.channel.head.high * curve.channel.head.factor)] : this.ends[lane]!;
    const pad = this.lanes.length > 1 ? 2 * ratio : 0;
    const above = this.lanes.length > 1 ? LABEL * ratio : 0;
    const slope = -(high - pad - above) / (b - a);
    const bottom = top + high * (lane + 1) - pad;
    return pathOf(found, left, width / wide, bottom - slope * a, slope * curve.channel.head.factor);
  }

  /** Repetitions shaded, borders of their phases and of the lanes. */
  private under(u: uPlot): void {
    const { ctx } = u;
    // Round joints of lines as dense as these cost most of the drawing and cannot be seen.
    ctx.lineJoin = "bevel";
    const look = this.shown.look();
    const ratio = uPlot.pxRatio;
    const { left, top, width, height } = u.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    const [from, to] = this.shown.view();
    const x = (t: number): number => left + ((t - from) / (to - from)) * width;
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    for (const rep of this.shown.reps) {
      if (rep.end < from || rep.start > to) continue;
      const a = Math.round(x(rep.start));
      const b = Math.round(x(rep.end));
      ctx.fillStyle = look.faint;
      ctx.fillRect(a, top, Math.max(1, b - a - ratio), height);
      ctx.fillStyle = look.line;
      for (const [, start] of rep.phases) if (start > rep.start) ctx.fillRect(Math.round(x(start)), top, ratio, height);
    }
    ctx.fillStyle = look.line;
    for (let k = 1; k < this.lanes.length; k++) ctx.fillRect(left, Math.round(top + (height * k) / this.lanes.length), width, ratio);
    ctx.restore();
  }

  /** The events with their intervals, and the numbers of the repetitions. */
  private over(u: uPlot): void {
    const { ctx } = u;
    const look = this.shown.look();
    const ratio = uPlot.pxRatio;
    const { left, top, width, height } = u.bbox;
    const [from, to] = this.shown.view();
    const x = (t: number): number => left + ((t - from) / (to - from)) * width;
    const high = height / this.lanes.length;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    this.lanes.forEach((lane, k) => {
      const bottom = top + high * (k + 1) - 2 * ratio;
      ctx.fillStyle = look.text;
      const inside = lane.marks.filter((mark) => mark.high >= from && mark.low <= to);
      const crowded = inside.length * CROWDED_PX * ratio > width;
      for (const mark of inside) {
        if (crowded) {
          ctx.fillRect(x(mark.t), bottom - 7 * ratio, ratio, 7 * ratio);
          continue;
        }
        const at = x(mark.t);
        const a = x(mark.low);
        ctx.globalAlpha = 0.55;
        ctx.fillRect(a, bottom - 2 * ratio, Math.max(ratio, x(mark.high) - a), 2 * ratio);
        ctx.globalAlpha = 1;
        ctx.beginPath();
        if (mark.event === "offset") {
          ctx.moveTo(at, bottom - 3 * ratio);
          ctx.lineTo(at - 4 * ratio, bottom - 9 * ratio);
          ctx.lineTo(at + 4 * ratio, bottom - 9 * ratio);
        } else if (mark.event === "onset") {
          ctx.moveTo(at, bottom - 9 * ratio);
          ctx.lineTo(at - 4 * ratio, bottom - 3 * ratio);
          ctx.lineTo(at + 4 * ratio, bottom - 3 * ratio);
        } else {
          ctx.arc(at, bottom - 6 * ratio, 3.2 * ratio, 0, 2 * Math.PI);
        }
        ctx.fill();
      }
    });
    ctx.restore();
    if (this.lanes.length > 1) this.scales(u, look);
  }

  /** What the upper and the lower end of each lane are. */
  private scales(u: uPlot, look: Look): void {
    const { ctx } = u;
    const ratio = uPlot.pxRatio;
    const { left, top, height } = u.bbox;
    const high = height / this.lanes.length;
    ctx.save();
    ctx.font = `${10 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = "right";
    ctx.fillStyle = look.muted;
    this.ends.forEach(([a, b], k) => {
      ctx.textBaseline = "top";
      ctx.fillText(shownNumber(b), left - 4 * ratio, top + k * high + 0.5 * LABEL * ratio);
      ctx.textBaseline = "bottom";
      ctx.fillText(shownNumber(a), left - 4 * ratio, top + (k + 1) * high - 2 * ratio);
    });
    ctx.restore();
  }
}
