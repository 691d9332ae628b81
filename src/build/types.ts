import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

/**
 * Writes the declarations of some entries, and of what their types are made of, as a tree of `.d.ts` files. Whatever else the
 * compiler declares stays out of the package.
 *
 * @throws {Error} the sources have type errors.
 */
export function writeTypes(root: string, entries: readonly string[], out: string): void {
  const all = mkdtempSync(join(tmpdir(), "pairing-doctor-types-"));
  try {
    execFileSync(
      process.execPath,
      [
        tsc,
        "-p",
        root,
        "--noEmit",
        "false",
        "--declaration",
        "--emitDeclarationOnly",
        "--rootDir",
        root,
        "--outDir",
        all,
      ],
      { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
    );
    const done = new Set<string>();
    const copy = (path: string): void => {
      if (done.has(path)) return;
      done.add(path);
      const text = readFileSync(join(all, path), "utf8");
      const to = join(out, path);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(
        to,
        text.replace(RELATIVE, (_, before, from, quote) => `${before}${from}.js${quote}`),
      );
      for (const [, , from = ""] of text.matchAll(RELATIVE))
        copy(`${relative(all, resolve(all, dirname(path), from))}.d.ts`);
    };
    for (const entry of entries) copy(entry.replace(/\.ts$/, ".d.ts"));
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

const RELATIVE = /(\bfrom "|\bimport\(")(\.{1,2}\/[^"]*?)\.ts(")/g;
