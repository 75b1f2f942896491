// The video on the recording's clock: t = time of the video + offset. The frame that is asked for is the one shown.

interface Told { type: string; first_s?: number; rate_hz?: number; n?: number; times?: number[] }

const GUESSED_HZ = 30;

export class Film {
  /** The frame that the browser has put on the screen, -1 before the first. */
  shown = -1;
  private asked = -1;
  private tries = 0;
  private seeking = false;
  private waiting: number | null = null;
  private starting = false;
  private times: Float64Array | null = null;
  private rate = GUESSED_HZ;
  private before = NaN;

  constructor(readonly video: HTMLVideoElement, readonly offset: number, told: Told, private readonly changed: () => void) {
    if (told.times) this.times = Float64Array.from(told.times);
    else if (told.rate_hz !== undefined && told.n !== undefined) {
      const { first_s = 0, rate_hz } = told;
      this.times = Float64Array.from({ length: told.n }, (_, k) => first_s + k / rate_hz);
    }
    video.addEventListener("seeked", () => this.settled());
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(this.seen);
  }

  static async open(video: HTMLVideoElement, src: string, frames: string, offset: number, changed: () => void): Promise<Film> {
    const told = fetch(frames).then((answer) => (answer.ok ? (answer.json() as Promise<Told>) : { type: "" }));
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
    return this.times?.length ?? Math.max(1, Math.round(this.video.duration * this.rate));
  }

  get known(): boolean {
    return this.times !== null;
  }

  /** Whether the video has a frame at `t`. */
  covers(t: number): boolean {
    const at = t - this.offset;
    return at >= (this.times?.[0] ?? 0) - 1e-6 && at < this.video.duration;
  }

  /** The frame that is shown at `t`. */
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
    return this.offset + this.middleOf(n);
  }

  private middleOf(n: number): number {
    const { times } = this;
    if (times === null) return (n + 0.5) / this.rate;
    const next = n + 1 < times.length ? times[n + 1]! : Math.max(times[n]! + 1e-3, Math.min(this.video.duration, 2 * times[n]! - (times[n - 1] ?? times[n]! - 1 / GUESSED_HZ)));
    return 0.5 * (times[n]! + next);
  }

  /** Put the frame of `t` on the screen; while one is being sought, the newest wish waits. */
  show(t: number): void {
    const outside = t - this.offset < (this.times?.[0] ?? 0) - 1e-6 || t - this.offset >= this.video.duration;
    this.video.classList.toggle("outside", outside);
    this.tries = 0;
    this.seek(this.frameAt(t));
  }

  private seek(n: number): void {
    if (this.seeking) {
      this.waiting = n;
      return;
    }
    this.asked = n;
    const at = this.middleOf(n);
    if (n === this.shown && Math.abs(this.video.currentTime - at) < 1e-4) return;
    this.seeking = true;
    this.video.currentTime = at;
  }

  private settled(): void {
    this.seeking = false;
    const next = this.waiting;
    this.waiting = null;
    if (next !== null && next !== this.asked) this.seek(next);
    this.changed();
  }

  private readonly seen = (_: number, frame: VideoFrameCallbackMetadata): void => {
    if (this.times === null && !this.video.paused && frame.mediaTime > this.before) {
      const step = frame.mediaTime - this.before;
      if (step > 0 && step < 0.2) this.rate += 0.2 * (1 / step - this.rate);
    }
    this.before = frame.mediaTime;
    this.shown = this.frameAt(this.offset + frame.mediaTime + 1e-3);
    // A decoder that lands beside the frame is sent once more.
    if (this.video.paused && !this.seeking && this.shown !== this.asked && this.asked >= 0 && this.tries++ < 2) {
      this.video.currentTime = this.middleOf(this.asked) + 1e-4 * this.tries;
      this.seeking = true;
    }
    this.changed();
    this.video.requestVideoFrameCallback(this.seen);
  };

  /** While it plays: the time it is at, which the clock follows; `t` where it has not started yet. */
  drive(t: number, speed: number): number | null {
    const { video } = this;
    if (video.ended) return null;
    video.classList.remove("outside");
    if (video.paused && !this.starting) {
      this.starting = true;
      this.asked = -1;
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
}
