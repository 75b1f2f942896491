// Buttons, slider and keys of a replay, and what it says aloud.
import type { Charts } from "./charts";
import type { Clock } from "./clock";
import type { Head } from "./file";
import type { Film } from "./film";
import type { Words } from "./words";

export interface View { look: (name: string) => void; turn: (yaw: number, pitch: number) => void; nearer: (factor: number) => void; pick: () => void }

export interface Buttons { rep: () => void; show: (clock: Clock, film: Film | null) => void; announce: (clock: Clock) => void; say: (text: string) => void }

const TURN = 0.2;

/** What stands below the video: the frame that is on the screen, never the one that was asked for. */
const caption = (film: Film, t: number, playing: boolean, words: Words): string => {
  if (!film.covers(t)) return words.noFrame;
  const told = (text: string, n: number): string =>
    text.replace("{n}", `${n + 1}`).replace("{of}", `${film.length}`).replace("{shown}", (film.at + film.offset).toFixed(3)).replace("{asked}", t.toFixed(3));
  if (!film.tells) return told(words.frameUntold, film.frameAt(t));
  if (film.shown < 0) return "";
  if (!film.known) return told(words.frameUnknown, film.shown);
  return told(playing || !film.late || film.exact(t) ? words.frame : words.frameInexact, film.shown);
};

