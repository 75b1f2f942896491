// Corrections by hand: times come from the replay, and the name of who corrects is remembered on this machine.
const NAME = "legato-who";
let now = NaN;
let field: HTMLInputElement | null = null;

const fill = (input: HTMLInputElement, t: number): void => {
  input.value = t.toFixed(3);
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

/** The field that a moment goes to: the one that was used last in the open form, else its first empty one. */
const wanted = (): HTMLInputElement | null => {
  const open = document.querySelector<HTMLDetailsElement>("details.correct[open]");
  if (open === null) return null;
  if (field !== null && open.contains(field)) return field;
  const times = [...open.querySelectorAll<HTMLInputElement>(".of-time")];
  return times.find((one) => one.value === "") ?? times[0] ?? null;
};

/** The repetition that is played is the one that is meant. */
const chooseRep = (t: number): void => {
  const select = document.querySelector<HTMLSelectElement>("details.correct[open] select[name='at_s']");
  if (select === null) return;
  const inside = [...select.options].find((one) => Number(one.dataset.from) <= t && t <= Number(one.dataset.to));
  if (inside) select.value = inside.value;
};

document.addEventListener("legato:pick", (event) => {
  now = (event as CustomEvent<{ t: number }>).detail.t;
  const input = wanted();
  if (input === null) return;
  fill(input, now);
  input.focus();
});
document.addEventListener("legato:time", (event) => {
  now = (event as CustomEvent<{ t: number }>).detail.t;
});
document.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches(".of-time")) field = event.target;
});
document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-take]") : null;
  const input = pressed === null ? null : document.getElementById(pressed.dataset.take ?? "");
  if (!(input instanceof HTMLInputElement)) return;
  field = input;
  document.querySelector<HTMLButtonElement>(".replay-root [data-do='pick']")?.click();
});
document.addEventListener(
  "toggle",
  (event) => {
    if (!(event.target instanceof HTMLDetailsElement) || !event.target.matches("details.correct[open]")) return;
    field = null;
    if (Number.isFinite(now)) chooseRep(now);
  },
  true,
);

// Without a replay there is no moment to take.
const ready = (): void => {
  const known = document.querySelector(".replay-root") !== null;
  for (const button of document.querySelectorAll<HTMLElement>("[data-take]")) button.hidden = !known;
};
ready();

const who = document.getElementById("who");
if (who instanceof HTMLInputElement) {
  who.value = localStorage.getItem(NAME) ?? "";
  who.addEventListener("change", () => localStorage.setItem(NAME, who.value));
}

// A mark of the timeline that was chosen leads to the form that sets it.
document.addEventListener("click", (event) => {
  const mark = event.target instanceof Element ? event.target.closest<HTMLElement>(".mk[data-link]") : null;
  const lead = document.getElementById("correct-mark");
  if (mark === null || !(lead instanceof HTMLAnchorElement)) return;
  const { link = "", event: kind = "", t = "" } = mark.dataset;
  lead.href = `${lead.pathname}?${new URLSearchParams({ link, event: kind, at: t }).toString()}#set-link-event`;
  lead.textContent = `${lead.dataset.words ?? ""}: ${(mark.getAttribute("aria-label") ?? "").split(" at ")[0] ?? ""}`;
  lead.hidden = false;
});

export {};
