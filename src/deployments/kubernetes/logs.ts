import type { Scrubber } from "../../core/scrub.ts";
import { lastLines, TAIL } from "../contained/last-lines.ts";
import { LOG_TAIL_BYTES } from "../log-files.ts";
import type { KubeApi } from "./api.ts";
import type { PodContainer } from "./exec.ts";

/** Lines asked for, from the end. */
const TAIL_LINES = 20_000;
/** Of the lines that were asked for; what is beyond does not end. */
const READING = { bytes: 64 * 1024 * 1024, ms: 20_000 };

export interface LogQuery {
  /** Of the container's life before the last restart. */
  readonly previous?: boolean;
  readonly tail?: number;
  /** Seconds back from now, by the kubelet's clock. */
  readonly sinceSeconds?: number;
}

/**
 * The end of a container's log, at most 8 MiB; both streams in the order in which the kubelet has them.
 * @throws {KubeError}
 */
export async function podLog(
  api: KubeApi,
  { namespace, pod, container }: PodContainer,
  { previous = false, tail = TAIL_LINES, sinceSeconds }: LogQuery = {},
): Promise<readonly Uint8Array[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const query = { container, previous, tailLines: tail, sinceSeconds };
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of api.stream(path, query, READING)) {
    kept.push(chunk);
    size += chunk.length;
    while (size > LOG_TAIL_BYTES && kept.length > 1) size -= kept.shift()?.length ?? 0;
  }
  return kept;
}

/** The last lines that a container wrote, without secrets; none where the log cannot be read. */
export async function lastWords(
  api: KubeApi,
  target: PodContainer,
  previous: boolean,
  scrub: Scrubber,
): Promise<readonly string[]> {
  try {
    return lastLines(await podLog(api, target, { previous, tail: TAIL }), scrub);
  } catch {
    return [];
  }
}
