// The texts that the script shows; the page gives them, translated.

export interface Words {
  play: string; pause: string; charts: Record<string, string>; chartKeys: string; angle: string; refused: string; envelope: string;
  table: string; signal: string; atCursor: string; perRep: string; range: string; frame: string; frameInexact: string; frameUnknown: string;
  frameUntold: string; noFrame: string; failed: string; nothing: string; noVideo: string; noWebgl: string;
  picked: string; start: string; lined: string;
}

export const readWords = (root: HTMLElement): Words => JSON.parse(root.dataset.words ?? "{}") as Words;
