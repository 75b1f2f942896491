// Lays a second session over the first: which event of which repetition of both falls on one moment.
import type { Head, ReplayFile } from "./file";
import type { Words } from "./words";

const REFERENCE = "reference";
const START = "start";

const timeOf = (head: Head, event: string, rep: number): number | undefined => {
  const one = head.reps[rep];
  if (!one) return undefined;
  if (event === START) return one.start;
  if (event === REFERENCE) return head.references[String(one.index)];
  return head.marks.find((mark) => `${mark.of}, ${mark.noun}` === event && mark.rep === one.index)?.t;
};

/** Seconds to add to the second session's time; `changed` is told of each new choice. */
export const align = (box: HTMLElement, one: ReplayFile, two: ReplayFile, words: Words, changed: () => void): (() => number) => {
  const pick = <T extends HTMLSelectElement>(name: string): T | null => box.querySelector<T>(`select[name=${name}]`);
  const [event, mine, theirs] = [pick("event"), pick("rep"), pick("other-rep")];
  const events = (head: Head): Set<string> => new Set(head.marks.map((mark) => `${mark.of}, ${mark.noun}`));
  const common = [...events(one.head)].filter((name) => events(two.head).has(name));
  const both = Object.keys(one.head.references).length > 0 && Object.keys(two.head.references).length > 0;
  event?.append(...(both ? [new Option(words.lined, REFERENCE)] : []), new Option(words.start, START), ...common.map((name) => new Option(name, name)));
  for (const [select, head] of [[mine, one.head], [theirs, two.head]] as const)
    select?.append(...head.reps.map((rep, k) => new Option(`${head.noun} ${rep.number}`, `${k}`)));
  let shift = 0;
  const find = (): void => {
    const a = timeOf(one.head, event?.value ?? START, Number(mine?.value ?? 0));
    const b = timeOf(two.head, event?.value ?? START, Number(theirs?.value ?? 0));
    const unknown = a === undefined || b === undefined;
    box.classList.toggle("unknown", unknown);
    const said = box.querySelector<HTMLElement>(".unknown-event");
    if (said) said.hidden = !unknown;
    if (!unknown) shift = a - b;
    changed();
  };
  for (const select of [event, mine, theirs]) select?.addEventListener("change", find);
  find();
  return () => shift;
};
