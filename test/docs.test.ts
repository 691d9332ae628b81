import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { RELEASES_PAGE, releasesPage } from "./support/release-docs.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => `docs/${file}`);

test("docs/releases.md is what the data says (npm run docs)", () => {
  assert.equal(readFileSync(RELEASES_PAGE, "utf8"), releasesPage());
});

test("what the pages and the README name is there", () => {
  const missing: string[] = [];
  for (const page of [...pages, "README.md"]) {
    const text = read(page);
    const links = [...text.matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, to = ""]) => join(dirname(page), to));
    const paths = [...text.matchAll(/`((?:src|checks|test|fixtures|docs)(?:\/[\w.-]+)+\/?)`/g)].map(
      ([, path = ""]) => path,
    );
    // A check that nobody wrote yet, and a folder's name to be.
    const examples = /proxy-drops-token|NAME/;
    for (const path of [...links, ...paths])
      if (!examples.test(path) && !existsSync(join(root, path))) missing.push(`${page}: ${path}`);
  }
  assert.deepEqual(missing, []);
});

test("every room is in the picture of the house", () => {
  const house = read("docs/architecture.md");
  const rooms = [
    "checks",
    ...readdirSync(join(root, "src")).flatMap((room) =>
      room === "doctor" ? ["src/doctor/live", "src/doctor/pure"] : [`src/${room}`],
    ),
  ];
  assert.deepEqual(
    rooms.filter((room) => !house.includes(`\`${room}\``)),
    [],
  );
});

test("every section of a measurement that the code names is in the legend", () => {
  const legend = read("docs/sources.md");
  const sectionsOf = (name: string): readonly string[] => {
    const text = legend.slice(legend.indexOf(`## ${name}`)).split("\n## ")[0] ?? "";
    let section = "";
    return [...text.matchAll(/^( *)(\d+)\. /gm)].flatMap(([, indent = "", number = ""]) => {
      if (indent !== "") return `${section}.${number}`;
      section = number;
      return number;
    });
  };
  const sections = { "BROWSER.md": sectionsOf("BROWSER.md"), "BEHAVIOUR.md": sectionsOf("BEHAVIOUR.md") };
  assert.ok(sections["BROWSER.md"].includes("1.10") && sections["BEHAVIOUR.md"].includes("8"));
  const code = ["src", "checks", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `${folder}/${file}`),
  );
  let named = 0;
  for (const path of code)
    for (const [, name, numbers = ""] of read(path).matchAll(
      /(BROWSER\.md|BEHAVIOUR\.md)(?:,? sections?)?((?:(?:,| and| to)? \d(?:\.\d+)?)+)/g,
    ))
      for (const [number] of numbers.matchAll(/\d(?:\.\d+)?/g)) {
        named += 1;
        assert.ok(sections[name as keyof typeof sections].includes(number), `${path}: ${name} ${number}`);
      }
  assert.ok(named > 20);
});
