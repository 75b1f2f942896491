// Upload: files dropped or chosen are sent one by one, each with its progress; then the worker is followed.
import { say } from "./say";
import { packed } from "./pack";

interface Known { id: string; name: string; day: string }
interface Kept { sha256: string; name: string; known: Known[]; error?: string }
interface Chosen { name: string; bytes: Blob; modified: number }

const AT_ONCE = 2;
const MOST_FILES = 60;
const PACKED_FROM = 12;

class Row {
  readonly element = document.createElement("li");
  kept: Kept | null = null;
  failed = false;
  private readonly bar = document.createElement("progress");
  private readonly note = document.createElement("span");
  private asked: XMLHttpRequest | null = null;

  constructor(readonly chosen: Chosen, private readonly box: Box) {
    const head = document.createElement("span");
    const name = document.createElement("strong");
    name.textContent = chosen.name;
    this.note.className = "note";
    this.note.textContent = box.word("waiting");
    head.append(name, " ", this.note);
    const away = document.createElement("button");
    away.type = "button";
    away.className = "small";
    away.textContent = box.word("away");
    away.setAttribute("aria-label", `${box.word("away")}: ${chosen.name}`);
    away.addEventListener("click", () => box.remove(this));
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", chosen.name);
    this.element.append(head, away, this.bar);
  }

  stop(): void {
    this.asked?.abort();
  }

  /** Send the file; resolves whatever becomes of it. */
  send(): Promise<void> {
    this.failed = false;
    this.element.querySelectorAll(".error, .again").forEach((one) => one.remove());
    if (this.chosen.bytes.size > Number(this.box.word("most"))) {
      this.fail(`${this.chosen.name}: ${this.box.word("tooLarge")}`, false);
      return Promise.resolve();
    }
    return new Promise((done) => {
      const asked = new XMLHttpRequest();
      this.asked = asked;
      asked.open("PUT", `/upload/files?name=${encodeURIComponent(this.chosen.name)}`);
      asked.setRequestHeader("content-type", "application/octet-stream");
      asked.setRequestHeader("x-legato-token", document.body.dataset.token ?? "");
      asked.upload.addEventListener("progress", (event) => {
        this.bar.value = event.lengthComputable && event.total > 0 ? event.loaded / event.total : 0;
        this.note.textContent = `${this.box.word("sending")} ${Math.floor(100 * this.bar.value)} %`;
      });
      asked.addEventListener("load", () => {
        this.answered(asked);
        done();
      });
      asked.addEventListener("error", () => {
        this.fail(`${this.chosen.name}: ${this.box.word("lost")}`, true);
        done();
      });
      asked.addEventListener("abort", () => done());
      asked.send(this.chosen.bytes);
    });
  }

  private answered(asked: XMLHttpRequest): void {
    let told: Partial<Kept> = {};
    try {
      told = JSON.parse(asked.responseText) as Partial<Kept>;
    } catch {
      told = { error: asked.responseText.slice(0, 300) };
    }
    if (asked.status !== 200 || told.sha256 === undefined) {
      // What the app refuses it refuses again; a busy or slow moment passes.
      this.fail(told.error ?? this.box.word("lost"), ![400, 413].includes(asked.status));
      return;
    }
    this.kept = told as Kept;
    this.bar.value = 1;
    this.note.textContent = this.box.word("here");
    const first = this.kept.known[0];
    if (first !== undefined) {
      const line = document.createElement("p");
      line.className = "told";
      const link = document.createElement("a");
      link.href = `/sessions/${first.id}`;
      link.textContent = first.name;
      line.append(`${this.box.word("already")} `, link, ` ${this.box.word("of")} ${first.day}`);
      this.element.append(line);
    }
  }

  private fail(why: string, again: boolean): void {
    this.failed = true;
    this.note.textContent = "";
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = why;
    this.element.append(line);
    if (!again) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small again";
    button.textContent = this.box.word("again");
    button.addEventListener("click", () => this.box.start([this]));
    this.element.append(button);
  }
}

