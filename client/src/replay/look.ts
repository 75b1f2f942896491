// Colours of the page, read anew when the scheme changes.

export interface Look {
  text: string; muted: string; line: string; faint: string; panel: string; accent: string; soft: string; second: string; warm: string; arrow: string;
}

export const readLook = (): Look => {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: of("--text"), muted: of("--muted"), line: of("--line"), faint: of("--faint"), panel: of("--panel"),
    accent: of("--accent"), soft: of("--accent-soft"), second: of("--second"), warm: of("--generated"), arrow: of("--arrow"),
  };
};

export const onLook = (then: () => void): (() => void) => {
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", then);
  document.addEventListener("theme", then);
  return () => {
    scheme.removeEventListener("change", then);
    document.removeEventListener("theme", then);
  };
};

/** The colour of a side: right is the accent, left the second one. */
export const sideColour = (look: Look, side: string): string => (side === "right" ? look.accent : side === "left" ? look.warm : look.text);

/** A number with as many decimals as its size deserves, and a true minus sign. */
export const shownNumber = (value: number): string => {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
};
