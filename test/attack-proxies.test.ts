// What a machine's proxies are made to say by whoever may not say it for root: accounts of the system, and whoever may
// write something that root's proxy reads.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { known } from "../src/core/fact.ts";
import type { FrontProgram } from "../src/core/proxies.ts";
import { inEnglish } from "../src/core/saying.ts";
import { ownFiles } from "../src/deployments/exact-files.ts";
import { proxyProcesses, readProxies } from "../src/deployments/proxy-configs.ts";
import { type Account, proxiesOf } from "../src/deployments/proxy-hands.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { type FrontText, matches } from "../src/kinds/fronts/front-text.ts";
import { FRONTS } from "../src/kinds/fronts/index.ts";
import { type FakeWorldInput, fakeWorld } from "./fake-world.ts";
import { NO_STRANGERS } from "./support/stranger.ts";
import { until } from "./support/until.ts";

const PORT = 18_789;
const never = new AbortController().signal;

interface Running {
  readonly name: string;
  readonly line: string;
  readonly uid?: number;
  readonly cgroup?: string;
}

/** Processes by pid from 100 on; files and owners as {@link fakeWorld} takes them. */
function machine(running: readonly Running[], input: FakeWorldInput) {
  const files: Record<string, string | undefined> = { ...input.files };
  const links: Record<string, string> = {};
  for (const [index, { name, line, uid = 0, cgroup }] of running.entries()) {
    const at = `/proc/${100 + index}`;
    files[`/usr/sbin/${name}`] = "";
    files[`${at}/cmdline`] = line.replaceAll(" ", "\0");
    files[`${at}/status`] = `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${uid}\t${uid}\t${uid}\t${uid}\n`;
    if (cgroup !== undefined) files[`${at}/cgroup`] = `0::${cgroup}\n`;
    links[`${at}/exe`] = `/usr/sbin/${name}`;
  }
  const world = fakeWorld({ uid: 0, ...input, files, links });
  const pids = running.map((_, index) => 100 + index);
  return { world, processes: () => proxyProcesses(world, pids) };
}

/** What the doctor would run, write and believe of it. */
async function seen(running: readonly Running[], input: FakeWorldInput, step: [FrontProgram, string]) {
  const { world, processes } = machine(running, input);
  const found = await processes();
  const reading = await readProxies(world, found, PORT);
  const ran: { words: string; as: Account | undefined }[] = [];
  const hands = await proxiesOf({ proxies: async () => reading, proxyProcesses: async () => found }, PORT, {
    files: ownFiles,
    run: async (words, _signal, as) => {
      ran.push({ words: words.join(" "), as });
      return known({ exitCode: 0, stdout: "", stderr: "" }, "run");
    },
  });
  const [proxy, config] = step;
  const checked = await hands.check({ do: "proxy.reload", proxy, config }, never);
  return { found, reading, ran, hands, checked };
}

const site = (more = "") =>
  `${more}http { include /etc/nginx/sites/*.conf; server { listen 80; location / { proxy_pass http://127.0.0.1:${PORT}; } } }`;
const NGINX = "/etc/nginx/nginx.conf";
const root: Running = { name: "nginx", line: "nginx: master process /usr/sbin/nginx" };

