// Bundles the browser's files: `node tools/build.mjs [--watch]` (people use tools/assets.py, which brings Node).
import { build, context } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src/reciproque/web/assets");
const target = join(root, "src/reciproque/web/static/dist");
const watch = process.argv.includes("--watch");

const options = {
  absWorkingDir: root,
  entryPoints: [join(source, "app.js"), join(source, "app.css")],
  outdir: target,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  // Browsers of the last three years; older ones keep every page, without the enhancements.
  target: ["chrome120", "firefox121", "safari17.2"],
  entryNames: "[name]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "files/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  legalComments: "linked",
  logLevel: "warning",
};

if (watch) {
  const watching = await context(options);
  await watching.watch();
  console.log("Watching src/reciproque/web/assets; Ctrl-C stops.");
} else {
  // Written only once everything is known, so that a running server never meets a half-made folder.
  const { outputFiles } = await build({ ...options, write: false });
  const kept = new Set(outputFiles.map((file) => relative(target, file.path)));
  for (const file of outputFiles) {
    await mkdir(dirname(file.path), { recursive: true });
    await writeFile(file.path, file.contents);
  }
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(relative(target, path))) await rm(path);
  }
}
