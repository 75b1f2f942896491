// Lays a second session over the first: which event of which repetition of both falls on one moment.
import type { Head, ReplayFile } from "./file";
import type { Words } from "./words";

const REFERENCE = "reference";
const START = "start";

const timeOf = (head: Head, event: string, rep: number): number | undefined => {
  const one = head.reps[rep];
  // A recording in which nobody marked a rep has its own start.
  if (!one) return event === START ? head.start_s : undefined;
  if (event === START) return one.start;
  if (event === REFERENCE) return head.references[String(one.index)];
  return head.marks.find((mark) => `${mark.of}, ${mark.noun}` === event && mark.rep === one.index)?.t;
};

/** Seconds to add to the second session's time; `alike`: the reps of both timelines are lined up at the same event. `changed` is told of each new choice. */
export const align = (box: HTMLElement, one: ReplayFile, two: ReplayFile, words: Words, alike: boolean, changed: () => void): (() => number) => {
  const pick = <T extends HTMLSelectElement>(name: string): T | null => box.querySelector<T>(`select[name=${name}]`);
  const [event, mine, theirs] = [pick("event"), pick("rep"), pick("other-rep")];
  const events = (head: Head): Set<string> => new Set(head.marks.map((mark) => `${mark.of}, ${mark.noun}`));
  const common = [...events(one.head)].filter((name) => events(two.head).has(name));
  const lined = (head: Head): number => head.reps.findIndex((_rep, k) => timeOf(head, REFERENCE, k) !== undefined);
  const both = alike && lined(one.head) >= 0 && lined(two.head) >= 0;
  event?.append(...(both ? [new Option(words.lined, REFERENCE)] : []), new Option(words.start, START), ...common.map((name) => new Option(name, name)));
  for (const [select, head] of [[mine, one.head], [theirs, two.head]] as const) {
    // The first rep in which that event was timed, so that both lie on one moment from the beginning.
    const first = Math.max(0, lined(head));
    if (select) select.hidden = !head.reps.length;
    select?.append(...head.reps.map((rep, k) => new Option(`${head.noun} ${rep.number}`, `${k}`, k === first, k === first)));
  }
  let shift = 0;
  const find = (): void => {
    const apart = (named: string): number | undefined => {
      const a = timeOf(one.head, named, Number(mine?.value ?? 0));
      const b = timeOf(two.head, named, Number(theirs?.value ?? 0));
      return a === undefined || b === undefined ? undefined : a - b;
    };
    const found = apart(event?.value ?? START);
    const said = box.querySelector<HTMLElement>(".unknown-event");
    if (said) said.hidden = found !== undefined;
    shift = found ?? apart(START) ?? one.head.start_s - two.head.start_s;
    changed();
  };
  for (const select of [event, mine, theirs]) select?.addEventListener("change", find);
  find();
  return () => shift;
};
