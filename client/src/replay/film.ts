// The video on the recording's clock: t = time of the video + offset. What is told is the frame that is on the screen.

interface Told { type: string; first_s?: number; rate_hz?: number; n?: number; times?: number[] }

const GUESSED_HZ = 30;
/** Where in its own time a frame is sought, as shares of it: one after the other, until the decoder shows it. */
const WITHIN = [0.5, 0.15, 0.85];
/** After which the frame that was asked for is told to be missing, ms. */
const LATE_MS = 400;
/** How far the time of the frame on the screen may lie from the one that the file tells, as a share of its length. */
const OFF = 0.25;

export class Film {
  /** The frame that the browser says it shows, -1 before the first and where it does not say. */
  shown = -1;
  /** The time of that frame, s of the video. */
  at = NaN;
  /** Whether the frame that is sought ought to stand on the screen by now. */
  late = false;
  readonly tells: boolean;
  private asked = -1;
  private wished = NaN;
  private tries = 0;
  private timer = 0;
  private seeking = false;
  private fresh = false;
  private waiting: number | null = null;
  private starting = false;
  private readonly times: Float64Array | null;
  private rate = GUESSED_HZ;

  constructor(readonly video: HTMLVideoElement, readonly offset: number, told: Told, public changed: () => void) {
    const { first_s = 0, rate_hz, n } = told;
    this.times = told.times
      ? Float64Array.from(told.times)
      : rate_hz !== undefined && n !== undefined ? Float64Array.from({ length: n }, (_, k) => first_s + k / rate_hz) : null;
    this.tells = "requestVideoFrameCallback" in video;
    video.addEventListener("seeked", () => this.settled());
    if (this.tells) video.requestVideoFrameCallback(this.seen);
  }

  static async open(video: HTMLVideoElement, src: string, frames: string, offset: number, changed: () => void): Promise<Film> {
    const told = fetch(frames).then((answer) => (answer.ok ? (answer.json() as Promise<Told>) : ({ type: "" } as Told)));
    const ready = new Promise<void>((done, failed) => {
      video.addEventListener("loadeddata", () => done(), { once: true });
      video.addEventListener("error", () => failed(new Error("video")), { once: true });
    });
    video.muted = true;
    video.src = src;
    const [record] = await Promise.all([told, ready]);
    return new Film(video, offset, record, changed);
  }

  get length(): number {
    return this.times?.length ?? Math.round(this.video.duration * this.rate);
  }

  /** The recording's time from the middle of the first frame to that of the last, s. */
  get span(): [number, number] {
    return [this.middle(0) ?? this.offset, this.middle(this.length - 1) ?? this.offset];
  }

  /** Whether the file tells when each frame is shown. */
  get known(): boolean {
    return this.times !== null;
  }

  private get first(): number {
    return this.times?.[0] ?? 0;
  }

  /** When its last frame ends, s of the video: its sound may go on, and a live recording has no length. */
  private get end(): number {
    return this.times === null ? this.video.duration : this.endOf(this.times.length - 1);
  }

  /** Whether the video has a frame at `t`. */
  covers(t: number): boolean {
    const at = t - this.offset;
    return at >= this.first - 1e-6 && at < this.end;
  }

  /** Whether the frame of `t` is the one on the screen. */
  exact(t: number): boolean {
    const n = this.frameAt(t);
    return this.times !== null && this.covers(t) && this.shown === n && Math.abs(this.at - this.times[n]!) <= OFF * (this.endOf(n) - this.times[n]!);
  }

  /** The frame of `t`: the last one that starts by then. */
  frameAt(t: number): number {
    const at = t - this.offset + 1e-6;
    const { times } = this;
    if (times === null) return Math.min(this.length - 1, Math.max(0, Math.floor(at * this.rate)));
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** The recording's time at the middle of frame `n`; null beyond the video's ends. */
  middle(n: number): number | null {
    if (n < 0 || n >= this.length) return null;
    return this.offset + this.within(n, 0.5);
  }

  /** When frame `n` gives way to the next one, s of the video. */
  private endOf(n: number): number {
    const { times } = this;
    if (times === null) return (n + 1) / this.rate;
    if (n + 1 < times.length) return times[n + 1]!;
    const last = times[n]!;
    return Math.max(last + 1e-3, Math.min(this.video.duration, 2 * last - (times[n - 1] ?? last - 1 / GUESSED_HZ)));
  }

  private within(n: number, share: number): number {
    const start = this.times?.[n] ?? n / this.rate;
    return start + share * (this.endOf(n) - start);
  }

  /** Put the frame of `t` on the screen; while one is being sought, the newest wish waits. */
  show(t: number): void {
    this.wished = t;
    this.tries = 0;
    this.late = false;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.overdue(), LATE_MS);
    this.seek(this.frameAt(t));
  }

  private seek(n: number): void {
    if (this.seeking) {
      this.waiting = n;
      return;
    }
    this.asked = n;
    const at = this.within(n, WITHIN[this.tries]!);
    if (n === this.shown && Math.abs(this.video.currentTime - at) < 1e-4) return;
    this.seeking = true;
    this.fresh = false;
    this.video.currentTime = at;
  }

  private settled(): void {
    this.seeking = false;
    const next = this.waiting;
    this.waiting = null;
    if (next !== null && next !== this.asked) this.seek(next);
    else this.again();
    this.changed();
  }

  /** A decoder that landed beside the frame is sent to another place within it. */
  private again(): void {
    if (this.asked < 0 || this.seeking || !this.fresh || !this.video.paused || this.shown === this.asked || this.tries >= WITHIN.length - 1) return;
    this.tries += 1;
    this.seek(this.asked);
  }

  private overdue(): void {
    this.late = true;
    if (!this.exact(this.wished)) this.changed();
  }

  private readonly seen = (_: number, frame: VideoFrameCallbackMetadata): void => {
    const at = frame.mediaTime;
    const { times } = this;
    if (times === null && !this.video.paused && at > this.at) {
      const step = at - this.at;
      if (step > 0 && step < 0.2) this.rate += 0.2 * (1 / step - this.rate);
    }
    this.at = at;
    this.fresh = true;
    const n = this.frameAt(this.offset + at);
    this.shown = times !== null && n + 1 < times.length && times[n + 1]! - at < at - times[n]! ? n + 1 : n;
    this.again();
    this.changed();
    this.video.requestVideoFrameCallback(this.seen);
  };

  /** While it plays: the time it is at, which the clock follows; `t` where it has not started yet. */
  drive(t: number, speed: number): number | null {
    const { video } = this;
    if (video.ended || video.error !== null) return null;
    if (video.paused && !this.starting) {
      this.starting = true;
      this.asked = -1;
      this.waiting = null;
      video.playbackRate = speed;
      if (Math.abs(video.currentTime + this.offset - t) > 0.02) video.currentTime = Math.max(0, t - this.offset);
      video.play().then(
        () => (this.starting = false),
        () => (this.starting = false),
      );
      return t;
    }
    return Math.max(t, video.currentTime + this.offset);
  }

  setSpeed(speed: number): void {
    this.video.playbackRate = speed;
  }

  pause(): void {
    if (!this.video.paused) this.video.pause();
  }

  /** Let go of the file and of what was decoded. */
  destroy(): void {
    clearTimeout(this.timer);
    this.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }
}
