import type { DeploymentNames } from "../../core/facts.ts";
import type { OwnLine } from "./clauses.ts";

type Found = Partial<DeploymentNames>;

/**
 * What is read as a name: it ends in a letter, a digit or `_`, so the punctuation of the sentence around it is no part
 * of it. `first` and `inner` are character classes, `most` counts characters.
 */
function named(first: string, inner: string, most: number): string {
  return `${first}(?:${inner}{0,${most - 2}}[A-Za-z0-9_])?`;
}

const NAME = named("[A-Za-z0-9]", "[A-Za-z0-9_.-]", 101);
/** Namespaces and containers of pods, DNS labels. */
const LABELLED = named("[a-z0-9]", "[a-z0-9-]", 63);
const WORKLOAD_NAME = named("[a-z0-9]", "[a-z0-9.-]", 201);
const FILE = named("[\\w./~-]", "[\\w./~-]", 100);
const UNIT = `(?:openclaw|clawdbot|moltbot)(?:[\\w@.-]{0,40}[A-Za-z0-9_@])?`;
/** Options of `docker exec` and its like, those with a value of their own first. */
const OPTIONS =
  "(?: (?:-[uewp]|--user|--env|--workdir|--index|--detach-keys)(?:[= ][^\\s]{1,80})| -{1,2}[A-Za-z-]{1,20})";
const PROGRAM = "(openclaw|(?:\\/[\\w./-]{1,80}\\/)?openclaw(?:\\.mjs)?|node \\/?[\\w./-]{1,80}\\.m?js)";

const COMPOSE_VERB = new RegExp(
  `\\b(?:docker|podman)[ -]compose((?: -{1,2}[\\w-]{1,20}(?:[= ][\\w./~-]{1,100})?){0,4}) (?:exec|run|logs|restart|up|start|stop)${OPTIONS}{0,6}(?: \\d{1,5})? (${NAME})(?: ${PROGRAM})?`,
);
const COMPOSE_FILE = new RegExp(`(?:-f|--file)[= ](${FILE})`, "g");
const CONTAINER_VERB = new RegExp(
  `\\b(?:docker|podman) (?:exec|logs|restart|start|stop|inspect)${OPTIONS}{0,6}(?: \\d{1,5})? (${NAME})(?: ${PROGRAM})?`,
);
const OPENING = "[\"'`\\u201c\\u2018「『]";
/** `--name X`, `container_name: X`, "the container is called X", "container name: X", "my container `X`", 容器名是 X. */
const CONTAINER_NAMED = new RegExp(
  `(?:--name[= ]|container_name: ?["']?|\\b[Cc]ontainer(?:'s|’s)?(?: is| was)? (?:named|called|name(?: is|:| ?=|(?= ?${OPENING})|(?= [\\w.]{0,40}(?:[-_]\\w|claw)))) ?${OPENING}?|\\b[Cc]ontainer(?: is|:)? ?${OPENING}|\\b[Cc]ontainer["'\`: ]{1,3}(?=\\w{0,40}(?:-\\w|openclaw|clawdbot))|容器(?:的)?(?:名称|名字|名)?(?:是|叫做|叫|为|：|:|=) ?${OPENING}?|容器(?:名称|名字|名)? ?(?:${OPENING}|(?=[\\w.]{0,40}(?:[-_]\\w|claw))))(${NAME})`,
);
/** "the service is called X", `service name: "X"`, 服务名是 X; only of who runs Compose. */
const SERVICE_NAMED = new RegExp(
  `\\b[Ss]ervice(?:['’]s name)?(?: is| was)? (?:called|named) ?${OPENING}?(${NAME})|\\b[Ss]ervice(?: name)?(?: is|:| =) ?${OPENING}(${NAME})|服务(?:的)?(?:名称|名字|名)?(?:是|叫做|叫|为|：|:) ?${OPENING}?(${NAME})`,
);
/** What Compose says of a service that its file does not have. */
const NO_SERVICE = new RegExp(`\\bno such service: ?${OPENING}?(${NAME})`);
/** Columns of `docker compose ps`, two blanks or more apart. */
const PS_HEAD = /^NAME {2,}.*\bSERVICE\b/;
const KUBECTL = /\b(?:kubectl|oc|helm)\b([^|;&\n]{1,300})/;
const NAMESPACE = new RegExp(`(?:^|\\s)(?:-n|--namespace)[= ](${LABELLED})`);
const NAMESPACE_NAMED = new RegExp(`\\bnamespace:? (?:is |called |named )?["'\`]?(${LABELLED})\\b["'\`]?`);
const WORKLOAD = new RegExp(`\\b(deploy(?:ment)?(?:\\.apps)?|statefulset|sts|pod)s?\\/(${WORKLOAD_NAME})`);
const POD =
  /\b(?:exec|logs|describe pod|delete pod)(?: -{1,2}[a-z]{1,12}){0,4} ([a-z][a-z0-9-]{1,150}-(?:[0-9a-f]{6,10}-[a-z0-9]{5}|\d{1,3}))\b/;
