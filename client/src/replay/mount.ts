// Puts a replay together: file, clock, video, skeleton, charts, buttons and keys.
import { align } from "./align";
import { Camera } from "./camera";
import { Charts, type Over } from "./charts";
import { Clock, type Why } from "./clock";
import { controls } from "./controls";
import { ReplayFile } from "./file";
import { Film } from "./film";
import { cursors, jumps, readouts } from "./follow";
import { onLook, readLook } from "./look";
import { Poses, type Stage } from "./pose";
import { readWords } from "./words";

export interface Replay { clock: Clock; charts: Charts; file: ReplayFile; film: () => Film | null; stage: () => Stage | null; frames: () => number; shift: () => number; destroy: () => void }

const SHIFT_ANNOUNCED_MS = 250;

/** The replay in `root`; ready once its curves are drawn. Skeleton and video come after that. */
export const mount = async (root: HTMLElement): Promise<Replay> => {
  const words = readWords(root);
  const part = <T extends HTMLElement>(name: string): T => root.querySelector<T>(name)!;
  const only = (text: string): Error => {
    const said = part(".said");
    root.replaceChildren(said);
    said.classList.remove("sr");
    said.textContent = text;
    return new Error(text);
  };
  const { src, overlay } = root.dataset;
  const [recorded, second] = await Promise.all([
    src ? ReplayFile.open(src, root.dataset.blind !== undefined) : null,
    overlay ? ReplayFile.open(overlay) : null,
  ]);
  const opened = (changed: () => void): Promise<Film> =>
    Film.open(part<HTMLVideoElement>("video"), root.dataset.video!, root.dataset.frames ?? "", Number(root.dataset.offset ?? 0), changed);
  let file = recorded;
  let alone: Film | null = null;
  if (file === null || (!file.head.channels.length && !file.head.skeleton)) {
    if (!root.dataset.video) throw only(words.nothing);
    alone = await opened(() => undefined).catch(() => null);
    if (alone === null || !alone.span.every(Number.isFinite)) throw only(words.noVideo);
    file = ReplayFile.along(recorded, alone.span);
  }
  const { head } = file;
  const frame = head.skeleton ? 1 / head.skeleton.rate_hz : 0.01;
  const clock = new Clock(head.start_s, head.end_s, frame);
  let look = readLook();
  const camera = new Camera();
  let stage: Stage | null = null;
  let poses: Poses | null = null;
  let ghost: Poses | null = null;
  let film: Film | null = null;
  let asked = 0;
  let frames = 0;
  let curves = true;
  let scene = true;
  let valued = 0;
  let drawn = NaN;
  let gone = false;

  const draw = (): void => {
    asked = 0;
    frames += 1;
    const moved = clock.t !== drawn;
    drawn = clock.t;
    if (curves) charts.draw();
    else charts.place();
    curves = false;
    buttons.show(clock, film);
    if (moved) cursors(head, clock.t);
    beside.hidden = poses === null || poses.has(clock.t);
    if ((moved || scene) && stage && poses) stage.draw({ poses, t: clock.t, ghost: ghost && over ? { poses: ghost, t: clock.t - over.shift() } : null });
    scene = false;
    const now = performance.now();
    if (!clock.playing || now - valued > 120) {
      valued = now;
      charts.values();
    }
  };
  const ask = (): void => {
    if (!asked) asked = requestAnimationFrame(draw);
  };
  const redraw = (): void => {
    curves = true;
    ask();
  };
  const restage = (): void => {
    scene = true;
    ask();
  };

  let shift = (): number => 0;
  const over: Over | null = second ? { file: second, name: root.dataset.overlayName ?? "", shift: () => shift() } : null;
  const charts = new Charts(part(".charts"), file, over, words, { look: () => look, now: () => clock.t, redraw }, (t, picked) => {
    clock.set(t);
    if (picked) pick();
  });
  const pick = (): void => {
    root.dispatchEvent(new CustomEvent("legato:pick", { bubbles: true, detail: { t: clock.t } }));
    buttons.say(words.picked.replace("{t}", clock.t.toFixed(3)));
  };
  const buttons = controls(root, clock, charts, head, words, {
    look: (name) => {
      camera.look(name);
      restage();
    },
    turn: (yaw, pitch) => {
      camera.turn(yaw, pitch);
      restage();
    },
    nearer: (factor) => {
      camera.zoom(factor);
      restage();
    },
    pick,
  });
  if (second) {
    const box = part<HTMLElement>(".overlay");
    box.hidden = false;
    shift = align(box, file, second, words, root.dataset.alike !== undefined, () => {
      scene = true;
      charts.redrawAll();
    });
  }

  let announced = 0;
  clock.on((why: Why) => {
    if (why === "set" || why === "pause") charts.reveal(clock.t);
    else if (why === "tick" && (clock.t > charts.view[1] || clock.t < charts.view[0])) {
      const [from, to] = charts.view;
      charts.show(clock.t - 0.1 * (to - from), clock.t + 0.9 * (to - from));
    }
    ask();
    if (why === "tick") return;
    root.dispatchEvent(new CustomEvent("legato:time", { bubbles: true, detail: { t: clock.t } }));
    clearTimeout(announced);
    announced = window.setTimeout(() => buttons.announce(clock), SHIFT_ANNOUNCED_MS);
  });

  const panel = part(".stage");
  const beside = part(".no-pose");
  const offs = [
    jumps(clock, () => {
      const box = root.getBoundingClientRect();
      if (box.bottom < 80 || box.top > innerHeight - 80) root.scrollIntoView({ block: "nearest" });
    }),
    readouts(),
    onLook(() => {
      look = readLook();
      stage?.recolour();
      charts.recolour();
      restage();
    }),
  ];
  // A fragment that has come shows the cursor too.
  const came = (): void => {
    drawn = NaN;
    ask();
  };
  document.addEventListener("htmx:afterSettle", came);
  // A tab that is not seen draws nothing; without this it would come back at another moment.
  const hidden = (): void => {
    if (document.hidden) clock.pause();
  };
  document.addEventListener("visibilitychange", hidden);
  offs.push(() => {
    document.removeEventListener("htmx:afterSettle", came);
    document.removeEventListener("visibilitychange", hidden);
  });

  const first = Object.values(head.references)[0];
  clock.set(first ?? (head.reps[0] ? 0.5 * (head.reps[0].start + head.reps[0].end) : head.start_s));
  // Two sessions are lined up in one rep; over the whole recording they would lie side by side by chance.
  if (second) buttons.rep();
  cancelAnimationFrame(asked);
  draw();
  root.dataset.state = "ready";
  performance.mark("replay-ready");
  part(".plots").hidden = !head.channels.length;

  /** The plain drawing, where there is no WebGL or the browser has taken it away. */
  const plain = async (): Promise<void> => {
    const { CanvasStage } = await import("./stage2d");
    if (gone) return;
    stage?.destroy();
    stage = new CanvasStage(panel, camera);
    root.dataset.stage = stage.kind;
    part(".no-webgl").hidden = false;
    restage();
  };
  const skeleton = async (): Promise<void> => {
    if (!head.skeleton) {
      part(".figure").hidden = true;
      return;
    }
    const drawn = root.dataset.stage === "canvas" ? null : import("./stage3d").catch(() => null);
    const [own, other] = await Promise.all([Poses.load(file), second ? Poses.load(second) : null]);
    if (!own) return;
    poses = own;
    if (other && own.fits(other)) ghost = other;
    part(".no-ghost").hidden = !second || ghost !== null;
    part(".arrows").hidden = !head.skeleton.plates.length;
    camera.look("side");
    if (!head.skeleton.flat) camera.turn(0.55, 0.1);
    const made = await drawn;
    if (gone) return;
    stage = made?.webglStage(panel, own, camera) ?? null;
    if (!stage) await plain();
    if (!stage) return;
    const sized = new ResizeObserver(() => {
      stage?.resize();
      restage();
    });
    sized.observe(panel);
    offs.push(() => sized.disconnect());
    root.dataset.stage = stage.kind;
    panel.addEventListener("webglcontextlost", plain, { capture: true, once: true });
    restage();
  };
  const video = async (): Promise<void> => {
    if (!root.dataset.video) return;
    const screen = part<HTMLElement>(".film");
    try {
      const shown = alone ?? (await opened(ask));
      if (gone) return shown.destroy();
      shown.changed = ask;
      film = clock.film = shown;
      screen.hidden = false;
      root.classList.add("with-film");
      film.show(clock.t);
      root.dataset.film = "ready";
      ask();
    } catch {
      screen.hidden = false;
      screen.querySelector<HTMLElement>("figcaption")!.textContent = words.noVideo;
    }
  };
  void video();
  skeleton().catch(() => {
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = words.failed;
    part(".figure").replaceChildren(line);
    buttons.say(words.failed);
  });

  const destroy = (): void => {
    gone = true;
    clock.pause();
    cancelAnimationFrame(asked);
    clearTimeout(announced);
    for (const off of offs) off();
    charts.destroy();
    stage?.destroy();
    film?.destroy();
  };
  return { clock, charts, file, film: () => film, stage: () => stage, frames: () => frames, shift: () => shift(), destroy };
};
