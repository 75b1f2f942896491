// Reads `replay.bin`: the head and the coarse levels first, then by range, samples only where a view shows them.

export interface Place { at: number; n: number; type: "f4" | "f8" | "i2" }
export interface Level { step: number; low: Place; high: Place }
export interface Rep {
  index: number; number: number; side: string; complete: boolean; start: number; end: number;
  phases: [string, number, number][];
}
export interface Mark {
  kind: "link" | "muscle"; id: string; of: string; event: string; noun: string; rep: number; t: number; low: number; high: number;
}
export interface ChannelHead {
  id: string; group: string; label: string; side: string; unit: string; factor: number; refused: string;
  start_s: number; rate_hz: number; n: number; low: number; high: number;
  reps: ([number, number, number] | null)[]; times?: Place; levels: Level[]; samples: Place;
}
export interface PlateHead { name: string; side: string; corners_m: number[][] | null; wrench: Place }
export interface SkeletonHead {
  rate_hz: number; start_s: number; n: number; points: string[]; bones: [number, number, string][]; heading: number;
  flat: boolean; length_unit: string; low_m: number[]; high_m: number[]; scale_m: number; xyz: Place; plates: PlateHead[];
}
export interface Head {
  schema: string; movement: string; start_s: number; end_s: number; noun: string; reps: Rep[];
  references: Record<string, number>; marks: Mark[]; coarse_bytes: number; total_bytes: number;
  skeleton: SkeletonHead | null; channels: ChannelHead[];
}

/** A recording with nothing in it: what a film alone is shown on. */
const NOTHING: Head = {
  schema: "", movement: "", start_s: 0, end_s: 0, noun: "", reps: [], references: {}, marks: [], coarse_bytes: 0, total_bytes: 0,
  skeleton: null, channels: [],
};

/** What is seen of a recording without anything that was told of it: its skeleton, no force, event, repetition or curve. */
const seenOf = (head: Head): Head => {
  const { skeleton } = head;
  if (skeleton === null) return NOTHING;
  return { ...NOTHING, skeleton: { ...skeleton, plates: [] }, start_s: skeleton.start_s, end_s: skeleton.start_s + (skeleton.n - 1) / skeleton.rate_hz };
};

const FIRST = 16;
const PART = 1 << 16;

type Numbers = Float32Array | Float64Array | Int16Array;

const made = (buffer: ArrayBuffer, at: number, n: number, type: Place["type"]): Numbers =>
  type === "f4" ? new Float32Array(buffer, at, n) : type === "f8" ? new Float64Array(buffer, at, n) : new Int16Array(buffer, at, n);

const range = async (url: string, from: number, to: number): Promise<ArrayBuffer> => {
  const answer = await fetch(url, { headers: { range: `bytes=${from}-${to - 1}` } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const content = await answer.arrayBuffer();
  return answer.status === 206 ? content : content.slice(from, to);
};

export class ReplayFile {
  readonly channels: Channel[];

  private constructor(readonly url: string, readonly head: Head, readonly base: number, coarse: ArrayBuffer) {
    this.channels = head.channels.map((one) => new Channel(this, one, coarse));
  }

  /** A recording that is as long as a film, with the repetitions of `file` where there is one. */
  static along(file: ReplayFile | null, [from, to]: readonly [number, number]): ReplayFile {
    const { head } = file ?? { head: NOTHING };
    const [low, high] = head.reps.length ? [Math.min(head.start_s, from), Math.max(head.end_s, to)] : [from, to];
    return new ReplayFile("", { ...head, start_s: low, end_s: high }, 0, new ArrayBuffer(0));
  }

  /** The file at `url`; where `blind`, only what is seen of the recording. */
  static async open(url: string, blind = false): Promise<ReplayFile> {
    // The page has asked for the same while it was still being read.
    const answer = await fetch(`${url}&opening=1`);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const opening = await answer.arrayBuffer();
    if (new TextDecoder().decode(opening.slice(0, 8)) !== "LEGATOR1") throw new Error("not a replay file");
    const base = FIRST + new DataView(opening).getUint32(8, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(opening, FIRST, base - FIRST))) as Head;
    const coarse = opening.slice(base, base + head.coarse_bytes);
    return new ReplayFile(url, blind ? seenOf(head) : head, base, coarse);
  }

  /** The numbers `from` up to, not including, `to` of an array. */
  async numbers(place: Place, from = 0, to = place.n): Promise<Numbers> {
    const width = place.type === "f4" ? 4 : place.type === "f8" ? 8 : 2;
    if (to <= from) return made(new ArrayBuffer(0), 0, 0, place.type);
    const start = this.base + place.at;
    return made(await range(this.url, start + width * from, start + width * to), 0, to - from, place.type);
  }
}

/** One signal: its levels are there at once, its samples come in parts where they are asked for. */
export class Channel {
  readonly levels: { step: number; low: Float32Array; high: Float32Array }[];
  readonly times: Float64Array | null;
  private readonly parts: (Float32Array | null | undefined)[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(private readonly file: ReplayFile, readonly head: ChannelHead, coarse: ArrayBuffer) {
    this.levels = head.levels.map((level) => ({
      step: level.step,
      low: made(coarse, level.low.at, level.low.n, "f4") as Float32Array,
      high: made(coarse, level.high.at, level.high.n, "f4") as Float32Array,
    }));
    this.times = head.times ? (made(coarse, head.times.at, head.times.n, "f8") as Float64Array) : null;
  }

  /** The first sample at or after `t`. */
  index(t: number): number {
    const { head, times } = this;
    if (times === null) return Math.min(head.n, Math.max(0, Math.ceil((t - head.start_s) * head.rate_hz - 1e-6)));
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  time(i: number): number {
    return this.times === null ? this.head.start_s + i / this.head.rate_hz : this.times[Math.min(this.times.length - 1, Math.max(0, i))]!;
  }

  /** Sample `i`: a number, NaN where it is missing, undefined where it has not come yet. */
  sample(i: number): number | undefined {
    return this.parts[Math.floor(i / PART)]?.[i % PART];
  }

  /** Whether the samples `from` to `to` are there; asks for what is not, and calls `then` when it has come. */
  has(from: number, to: number, then: () => void): boolean {
    let all = true;
    for (let k = Math.floor(from / PART); k * PART < to; k++) {
      const part = this.parts[k];
      if (part instanceof Float32Array) continue;
      all = false;
      this.waiting.add(then);
      if (part === null) continue;
      this.parts[k] = null;
      this.file.numbers(this.head.samples, k * PART, Math.min(this.head.n, (k + 1) * PART)).then(
        (numbers) => {
          this.parts[k] = numbers as Float32Array;
          const told = [...this.waiting];
          this.waiting.clear();
          for (const one of told) one();
        },
        () => {
          this.parts[k] = undefined;
        },
      );
    }
    return all;
  }

  /** The value that is shown at `t`: that of the nearest sample, NaN beside the recording; undefined while it has not come. */
  valueAt(t: number, then: () => void): number | undefined {
    let i = this.index(t);
    if (i > 0 && (i >= this.head.n || t - this.time(i - 1) < this.time(i) - t)) i -= 1;
    if (i < 0 || i >= this.head.n || Math.abs(this.time(i) - t) > (this.times === null ? 0.5001 : 1) / this.head.rate_hz) return NaN;
    if (!this.has(i, i + 1, then)) return undefined;
    const value = this.sample(i);
    return value === undefined ? undefined : value * this.head.factor;
  }
}
