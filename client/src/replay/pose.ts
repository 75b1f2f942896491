// The skeleton and the plates' forces at any moment, between frames in proportion.
import type { PlateHead, ReplayFile, SkeletonHead } from "./file";

const MISSING = -32768;
/** A force below which no arrow is drawn, N. [ENG] What is left on a plate that nobody stands on. */
const LEAST_N = 20;

export interface Arrow { at: [number, number, number]; force: [number, number, number]; name: string }

export class Poses {
  private constructor(readonly head: SkeletonHead, private readonly xyz: Int16Array, private readonly wrenches: { plate: PlateHead; values: Float32Array }[]) {
    this.now = new Float32Array(3 * head.points.length);
  }

  private readonly now: Float32Array;

  static async load(file: ReplayFile): Promise<Poses | null> {
    const head = file.head.skeleton;
    if (head === null) return null;
    const [xyz, ...wrenches] = await Promise.all([
      file.numbers(head.xyz),
      ...head.plates.map(async (plate) => ({ plate, values: (await file.numbers(plate.wrench)) as Float32Array })),
    ]);
    return new Poses(head, xyz as Int16Array, wrenches);
  }

  /** Whether there is a frame of `t`, at most half a frame away. */
  has(t: number): boolean {
    const frame = (t - this.head.start_s) * this.head.rate_hz;
    return frame >= -0.5001 && frame <= this.head.n - 0.4999;
  }

  private frame(t: number): number {
    return Math.min(this.head.n - 1, Math.max(0, (t - this.head.start_s) * this.head.rate_hz));
  }

  /** Points at `t`, m, three numbers each, NaN where one is missing and beside the recording; the array is used again. */
  at(t: number): Float32Array {
    return this.has(t) ? this.nearest(t) : this.now.fill(NaN);
  }

  /** The same laid over another session: turned to face where that one faces, rad, its middle on a place of that one's. */
  over(t: number, heading: number, [x, y]: readonly [number, number, number]): Float32Array {
    const [ownX, ownY] = this.centre(t);
    const xyz = this.at(t);
    const turn = heading - this.head.heading;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    for (let i = 0; i < xyz.length; i += 3) {
      const [dx, dy] = [xyz[i]! - ownX, xyz[i + 1]! - ownY];
      xyz[i] = x + c * dx - s * dy;
      xyz[i + 1] = y + s * dx + c * dy;
    }
    return xyz;
  }

  /** Whether another session's points can be laid over these: seen the same way, in the same unit of length. */
  fits(other: Poses): boolean {
    return this.head.flat === other.head.flat && this.head.length_unit === other.head.length_unit;
  }

  private nearest(t: number): Float32Array {
    const { xyz, now, head } = this;
    const frame = this.frame(t);
    const first = Math.floor(frame + 1e-4);
    const share = Math.max(0, frame - first);
    const a = first * now.length;
    const b = Math.min(head.n - 1, first + 1) * now.length;
    for (let i = 0; i < now.length; i++) {
      const p = xyz[a + i]!;
      const q = xyz[b + i]!;
      now[i] = p === MISSING ? NaN : head.scale_m * (q === MISSING || share === 0 ? p : p + (q - p) * share);
    }
    return now;
  }

  /** The force on each plate that is loaded at `t`: that of the nearest frame. */
  arrows(t: number): Arrow[] {
    const found: Arrow[] = [];
    if (!this.has(t)) return found;
    const frame = Math.round(this.frame(t));
    for (const { plate, values } of this.wrenches) {
      const w = values.subarray(6 * frame, 6 * frame + 6);
      if (w[0] !== w[0] || !(Math.hypot(w[3]!, w[4]!, w[5]!) > LEAST_N)) continue;
      found.push({ at: [w[0]!, w[1]!, w[2]!], force: [w[3]!, w[4]!, w[5]!], name: plate.name });
    }
    return found;
  }

  /** Height of what moves, m, at least a third of a metre (or of a leg). */
  get height(): number {
    return Math.max(0.3, this.head.high_m[2]! - this.floor);
  }

  get floor(): number {
    return Math.min(0, this.head.low_m[2]!);
  }

  get spread(): number {
    const { low_m: low, high_m: high } = this.head;
    return Math.hypot(high[0]! - low[0]!, high[1]! - low[1]!);
  }

  /** Whether the view goes with the athlete, who moves far. */
  get follows(): boolean {
    return this.spread > 1.6 * Math.max(this.height, 1.2);
  }

  /** The middle of the picture at `t`. */
  centre(t: number): [number, number, number] {
    const { low_m: low, high_m: high } = this.head;
    const up = this.floor + 0.5 * this.height;
    if (!this.follows) return [0.5 * (low[0]! + high[0]!), 0.5 * (low[1]! + high[1]!), up];
    const xyz = this.nearest(t);
    let [x, y, n] = [0, 0, 0];
    for (let i = 0; i < xyz.length; i += 3) {
      if (xyz[i] !== xyz[i]) continue;
      x += xyz[i]!;
      y += xyz[i + 1]!;
      n += 1;
    }
    return n ? [x / n, y / n, up] : [0.5 * (low[0]! + high[0]!), 0.5 * (low[1]! + high[1]!), up];
  }

  /** Extent of the picture across, m. */
  get across(): number {
    return this.follows ? Math.max(this.height, 1.8) : Math.max(this.spread, 0.6 * this.height);
  }
}

/** Whether a point is a thing that is held, drawn as a square. */
export const isTool = (name: string): boolean => name === "bar" || name === "box" || name.startsWith("ball");

/** Length of an arrow for a newton, m: 1000 N are half a metre of a tall athlete. */
export const METRES_PER_NEWTON = 0.5 / 1000;

export interface Scene {
  poses: Poses;
  ghost: { poses: Poses; t: number } | null;
  t: number;
}

/** What draws the scene. */
export interface Stage {
  kind: "webgl" | "canvas";
  draw(scene: Scene): void;
  recolour(): void;
  resize(): void;
  destroy(): void;
}
