// The editor of an entry of one's own: line numbers, the line that is wrong, and no saving while it is.
const text = document.querySelector<HTMLTextAreaElement>(".lines > textarea");
const numbers = document.querySelector<HTMLElement>(".lines > .numbers");

if (text !== null && numbers !== null) {
  const save = document.querySelector<HTMLButtonElement>("#save");

  const draw = (): void => {
    const verdict = document.getElementById("verdict");
    const wrong = verdict?.dataset.good === "no";
    const line = Number(verdict?.dataset.line ?? 0);
    const rows = text.value.split("\n").length;
    numbers.replaceChildren(
      ...Array.from({ length: rows }, (_, k) => {
        const row = document.createElement("span");
        row.textContent = k + 1 === line ? `▸ ${k + 1}` : String(k + 1);
        if (k + 1 === line) row.className = "wrong";
        return row;
      }),
    );
    numbers.scrollTop = text.scrollTop;
    text.setAttribute("aria-invalid", String(wrong));
    if (save !== null) save.disabled = wrong;
  };

  text.addEventListener("scroll", () => {
    numbers.scrollTop = text.scrollTop;
  });
  text.addEventListener("input", draw);
  document.addEventListener("htmx:afterSwap", draw);
  draw();
}
