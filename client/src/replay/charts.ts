// All plots of a replay over one stretch of time: what is drawn where, zoom and pan, the values at the cursor.
import type { Channel, ReplayFile } from "./file";
import { shownNumber, sideColour, type Look } from "./look";
import { Plot, type Curve, type Lane, type Shown } from "./plot";
import type { Words } from "./words";
import { ValueTable } from "./tables";

const LEAST_S = 0.01;

export interface Over { file: ReplayFile; name: string; shift: () => number }

interface Group { id: string; height: number; stacked: boolean; of: string[] }

const GROUPS: Group[] = [
  { id: "rate", height: 64, stacked: true, of: ["rate"] },
  { id: "emg", height: 56, stacked: true, of: ["emg", "envelope"] },
  { id: "force", height: 130, stacked: false, of: ["force"] },
  { id: "bar", height: 110, stacked: false, of: ["bar"] },
  { id: "angle", height: 130, stacked: false, of: ["angle"] },
];

interface Panel { plot: Plot; figure: HTMLElement; table: ValueTable; readouts: { box: HTMLElement; curve: Curve }[]; rebuild: () => void; told: number }

export class Charts {
  readonly panels: Panel[] = [];
  private from: number;
  private to: number;
  private readonly watch: IntersectionObserver;
  private readonly sized: ResizeObserver;

  constructor(
    private readonly host: HTMLElement, private readonly file: ReplayFile, private readonly over: Over | null,
    private readonly words: Words, private readonly shown: Omit<Shown, "view" | "reps">, private readonly go: (t: number, pick: boolean) => void,
  ) {
    this.from = file.head.start_s;
    this.to = Math.max(file.head.end_s, this.from + LEAST_S);
    this.watch = new IntersectionObserver((seen) => {
      for (const one of seen) {
        const panel = this.panels.find(({ figure }) => figure === one.target);
        if (!panel) continue;
        panel.plot.visible = one.isIntersecting;
        if (one.isIntersecting) shown.redraw();
      }
    }, { rootMargin: "500px" });
    this.sized = new ResizeObserver(() => {
      for (const { plot } of this.panels) plot.resize();
      shown.redraw();
    });
    this.sized.observe(host);
    for (const group of GROUPS) this.add(group);
  }

  get view(): [number, number] {
    return [this.from, this.to];
  }

  destroy(): void {
    this.watch.disconnect();
    this.sized.disconnect();
    for (const { plot } of this.panels) plot.destroy();
  }

  /** Show the stretch between two times, kept inside the recording. */
  show(from: number, to: number): void {
    const { start_s: start, end_s: end } = this.file.head;
    const length = Math.min(Math.max(to - from, LEAST_S), Math.max(LEAST_S, end - start));
    this.from = Math.max(start, Math.min(from, start + Math.max(LEAST_S, end - start) - length));
    this.to = this.from + length;
    this.shown.redraw();
  }

  whole(): void {
    this.show(this.file.head.start_s, this.file.head.end_s);
  }

