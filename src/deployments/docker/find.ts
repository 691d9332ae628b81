import type { ContainerInfo } from "dockerode";
import { isGatewayCommand } from "../../config/flags.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { safeText } from "../../core/text.ts";
import type { Workload } from "../../core/workload.ts";
import { DIRECTORY_LABEL, PROJECT_LABEL, SERVICE_LABEL } from "../../kinds/docker/labels.ts";

/** What is read of a container in the engine's list. */
export type Listed = Pick<
  ContainerInfo,
  "Id" | "Names" | "Image" | "Command" | "Labels" | "State" | "Ports"
> &
  Partial<Pick<ContainerInfo, "NetworkSettings">> & {
    /** An engine may leave out what it does not know. */
    readonly Mounts?: readonly { readonly Name?: string | undefined; readonly Source?: string }[] | null;
  };

/** A container of the engine's list that seems to run a gateway. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly project?: string;
  readonly service?: string;
  /** Of the Compose project. */
  readonly directory?: string;
  /** Host ports that are published. */
  readonly publishedPorts: readonly number[];
  /** Directories of the host and volumes. */
  readonly mounted: readonly string[];
}

const ONE_OFF_LABEL = "com.docker.compose.oneoff";

/** Signs that add up to a gateway: each of these alone suffices, a name alone does not. */
const ENOUGH = 4;
const IMAGE = /(?:^|[/-])(?:openclaw|clawdbot|moltbot)(?:-zh|-docker-cn-im|-gateway)?(?:[:@]|$)/i;
const SERVICE = /^(?:openclaw|clawdbot|moltbot)(?:-gateway)?$/i;
/** `openclaw`, `OpenClaw` (Unraid), `ix-openclaw-openclaw-1` (TrueNAS), `x_openclaw-gateway_1`. */
const NAME = /(?:^|[-_])(?:openclaw|clawdbot|moltbot)(?:[-_]gateway)?(?:[-_]\d{1,3})?$/i;
/** OpenClaw's port in every image; platforms with a proxy of their own in the container publish another. */

/** The gateways among an engine's containers, running ones first. Reads the list only. */
export function gatewayCandidates(list: readonly Listed[]): readonly Candidate[] {
  return list
    .filter((one) => score(one) >= ENOUGH)
    .map(candidateOf)
    .sort(
      (a, b) => Number(b.state === "running") - Number(a.state === "running") || (a.name < b.name ? -1 : 1),
    );
}

/** The containers of a Compose service, `SERVICE` or `PROJECT/SERVICE`; what `compose run` left is none of them. */
export function serviceCandidates(list: readonly Listed[], wanted: string): readonly Candidate[] {
  const [service, project] = wanted.split("/").reverse();
  return list
    .filter(
      ({ Labels: labels }) =>
        labels?.[SERVICE_LABEL] === service &&
        labels?.[ONE_OFF_LABEL] !== "True" &&
        (project === undefined || labels?.[PROJECT_LABEL] === project),
    )
    .map(candidateOf);
}

function score(one: Listed): number {
  const labels = one.Labels ?? {};
  const service = labels[SERVICE_LABEL] ?? "";
  const name = nameOf(one);
  // The CLI's container, and what a `compose run` started, serve nobody.
  if (/(?:^|[-_])cli(?:[-_]|$)/.test(service) || labels[ONE_OFF_LABEL] === "True") return 0;
  const words = (one.Command ?? "").split(" ").filter((word) => word !== "");
  const runs = isGatewayCommand(words);
  return (
    (SERVICE.test(service) ? 4 : 0) +
    (IMAGE.test(one.Image ?? "") ? 4 : 0) +
    (runs ? 6 : 0) +
    (NAME.test(name) ? 3 : 0) +
    ((one.Ports ?? []).some(({ PrivatePort }) => PrivatePort === DEFAULT_PORT) ? 4 : 0)
  );
}

export function candidateOf(one: Listed): Candidate {
  const labels = one.Labels ?? {};
  const project = labels[PROJECT_LABEL];
  const service = labels[SERVICE_LABEL];
  const directory = labels[DIRECTORY_LABEL];
  return {
    id: one.Id,
    name: nameOf(one),
    state: safeText(one.State ?? "", 40),
    ...(project === undefined ? {} : { project: safeText(project, 100) }),
    ...(service === undefined ? {} : { service: safeText(service, 100) }),
    ...(directory === undefined ? {} : { directory }),
    publishedPorts: (one.Ports ?? []).flatMap(({ PublicPort }) => PublicPort ?? []),
    mounted: (one.Mounts ?? []).slice(0, 50).flatMap(({ Name, Source }) => Name ?? Source ?? []),
  };
}

const MAX_NEIGHBOURS = 50;

/** The running containers that a container of these networks meets, each with its address there. */
export function neighbours(list: readonly Listed[], id: string): NonNullable<Workload["neighbours"]> {
  const networksOf = ({ NetworkSettings }: Listed) => Object.entries(NetworkSettings?.Networks ?? {});
  const own = list.find(({ Id }) => Id === id);
  const names = new Set(own === undefined ? [] : networksOf(own).map(([name]) => name));
  const found = list
    .filter(({ Id, State }) => Id !== id && State === "running")
    .flatMap((one) =>
      networksOf(one)
        .filter(([name, network]) => names.has(name) && network?.IPAddress)
        .map(([, { IPAddress }]) => ({ name: nameOf(one), address: safeText(IPAddress, 60) })),
    );
  return found.slice(0, MAX_NEIGHBOURS);
}

function nameOf({ Names: names, Id: id }: Listed): string {
  return safeText((names?.[0] ?? id.slice(0, 12)).replace(/^\//, ""), 200);
}