class Box {
  private readonly rows: Row[] = [];
  private queue: Row[] = [];
  private busy = 0;
  private readonly list: HTMLUListElement;
  private readonly go: HTMLButtonElement;
  private readonly error: HTMLElement;

  constructor(private readonly place: HTMLElement) {
    this.list = place.querySelector<HTMLUListElement>("ul")!;
    this.go = place.querySelector<HTMLButtonElement>("[data-go]")!;
    this.error = place.querySelector<HTMLElement>("[data-error]")!;
    place.querySelectorAll<HTMLInputElement>("input[type=file]").forEach((input) =>
      input.addEventListener("change", () => {
        const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
        input.value = "";
        void this.add(files);
      }),
    );
    for (const kind of ["dragenter", "dragover"]) {
      place.addEventListener(kind, (event) => {
        event.preventDefault();
        place.classList.add("over");
      });
    }
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("over");
      void dropped(event.dataTransfer).then((files) => this.add(files));
    });
    this.go.addEventListener("click", () => void this.together());
  }

  word(name: string): string {
    return this.place.dataset[name] ?? "";
  }

  remove(row: Row): void {
    row.stop();
    row.element.remove();
    this.rows.splice(this.rows.indexOf(row), 1);
    this.queue = this.queue.filter((one) => one !== row);
    this.place.querySelector<HTMLInputElement>("input[type=file]")?.focus();
    this.settle();
  }

  async add(given: Given[]): Promise<void> {
    this.tell("");
    const chosen = await asFiles(given, () => say(this.word("packing")));
    if (this.rows.length + chosen.length > MOST_FILES) {
      this.tell(this.word("mostFiles"));
      return;
    }
    if (chosen.length === 0) {
      this.tell(this.word("empty"));
      return;
    }
    const rows = chosen.map((one) => new Row(one, this));
    this.rows.push(...rows);
    this.list.append(...rows.map((row) => row.element));
    this.start(rows);
  }

  start(rows: Row[]): void {
    this.queue.push(...rows);
    this.settle();
    while (this.busy < AT_ONCE && this.queue.length > 0) void this.next();
  }

  private async next(): Promise<void> {
    const row = this.queue.shift();
    if (row === undefined) return;
    this.busy += 1;
    await row.send();
    this.busy -= 1;
    this.settle();
    void this.next();
  }

  private settle(): void {
    const sent = this.busy === 0 && this.queue.length === 0;
    const failed = this.rows.filter((row) => row.failed);
    this.list.hidden = this.rows.length === 0;
    this.go.hidden = this.rows.length === 0;
    this.go.disabled = !sent || failed.length > 0 || this.rows.length === 0;
    // Nothing goes on without a file that was meant to be there.
    if (sent && failed.length > 0 && failed.length < this.rows.length) this.tell(this.word("notAll"));
    else if (this.error.textContent === this.word("notAll")) this.tell("");
    if (this.go.disabled) return;
    say(this.word("ready"));
    this.go.focus();
  }

  private async together(): Promise<void> {
    const here = this.rows.flatMap((row) => (row.kept === null ? [] : [row]));
    this.go.disabled = true;
    const answer = await fetch("/upload", {
      method: "POST",
      // What is refused is then told as the line alone.
      headers: { "content-type": "application/json", "hx-request": "true", "x-legato-token": document.body.dataset.token ?? "" },
      body: JSON.stringify({
        files: here.map((row) => ({ sha256: row.kept!.sha256, name: row.chosen.name })),
        modified_ms: here[0]?.chosen.modified ?? null,
        athlete: this.place.dataset.athlete ?? null,
        session: this.place.dataset.session ?? null,
      }),
    }).catch(() => null);
    if (answer?.ok) {
      location.assign(((await answer.json()) as { to: string }).to);
      return;
    }
    this.go.disabled = false;
    this.tell((answer === null ? this.word("lost") : await refusal(answer)) || (document.body.dataset.failed ?? ""));
  }

  private tell(text: string): void {
    this.error.textContent = text;
    this.error.hidden = text === "";
  }
}

