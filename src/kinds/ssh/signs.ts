import type { Sign, Signs } from "../kind.ts";

export const sshSigns: Signs = {
  host({ addresses, sshSession, container }) {
    if (container !== "none") return [];
    const open = addresses.find(({ scope }) => scope === "public");
    const signs: Sign[] = [];
    if (open !== undefined)
      signs.push({ weight: 3, source: `interface ${open.name}`, quote: `public address ${open.address}` });
    if (sshSession) signs.push({ weight: 3, source: "SSH_CONNECTION", quote: "this is an SSH session" });
    return signs;
  },
  socket: ({ owner }) => (owner === "ssh" ? { weight: 6, quote: "an SSH tunnel listens there" } : undefined),
  peer: ({ network, reach, proxied }) =>
    proxied || (network === "other" && reach === "public") ? 2 : undefined,
  configPath: (path) => (/^\/home\/openclaw\/\.openclaw\//.test(path) ? 2 : undefined),
  named: ({ sshHost, workload, namespace }) =>
    workload === undefined && namespace === undefined ? sshHost : undefined,
  url: (host, reach) => (reach === "public" || (reach === "unknown" && isPublicName(host)) ? 3 : undefined),
};

function isPublicName(host: string): boolean {
  return /\.[a-z]{2,}$/i.test(host) && !/\.(?:local|lan|internal)$/i.test(host);
}
