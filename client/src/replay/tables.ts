// The table behind a chart: the values at the cursor, and smallest, largest and mean sample of each repetition.
import type { Head } from "./file";
import { shownNumber } from "./look";
import type { Curve } from "./plot";
import type { Words } from "./words";

export class ValueTable {
  private readonly details = document.createElement("details");
  private readonly body = document.createElement("div");
  private curves: Curve[] = [];
  private cells: HTMLElement[] = [];

  constructor(figure: HTMLElement, private readonly head: Head, private readonly words: Words, private readonly redraw: () => void) {
    const summary = document.createElement("summary");
    summary.textContent = words.table;
    this.body.className = "scroll";
    this.body.tabIndex = 0;
    this.body.setAttribute("role", "region");
    this.body.setAttribute("aria-label", `${words.table}: ${figure.querySelector("figcaption b")?.textContent ?? ""}`);
    this.details.append(summary, this.body);
    this.details.addEventListener("toggle", () => {
      if (this.details.open) this.build();
      this.redraw();
    });
    figure.append(this.details);
  }

  fill(curves: Curve[]): void {
    this.curves = curves.filter((curve) => !curve.dashed);
    this.cells = [];
    if (this.details.open) this.build();
  }

  values(t: number): void {
    if (!this.details.open) return;
    if (this.cells.length !== this.curves.length) this.build();
    this.curves.forEach((curve, k) => {
      const value = curve.channel.valueAt(t, this.redraw);
      this.cells[k]!.textContent = value === undefined ? "…" : Number.isNaN(value) ? "—" : shownNumber(value);
    });
  }

  private build(): void {
    const { words, head } = this;
    const table = document.createElement("table");
    table.className = "values";
    const row = table.createTHead().insertRow();
    const title = (text: string): void => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      row.append(cell);
    };
    title(words.signal);
    title(words.atCursor);
    for (const rep of head.reps) title(`${head.noun} ${rep.number}`);
    const body = table.createTBody();
    this.cells = this.curves.map(({ channel: { head: one } }) => {
      const line = body.insertRow();
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = `${one.label}${one.group === "envelope" ? `, ${words.envelope}` : ""}, ${one.unit}`;
      line.append(name);
      const now = line.insertCell();
      now.className = "num";
      for (const rep of one.reps) {
        const cell = line.insertCell();
        cell.className = "num";
        const [low = "", high = "", mean = ""] = rep?.map((value) => shownNumber(value * one.factor)) ?? [];
        cell.textContent = rep === null ? "—" : words.range.replace("{low}", low).replace("{high}", high).replace("{mean}", mean);
      }
      return now;
    });
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = words.perRep;
    this.body.replaceChildren(table, ...(head.reps.length ? [note] : []));
  }
}
