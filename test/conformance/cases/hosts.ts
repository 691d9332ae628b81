// Names and addresses: where the page is open, and from where the socket comes.
import { at, type Case, cli, page } from "../case.ts";
import {
  BRIDGE,
  CARRIER,
  LAN_HOST,
  LINK_LOCAL,
  LOOPBACK,
  OWN_LAN,
  PORT,
  PRIVATE,
  PUBLIC,
} from "../network.ts";

const HOSTS = [
  `localhost:${PORT}`,
  `[::1]:${PORT}`,
  `localhost.:${PORT}`,
  `LOCALHOST:${PORT}`,
  `foo.localhost:${PORT}`,
  `127.0.0.2:${PORT}`,
  `0.0.0.0:${PORT}`,
  `127.1:${PORT}`,
  `[::ffff:127.0.0.1]:${PORT}`,
  `host.docker.internal:${PORT}`,
  `mybox.local:${PORT}`,
  "mybox.tail1234.ts.net",
  `192.168.1.10:${PORT}`,
  `100.64.0.9:${PORT}`,
  "localhost",
  `my-gateway:${PORT}`,
  `localhost.localdomain:${PORT}`,
];

const CLI_HOSTS = [
  `my-gateway:${PORT}`,
  `192.168.1.10:${PORT}`,
  `[fd00::1]:${PORT}`,
  `foo.localhost:${PORT}`,
  `LOCALHOST:${PORT}`,
  `localhost.:${PORT}`,
  `0.0.0.0:${PORT}`,
  `host.docker.internal:${PORT}`,
  `8.8.8.8:${PORT}`,
  `[::1]:${PORT}`,
];

export function hostCases(): Case[] {
  const cases: Case[] = [
    { name: "host/page on loopback", connection: page() },
    { name: "host/cli on loopback", connection: cli() },
    {
      name: "host/page through a tunnel to another port",
      connection: page({ headers: at("127.0.0.1:9000") }),
    },
  ];
  for (const host of HOSTS) {
    cases.push({ name: `host/page on loopback, ${host}`, connection: page({ headers: at(host) }) });
    const published = page({ remoteAddress: BRIDGE, headers: at(host) });
    cases.push({ name: `host/page through a published port, ${host}`, connection: published });
  }
  for (const host of CLI_HOSTS)
    cases.push({ name: `host/cli on loopback, ${host}`, connection: cli({ headers: { host } }) });
  for (const host of [`localhost:${PORT}`, `[::1]:${PORT}`, `my-gateway:${PORT}`]) {
    const connection = cli({ remoteAddress: BRIDGE, headers: { host } });
    cases.push({ name: `host/cli over the bridge, ${host}`, connection });
  }
  return [...cases, ...peerCases()];
}

function peerCases(): Case[] {
  const cases: Case[] = [];
  const local = `localhost:${PORT}`;
  for (const remoteAddress of [PRIVATE, CARRIER, LINK_LOCAL, PUBLIC, "192.168.65.1", BRIDGE]) {
    const headers = at(local);
    cases.push({ name: `peer/page from ${remoteAddress}`, connection: page({ remoteAddress, headers }) });
    const connection = cli({ remoteAddress, headers: { host: local } });
    cases.push({ name: `peer/cli from ${remoteAddress}`, connection });
  }
  const own = { remoteAddress: OWN_LAN, fromGatewayHost: true } as const;
  cases.push(
    { name: "peer/page at the own LAN address", connection: page({ ...own, headers: at(LAN_HOST) }) },
    {
      name: "peer/page from the own LAN address, loopback host",
      connection: page({ ...own, headers: at(local) }),
    },
    { name: "peer/cli at the own LAN address", connection: cli({ ...own, headers: { host: LAN_HOST } }) },
    { name: "peer/page from 127.0.0.2", connection: page({ remoteAddress: "127.0.0.2" }) },
    { name: "peer/cli from 127.8.8.8", connection: cli({ remoteAddress: "127.8.8.8" }) },
    {
      name: "peer/page without device from the bridge",
      connection: page({ remoteAddress: BRIDGE, device: { state: "absent" } }),
    },
    {
      name: "peer/cli without device from the bridge",
      connection: cli({ remoteAddress: BRIDGE, device: { state: "absent" } }),
    },
    {
      name: "peer/page without device on loopback",
      connection: page({ remoteAddress: LOOPBACK, device: { state: "absent" } }),
    },
  );
  return cases;
}
