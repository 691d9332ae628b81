import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import JSON5 from "json5";
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionConfig } from "../../src/core/connection.ts";
import type { Journal } from "../../src/core/journal.ts";
import type { PendingEntry } from "../../src/gateway/embedded/devices.ts";
import {
  type EmbeddedGateway,
  type EmbeddedGatewayOptions,
  startEmbeddedGateway,
} from "../../src/gateway/embedded/server.ts";
import { visitAsPage } from "../../src/gateway/visit-page.ts";
import type { FixDocument } from "../../src/report/fix-report.ts";
import { type CliOptions, type CliResult, cli, ensureBuilt, here, patiently } from "./cli.ts";
import { UNHURRIED, until } from "./until.ts";

export const TOKEN = "tok-c0ffee-0123456789-abcdef";
const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

export interface PlaceOptions {
  readonly release?: string;
  /** openclaw.json for a port and a log file. */
  readonly config?: (port: number, log: string) => string;
  /** Where its pages come from. */
  readonly peer?: EmbeddedGatewayOptions["peer"];
  /** Serves on by the config that it started with, and says so in its log. */
  readonly deaf?: boolean;
}

/**
 * A home with an embedded gateway that serves by the openclaw.json and the device lists that lie there at that
 * moment, writes its log there, and notices a changed config as a gateway does that applies it while running.
 * On the PATH is an `openclaw` that changes the config and the device lists.
 */
export class FixPlace {
  readonly home: string;
  readonly state: string;
  readonly config: string;
  readonly log: string;
  /** Texts of openclaw.json that a reader met and could not parse. */
  readonly broken: string[] = [];
  readonly #bin: string;
  readonly #deaf: boolean;
  #gateway: EmbeddedGateway | undefined;
  #watcher: FSWatcher | undefined;
  #served: AdmissionConfig = {};
  #seen = "";
  /** Requests that were in the list on the disk once. */
  readonly #written = new Set<string>();

  private constructor(deaf: boolean) {
    this.home = mkdtempSync(path.join(tmpdir(), "pairing-doctor-fix-"));
    this.state = path.join(this.home, ".openclaw");
    this.config = path.join(this.state, "openclaw.json");
    this.log = path.join(this.state, "gateway.log");
    this.#bin = path.join(this.home, "bin");
    this.#deaf = deaf;
  }