export const controls = (root: HTMLElement, clock: Clock, charts: Charts, head: Head, words: Words, view: View): Buttons => {
  const part = <T extends HTMLElement>(name: string): T => root.querySelector<T>(name)!;
  const play = part<HTMLButtonElement>("[data-do=play]");
  const slider = part<HTMLInputElement>("input[name=moment]");
  const speed = part<HTMLSelectElement>("select[name=speed]");
  const rep = part<HTMLSelectElement>("select[name=jump]");
  const reading = part<HTMLElement>(".reading");
  const frame = root.querySelector<HTMLElement>(".film figcaption");
  const status = part<HTMLElement>(".said");
  const noun = head.noun;

  const where = (t: number): string => {
    const now = head.reps.filter((one) => t >= one.start - 1e-6 && t <= one.end + 1e-6);
    return now
      .map((one) => {
        const phase = one.phases.find(([, a, b]) => t >= a && t <= b);
        const side = one.side && noun === "stride" ? ` ${one.side}` : "";
        return `${noun} ${one.number}${side}${phase ? `, ${phase[0]}` : ""}`;
      })
      .join("; ");
  };
  const toggle = (): void => (clock.playing ? clock.pause() : clock.play());
  const nextRep = (way: number): void => {
    const starts = head.reps.map((one) => one.start).sort((a, b) => a - b);
    const found = way > 0 ? starts.find((t) => t > clock.t + 1e-4) : starts.filter((t) => t < clock.t - 1e-4).at(-1);
    if (found !== undefined) clock.set(found);
  };
  const showRep = (): void => {
    const at = head.reps.find((one) => clock.t >= one.start && clock.t <= one.end) ?? head.reps[0];
    if (at) charts.show(at.start - 0.15 * (at.end - at.start), at.end + 0.15 * (at.end - at.start));
  };
  const deeds: Record<string, () => void> = {
    play: toggle,
    back: () => clock.step(-1),
    on: () => clock.step(1),
    "rep-back": () => nextRep(-1),
    "rep-on": () => nextRep(1),
    "zoom-in": () => charts.zoom(0.5),
    "zoom-out": () => charts.zoom(2),
    left: () => charts.pan(-0.25),
    right: () => charts.pan(0.25),
    whole: () => charts.whole(),
    rep: showRep,
    pick: view.pick,
    "turn-left": () => view.turn(-TURN, 0),
    "turn-right": () => view.turn(TURN, 0),
    "turn-up": () => view.turn(0, TURN),
    "turn-down": () => view.turn(0, -TURN),
    nearer: () => view.nearer(1.25),
    farther: () => view.nearer(0.8),
    keys: () => part<HTMLDialogElement>("dialog.keys").showModal(),
  };
  root.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-do], [data-view]") : null;
    if (!pressed || !root.contains(pressed)) return;
    const named = pressed.dataset.view;
    if (named !== undefined) {
      for (const one of root.querySelectorAll("[data-view]")) one.setAttribute("aria-pressed", String(one === pressed));
      view.look(named);
    } else {
      const deed = pressed.dataset.do!;
      if (deed.startsWith("turn")) for (const one of root.querySelectorAll("[data-view]")) one.setAttribute("aria-pressed", "false");
      deeds[deed]?.();
    }
  });

  slider.min = "0";
  slider.max = String(Math.max(1, Math.round((head.end_s - head.start_s) / clock.frame_s)));
  slider.addEventListener("input", () => clock.set(head.start_s + clock.frame_s * Number(slider.value)));
  speed.addEventListener("change", () => clock.setSpeed(Number(speed.value)));
  clock.setSpeed(Number(speed.value));
  rep.append(...head.reps.map((one) => new Option(`${noun} ${one.number}${one.side && noun === "stride" ? ` ${one.side}` : ""}`, String(one.start))));
  if (!head.reps.length) for (const one of root.querySelectorAll<HTMLElement>(".reps, [data-do=rep]")) one.hidden = true;
  rep.addEventListener("change", () => {
    if (rep.value !== "") clock.set(Number(rep.value));
  });

  const spans = part<HTMLElement>(".spans");
  const whole = Math.max(head.end_s - head.start_s, 1e-9);
  for (const one of head.reps) {
    const span = document.createElement("i");
    span.style.left = `${(100 * (one.start - head.start_s)) / whole}%`;
    span.style.width = `${(100 * (one.end - one.start)) / whole}%`;
    span.dataset.number = String(one.number);
    spans.append(span);
  }
  // A number that is cut off would be another one.
  new ResizeObserver(() => {
    const all = [...spans.children] as HTMLElement[];
    for (const span of all) span.textContent = span.dataset.number!;
    for (const span of all.filter((one) => one.scrollWidth > one.clientWidth)) span.textContent = "";
  }).observe(spans);

  root.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea, summary, dialog")) return;
    const many = event.shiftKey ? 10 : 1;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => clock.step(-many), ArrowRight: () => clock.step(many), ",": () => clock.step(-1), ".": () => clock.step(1),
      "<": () => clock.step(-10), ">": () => clock.step(10), "[": () => nextRep(-1), "]": () => nextRep(1),
      Home: () => clock.set(clock.start), End: () => clock.set(clock.end),
      "+": deeds["zoom-in"]!, "=": deeds["zoom-in"]!, "-": deeds["zoom-out"]!, "0": deeds.whole!, PageUp: deeds.left!, PageDown: deeds.right!,
      "?": deeds.keys!,
    };
    if (event.key === " " && target.closest("button, a") === null) toggle();
    else if (keys[event.key]) keys[event.key]!();
    else return;
    event.preventDefault();
  });

  const stage = part<HTMLElement>(".stage");
  let drag: [number, number] | null = null;
  stage.addEventListener("pointerdown", (event) => {
    drag = [event.clientX, event.clientY];
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!drag) return;
    view.turn((drag[0] - event.clientX) * 0.01, (event.clientY - drag[1]) * 0.01);
    drag = [event.clientX, event.clientY];
    for (const one of root.querySelectorAll("[data-view]")) one.setAttribute("aria-pressed", "false");
  });
  for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, () => (drag = null));
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== stage) return;
    event.preventDefault();
    view.nearer(Math.exp(-0.0015 * event.deltaY));
  }, { passive: false });

  const put = (box: HTMLElement, text: string): void => {
    if (box.textContent !== text) box.textContent = text;
  };
  return {
    rep: showRep,
    show: ({ t, playing: now }, film) => {
      const place = where(t);
      put(reading, `${t.toFixed(3)} s${place ? ` · ${place}` : ""}`);
      slider.value = String(Math.round((t - head.start_s) / clock.frame_s));
      slider.setAttribute("aria-valuetext", `${t.toFixed(2)} s${place ? `, ${place}` : ""}`);
      const at = head.reps.find((one) => t >= one.start - 1e-6 && t <= one.end + 1e-6);
      rep.value = at ? String(at.start) : "";
      if (film && frame) {
        put(frame, caption(film, t, now, words));
        film.video.classList.toggle("outside", !film.covers(t));
      }
      put(play, now ? words.pause : words.play);
    },
    announce: ({ t, playing: now }) => {
      if (!now) put(status, `${t.toFixed(3)} s${where(t) ? `, ${where(t)}` : ""}`);
    },
    say: (text) => put(status, text),
  };
};
