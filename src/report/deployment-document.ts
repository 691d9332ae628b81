import type { Deployment } from "../core/facts.ts";
import type { DockerEngine, KubernetesEngine, Workload, WorkloadEngine } from "../core/workload.ts";
import { type EvidenceDocument, evidenceDocument } from "./evidence-document.ts";

/**
 * `deployment` as the JSON documents have it. Fields are added, never renamed: what is `workload` within is
 * `container` here, with what its engine says of it in one level.
 */
export interface DeploymentDocument extends Omit<Deployment, "evidence" | "traits" | "workload"> {
  readonly evidence: readonly EvidenceDocument[];
  readonly container?: ContainerDocument;
  readonly pod?: PodDocument;
}

export interface ContainerDocument
  extends Omit<Workload, "network" | "publishedPeer" | "shownBy" | "engine">,
    Omit<DockerEngine, "kind"> {
  readonly bridge?: string;
}

/** The same of a pod, with what its cluster says of it in one level. */
export interface PodDocument
  extends Omit<Workload, "name" | "network" | "publishedPeer" | "shownBy" | "engine">,
    Omit<KubernetesEngine, "kind" | "pod"> {
  readonly name: string;
}

export function deploymentDocument(deployment: Deployment): DeploymentDocument {
  const { traits: _traits, workload, compose, ...more } = deployment;
  return {
    ...more,
    evidence: more.evidence.map(evidenceDocument),
    ...(workload === undefined ? {} : workloadDocument(workload)),
    ...(compose === undefined ? {} : { compose }),
  };
}

/** What an engine's workload is called, and how it is written. A new engine does not compile until it is here. */
const DOCUMENTS: {
  readonly [E in WorkloadEngine as E["kind"]]: (
    workload: Workload,
    engine: E,
  ) => Pick<DeploymentDocument, "container" | "pod">;
} = {
  docker: (workload, engine) => ({ container: containerDocument(workload, engine) }),
  kubernetes: (workload, engine) => ({ pod: podDocument(workload, engine) }),
};

function workloadDocument(workload: Workload): Pick<DeploymentDocument, "container" | "pod"> {
  return DOCUMENTS[workload.engine.kind](workload, workload.engine as never);
}

function podDocument(
  { network: _network, publishedPeer: _peer, shownBy: _lines, engine: _engine, ...workload }: Workload,
  { kind: _kind, pod: _pod, ...engine }: KubernetesEngine,
): PodDocument {
  return { ...workload, ...engine };
}

function containerDocument(
  workload: Workload,
  { id, project, networkMode }: DockerEngine,
): ContainerDocument {
  const { name, image, state, exitCode, restarts, health, network: _network, ...more } = workload;
  const {
    addresses,
    publishedPeer,
    ports,
    mounts,
    user,
    others,
    shownBy: _lines,
    engine: _engine,
    ...rest
  } = more;
  return {
    id,
    name,
    image,
    state,
    ...(exitCode === undefined ? {} : { exitCode }),
    restarts,
    ...(health === undefined ? {} : { health }),
    ...(project === undefined ? {} : { project }),
    networkMode,
    addresses,
    ...(publishedPeer === undefined ? {} : { bridge: publishedPeer }),
    ports,
    mounts,
    user,
    others,
    ...rest,
  };
}