/** The server's own line on why not; empty where it gave none. */
async function refusal(answer: Response): Promise<string> {
  return answer.headers.get("content-type")?.startsWith("text/plain") ? (await answer.text()).slice(0, 300) : "";
}

interface Given { path: string; file: File }

/** Every file of a drop, those inside folders too. */
async function dropped(data: DataTransfer | null): Promise<Given[]> {
  const entries = [...(data?.items ?? [])].map((item) => item.webkitGetAsEntry()).filter((one) => one !== null);
  if (entries.length === 0) return [...(data?.files ?? [])].map((file) => ({ path: file.name, file }));
  return (await Promise.all(entries.map((entry) => inside(entry, "")))).flat();
}

async function inside(entry: FileSystemEntry, before: string): Promise<Given[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return [{ path: before + file.name, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const more = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (more.length === 0) break;
    found.push(...more);
  }
  return (await Promise.all(found.map((one) => inside(one, `${before}${entry.name}/`)))).flat();
}

/** Single files as they are; a folder that is read as a whole (an OpenCap session, a file each frame) as one archive. */
async function asFiles(given: Given[], packing: () => void): Promise<Chosen[]> {
  const visible = given.filter(({ path }) => !path.split("/").some((part) => part.startsWith(".")));
  const found: Chosen[] = [];
  const folders = new Map<string, Given[]>();
  for (const one of visible) {
    const top = one.path.includes("/") ? one.path.split("/")[0]! : "";
    if (top === "") found.push({ name: one.path, bytes: one.file, modified: one.file.lastModified });
    else folders.set(top, [...(folders.get(top) ?? []), one]);
  }
  for (const [name, files] of folders) {
    const whole = files.length > PACKED_FROM || files.some(({ path }) => path.includes("/MarkerData/"));
    if (whole) {
      packing();
      found.push({ name: `${name}.zip`, bytes: await packed(files), modified: files[0]!.file.lastModified });
    } else {
      found.push(...files.map(({ file }) => ({ name: file.name, bytes: file, modified: file.lastModified })));
    }
  }
  return found;
}

interface Progress { state: string; at: number; words: string; elapsed_s: number | null; open: boolean }

/** Follow the worker by events; where they do not come through, ask every second. */
function follow(place: HTMLElement): void {
  const address = place.dataset.progress!;
  const bar = place.querySelector("progress")!;
  const words = place.querySelector<HTMLElement>("[data-words]")!;
  const elapsed = place.querySelector<HTMLElement>("[data-elapsed]")!;
  let begun: number | null = null;
  let failures = 0;
  const show = (now: Progress): void => {
    bar.value = now.at;
    if (words.textContent !== now.words) words.textContent = now.words;
    begun = now.elapsed_s === null ? null : performance.now() - 1000 * now.elapsed_s;
    if (now.open) return;
    events.close();
    window.clearInterval(clock);
    location.assign((now.state === "done" ? place.dataset.then : place.dataset.else) ?? location.href);
  };
  const clock = window.setInterval(() => {
    if (begun !== null) elapsed.textContent = `${Math.floor((performance.now() - begun) / 1000)} ${elapsed.dataset.unit ?? "s"}`;
  }, 500);
  const events = new EventSource(address);
  events.addEventListener("message", (event) => {
    failures = 0;
    show(JSON.parse(String(event.data)) as Progress);
  });
  events.addEventListener("error", () => {
    failures += 1;
    if (failures < 3) return;
    events.close();
    const ask = async (): Promise<void> => {
      const answer = await fetch(`${address}.json`).catch(() => null);
      if (answer?.ok) show((await answer.json()) as Progress);
      window.setTimeout(() => void ask(), 1000);
    };
    void ask();
  });
}

document.querySelectorAll<HTMLElement>("[data-upload]").forEach((place) => new Box(place));
document.querySelectorAll<HTMLElement>("[data-progress]").forEach(follow);
