// The line at the foot of every page.
const SAID_MS = 8000;
let waiting = 0;

/** Show one line at the foot of the page, which screen readers speak; errors stay twice as long. */
export function say(text: string, failed = false): void {
  const place = document.getElementById("said");
  if (place === null) return;
  window.clearTimeout(waiting);
  const line = document.createElement(failed ? "p" : "span");
  if (failed) line.className = "error";
  line.textContent = text;
  place.replaceChildren(line);
  waiting = window.setTimeout(() => place.replaceChildren(), failed ? 2 * SAID_MS : SAID_MS);
}