describe("a proxy of an account of the system", () => {
  test("with a configuration of its own is not run, not read and not written for", async () => {
    const evil = "/srv/www/evil.conf";
    const { found, reading, ran, hands, checked } = await seen(
      [{ name: "nginx", line: `/usr/sbin/nginx -c ${evil}`, uid: 33 }],
      { files: { [evil]: site("load_module /srv/www/evil.so;") }, owners: { [evil]: 33, "/srv/www": 33 } },
      ["nginx", evil],
    );
    assert.deepEqual([found, reading.programs, reading.fronts, ran], [[], [], [], []]);
    assert.equal(checked.known, false);
    assert.equal(hands.owns("nginx", evil), false);
    assert.equal(hands.owns("nginx", "/srv/www/site.conf"), false);
  });

  test("of a lower number does not hide root's", async () => {
    const { found } = await seen(
      [{ name: "nginx", line: `/usr/sbin/nginx -c ${NGINX}`, uid: 33 }, root],
      { files: { [NGINX]: site() } },
      ["nginx", NGINX],
    );
    assert.deepEqual(
      found.map(({ pid }) => pid),
      [101],
    );
  });

  test("that root's unit started with root's configuration is asked with its own rights", async () => {
    const config = "/etc/caddy/Caddyfile";
    const { reading, ran } = await seen(
      [{ name: "caddy", line: `/usr/sbin/caddy run --config ${config}`, uid: 999 }],
      { files: { [config]: `a.example.com {\n reverse_proxy 127.0.0.1:${PORT}\n}\n` } },
      ["caddy", config],
    );
    assert.equal(reading.fronts.length, 1);
    assert.deepEqual(ran.at(0)?.as, { uid: 999, gid: 999 });
  });

  test("does not have root read what it may not read itself", async () => {
    const secret = "/root/private.conf";
    const { found, reading } = await seen(
      [{ name: "nginx", line: `/usr/sbin/nginx -c ${secret}`, uid: 33 }],
      { files: { [secret]: site() }, owners: { [secret]: [0, 0, 0o600] } },
      ["nginx", secret],
    );
    assert.deepEqual([found, reading.fronts], [[], []]);
  });

  test("without a configuration that is understood counts by its service alone", async () => {
    const names = async (cgroup: string) =>
      (await machine([{ name: "lighttpd", line: "lighttpd", uid: 33, cgroup }], {}).processes()).map(
        ({ name }) => name,
      );
    assert.deepEqual(await names("/system.slice/lighttpd.service"), ["lighttpd"]);
    for (const other of ["/system.slice/php-fpm.service", "/user.slice/system.slice/lighttpd.service", "/"])
      assert.deepEqual(await names(other), [], other);
  });
});

describe("root's proxy", () => {
  const good = { "/etc/nginx/sites/a.conf": "", "/usr/lib/m.so": "" };
  const cases: readonly (readonly [string, FrontProgram, string, string, FakeWorldInput])[] = [
    [
      "a directory of sites that others may write",
      "nginx",
      NGINX,
      site(),
      { files: good, owners: { "/etc/nginx/sites": [0, 0, 0o777] } },
    ],
    [
      "a site of somebody else",
      "nginx",
      NGINX,
      site(),
      { files: good, owners: { "/etc/nginx/sites/a.conf": 1000 } },
    ],
    [
      "a module of somebody else",
      "nginx",
      NGINX,
      site("load_module /srv/m.so;"),
      { files: { "/srv/m.so": "" }, owners: { "/srv/m.so": 33 } },
    ],
    [
      "a script of somebody else",
      "nginx",
      NGINX,
      "http { server { location / { content_by_lua_file /srv/x.lua; } } }",
      { files: { "/srv/x.lua": "" }, owners: { "/srv": 33 } },
    ],
    [
      "its own file of somebody else",
      "haproxy",
      "/etc/haproxy/haproxy.cfg",
      "",
      { owners: { "/etc/haproxy/haproxy.cfg": 33 } },
    ],
    [
      "a Lua script of somebody else",
      "haproxy",
      "/etc/haproxy/haproxy.cfg",
      "global\n lua-load /srv/x.lua\n",
      { files: { "/srv/x.lua": "" }, owners: { "/srv": 33 } },
    ],
    [
      "an import of somebody else",
      "caddy",
      "/etc/caddy/Caddyfile",
      "import /srv/sites/*\n",
      { files: { "/srv/sites/a": "" }, owners: { "/srv/sites": 33 } },
    ],
    ["directories that were not gone through", "nginx", NGINX, "http { include /srv/*/a.conf; }", {}],
  ];
  for (const [what, proxy, config, text, input] of cases)
    test(`${proxy}: ${what}: nothing is run over it, and that is told`, async () => {
      const { reading, ran, hands, checked } = await seen(
        [{ name: proxy, line: `/usr/sbin/${proxy}` }],
        { ...input, files: { ...input.files, [config]: text } },
        [proxy, config],
      );
      assert.deepEqual([reading.programs, reading.fronts, reading.unread, ran], [[], [], [config], []]);
      assert.ok(!checked.known && checked.say !== undefined);
      assert.match(inEnglish(checked.say), /somebody other than root/);
      assert.equal(hands.owns(proxy, config), false);
    });

  test("with files of root's alone is checked by root", async () => {
    const text = site("load_module /usr/lib/m.so; load_module modules/ngx_stream.so;");
    const { reading, ran, hands } = await seen([root], { files: { ...good, [NGINX]: text } }, [
      "nginx",
      NGINX,
    ]);
    assert.equal(reading.fronts.length, 1);
    assert.deepEqual(ran, [{ words: `/usr/sbin/nginx -t -q -c ${NGINX}`, as: undefined }]);
    assert.ok(hands.owns("nginx", "/etc/nginx/sites/ours.conf"));
  });
});

