// What every page needs: fragments swapped by HTMX, dialogs, and a line that says what went wrong.
import htmx from "htmx.org";

import "./calendar";
import "./editor";
import { say } from "./say";
import "./upload";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

document.addEventListener("htmx:responseError", (event) => {
  const asked = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
  const plain = (asked.getResponseHeader("content-type") ?? "").startsWith("text/plain");
  say(plain && asked.responseText !== "" ? asked.responseText : (document.body.dataset.failed ?? ""), true);
});
document.addEventListener("htmx:sendError", () => say(document.body.dataset.failed ?? "", true));
document.addEventListener("said", (event) => say(String((event as CustomEvent<{ value: string }>).detail.value)));

document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-opens], [data-closes]") : null;
  if (pressed === null) return;
  const opens = pressed.dataset.opens;
  if (opens === undefined) {
    pressed.closest("dialog")?.close();
    return;
  }
  const dialog = document.getElementById(opens);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
});

// What is chosen under Display is seen at once; the form keeps it.
document.querySelector<HTMLFormElement>("#look form")?.addEventListener("change", (event) => {
  const chosen = event.target;
  if (!(chosen instanceof HTMLInputElement) || chosen.name !== "theme") return;
  if (chosen.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen.value;
  document.dispatchEvent(new Event("theme"));
});
