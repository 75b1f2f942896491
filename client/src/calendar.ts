// A plan's calendar: a session dragged to another day of its week does what its form does; the screening forgets.

let dragged: HTMLElement | null = null;

function dayUnder(event: DragEvent): HTMLElement | null {
  const day = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-day]") : null;
  const from = dragged?.closest<HTMLElement>("[data-day]") ?? null;
  if (day === null || from === null || day === from) return null;
  return day.dataset.week === from.dataset.week && day.dataset.open !== undefined ? day : null;
}

function clear(): void {
  for (const day of document.querySelectorAll(".day.over, .day.may")) day.classList.remove("over", "may");
}

document.addEventListener("dragstart", (event) => {
  const sitting = event.target instanceof Element ? event.target.closest<HTMLElement>(".sitting[draggable]") : null;
  if (sitting === null || event.dataTransfer === null) return;
  dragged = sitting;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", sitting.dataset.from ?? "");
  const week = sitting.closest<HTMLElement>("[data-day]")?.dataset.week ?? "";
  for (const day of document.querySelectorAll(`[data-week="${week}"][data-open]`)) day.classList.add("may");
});

document.addEventListener("dragover", (event) => {
  const day = dayUnder(event);
  for (const other of document.querySelectorAll(".day.over")) other.classList.toggle("over", other === day);
  if (day === null) return;
  event.preventDefault();
  day.classList.add("over");
});

document.addEventListener("drop", (event) => {
  const day = dayUnder(event);
  const form = dragged?.querySelector<HTMLFormElement>("form.move");
  const to = form?.querySelector<HTMLSelectElement>("select[name=to]");
  clear();
  if (day === null || form === null || form === undefined || to === null || to === undefined) return;
  event.preventDefault();
  to.value = day.dataset.day ?? "";
  if (to.value !== "") form.requestSubmit();
});

document.addEventListener("dragend", () => {
  dragged = null;
  clear();
});

// After a move the keyboard goes on where the session now is, or where it stayed.
let moved = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target instanceof HTMLFormElement && event.target.matches("form.move") ? event.target : null;
  moved = form === null ? "" : `${form.querySelector<HTMLSelectElement>("[name=to]")?.value ?? ""} ${form.querySelector<HTMLInputElement>("[name=from]")?.value ?? ""}`;
});
document.addEventListener("htmx:afterSettle", () => {
  const [to, from] = moved.split(" ");
  moved = "";
  if (to === undefined || from === undefined) return;
  const refused = document.querySelector("#plan > .error") !== null;
  document.getElementById(`to-${refused ? from : to}`)?.focus({ preventScroll: true });
  document.querySelector("#plan > .error, #plan > .told")?.scrollIntoView({ block: "nearest" });
});

// Answers of a screening are in no history: the form is empty whenever the page is left or shown again.
const screening = document.querySelector<HTMLFormElement>("form[data-screening]");
if (screening !== null) {
  window.addEventListener("pagehide", () => screening.reset());
  window.addEventListener("pageshow", () => screening.reset());
  const answered = screening.querySelector<HTMLElement>("[data-answered]");
  const count = (): void => {
    screening.noValidate = screening.querySelector("[data-ends]:checked") !== null;
    const bar = answered?.querySelector("progress");
    const said = answered?.querySelector("span");
    if (!answered || !bar || !said) return;
    bar.value = screening.querySelectorAll("input[type=radio]:checked").length;
    said.textContent = (answered.dataset.says ?? "").replace("{n}", String(bar.value)).replace("{all}", String(bar.max));
    answered.hidden = false;
  };
  screening.addEventListener("change", count);
  screening.addEventListener("reset", () => window.setTimeout(count));
  count();
}

export {};
