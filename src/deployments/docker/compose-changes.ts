import type { ContainerInspectInfo } from "dockerode";
import { type ComposeEditFailure, editCompose } from "../../compose/edit.ts";
import type { ComposeProject } from "../../compose/project.ts";
import { keepsMount, secretsOf, shellVariables } from "../../compose/recreate.ts";
import { composeYaml } from "../../compose/yaml.ts";
import { changesBetween, type ShownOptions } from "../../config/changes.ts";
import type { KeyChange } from "../../core/change.ts";
import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import type { Step } from "../../core/finding.ts";
import { outlivesContainer } from "../../core/mounts.ts";
import { quoted, type Saying, type SentenceKey, say } from "../../core/saying.ts";
import type { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import { PROJECT_LABEL, SERVICE_LABEL } from "../../kinds/docker/labels.ts";
import { shellLine } from "../../kinds/quote.ts";
import { readExact } from "../atomic-file.ts";
import { type CommandOutcome, runToEnd } from "../command.ts";
import { ownFiles } from "../exact-files.ts";
import type { SideFile } from "../side-file.ts";
import type { World } from "../world.ts";
import { composeRequest, dotenvOf, isInside, notOurs } from "./compose.ts";
import { readComposeProject } from "./compose-files.ts";
import { type Engine, engineFailure, fieldsOf } from "./engine.ts";

/** The Compose project of a container, changed on this machine. */
export interface ComposeHands {
  /** A Compose file as an edit leaves it; `diff`: what changes in it, without any secret. */
  edit(
    step: Extract<Step, { readonly do: "compose.edit" }>,
  ): Promise<Fact<SideFile & { readonly diff: readonly KeyChange[] }>>;
  /**
   * What the edit makes of the text that a file of the project had, and what changes when it gets that text back;
   * `undefined`: nothing, or it is none of the project's files.
   */
  again(
    step: Extract<Step, { readonly do: "compose.edit" }>,
    text: string,
  ): Promise<{ readonly text: string; readonly diff: readonly KeyChange[] } | undefined>;
  /** Whether Compose takes variables of the project from the file, and it lies in the project's own directory. */
  readsVariables(path: string): Promise<boolean>;
  /** Why the container cannot be made anew as things are; known when it can. */
  canRecreate(service: string, signal: AbortSignal): Promise<Fact<string>>;
  /** Makes the service's container anew where its files say something else. Only that one is touched. */
  recreate(service: string, signal: AbortSignal): Promise<Fact<Saying>>;
}

export interface ComposeHandsOptions {
  readonly world: World;
  readonly salt: string;
  readonly engine: Engine;
  readonly info: ContainerInspectInfo;
  /** Of the container. */
  readonly env: Readonly<Record<string, Secret>>;
  readonly stateDir: string;
}

/** A gateway has ten seconds to stop, and a new container compiles nothing that the image does not have. */
const UP_MS = 180_000;
const LOOK_MS = 20_000;
/** What `docker` itself needs. The doctor's own variables would win over those of `.env`. */
const PASSED_ON = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"] as const;

/** `undefined`: Compose did not make the container, or its files are not here. */
export function composeHands(options: ComposeHandsOptions): ComposeHands | undefined {
  const { engine, info } = options;
  const labels = info.Config?.Labels ?? {};
  const request = composeRequest(info, options);
  const service = labels[SERVICE_LABEL];
  const project = labels[PROJECT_LABEL];
  if (request === undefined || service === undefined || project === undefined) return undefined;
  if (engine.host !== undefined || engine.dockerHost === undefined) return undefined;
  return new Hands(options, request, project, service);
}

class Hands implements ComposeHands {
  readonly #options: ComposeHandsOptions;
  readonly #request: NonNullable<ReturnType<typeof composeRequest>>;
  readonly #project: string;
  readonly #service: string;
  #refused: Promise<Unknown | undefined> | undefined;

  constructor(
    options: ComposeHandsOptions,
    request: NonNullable<ReturnType<typeof composeRequest>>,
    project: string,
    service: string,
  ) {
    this.#options = options;
    this.#request = request;
    this.#project = project;
    this.#service = service;
  }

  /** Why nothing of the project is written or run, once asked. */
  #refusal(): Promise<Unknown | undefined> {
    const { engine, info } = this.#options;
    this.#refused ??= notOurs(this.#request, info, engine).then((why) =>
      why === undefined ? undefined : unknown("denied", say("compose-not-touched", { why })),
    );
    return this.#refused;
  }

  async edit({ file: path, service, change }: Extract<Step, { readonly do: "compose.edit" }>) {
    const shown = safeText(path, 200);
    const refused = await this.#refusal();
    if (refused !== undefined) return refused;
    if (!isInside(path, this.#request.directory))
      return unknown("not-asked", say("compose-outside", { path: shown }));
    const project = await readComposeProject(this.#request);
    if (!project.known) return project;
    if (!project.value.files.includes(path))
      return unknown("not-asked", say("compose-not-its-file", { path: shown }));
    const file = await readExact(path);
    if (file === undefined) return unknown("absent", say("not-there", { path: shown }));
    const before = Buffer.from(file.content);
    const text = before.toString("utf8");
    if (!Buffer.from(text, "utf8").equals(before)) return unknown("failed", say("not-utf8", { path: shown }));
    const edited = await editCompose(text, service, change);
    if (!edited.ok) return unknown("failed", say(WHY[edited.why], { path: shown }));
    const diff = await this.#diff(text, edited.text, project.value);
    return known({ files: ownFiles, path, content: edited.text, mode: file.mode, diff }, path);
  }

  async again({ file, service, change }: Extract<Step, { readonly do: "compose.edit" }>, text: string) {
    const project = await readComposeProject(this.#request);
    if (!project.known || !project.value.files.includes(file)) return undefined;
    const edited = await editCompose(text, service, change);
    return edited.ok
      ? { text: edited.text, diff: await this.#diff(edited.text, text, project.value) }
      : undefined;
  }

  #diff(before: string, after: string, project: ComposeProject): Promise<readonly KeyChange[]> {
    return diffOf(before, after, { salt: this.#options.salt, secrets: secretsOf(project) });
  }

  async readsVariables(path: string): Promise<boolean> {
    if ((await this.#refusal()) !== undefined || !isInside(path, this.#request.directory)) return false;
    // Where the project's variables would be is there or not.
    if (path === dotenvOf(this.#request)) return true;
    const project = await readComposeProject(this.#request);
    if (!project.known) return false;
    const own = project.value.services.find(({ name }) => name === this.#service);
    return [...(own?.environment.values() ?? [])].some(
      ({ source }) => (source.from === "dotenv" || source.from === "env-file") && source.path === path,
    );
  }

  async canRecreate(service: string, signal: AbortSignal): Promise<Fact<string>> {
    const { engine, info, stateDir, env } = this.#options;
    if (service !== this.#service) return unknown("not-asked", say("other-service"));
    const refused = await this.#refusal();
    if (refused !== undefined) return refused;
    const mounts = (info.Mounts ?? []).map((mount) => ({
      kind: mount.Type ?? "",
      source: mount.Name ?? mount.Source ?? "",
      at: mount.Destination ?? "",
      readOnly: mount.RW === false,
    }));
    if (!outlivesContainer(mounts, stateDir))
      return unknown("not-asked", say("no-state-mount", { path: safeText(stateDir, 200) }));
    const project = await readComposeProject(this.#request);
    if (!project.known) return project;
    const own = project.value.services.find(({ name }) => name === service);
    if (own === undefined) return unknown("absent", say("compose-no-service", { service }));
    if (!keepsMount(own, mounts, stateDir))
      return unknown("not-asked", say("other-mount", { path: safeText(stateDir, 200) }));
    const lost = shellVariables(own, env);
    if (lost.length > 0) return unknown("not-asked", say("from-shell", { names: lost.join(", ") }));
    if (own.image !== undefined && own.image !== info.Config?.Image)
      return unknown("not-asked", say("image-renamed", { image: safeText(own.image, 200) }));
    const moved = await imageMoved(engine, info);
    if (moved !== undefined) return moved;
    const outcome = await this.#run(["version"], signal, LOOK_MS);
    if (outcome.known && outcome.value.exitCode === 0) return known(this.#line(), "docker compose");
    return unknown("absent", say("no-compose"));
  }

  async recreate(service: string, signal: AbortSignal): Promise<Fact<Saying>> {
    const can = await this.canRecreate(service, signal);
    if (!can.known) return can;
    // What it depends on, and what depends on it, stays as it is.
    const outcome = await this.#run(["up", "-d", "--no-deps", "--no-build", service], signal, UP_MS);
    if (!outcome.known) return outcome;
    if (outcome.value.exitCode !== 0)
      return unknown("failed", quoted(safeText(`docker compose up: ${errorOf(outcome.value)}`, 300)));
    return known(quoted(this.#line()), "docker compose");
  }

  #words(): readonly string[] {
    const { directory, files = [], envFiles = [] } = this.#request;
    return [
      ...["docker", "compose", "-p", this.#project, "--project-directory", directory],
      ...files.flatMap((file) => ["-f", file]),
      ...envFiles.flatMap((file) => ["--env-file", file]),
    ];
  }

  #line(): string {
    return safeText(shellLine([...this.#words(), "up", "-d", this.#service]), 1000);
  }

  #run(words: readonly string[], signal: AbortSignal, timeoutMs: number) {
    const { world, engine } = this.#options;
    const env = Object.fromEntries(
      PASSED_ON.flatMap((name) => {
        const value = world.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    return runToEnd([...this.#words(), ...words], {
      env: { ...env, DOCKER_HOST: engine.dockerHost ?? "" },
      cwd: this.#request.directory,
      signal,
      timeoutMs,
    });
  }
}

const WHY = {
  syntax: "compose-unreadable",
  "no-service": "compose-service-absent",
  inherited: "compose-inherited",
  published: "compose-published",
  conflict: "compose-conflict",
  absent: "compose-absent",
  unsupported: "compose-unsupported",
} as const satisfies Readonly<Record<ComposeEditFailure, SentenceKey>>;

/** What went wrong stands behind what was done before it: ` Container claw-1  Recreate`. */
function errorOf({ stderr, exitCode }: CommandOutcome): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  return lines.findLast((line) => /error|cannot|denied|fail/i.test(line)) ?? `exit ${exitCode}`;
}

/** A new container of a name that means another image now would be another release. */
async function imageMoved(
  engine: Engine,
  info: ContainerInspectInfo,
): Promise<ReturnType<typeof unknown> | undefined> {
  const name = safeText(info.Config?.Image ?? "", 200);
  try {
    const { Id } = await engine.api.getImage(info.Config?.Image ?? "").inspect();
    if (bare(Id) === bare(info.Image)) return undefined;
    return unknown("not-asked", say("image-moved", { image: name }));
  } catch (error) {
    if (fieldsOf(error).statusCode === 404) return unknown("not-asked", say("image-gone", { image: name }));
    return engineFailure(error, engine.name);
  }
}

/** Engines write the algorithm before it or not. */
function bare(id: string): string {
  return id.replace(/^sha256:/, "");
}

/** What differs as Compose reads it: comments and what stands beside it are not in it. */
async function diffOf(before: string, after: string, options: ShownOptions): Promise<readonly KeyChange[]> {
  const [old, now] = await Promise.all([before, after].map((text) => composeYaml(text)));
  return old === undefined || now === undefined ? [] : changesBetween(old.value, now.value, options);
}
