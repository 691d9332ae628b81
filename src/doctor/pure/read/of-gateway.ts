import type { LogGateway } from "../../../core/log-event.ts";

/** Whether something that was handed in is of the gateway that is told of; what may be of any is. */
export type IsOwn = (name: string, text?: string) => boolean;

/**
 * Of several gateways' files: a log is of who wrote it. A config, a manifest or a note is of the gateway whose logs lie
 * nearest to it; where that is none in particular, of the one whose service or port it names.
 */
export function isOfGateway(own: LogGateway, all: readonly LogGateway[]): IsOwn {
  return (name, text) => {
    const writers = all.filter(({ sources }) => sources.includes(name));
    if (writers.length > 0) return writers.includes(own);
    const nearest = best(all, (gateway) =>
      Math.max(0, ...gateway.sources.map((source) => foldersShared(source, name))),
    );
    if (nearest.length < all.length) return nearest.includes(own);
    if (text === undefined) return true;
    const named = all.filter((gateway) => services(gateway).some((service) => hasWord(text, service)));
    if (named.length === 1) return named.includes(own);
    const ported = all.filter(({ ports }) => ports.some((port) => hasWord(text, String(port))));
    return ported.length !== 1 || ported.includes(own);
  };
}

function best<T>(of: readonly T[], score: (one: T) => number): readonly T[] {
  const scores = of.map(score);
  const most = Math.max(...scores);
  return of.filter((_, index) => scores[index] === most);
}

/** Leading folders that two names have in common. */
function foldersShared(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => name.split(/[\\/]/).slice(0, -1));
  let shared = 0;
  while (one?.[shared] !== undefined && one[shared] === other?.[shared]) shared += 1;
  return shared;
}

/** `work-gateway-1` is the container of the service `gateway` in the project `work`. */
function services({ vias = [] }: LogGateway): readonly string[] {
  return vias.flatMap((via) => {
    const service = via.replace(/[-_]\d{1,4}$/, "").replace(/\.service$/, "");
    return [via, service];
  });
}

function hasWord(text: string, word: string): boolean {
  const found = text.indexOf(word);
  if (found < 0) return false;
  const around = `${text[found - 1] ?? " "}${text[found + word.length] ?? " "}`;
  return !/[\w.-]/.test(around) || hasWord(text.slice(found + word.length), word);
}