const IN_POD = new RegExp(`(?:^|\\s)(?:-c|--container)[= ](${LABELLED})`);
const UNIT_TYPED = new RegExp(`\\b(sudo )?(?:systemctl|journalctl)\\b([^|;&\\n]{0,80}?)\\b(${UNIT})`);
const UNIT_FILE =
  /\/systemd\/(user|system)\/((?:openclaw|clawdbot|moltbot|[\w-]{0,20}claw)[\w@.-]{0,40})\.service\b/;
const UNIT_NAMED = /\b((?:openclaw|clawdbot|moltbot)[\w@-]{0,40})\.service\b/;
const USER_UNIT =
  /\bsystemd(?: service)?\W{1,4}(?:--user|user)\b|\buser (?:unit|service)\b|\bsystemctl --user\b|\bsystemd --user\b/i;
const SYSTEM_UNIT = /\bsystem(?:-| )?(?:wide|level)\b|\bsystem (?:unit|service)\b|\bsudo systemctl\b/i;
const SYSTEMD = /\bsystemd\b/i;
const LABEL = new RegExp(
  `\\b((?:ai\\.openclaw|com\\.(?:openclaw|clawdbot)|bot\\.molt)\\.${named("[A-Za-z0-9_-]", "[A-Za-z0-9_.-]", 60)})`,
);
const LAUNCH_AGENT = /\blaunch ?agents?\b|\blaunchd\b|\blaunchctl\b|\bService: LaunchAgent\b/i;
/** What stands behind a verb and names nothing. */
const NO_NAME =
  /^(?:-|the$|a$|my$|and$|or$|to$|it$|container$|says?$|shows?$|with$|for$|in$|is$|gives?$|output$|command$|node$|running$|up$|down$|healthy$|unhealthy$|exited$|started$|stopped$|restarting$|after$|by$|as$|so$|not$|docker$)/i;

/** Names in what the reporter typed; the last of each kind counts, as people come to the right one. */
export function namesIn(lines: readonly OwnLine[]): DeploymentNames {
  const all = lines.map(({ text }) => text);
  return {
    ...dockerNames(all),
    ...podNames(all),
    ...unitNames(all),
  };
}

function dockerNames(lines: readonly string[]): Found {
  const found: { -readonly [K in keyof DeploymentNames]?: DeploymentNames[K] } = {};
  const missing = new Set(lines.flatMap((text) => NO_SERVICE.exec(text)?.[1] ?? []));
  const service = namedService(lines);
  if (service !== undefined) found.composeService = service;
  for (const text of lines) {
    const compose = COMPOSE_VERB.exec(text);
    const service = compose?.[2];
    if (service !== undefined && !NO_NAME.test(service) && !missing.has(service)) {
      if (/(?:^|[-_])cli(?:[-_]|$)/.test(service)) found.composeCliService = service;
      else found.composeService = service;
      const files = [...(compose?.[1] ?? "").matchAll(COMPOSE_FILE)];
      if (files.length > 0) found.composeFiles = files.map(([, file = ""]) => file);
      if (compose?.[3] !== undefined && !/cli/.test(service)) found.cli = compose[3];
      continue;
    }
    const plain = CONTAINER_VERB.exec(text);
    const container = plain?.[1] ?? CONTAINER_NAMED.exec(text)?.[1];
    if (container === undefined || NO_NAME.test(container) || /compose$/.test(container)) continue;
    found.container = container;
    if (plain?.[2] !== undefined) found.cli = plain[2];
  }
  // The CLI's service alone tells that it is Compose, and upstream's other one is its gateway.
  if (found.composeService === undefined && found.composeCliService !== undefined)
    found.composeService = found.composeCliService.replace(/cli/, "gateway");
  return found;
}

/** The gateway's service by its name in a sentence, or in the table of `docker compose ps`. */
function namedService(lines: readonly string[]): string | undefined {
  const head = lines.findIndex((text) => PS_HEAD.test(text));
  const at = head < 0 ? -1 : (lines[head]?.split(/ {2,}/).indexOf("SERVICE") ?? -1);
  for (const row of at < 0 ? [] : lines.slice(head + 1, head + 12)) {
    const cells = row.split(/ {2,}/);
    const name = cells[at] ?? "";
    if (
      /(?:openclaw|clawdbot|moltbot|->18789\/)/.test(row) &&
      !/(?:^|[-_])cli(?:[-_]|$)/.test(name) &&
      WHOLE.test(name)
    )
      return name;
  }
  const listed = lines.findIndex((text) => /\bcompose\b.{0,80}--services\b/.test(text));
  const names = listed < 0 ? [] : lines.slice(listed + 1, listed + 12).filter((text) => WHOLE.test(text));
  const own = names.find((name) => /gateway|openclaw|clawdbot|moltbot/.test(name) && !/cli/.test(name));
  if (own !== undefined) return own;
  if (!lines.some((text) => /\bcompose\b/i.test(text))) return undefined;
  for (const text of lines) {
    const [, called, quoted, zh] = SERVICE_NAMED.exec(text) ?? [];
    const name = called ?? quoted ?? zh;
    if (name !== undefined && !NO_NAME.test(name)) return name;
  }
  return undefined;
}

