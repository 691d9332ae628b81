// `npm run build`: the command line and its threads as one bundle with chunks, the schemas, SQLite, and the licences of all that is in it.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { bundledPackages, licencesText } from "./licences.ts";
import { manualPage } from "./man.ts";
import { writeTypes } from "./types.ts";
import { writeWebPage } from "./web.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = join(ROOT, "dist");

/** Parts of dockerode that the doctor does not use, and that are large or native. */
const LEFT_OUT = "./src/deployments/docker/empty-module.ts";

/**
 * The Kubernetes client is an index of everything, and says nothing of what has effects by itself: what is not used of it
 * (2 MB of models and watchers) stays out.
 */
const usedOnly: Plugin = {
  name: "used-only",
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^(?:@kubernetes\/client-node$|\.)/ },
      async ({ path, resolveDir, importer, kind, pluginData }) => {
        const isClient = path.startsWith("@kubernetes/") || importer.includes("/@kubernetes/client-node/");
        if (pluginData === usedOnly || !isClient) return undefined;
        const found = await resolve(path, { resolveDir, importer, kind, pluginData: usedOnly });
        return { ...found, sideEffects: false };
      },
    );
  },
};

/** The agent for SOCKS, 190 kB, is made by whoever has such a proxy, and read by nobody else. */
const lateSocks: Plugin = {
  name: "late-socks",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^socks-proxy-agent$/ }, ({ path, namespace }) =>
      namespace === "late" ? undefined : { path, namespace: "late", sideEffects: false },
    );
    onLoad({ filter: /.*/, namespace: "late" }, () => ({
      contents: `export class SocksProxyAgent {
        constructor(...all) {
          const { SocksProxyAgent: Late } = require("socks-proxy-agent");
          return new Late(...all);
        }
      }`,
      resolveDir: ROOT,
    }));
  },
};

export const options = {
  absWorkingDir: ROOT,
  entryPoints: [
    "src/cli/bin.ts",
    "src/cli/command.ts",
    "src/library/index.ts",
    "src/cli/thread/command-worker.ts",
    "src/deployments/store/store-worker.ts",
    "src/deployments/third-party/check-worker.ts",
  ],
  entryNames: "[name]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  outdir: OUT,
  chunkNames: "chunks/[name]-[hash]",
  legalComments: "linked",
  external: ["bufferutil", "utf-8-validate"],
  alias: {
    ssh2: LEFT_OUT,
    "@grpc/grpc-js": LEFT_OUT,
    "@grpc/proto-loader": LEFT_OUT,
    protobufjs: LEFT_OUT,
    "node-fetch": "./src/deployments/kubernetes/own-headers.ts",
  },
  banner: {
    js: "import { createRequire as __nodeRequire } from 'node:module'; const require = __nodeRequire(import.meta.url);",
  },
  plugins: [usedOnly, lateSocks],
  logLevel: "warning",
  metafile: true,
} as const satisfies BuildOptions;

/**
 * OpenClaw's plugin: one file by itself. Hosts load it through a transpiler (up to 2026.3.13) that would do the same to
 * every chunk, or as a module without top-level `await` (2026.9.6).
 */
export const pluginOptions = {
  absWorkingDir: ROOT,
  entryPoints: [
    { in: "src/plugin/entry.ts", out: "plugin" },
    { in: "src/plugin/health.ts", out: "health" },
  ],
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  outdir: OUT,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Chunks of an earlier build, which would be packed with those of this one. */
function removeOthers(made: Readonly<Record<string, unknown>>): void {
  for (const name of readdirSync(join(OUT, "chunks")))
    if (!Object.hasOwn(made, `dist/chunks/${name}`)) rmSync(join(OUT, "chunks", name));
}

async function main(): Promise<void> {
  const [{ metafile }] = await Promise.all([build(options), build(pluginOptions), writeWebPage(OUT)]);
  removeOthers(metafile.outputs);
  writeFileSync(join(OUT, "THIRD-PARTY-LICENSES.txt"), licencesText(bundledPackages(metafile, ROOT)));
  writeTypes(ROOT, ["src/library/index.ts", "src/plugin/health.ts"], join(OUT, "types"));
  for (const name of ["report", "fix", "fleet", "watch"])
    copyFileSync(join(ROOT, "src/report/schema", `${name}.schema.json`), join(OUT, `${name}.schema.json`));
  copyFileSync(
    fileURLToPath(import.meta.resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm")),
    join(OUT, "sqlite3.wasm"),
  );
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  writeFileSync(join(OUT, "pairing-doctor.1"), manualPage(join(OUT, "bin.js"), version));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
