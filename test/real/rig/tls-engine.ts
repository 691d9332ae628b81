// A bare engine behind TCP with TLS that verifies its clients, as Docker's documentation sets it up; certificates are
// made here.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { certificate, type Made } from "../../support/certificate.ts";
import { endChild, endsWithUs, run, until } from "./processes.ts";

export interface TlsEngine {
  /** For `DOCKER_HOST`. */
  readonly address: string;
  /** Folders for `DOCKER_CERT_PATH`: of a client that it knows, of one of another authority, of none. */
  readonly known: string;
  readonly stranger: string;
  readonly nobody: string;
  stop(): Promise<void>;
}

export async function startTlsEngine(): Promise<TlsEngine> {
  const dir = mkdtempSync(path.join(tmpdir(), "opd-rig-tls-"));
  const at = (name: string): string => path.join(dir, name);
  const authority = certificate({ name: "rig authority", authority: true });
  const other = certificate({ name: "another authority", authority: true });
  const folder = (name: string, made?: Made): string => {
    mkdirSync(at(name));
    writeFileSync(path.join(at(name), "ca.pem"), authority.cert);
    if (made === undefined) return at(name);
    writeFileSync(path.join(at(name), "cert.pem"), made.cert);
    writeFileSync(path.join(at(name), "key.pem"), made.key, { mode: 0o600 });
    return at(name);
  };
  const own = folder("engine", certificate({ name: "engine", by: authority, hosts: ["127.0.0.1"] }));
  const known = folder("known", certificate({ name: "client", by: authority }));
  const stranger = folder("stranger", certificate({ name: "client", by: other }));
  const nobody = folder("nobody");
  const address = `tcp://127.0.0.1:${await freePort()}`;
  const args = [
    ...["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid")],
    ...["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"],
    ...["--exec-opt", "native.cgroupdriver=cgroupfs", "--host", address, "--tlsverify"],
    ...["--tlscacert", path.join(own, "ca.pem")],
    ...["--tlscert", path.join(own, "cert.pem"), "--tlskey", path.join(own, "key.pem")],
  ];
  const output = openSync(at("log"), "a");
  const [program = "", ...words] = endsWithUs(["dockerd", ...args]);
  const child = spawn(program, words, { stdio: ["ignore", output, output] });
  child.on("error", () => {});
  const stop = async (): Promise<void> => {
    await endChild(child, 20_000);
    rmSync(dir, { recursive: true, force: true });
  };
  const env = {
    PATH: process.env.PATH,
    DOCKER_HOST: address,
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: known,
  };
  const answers = async (): Promise<boolean> =>
    (await run(["docker", "ps"], { env, timeoutMs: 10_000 })).code === 0;
  if (await until(answers, 60_000, 500)) return { address, known, stranger, nobody, stop };
  const { stderr } = await run(["docker", "ps"], { env });
  const { stdout } = await run(["tail", "-n", "5", at("log")]);
  await stop();
  throw new Error(`dockerd with TLS gave no answer\n${stderr}\n${stdout}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