  /** Zoom about a time, the cursor's where it is in view. */
  zoom(factor: number, about?: number): void {
    const now = this.shown.now();
    const at = about ?? (now >= this.from && now <= this.to ? now : 0.5 * (this.from + this.to));
    this.show(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  pan(share: number): void {
    const by = share * (this.to - this.from);
    this.show(this.from + by, this.to + by);
  }

  /** Bring `t` into view. */
  reveal(t: number): void {
    if (t < this.from || t > this.to) this.show(t - 0.5 * (this.to - this.from), t + 0.5 * (this.to - this.from));
  }

  draw(): void {
    for (const { plot } of this.panels) plot.draw();
  }

  place(): void {
    for (const { plot } of this.panels) if (plot.visible) plot.place();
  }

  recolour(): void {
    for (const { plot } of this.panels) plot.dirty = true;
    this.draw();
  }

  redrawAll(): void {
    for (const panel of this.panels) {
      panel.plot.dirty = true;
      panel.told = NaN;
    }
    this.shown.redraw();
  }

  /** The values at the cursor, beside the curves and in the open tables; again only where something may have changed. */
  values(): void {
    const t = this.shown.now();
    for (const panel of this.panels) {
      const { plot, readouts, table } = panel;
      if (!plot.visible || panel.told === t) continue;
      table.values(t);
      panel.told = readouts.some(({ curve }) => curve.channel.valueAt(t - curve.shift(), this.stale) === undefined) ? NaN : t;
      for (const { box, curve } of readouts) {
        const value = curve.channel.valueAt(t - curve.shift(), this.stale);
        box.textContent = value === undefined ? "…" : Number.isNaN(value) ? "—" : `${shownNumber(value)}${unitTail(curve.channel.head.unit)}`;
      }
    }
  }

  private readonly stale = (): void => {
    for (const panel of this.panels) panel.told = NaN;
    this.shown.redraw();
  };

  private curve(channel: Channel, overlay: boolean): Curve {
    const { group, side } = channel.head;
    const colour = (look: Look): string =>
      group === "emg" ? look.second : group === "force" && side === "" ? look.text : group === "rate" || group === "bar" || group === "envelope" ? look.accent : side === "" ? look.text : sideColour(look, side);
    return {
      channel,
      colour,
      width: group === "emg" ? 1 : side === "left" ? 1.2 : 1.7,
      dashed: overlay,
      shift: overlay && this.over !== null ? this.over.shift : () => 0,
      ...(group === "envelope" ? { own: true } : {}),
    };
  }

  private twin(channel: Channel): Curve[] {
    if (this.over === null || channel.head.group === "emg") return [];
    const { group, label, side, unit } = channel.head;
    const theirs = this.over.file.channels.filter(({ head }) => head.group === group && head.side === side && head.unit === unit);
    // A plate is the foot on it, wherever it lies: another session may have stood the other way round.
    const same = theirs.find(({ head }) => head.label === label) ?? (group === "force" && side !== "" ? theirs[0] : undefined);
    return same ? [this.curve(same, true)] : [];
  }

  private lanes(group: Group, chosen: Channel[]): Lane[] {
    const marks = this.file.head.marks;
    if (!group.stacked) {
      const label = group.id === "angle" ? (chosen[0] ? bare(chosen[0].head.label) : "") : this.words.charts[group.id]!;
      return [{ label, unit: chosen[0]?.head.unit ?? "", curves: chosen.flatMap((one) => [this.curve(one, false), ...this.twin(one)]), marks: [] }];
    }
    const main = chosen.filter((one) => one.head.group === group.of[0]);
    return main.map((one) => {
      const key = one.head.id.replace(/^emg:/, "envelope:");
      const envelope = group.id === "emg" ? chosen.filter((other) => other.head.id === key) : [];
      return {
        label: one.head.label,
        unit: one.head.unit,
        curves: [this.curve(one, false), ...this.twin(one), ...envelope.flatMap((other) => [this.curve(other, false), ...this.twin(other)])],
        marks: marks.filter((mark) => mark.id === one.head.id),
      };
    });
  }

  private add(group: Group): void {
    const all = this.file.channels.filter((one) => group.of.includes(one.head.group));
    if (!all.length) return;
    const figure = document.createElement("figure");
    figure.className = "chart";
    figure.dataset.chart = group.id;
    const caption = document.createElement("figcaption");
    const title = document.createElement("b");
    title.textContent = this.words.charts[group.id]!;
    caption.append(title);
    const host = document.createElement("div");
    host.className = "plot-host";
    host.tabIndex = 0;
    host.setAttribute("role", "group");
    host.setAttribute("aria-label", `${this.words.charts[group.id]!}. ${this.words.chartKeys}`);
    const labels = document.createElement("div");
    labels.className = "labels";
    figure.append(caption, host);
    this.host.append(figure);

    let chosen = group.id === "angle" ? [] : all.filter((one) => !one.head.refused);
    const refused = all.filter((one) => one.head.refused);
    if (group.id === "angle") chosen = this.angleChoice(caption, all, (picked) => { chosen = picked; panel.rebuild(); });
    if (refused.length) {
      const tick = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      tick.append(box, ` ${this.words.refused.replace("{n}", `${refused.length}`)}`);
      caption.append(tick);
      box.addEventListener("change", () => {
        chosen = box.checked ? all : all.filter((one) => !one.head.refused);
        panel.rebuild();
      });
      if (!chosen.length) {
        box.checked = true;
        chosen = all;
      }
    }
    const shown: Shown = { ...this.shown, view: () => this.view, reps: this.file.head.reps };
    const table = new ValueTable(figure, this.file.head, this.words, this.stale);
    const panel: Panel = {
      figure,
      table,
      readouts: [],
      told: NaN,
      plot: undefined as unknown as Plot,
      rebuild: () => {
        panel.plot?.destroy();
        const lanes = this.lanes(group, chosen);
        panel.plot = new Plot(host, lanes, group.height, shown);
        panel.readouts = this.label(labels, lanes);
        if (lanes.length > 1) panel.plot.area.append(labels);
        else figure.insertBefore(labels, host);
        panel.told = NaN;
        table.fill(lanes.flatMap((lane) => lane.curves));
        this.gestures(panel.plot.area, host);
        this.shown.redraw();
      },
    };
    panel.rebuild();
    this.panels.push(panel);
    this.watch.observe(figure);
  }

  private angleChoice(caption: HTMLElement, all: Channel[], pick: (chosen: Channel[]) => void): Channel[] {
    const names = [...new Set(all.map((one) => bare(one.head.label)))];
    const of = (name: string): Channel[] => all.filter((one) => bare(one.head.label) === name);
    const moved = (name: string): number => Math.max(...of(name).map((one) => one.head.high - one.head.low));
    const first = names.reduce((best, name) => (moved(name) > moved(best) ? name : best), names[0]!);
    const select = document.createElement("select");
    select.setAttribute("aria-label", this.words.angle);
    select.append(...names.map((name) => new Option(name.charAt(0).toUpperCase() + name.slice(1), name, name === first, name === first)));
    select.addEventListener("change", () => pick(of(select.value)));
    caption.append(select);
    return of(first);
  }

  private label(box: HTMLElement, lanes: Lane[]): { box: HTMLElement; curve: Curve }[] {
    box.replaceChildren();
    const readouts: { box: HTMLElement; curve: Curve }[] = [];
    lanes.forEach((lane, k) => {
      const line = document.createElement("p");
      line.style.top = `${((100 * k) / lanes.length).toFixed(3)}%`;
      for (const curve of lane.curves) {
        const { head } = curve.channel;
        const entry = document.createElement("span");
        const key = document.createElement("i");
        key.className = `swatch of-${head.group} ${head.side} ${curve.dashed ? "dashed" : ""}`;
        const value = document.createElement("b");
        const name = curve.own ? this.words.envelope : lanes.length > 1 ? lane.label : head.label;
        entry.append(key, `${curve.dashed ? (this.over?.name ?? "") : name} `, value);
        if (head.refused && !curve.dashed) entry.title = head.refused;
        line.append(entry);
        readouts.push({ box: value, curve });
      }
      box.append(line);
    });
    return readouts;
  }

  /** A click goes there, with shift it picks the time; a drag pans; the wheel zooms once the plot has the focus. */
  private gestures(area: HTMLElement, host: HTMLElement): void {
    const panel = (): Plot | undefined => this.panels.find(({ plot }) => plot.area === area)?.plot;
    let held: { x: number; from: number; to: number; moved: boolean } | null = null;
    area.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      held = { x: event.clientX, from: this.from, to: this.to, moved: false };
      area.setPointerCapture(event.pointerId);
      host.focus({ preventScroll: true });
    });
    area.addEventListener("pointermove", (event) => {
      if (!held) return;
      const by = event.clientX - held.x;
      if (!held.moved && Math.abs(by) < 4) return;
      held.moved = true;
      const seconds = (by / Math.max(1, area.clientWidth)) * (held.to - held.from);
      this.show(held.from - seconds, held.to - seconds);
    });
    area.addEventListener("pointerup", (event) => {
      const plot = panel();
      if (held && !held.moved && plot) this.go(plot.timeAt(event.clientX), event.shiftKey);
      held = null;
    });
    area.addEventListener("pointercancel", () => (held = null));
    area.addEventListener("wheel", (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!sideways && !event.ctrlKey && !event.metaKey && document.activeElement !== host) return;
      event.preventDefault();
      const plot = panel();
      if (sideways) this.pan(event.deltaX / Math.max(1, area.clientWidth));
      else if (plot) this.zoom(Math.exp(0.0022 * event.deltaY), plot.timeAt(event.clientX));
    }, { passive: false });
  }
}

export const bare = (label: string): string => label.replace(/, (right|left)$/, "");

export const unitTail = (unit: string): string => (unit === "°" || unit === "°/s" ? unit : ` ${unit}`);
