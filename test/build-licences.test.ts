/** Everything that is bundled comes with its licence. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { build, type Metafile } from "esbuild";
import { options, ROOT } from "../src/build/bundle.ts";
import { ALLOWED, bundledPackages, licencesText } from "../src/build/licences.ts";
import { ensureBuilt } from "./support/cli.ts";

const { metafile } = await build({ ...options, write: false });

/** Directories of the packages of which a byte is in the bundle. */
function directories(): readonly string[] {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? file : [])),
  );
  const found = files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(found)].sort();
}

const shipped = readFileSync(path.join(path.dirname(ensureBuilt()), "THIRD-PARTY-LICENSES.txt"), "utf8");
const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();

test("every bundled package is named with its version, and its whole licence is there", () => {
  const all = directories();
  assert.ok(all.length >= 50, `${all.length} packages`);
  const text = plain(shipped);
  for (const directory of all) {
    const at = path.join(ROOT, directory);
    const { name, version, license } = JSON.parse(readFileSync(path.join(at, "package.json"), "utf8"));
    assert.ok(shipped.includes(`\n${name} ${version} (${license})\n`), `${name} ${version} is missing`);
    assert.ok((ALLOWED as readonly string[]).includes(license), `${name} ${version}: ${license}`);
    for (const file of readdirSync(at).filter((one) => /^(?:licen[cs]e|copying|notice)/i.test(one))) {
      const own = plain(readFileSync(path.join(at, file), "utf8"));
      assert.ok(own.length > 100 && text.includes(own), `${directory}/${file} is not in it`);
    }
  }
});

test("what has no licence file has the standard text, with its author", () => {
  for (const { name, text } of bundledPackages(metafile, ROOT)) {
    assert.ok(text.length > 300, `${name}: ${text}`);
    assert.match(text, /copyright|license/i, name);
    assert.doesNotMatch(text, /\{holder\}/, name);
  }
});

test("what is shipped is what the bundle has, and nothing that went away", () => {
  assert.equal(shipped, licencesText(bundledPackages(metafile, ROOT)));
});

test("the text is in the npm package, and so is our own licence", () => {
  const { files } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  assert.deepEqual(files, ["dist", "openclaw.plugin.json"]);
  assert.ok(readdirSync(ROOT).includes("LICENSE"));
});

const root = mkdtempSync(path.join(tmpdir(), "opd-licences-"));
after(() => rmSync(root, { recursive: true, force: true }));

function bundleOf(manifest: object, files: Readonly<Record<string, string>> = {}): Metafile {
  const directory = path.join(root, "node_modules", "one");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "package.json"), JSON.stringify(manifest));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
  const inputs = { "node_modules/one/index.js": { bytesInOutput: 1 }, "src/own.ts": { bytesInOutput: 1 } };
  return { inputs: {}, outputs: { "bin.js": { bytes: 1, inputs, imports: [], exports: [] } } };
}

test("a package under another licence, or under none, breaks the build", () => {
  for (const license of [
    "GPL-3.0-only",
    "AGPL-3.0",
    "UNLICENSED",
    "SEE LICENSE IN X",
    undefined,
    { type: "MIT" },
  ])
    assert.throws(
      () => bundledPackages(bundleOf({ name: "one", version: "1.0.0", license }, { LICENSE: "text" }), root),
      /one@1\.0\.0 is bundled, and its licence is/,
    );
});

test("one without a text, and without a standard text, breaks the build", () => {
  const one = { name: "one", version: "1.0.0" };
  assert.throws(
    () => bundledPackages(bundleOf({ ...one, license: "BSD-3-Clause" }), root),
    /no licence file/,
  );
  assert.throws(() => bundledPackages(bundleOf({ ...one, license: "ISC" }), root), /names no author/);
  const [isc] = bundledPackages(bundleOf({ ...one, license: "ISC", author: { name: "A. Author" } }), root);
  assert.match(isc?.text ?? "", /Copyright \(c\) A\. Author/);
  const both = { LICENSE: "the licence", "NOTICE.txt": "the notice" };
  const [apache] = bundledPackages(bundleOf({ ...one, license: "Apache-2.0" }, both), root);
  assert.equal(apache?.text, "the licence\n\nthe notice");
});