  static async open({ release = "2026.3.13", config = commented, peer, deaf = false }: PlaceOptions = {}) {
    const place = new FixPlace(deaf);
    for (const directory of [place.#devices, place.#bin]) mkdirSync(directory, { recursive: true });
    const program = path.join(place.#bin, "openclaw");
    writeFileSync(program, OPENCLAW);
    chmodSync(program, 0o755);
    writeFileSync(place.log, "");
    const gateway = await startEmbeddedGateway({
      release,
      config: {
        get gateway() {
          return place.#served.gateway ?? {};
        },
      },
      admit: (input) => {
        place.#look();
        return admit({ ...input, config: { gateway: { port: gateway.port, ...place.#served.gateway } } });
      },
      ...(peer === undefined ? {} : { peer }),
      onFileLog: (line) => appendFileSync(place.log, `${line}\n`),
    });
    place.#gateway = gateway;
    writeFileSync(place.config, config(gateway.port, place.log), { mode: 0o600 });
    place.#seen = place.text();
    place.#served = JSON5.parse(place.#seen);
    place.#watcher = watch(place.state, () => place.#look());
    return place;
  }

  get gateway(): EmbeddedGateway {
    if (this.#gateway === undefined) throw new Error("not open");
    return this.#gateway;
  }

  get #devices(): string {
    return path.join(this.state, "devices");
  }

  text(): string {
    return readFileSync(this.config, "utf8");
  }

  /** Every file of the gateway but its log, by name. */
  files(): Readonly<Record<string, string>> {
    const names = readdirSync(this.state, { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => /\.\w+$/.test(name) && name !== path.basename(this.log));
    return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(this.state, name), "utf8")]));
  }

  /** What the `openclaw` on the PATH was called with. */
  calls(): readonly string[] {
    const file = path.join(this.home, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  get journals(): string {
    return path.join(this.home, ".local", "state", "openclaw-pairing-doctor", "fixes");
  }

  journal(): Journal {
    const name = readdirSync(this.journals).sort().at(-1) ?? "";
    return JSON.parse(readFileSync(path.join(this.journals, name), "utf8")) as Journal;
  }

  paired(): readonly string[] {
    return Object.keys(this.#list("paired"));
  }

  pending(): readonly PendingEntry[] {
    return Object.values(this.#list("pending")) as PendingEntry[];
  }

  /** A new browser opens the page; when it is refused for its device, its request waits afterwards. */
  async visit(origin: string): Promise<void> {
    const lines = () => readFileSync(this.log, "utf8").split("\n").length;
    const before = lines();
    await visitAsPage({
      url: this.gateway.url,
      origin,
      userAgent: CHROME,
      token: TOKEN,
      // Browsers keep no device for a page that came unprotected.
      device: !origin.startsWith("http://"),
      sendBuildId: false,
      timeoutMs: UNHURRIED,
    });
    await until(() => lines() !== before);
    const { pending } = this.gateway.devices.list();
    for (const { requestId } of pending) this.#written.add(requestId);
    this.#write("pending", Object.fromEntries(pending.map((entry) => [entry.requestId, entry])));
  }

  /** `fix` within this process, whatever else runs on this machine. Nothing that it writes has the token in it. */
  async run(args: readonly string[], { env }: Pick<CliOptions, "env"> = {}): Promise<CliResult> {
    return withoutToken(await here(this.#words(args), { env: { ...this.env, ...env } }));
  }

  /** The same as a process of its own. */
  async runApart(args: readonly string[], { env, ...options }: CliOptions = {}): Promise<CliResult> {
    const whole = { ...options, cwd: this.home, env: { ...this.env, ...env } };
    return withoutToken(await cli(this.#words(args), whole));
  }

  #words(args: readonly string[]): readonly string[] {
    return ["fix", "--deployment", "local", ...args];
  }

  /** In a terminal, where `answer` may write to it whenever it said something; as util-linux' script gives one. */
  terminal(args: readonly string[], answer: (said: string, type: (text: string) => void) => void) {
    const words = [process.execPath, ensureBuilt(), ...patiently(this.#words(args))];
    const command = words.map((word) => `'${word}'`).join(" ");
    const env = { ...this.env, LANG: "en_US.UTF-8", TERM: "dumb", SHELL: "/bin/sh" };
    const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: this.home, env, stdio: "pipe" });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      answer(said, (text) => child.stdin.write(text));
    });
    return new Promise<{ readonly code: number | null; readonly said: string }>((done, failed) => {
      child.on("error", failed);
      child.on("close", (code) => {
        assert.ok(!said.includes(TOKEN), "the token is on the terminal");
        done({ code, said });
      });
    });
  }

  get env(): Readonly<Record<string, string>> {
    return { HOME: this.home, PATH: `${this.#bin}:${process.env.PATH ?? ""}` };
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    await this.gateway.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Takes up what lies there now. */
  #look(): void {
    const text = existsSync(this.config) ? this.text() : this.#seen;
    if (text !== this.#seen) {
      this.#seen = text;
      try {
        const config: AdmissionConfig = JSON5.parse(text);
        if (!this.#deaf) this.#served = config;
        this.#say(
          this.#deaf ? "config reload disabled (gateway.reload.mode=off)" : "config hot reload applied",
        );
      } catch {
        this.broken.push(text);
      }
    }
    const { devices } = this.gateway;
    const paired = this.#list("paired");
    for (const entry of Object.values(paired) as PendingEntry[])
      if (devices.pairedOf(entry.deviceId) === undefined) devices.pair(entry);
    for (const { deviceId } of devices.list().paired) if (!(deviceId in paired)) devices.remove(deviceId);
    const waiting = this.#list("pending");
    for (const requestId of this.#written) if (!(requestId in waiting)) devices.reject(requestId);
  }

  #say(message: string): void {
    const time = new Date().toISOString();
    const subsystem = JSON.stringify({ subsystem: "gateway/reload" });
    const meta = { date: time, logLevelName: "INFO", name: subsystem };
    appendFileSync(this.log, `${JSON.stringify({ "0": subsystem, "1": message, _meta: meta, time })}\n`);
  }

  #list(name: string): Readonly<Record<string, unknown>> {
    const file = path.join(this.#devices, `${name}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  }

  #write(name: string, entries: Readonly<Record<string, unknown>>): void {
    const file = path.join(this.#devices, `${name}.json`);
    writeFileSync(`${file}.new`, `${JSON.stringify(entries, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  }
}

function withoutToken(result: CliResult): CliResult {
  assert.ok(!`${result.stdout}${result.stderr}`.includes(TOKEN), "the token is in a stream");
  return result;
}

const schema: unknown = JSON.parse(
  readFileSync(new URL("../../src/report/schema/fix.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  schema as object,
);

/** The JSON of a run; it fits its schema. */
export function reportOf({ stdout }: Pick<CliResult, "stdout">): FixDocument {
  const report: unknown = JSON.parse(stdout);
  assert.ok(validate(report), JSON.stringify(validate.errors));
  return report as FixDocument;
}

/** With a comment and a formatting of its own, so that no command can write it. */
function commented(port: number, log: string): string {
  return `// mine
{
  gateway: {
    port: ${port}, // do not change
    bind: "loopback",
    auth: { mode: "token", token: "${TOKEN}" },
  },
  logging: { file: ${JSON.stringify(log)} },
}
`;
}

/** As OpenClaw writes it. */
export function plain(port: number, log: string): string {
  const auth = { mode: "token", token: TOKEN };
  return `${JSON.stringify({ gateway: { port, bind: "loopback", auth }, logging: { file: log } }, null, 2)}\n`;
}

/** `config set|unset` and `devices list|approve|remove`, on the files that its environment names. */
const OPENCLAW = `#!${process.execPath}
const fs = require("node:fs");
const { OPENCLAW_CONFIG_PATH: config, OPENCLAW_STATE_DIR: state } = process.env;
const [what, verb, name, value] = process.argv.slice(2);
fs.appendFileSync(process.env.HOME + "/calls", process.argv.slice(2).join(" ") + "\\n");
const read = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : {});
const write = (file, json) => {
  fs.writeFileSync(file + ".new", JSON.stringify(json, null, 2) + "\\n", { mode: 0o600 });
  fs.renameSync(file + ".new", file);
};
const list = (which) => state + "/devices/" + which + ".json";
const [pending, paired] = [read(list("pending")), read(list("paired"))];
if (what === "config") {
  const json = read(config);
  const keys = name.split(".");
  const last = keys.pop();
  let node = json;
  for (const key of keys) node = node[key] ??= {};
  if (verb === "set") node[last] = JSON.parse(value);
  else delete node[last];
  json.meta = { lastTouchedVersion: "2026.9.6" };
  write(config, json);
} else if (verb === "list") {
  console.log(JSON.stringify({ pending: Object.values(pending), paired: Object.values(paired) }));
} else if (verb === "approve" && pending[name]) {
  const { requestId, ts, isRepair, silent, ...device } = pending[name];
  delete pending[name];
  paired[device.deviceId] = { ...device, createdAtMs: Date.now(), approvedAtMs: Date.now() };
  write(list("paired"), paired);
  write(list("pending"), pending);
} else if (verb === "remove" && paired[name]) {
  delete paired[name];
  write(list("paired"), paired);
} else {
  console.error("unknown");
  process.exit(1);
}
`;
