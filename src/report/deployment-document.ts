import type { Deployment } from "../core/facts.ts";
import type { DockerEngine, Workload } from "../core/workload.ts";
import { type EvidenceDocument, evidenceDocument } from "./evidence-document.ts";

/**
 * `deployment` as the JSON documents have it. Fields are added, never renamed: what is `workload` within is
 * `container` here, with what its engine says of it in one level.
 */
export interface DeploymentDocument extends Omit<Deployment, "evidence" | "traits" | "workload"> {
  readonly evidence: readonly EvidenceDocument[];
  readonly container?: ContainerDocument;
}

export interface ContainerDocument
  extends Omit<Workload, "network" | "publishedPeer" | "shownBy" | "engine">,
    Omit<DockerEngine, "kind"> {
  readonly bridge?: string;
}

export function deploymentDocument(deployment: Deployment): DeploymentDocument {
  const { traits: _traits, workload, compose, ...more } = deployment;
  return {
    ...more,
    evidence: more.evidence.map(evidenceDocument),
    ...(workload === undefined ? {} : { container: containerDocument(workload, workload.engine) }),
    ...(compose === undefined ? {} : { compose }),
  };
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