test("a process that uid 33 starts of the machine's own program is nobody's proxy", {
  skip: NO_STRANGERS,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "pairing-doctor-proxy-"));
  chmodSync(folder, 0o755);
  const program = join(folder, "nginx");
  copyFileSync("/bin/sleep", program);
  chmodSync(program, 0o755);
  const config = join(folder, "nginx.conf");
  writeFileSync(config, site(), { mode: 0o600 });
  const title = `nginx: master process nginx -c ${config}`;
  const start = (uid: number) =>
    spawn("bash", ["-c", `exec -a "$0" "$1" 60`, title, program], { uid, gid: uid, stdio: "ignore" });
  const children = [start(33), start(0)];
  try {
    const pids = children.map(({ pid }) => pid ?? 0);
    const world = nodeWorld();
    await until(async () =>
      (await Promise.all(pids.map((pid) => world.link(`/proc/${pid}/exe`)))).every((exe) => exe === program),
    );
    assert.deepEqual(
      (await proxyProcesses(world, pids)).map(({ pid, uid }) => [pid, uid]),
      [[pids[1], 0]],
    );
    assert.deepEqual(await proxyProcesses(world, pids.slice(0, 1)), []);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, "exit")));
    rmSync(folder, { recursive: true });
  }
});

describe("a configuration that includes itself without end", () => {
  /** Counts how often the text of a file is taken, which is what parsing costs. */
  function work(proxy: FrontProgram, files: Readonly<Record<string, string>>) {
    let matched = 0;
    const map = new Map(Object.entries(files));
    const text: FrontText = {
      main: [...map.keys()][0] ?? "",
      files: map,
      matching: (pattern) => {
        matched += 1;
        return [...map.keys()].filter((path) => matches(pattern, path));
      },
    };
    const parts = FRONTS[proxy].read(text, PORT, new Set());
    return { ...parts, matched };
  }
  const times = (count: number, line: string): string => Array(count).fill(line).join("\n");

  test("by its own name, in files that include each other, by a pattern, and a great many times", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => `/n/${name}.conf`);
    const each = (line: (name: string) => string, count: number) =>
      Object.fromEntries(names.map((name) => [name, times(count, names.map(line).join("\n"))]));
    for (const [proxy, line] of [
      ["nginx", (name: string) => `include ${name};`],
      ["caddy", (name: string) => `import ${name}`],
      ["nginx", () => "include /n/*.conf;"],
      ["caddy", () => "import /n/*.conf"],
    ] as const) {
      const { wants, matched, fronts } = work(proxy, each(line, 50));
      assert.ok(wants.length <= 8, `${wants.length}`);
      assert.ok(matched <= 4000, `${matched}`);
      assert.equal(fronts.length, 0);
    }
  });

  test("names of a great many other files are wanted no more than so many", () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `include /x/${at};`).join("\n");
    assert.equal(work("nginx", { "/n.conf": lines }).wants.length, 500);
  });

  test("a great many ways to the gateway are told to a number", () => {
    const nginx = times(
      3000,
      `server { listen 80; location / { proxy_pass http://up; } } upstream up { server 127.0.0.1:${PORT}; }`,
    );
    assert.equal(work("nginx", { "/n.conf": `http { ${nginx} }` }).fronts.length, 50);
    const caddy = times(3000, `a.example.com {\n reverse_proxy 127.0.0.1:${PORT}\n}`);
    assert.equal(work("caddy", { "/Caddyfile": caddy }).fronts.length, 50);
    const haproxy = times(3000, `listen x\n server s 127.0.0.1:${PORT}`);
    assert.equal(work("haproxy", { "/h.cfg": haproxy }).fronts.length, 50);
  });

  test("nothing of it is believed, as it was not read as a whole", async () => {
    const lines = Array.from({ length: 2000 }, (_, at) => `include /x/${at};`).join("\n");
    const { reading, ran } = await seen([root], { files: { [NGINX]: lines } }, ["nginx", NGINX]);
    assert.deepEqual([reading.programs, reading.unread, ran], [[], [NGINX], []]);
  });
});
