import { type Fact, knownValue } from "../../src/core/fact.ts";
import type { Deployment, Evidence } from "../../src/core/facts.ts";
import { ownWords, type Saying } from "../../src/core/saying.ts";
import type { ServiceReading } from "../../src/core/service.ts";

/** What starts a gateway, as several checks read it. */

export function serviceOf(deployment: Fact<Deployment>): ServiceReading | undefined {
  return knownValue(deployment)?.service;
}

/** What its files and its process say, under the name that its manager has for it. */
export function served(service: ServiceReading, said: Saying): Evidence {
  return { fact: "deployment", source: nameOf(service), ...ownWords(said) };
}

/** `openclaw-gateway.service`; of pm2 and supervisord with their name before it. */
export function nameOf({ by, name }: Pick<ServiceReading, "by" | "name">): string {
  return by === "systemd" ? `${name}.service` : `${by} ${name}`;
}
