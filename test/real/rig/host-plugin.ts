import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes a plugin of OpenClaw's below `parent`, with `manifest` beside its id; its folder, for `openclaw plugins install`. */
export function writePlugin(
  parent: string,
  id: string,
  manifest: Readonly<Record<string, unknown>>,
  code: string,
): string {
  const folder = path.join(parent, id);
  mkdirSync(folder, { recursive: true });
  const put = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
  const name = { name: id, version: "1.0.0" };
  const door = { compat: { pluginApi: ">=2026.2.1" }, install: { minHostVersion: ">=2026.2.1" } };
  const configSchema = { type: "object", additionalProperties: false, properties: {} };
  put(
    "package.json",
    JSON.stringify({ ...name, type: "module", openclaw: { extensions: ["./index.js"], ...door } }),
  );
  put("openclaw.plugin.json", JSON.stringify({ ...name, id, configSchema, ...manifest }));
  put("index.js", code);
  return folder;
}
