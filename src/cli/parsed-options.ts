import type { Fact } from "../core/fact.ts";
import type { Release } from "../core/facts.ts";
import {
  checkIdSaid,
  momentSaid,
  originSaid,
  proxiesSaid,
  releaseSaid,
} from "../doctor/pure/parse-arguments.ts";
import { mustParse } from "./usage-error.ts";

/** @throws {UsageError} an id that no check has. */
export function selection(args: {
  readonly only: string[] | undefined;
  readonly skip: string[] | undefined;
}) {
  const ids = (texts: readonly string[] = []) => texts.map((text) => mustParse(checkIdSaid(text)));
  return { only: ids(args.only), skip: ids(args.skip) };
}

/** @throws {UsageError} no release. */
export function saidRelease(release: string | undefined): Fact<Release> {
  return mustParse(releaseSaid(release));
}

/** @throws {UsageError} neither an address nor a proxy that a site is written for. */
export function namedProxies(texts: readonly string[] | undefined): readonly string[] {
  return mustParse(proxiesSaid(texts ?? []));
}

/** @throws {UsageError} no http or https URL. */
export function pageOrigin(text: string | undefined): string | undefined {
  return text === undefined ? undefined : mustParse(originSaid(text));
}

/** @throws {UsageError} neither a time nor a span before `now`. */
export function timeWindow(
  args: { readonly since: string | undefined; readonly until: string | undefined },
  now: number,
): { readonly since?: number; readonly until?: number } {
  const { since, until } = args;
  return {
    ...(since === undefined ? {} : { since: mustParse(momentSaid("--since", since, now)) }),
    ...(until === undefined ? {} : { until: mustParse(momentSaid("--until", until, now)) }),
  };
}
