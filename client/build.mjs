// Bundles the pages' script and style into the package; the checksums let a browser keep what has not changed.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

// The report's own style, kept to what lies in `.report`: its colours are those of the page around it.
const report = {
  name: "report",
  setup({ onLoad }) {
    onLoad({ filter: /assets\/report\.css$/ }, ({ path }) => {
      const text = readFileSync(path, "utf-8").replace(/:root\s*\{[^}]*\}/g, "");
      return { contents: `.report {\n${text}\n}`, loader: "css" };
    });
  },
};

const out = "../src/legato/web/static";
const made = /\.(js|css|map|json|txt)$/;
const { metafile } = await build({
  entryPoints: ["src/app.ts", "src/session.ts", "src/app.css", "src/report.css"],
  plugins: [report],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  chunkNames: "part-[hash]",
  metafile: true,
});
// Only now, so that an app that runs meanwhile finds its files.
const fresh = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(out)) if (made.test(name) && !fresh.has(name)) rmSync(join(out, name));
const sums = {};
for (const name of readdirSync(out).filter((name) => made.test(name))) {
  sums[name] = createHash("sha256").update(readFileSync(join(out, name))).digest("hex").slice(0, 12);
}
writeFileSync(join(out, "built.json"), JSON.stringify(sums));
