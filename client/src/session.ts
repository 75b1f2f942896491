// The session page: plots, skeleton and video on one cursor.
import "./corrections";
import "./reps";
import { mount, type Replay } from "./replay/mount";
import { readWords } from "./replay/words";

type Root = HTMLElement & { legato?: Replay };

const start = (): void => {
  const root = document.querySelector<Root>(".replay-root");
  if (root === null || root.dataset.src === undefined || root.dataset.state !== undefined) return;
  root.dataset.state = "loading";
  mount(root).then(
    (made) => {
      if (root.isConnected) root.legato = made;
      else made.destroy();
    },
    () => {
      root.dataset.state = "failed";
      const said = root.querySelector<HTMLElement>(".said");
      if (said && said.textContent === "") {
        said.textContent = readWords(root).failed;
        said.classList.remove("sr");
      }
    },
  );
};

start();
// A fragment that was swapped in may bring a replay of its own.
document.addEventListener("htmx:beforeSwap", (event) => {
  const root = document.querySelector<Root>(".replay-root");
  const { shouldSwap } = (event as CustomEvent<{ shouldSwap: boolean }>).detail;
  if (shouldSwap && root?.legato && event.target instanceof Element && event.target.contains(root)) root.legato.destroy();
});
document.addEventListener("htmx:afterSettle", start);

// On paper nothing is scrolled to: what waits for that is drawn now.
const charts = (): Replay["charts"] | undefined => document.querySelector<Root>(".replay-root")?.legato?.charts;
let seen: boolean[] = [];
addEventListener("beforeprint", () => {
  const panels = charts()?.panels ?? [];
  seen = panels.map(({ plot }) => plot.visible);
  for (const { plot } of panels) {
    plot.visible = true;
    plot.dirty = true;
  }
  charts()?.draw();
});
addEventListener("afterprint", () => charts()?.panels.forEach(({ plot }, k) => (plot.visible = seen[k] ?? true)));
