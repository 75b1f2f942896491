// The one clock: the time of the recording that video, skeleton and curves all show.
import type { Film } from "./film";

export type Why = "set" | "play" | "tick" | "pause";

export class Clock {
  t: number;
  playing = false;
  speed = 0.25;
  film: Film | null = null;
  private last = 0;
  private next = 0;
  private readonly heard: ((why: Why) => void)[] = [];

  constructor(readonly start: number, readonly end: number, readonly frame_s: number) {
    this.t = start;
  }

  on(hear: (why: Why) => void): void {
    this.heard.push(hear);
  }

  /** Go to `t` and stay there. */
  set(t: number): void {
    const was = this.playing;
    this.playing = false;
    this.film?.pause();
    this.moveTo(t, was ? "pause" : "set");
    this.film?.show(this.t);
  }

  play(): void {
    if (this.playing || this.end <= this.start) return;
    if (this.t >= this.end - 0.5 * this.frame_s) this.moveTo(this.start, "set");
    this.playing = true;
    this.last = performance.now();
    this.tell("play");
    cancelAnimationFrame(this.next);
    this.next = requestAnimationFrame(this.tick);
  }

  pause(): void {
    if (this.playing) this.set(this.t);
  }

  /** So many frames on or back: of the video where there is one, else of the skeleton. */
  step(count: number): void {
    const film = this.film;
    if (film !== null && film.covers(this.t)) {
      const at = film.middle(film.frameAt(this.t) + count);
      if (at !== null) return this.set(at);
    }
    this.set(this.start + this.frame_s * (Math.round((this.t - this.start) / this.frame_s) + count));
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.film?.setSpeed(speed);
  }

  private readonly tick = (now: number): void => {
    if (!this.playing) return;
    const passed = Math.max(0, now - this.last) / 1000;
    this.last = now;
    const film = this.film;
    const driven = film !== null && film.covers(this.t) ? film.drive(this.t, this.speed) : null;
    const t = driven ?? this.t + passed * this.speed;
    this.moveTo(t, "tick");
    if (t >= this.end) this.set(this.end);
    else this.next = requestAnimationFrame(this.tick);
  };

  private moveTo(t: number, why: Why): void {
    this.t = Math.min(this.end, Math.max(this.start, t));
    this.tell(why);
  }

  private tell(why: Why): void {
    for (const hear of this.heard) hear(why);
  }
}
