// What else on the page belongs to the clock: marks with a time, and the cursors in the report's own pictures.
import type { Clock } from "./clock";
import type { Head } from "./file";

/** A click on anything with `data-t` goes to that time. */
export const jumps = (clock: Clock, went: (t: number) => void): (() => void) => {
  const pressed = (event: Event): void => {
    const mark = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-t]") : null;
    const t = Number(mark?.getAttribute("data-t") ?? NaN);
    if (mark === null || !Number.isFinite(t)) return;
    clock.set(t);
    went(t);
  };
  document.addEventListener("click", pressed);
  return () => document.removeEventListener("click", pressed);
};

/** What a mark says is shown below its timeline. */
export const readouts = (): (() => void) => {
  const say = (event: Event): void => {
    const mark = event.target instanceof Element ? event.target.closest(".mk") : null;
    const readout = document.getElementById("readout");
    if (mark && readout) readout.textContent = mark.getAttribute("aria-label");
  };
  document.addEventListener("mouseover", say);
  document.addEventListener("focusin", say);
  return () => {
    document.removeEventListener("mouseover", say);
    document.removeEventListener("focusin", say);
  };
};

/** Moves the cursors of the timeline's lanes and of the charts over the trial. */
export const cursors = (head: Head, t: number): void => {
  const rep = head.reps.find((one) => t >= one.start - 1e-6 && t <= one.end + 1e-6);
  for (const area of document.querySelectorAll<HTMLElement>(".area.abs, .area.rel")) {
    const cursor = area.querySelector<HTMLElement>(".cursor");
    const relative = area.classList.contains("rel");
    const holder = relative ? area.closest<HTMLElement>(".timeline") : area;
    if (!cursor || !holder) continue;
    const [low, high] = [Number(holder.dataset.low), Number(holder.dataset.high)];
    const reference = rep ? head.references[String(rep.index)] : undefined;
    const at = relative ? (reference === undefined ? NaN : t - reference) : t;
    const inside = at >= low && at <= high;
    cursor.style.display = inside ? "block" : "none";
    if (inside) cursor.style.left = `${(100 * (at - low)) / (high - low)}%`;
  }
};