const WHOLE = new RegExp(`^${NAME}$`);

function podNames(lines: readonly string[]): Found {
  let namespace: string | undefined;
  let workload: string | undefined;
  let inPod: string | undefined;
  for (const text of lines) {
    const typed = KUBECTL.exec(text)?.[1];
    if (typed !== undefined) {
      namespace = NAMESPACE.exec(typed)?.[1] ?? namespace;
      const [, kind, name] = WORKLOAD.exec(typed) ?? [];
      const pod = POD.exec(typed)?.[1];
      if (kind !== undefined && name !== undefined) workload = `${SHORT[kind[0] ?? ""] ?? "deploy"}/${name}`;
      else if (pod !== undefined) workload = podWorkload(pod);
      inPod = IN_POD.exec(typed)?.[1] ?? inPod;
    }
    namespace ??= NAMESPACE_NAMED.exec(text)?.[1];
  }
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(workload === undefined ? {} : { workload }),
    ...(inPod === undefined || workload === undefined ? {} : { container: inPod }),
  };
}

const SHORT: Readonly<Record<string, string>> = { d: "deploy", s: "statefulset", p: "pod" };

function podWorkload(pod: string): string {
  const stateful = /^(.{1,150})-\d{1,3}$/.exec(pod)?.[1];
  if (stateful !== undefined) return `statefulset/${stateful}`;
  return `deploy/${pod.replace(/-[0-9a-z]{6,10}-[a-z0-9]{5}$/, "")}`;
}

function unitNames(lines: readonly string[]): Found {
  const text = lines.join("\n");
  const label = LABEL.exec(text)?.[1]?.replace(/\.plist$/, "");
  if (label !== undefined || LAUNCH_AGENT.test(text))
    return { unit: { name: label ?? "ai.openclaw.gateway", user: !/\bLaunchDaemons?\b/.test(text) } };
  const isUser = USER_UNIT.test(text);
  const isSystem = SYSTEM_UNIT.test(text);
  const typed = UNIT_TYPED.exec(text);
  if (typed?.[3] !== undefined)
    return {
      unit: {
        name: withoutSuffix(typed[3]),
        user: /--user\b/.test(typed[2] ?? "") || (typed[1] === undefined && !isSystem && isUser),
      },
    };
  const file = UNIT_FILE.exec(text);
  if (file?.[2] !== undefined) return { unit: { name: file[2], user: file[1] === "user" } };
  const named = UNIT_NAMED.exec(text)?.[1];
  if (named !== undefined) return { unit: { name: named, user: isUser || !isSystem } };
  // What `openclaw gateway install` makes, where only the manager is named.
  return isUser || SYSTEMD.test(text)
    ? { unit: { name: "openclaw-gateway", user: isUser || !isSystem } }
    : {};
}

function withoutSuffix(name: string): string {
  return name.replace(/\.service$/, "");
}

const PORTS: readonly RegExp[] = [
  /\bgateway\.port\b["'`]?(?: (?:is|to|set to|of))?\s?[:=]?\s?["'`]?(\d{2,5})\b/,
  /\bOPENCLAW_GATEWAY_PORT\b["'`]?\s?[:=]\s?["'`]?(\d{2,5})\b/,
  /\b(?:Gateway|RPC) target: wss?:\/\/[^\s:/]{1,200}:(\d{2,5})\b/,
  /\bopenclaw gateway\b[^|;&\n]{0,80}--port[ =](\d{2,5})\b/,
  /\bgateway\b[^.\n]{0,60}\b(?:on |at |listens on )?port (\d{4,5})\b/i,
  /\bGateway: bind=[\w-]{1,20}[^\n]{0,40}port=(\d{2,5})\b/,
];

/** The gateway's port, where the text names one and no other. */
export function portIn(lines: readonly OwnLine[]): number | undefined {
  const ports = new Set<number>();
  for (const { text } of lines)
    for (const pattern of PORTS) {
      const port = Number(pattern.exec(text)?.[1] ?? Number.NaN);
      if (port > 0 && port < 65536) ports.add(port);
    }
  const [only] = ports;
  return ports.size === 1 ? only : undefined;
}
