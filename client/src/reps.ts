// Tables that are sorted by their headings, and the angle that the report's chart over the trial shows.
const value = (row: HTMLTableRowElement, column: number): number => {
  const text = row.cells[column]?.dataset.v ?? "";
  return text === "" ? NaN : Number(text);
};

const sort = (heading: HTMLTableCellElement): void => {
  const body = heading.closest("table")?.tBodies[0];
  const row = heading.parentElement;
  if (!body || !(row instanceof HTMLTableRowElement)) return;
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of row.cells) other.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const column = heading.cellIndex;
  const way = down ? -1 : 1;
  // What was not measured stands last, whichever way.
  const rank = (one: number, other: number): number => {
    if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    return way * (one - other);
  };
  body.append(...[...body.rows].sort((one, other) => rank(value(one, column), value(other, column))));
};

document.addEventListener("click", (event) => {
  const heading = event.target instanceof Element ? event.target.closest("table.sortable th[aria-sort]") : null;
  if (heading instanceof HTMLTableCellElement && (event.target as Element).closest(".sort")) sort(heading);
});

const showAngle = (choose: HTMLSelectElement): void => {
  for (const one of document.querySelectorAll<HTMLElement>(".trial .one")) {
    one.hidden = one.dataset.angle !== choose.value;
  }
};
const angles = (): void => {
  const choose = document.getElementById("trial-angle");
  if (choose instanceof HTMLSelectElement) showAngle(choose);
};
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.id === "trial-angle") showAngle(event.target);
});
document.addEventListener("htmx:afterSettle", angles);
angles();

export {};
