// `npm run build:web`: the page as one file that needs nothing else and connects to nothing (dist/web.html).
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compress, init } from "@bokuweb/zstd-wasm";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { decompress } from "fzstd";
import { STYLE } from "../report/html-style.ts";
import { denseBytes, denseText } from "../web/dense-text.ts";
import { PAGE_STYLE } from "../web/style.ts";
import { bundledPackages, licencesText } from "./licences.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What reads zip archives, without what writes them (150 kB), and nothing that inflates: browsers do that by themselves. */
const readsOnly: Plugin = {
  name: "reads-only",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@zip\.js\/zip\.js$/ }, ({ path }) => ({ path, namespace: "reads-only" }));
    onLoad({ filter: /./, namespace: "reads-only" }, () => {
      const lib = fileURLToPath(new URL("lib/", import.meta.resolve("@zip.js/zip.js")));
      const from = (file: string) => JSON.stringify(join(lib, file));
      const contents = `export { ZipReader } from ${from("zip-core-reader.js")}; export { BlobReader } from ${from("core/io.js")};`;
      return { contents, resolveDir: lib };
    });
  },
};

const options = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  platform: "browser",
  target: "es2023",
  legalComments: "none",
  plugins: [readsOnly],
  mainFields: ["module", "browser", "main"],
  logLevel: "warning",
  write: false,
  metafile: true,
} as const satisfies BuildOptions;

/** Stands in the program for the licences, which are known only when it is made. */
const PLACEHOLDER = "licences-go-here";

/** @throws {Error} the sources do not compile, or a package has no licence that is allowed. */
export async function webPage(): Promise<string> {
  const [program, loader] = await Promise.all([
    build({
      ...options,
      entryPoints: ["src/web/main.ts"],
      define: { LICENCES: JSON.stringify(PLACEHOLDER) },
    }),
    build({ ...options, entryPoints: ["src/web/load.ts"] }),
    ready(),
  ]);
  const licences = licencesText(bundledPackages(program.metafile, ROOT));
  const code = textOf(program).replace(JSON.stringify(PLACEHOLDER), () => JSON.stringify(licences));
  const load = textOf(loader);
  if (/<\/script|<!--/i.test(load)) throw new Error("the loader would end its own element");
  const style = STYLE + PAGE_STYLE;
  const packed = packedText(Buffer.from(code));
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(load)} ${hashOf(code)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>OpenClaw pairing doctor</title>
<style>${style}</style>
</head>
<body>
<noscript><p>This page needs JavaScript. 本页需要 JavaScript。</p></noscript>
<script type="text/plain" id="program">${packed}</script>
<script>${load}</script>
</body>
</html>
`;
}

/** Beyond it nothing gets smaller (measured); unpacked in a few hundredths of a second. */
const LEVEL = 19;

/** Once: a second time leaves the library with a memory that it does not look at (0.0.27 then gives zeros). */
let started: Promise<void> | undefined;
function ready(): Promise<void> {
  started ??= init();
  return started;
}

/** @throws {Error} what is packed would not come out as it went in. */
function packedText(bytes: Buffer): string {
  const packed = compress(bytes, LEVEL);
  const text = denseText(packed);
  if (!bytes.equals(decompress(denseBytes(text))))
    throw new Error("the program does not come out as it went in");
  return text;
}

function textOf({
  outputFiles: [file],
}: {
  readonly outputFiles: readonly { readonly text: string }[];
}): string {
  return file?.text.trim() ?? "";
}

/** As a policy names an inline script or style (CSP 3). */
function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

export async function writeWebPage(out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "web.html"), await webPage());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeWebPage(join(ROOT, "dist"));
