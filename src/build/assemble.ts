// `npm run assemble`: src/logs/bytes/finder.wat as the module that the package has in it. A test says when it is stale.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const ROOM = new URL("../logs/bytes/", import.meta.url);

const { parseWat } = await wabt();
const source = readFileSync(new URL("finder.wat", ROOM), "utf8");
const { buffer } = parseWat("finder.wat", source, { simd: true }).toBinary({});
const lines =
  Buffer.from(buffer)
    .toString("base64")
    .match(/.{1,100}/g) ?? [];
writeFileSync(
  new URL("finder-module.ts", ROOM),
  "/** `finder.wat`, assembled: `npm run assemble` writes it anew. Base64. */\n" +
    `export const MODULE = [\n${lines.map((line) => `  "${line}",\n`).join("")}].join("");\n`,
);
