import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";
import { isObject } from "../core/json.ts";

/** A package of which something is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier. */
  readonly licence: string;
  /** Its licence and notice files, one after another; the standard text where it has none. */
  readonly text: string;
}

/** Licences (SPDX) under which code may be in the bundle: nothing but their text is asked for. */
export const ALLOWED = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
] as const;

/**
 * The packages of a bundle, by name and version.
 * @throws {Error} one of them has no licence that is allowed, or none whose text is known.
 */
export function bundledPackages({ outputs }: Metafile, root: string): readonly BundledPackage[] {
  const files = new Set(Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  const directories = new Set<string>();
  for (const file of files) {
    const directory = packageOf(resolve(root, file));
    if (directory !== undefined) directories.add(directory);
  }
  const packages = new Map<string, BundledPackage>();
  for (const directory of directories) {
    const found = describe(directory);
    packages.set(`${found.name}@${found.version}`, found);
  }
  return [...packages.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** All licences in one text. */
export function licencesText(packages: readonly BundledPackage[]): string {
  const line = "-".repeat(80);
  return [
    "This package contains code of the packages below, each under its own licence.",
    ...packages.map(({ name, version, licence, text }) =>
      [line, `${name} ${version} (${licence})`, line, "", text].join("\n"),
    ),
  ].join("\n\n");
}

function keyOf({ name, version }: BundledPackage): string {
  return `${name}@${version}`;
}

/** The directory below the last `node_modules` on the way to a file. */
function packageOf(file: string): string | undefined {
  const [, directory] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll("\\", "/")) ?? [];
  return directory;
}

function describe(directory: string): BundledPackage {
  const manifest: unknown = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  if (!isObject(manifest) || typeof manifest.name !== "string" || typeof manifest.version !== "string")
    throw new Error(`${directory} is no package`);
  const { name, version, license } = manifest;
  const licence = ALLOWED.find((one) => one === license);
  if (licence === undefined)
    throw new Error(`${name}@${version} is bundled, and its licence is ${JSON.stringify(license)}`);
  return { name, version, licence, text: textIn(directory) ?? standardText(licence, manifest, directory) };
}

function textIn(directory: string): string | undefined {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const texts = names.map((name) =>
    readFileSync(join(directory, name), "utf8").replaceAll("\r\n", "\n").trim(),
  );
  return texts.every((text) => text === "") ? undefined : texts.join("\n\n");
}

/** Some packages name their licence in their manifest alone. */
function standardText(
  licence: string,
  manifest: Readonly<Record<string, unknown>>,
  directory: string,
): string {
  const file = fileURLToPath(new URL(`licences/${licence}.txt`, import.meta.url));
  const holder = holderOf(manifest.author);
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch {
    throw new Error(`${directory} has no licence file, and there is no text of ${licence}`);
  }
  if (text.includes("{holder}") && holder === undefined) throw new Error(`${directory} names no author`);
  const named = text.replace("{holder}", () => holder ?? "");
  return named.includes(holder ?? "") || holder === undefined ? named : `Copyright ${holder}\n\n${named}`;
}

function holderOf(author: unknown): string | undefined {
  const name = isObject(author) ? author.name : author;
  return typeof name === "string" && name !== "" ? name : undefined;
}
