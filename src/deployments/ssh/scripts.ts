import { shellLine, shellWord } from "../../kinds/quote.ts";

// Programs for the POSIX shell of a host of which nothing else is known. They only look. Each piece of what they print
// is a frame: a line with the mark of this one question and a head, then what it is of, up to the next mark.

/** One thing to look at: what is there, and of a file its first bytes, of a directory its names. */
export interface Look {
  readonly path: string;
  /** Bytes that are read of a file; 0: none. */
  readonly bytes: number;
}

/** Names of one directory that are told. */
export const MAX_NAMES = 2000;
/** Of a service's journal. */
const JOURNAL_BYTES = 2 * 1024 * 1024;

/**
 * What every script begins with. `f HEAD` begins a frame. `r PATH BYTES` tells all of a path:
 * `M PATH`: size, time, owner, group and mode of each place on the way to it, links followed, and of a link its owner
 * and target; `O PATH`: where the file was that was opened, and its data again; `C BYTES PATH`: its content; `N PATH`:
 * it may not be read; `D PATH`: names.
 */
const PRELUDE = `
O=$PATH
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
f() { printf '\\n%s %s\\n' "$M" "$1"; }
if stat -c %s / >/dev/null 2>&1; then
  f 'style gnu'
  s() { stat -L -c '%s %Y %u %g %f' "$1" 2>&1; }
  u() { stat -c %u "$1" 2>/dev/null || echo; }
else
  f 'style bsd'
  s() { stat -L -f '%z %m %u %g %p' "$1" 2>&1; }
  u() { stat -f %u "$1" 2>/dev/null || echo; }
fi
e() { f "M $1"; s "$1"; if [ -L "$1" ]; then u "$1"; readlink "$1"; fi; }
W='
'
k() {
  case $W in *"
$1
"*) ;; *) W="$W$1
"; e "$1";; esac
}
w() {
  x=/; y=$\{1#/}
  k /
  while [ -n "$y" ]; do
    c=$\{y%%/*}
    case $y in */*) y=$\{y#*/};; *) y=;; esac
    case $c in ''|.) continue;; ..) x=$\{x%/*}; [ -n "$x" ] || x=/; continue;; esac
    x=$\{x%/}/$c
    k "$x"
    if [ -L "$x" ] && [ "$2" -lt 8 ]; then
      t=$(readlink "$x")
      case $t in /*) ;; *) t=$\{x%/*}/$t;; esac
      ( w "$t$\{y:+/$y}" $(($2 + 1)) )
      break
    fi
  done
}
c() {
  [ -f "$1" ] || return 0
  if [ -r "$1" ]; then
    { f "O $1"; readlink /proc/self/fd/3; s /proc/self/fd/3; f "C $2 $1"; head -c "$2" <&3; } 3<"$1"
  else
    f "N $1"
  fi
}
d() { if [ -d "$1" ] && [ -r "$1" ]; then f "D $1"; ls -1A "$1" 2>/dev/null | head -n ${MAX_NAMES}; fi; }
r() { w "$1" 0; k "$1"; if [ "$2" -gt 0 ]; then c "$1" "$2"; d "$1"; fi; }
`;

/** All that is known of some paths, and what else is beside them, as that is asked for next. */
export function lookScript(looks: readonly Look[]): string {
  const parents = new Set(looks.map(({ path }) => path.slice(0, path.lastIndexOf("/")) || "/"));
  const lines = [
    ...looks.map(({ path, bytes }) => `r ${shellWord(path)} ${bytes}`),
    ...[...parents].slice(0, 100).map((path) => `d ${shellWord(path)}`),
  ];
  return `${PRELUDE}${lines.join("\n")}\n`;
}

/** A piece of a file. */
export function pieceScript(path: string, start: number, length: number): string {
  return `${PRELUDE}f "B"; tail -c +${start + 1} ${shellWord(path)} | head -c ${length}\n`;
}

/** What a program prints that only looks. A user's own manager is found by its directory. */
export function lineScript(words: readonly string[]): string {
  return `${PRELUDE}XDG_RUNTIME_DIR=$\{XDG_RUNTIME_DIR:-/run/user/$(id -u)}; export XDG_RUNTIME_DIR
f B; ${shellLine(words)} 2>/dev/null | head -c ${JOURNAL_BYTES}\n`;
}

/** A database with its log beside it, read in the order in which it tells whether somebody wrote in between. */
export function storeScript(path: string, header: number, most: number): string {
  const [store, log, journal] = [path, `${path}-wal`, `${path}-journal`].map(shellWord);
  return `${PRELUDE}
e ${store}; e ${log}; e ${journal}
c ${log} ${header}; c ${store} ${most}; c ${log} ${most}; c ${log} ${header}
e ${store}; e ${journal}
`;
}

/**
 * Who we are there, the machine, its processes and sockets, and where a gateway's files usually are. Of processes only
 * those are described that listen somewhere or have OpenClaw in their command line; the environment is a gateway's alone.
 */
export const GATHER = `${PRELUDE}
f path; printf %s "$O"
f os; uname -s
f uid; id -u
f home; printf %s "$HOME"
f cwd; pwd
f tmp; printf %s "$\{TMPDIR:-/tmp}"
f env; cat /proc/self/environ 2>/dev/null
f addresses; ip -o addr show 2>/dev/null || ifconfig -a 2>/dev/null
f ufw; ufw status verbose 2>/dev/null </dev/null | head -c 65536
f nft; nft list ruleset 2>/dev/null </dev/null | head -c 262144
T() { if command -v tailscale >/dev/null 2>&1; then tailscale "$@" 2>/dev/null </dev/null | head -c 65536; fi; }
f serve; T serve status --json
f tailnet; T status --json --peers=false
for n in /etc/passwd /etc/group; do r $n 1000001; done
for n in "$HOME" "$HOME/.config" "$HOME/.docker" "$HOME/.local/share/containers/podman/machine"; do r "$n" 1; done
if [ -d /proc/1 ]; then
  for n in net/tcp net/tcp6; do r /proc/$n 4000001; done
  for n in stat version 1/cgroup self/cgroup self/mountinfo; do c /proc/$n 1048577; done
  f 'L /proc/self/ns/net'; readlink /proc/self/ns/net
  f pids; cd /proc && echo [0-9]*
  f exes; ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n 's|.* \\(/proc/[0-9]*/exe\\) -> |\\1 |p'
  i=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print $10 }' | tr '\\n' ' ')
  l=$(ls -l /proc/[0-9]*/fd 2>/dev/null | awk -v "all=$i" '
    BEGIN { n = split(all, a, " "); for (j = 1; j <= n; j++) w["socket:[" a[j] "]"] = 1 }
    /^\\/proc\\// { p = $1 }
    ($NF in w) { print p, $(NF - 2), $NF }')
  f fds; printf '%s\\n' "$l"
  g=$(grep -lE '[o]penclaw|[c]lawdbot|[m]oltbot|dist/[i]ndex|dist/[e]ntry' /proc/[0-9]*/cmdline 2>/dev/null | sed 's|[^0-9]||g')
  P=' '
  q() {
    case $P in *" $1 "*) return;; esac
    P="$P$1 "
    for n in cmdline status cgroup; do f "F /proc/$1/$n"; head -c 65537 "/proc/$1/$n" 2>/dev/null; done
    for n in cwd exe ns/net; do f "L /proc/$1/$n"; readlink "/proc/$1/$n" 2>/dev/null; done
  }
  for n in $g $(printf '%s\\n' "$l" | sed 's|^/proc/\\([0-9]*\\)/.*|\\1|'); do q "$n"; done
  for n in $g; do
    for m in stat mountinfo; do f "F /proc/$n/$m"; head -c 262145 "/proc/$n/$m" 2>/dev/null; done
    e "/proc/$n/root$(readlink "/proc/$n/cwd")/openclaw.mjs"
    if [ -r "/proc/$n/environ" ]; then f "F /proc/$n/environ"; head -c 524289 "/proc/$n/environ"; else f "N /proc/$n/environ"; fi
    for j in 1 2 3 4; do
      n=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$n/status" 2>/dev/null)
      [ "$\{n:-0}" -gt 1 ] || break
      q "$n"
    done
  done
  for n in $(ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n 's|.* /proc/\\([0-9]*\\)/exe -> .*/\\(nginx\\|caddy\\|haproxy\\|traefik\\|httpd\\|apache2\\|cloudflared\\|tailscaled\\|envoy\\|lighttpd\\)$|\\1|p' | head -n 200); do
    q "$n"; x=$(readlink "/proc/$n/exe"); w "$x" 0
  done
fi
v() {
  [ -f "$1" ] && r "$1" 262145
  [ -d "$1.d" ] || return 0
  r "$1.d" 1
  for z in "$1.d"/*.conf; do [ -f "$z" ] && r "$z" 262145; done
}
H=
U=
for n in $g; do
  h=$(cat "/proc/$n/environ" 2>/dev/null | tr '\\000' '\\n' | sed -n 's|^HOME=\\(/[A-Za-z0-9_./@+-]*\\)$|\\1|p' | head -n 1)
  case $H in *" $h "*) ;; *) H="$H $h ";; esac
  U="$U $(sed -n 's|.*/\\([A-Za-z0-9][A-Za-z0-9_.:-]*@\\)\\([A-Za-z0-9_.@:-]*\\)\\.service$|\\1.service \\1\\2.service|p;s|.*/\\([A-Za-z0-9][A-Za-z0-9_.:-]*\\.service\\)$|\\1|p' "/proc/$n/cgroup" 2>/dev/null)"
done
r /var/lib/systemd 1; r /var/lib/systemd/linger 1
for n in "$\{XDG_CONFIG_HOME:-$HOME/.config}/systemd/user" $(for h in $H; do echo "$h/.config/systemd/user"; done) /etc/systemd/user /run/systemd/user /usr/local/lib/systemd/user /usr/lib/systemd/user /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system; do
  r "$n" 1
  for y in "$n"/openclaw*.service "$n"/clawdbot*.service "$n"/moltbot*.service; do v "$y"; done
  for u in $U; do case $u in openclaw*|clawdbot*|moltbot*) ;; *) v "$n/$u";; esac; done
done
r /tmp/openclaw 1
r "/tmp/openclaw-$(id -u)" 1
for n in /.dockerenv /run/.containerenv /var/run/secrets/kubernetes.io/serviceaccount /var/run/docker.sock /run/podman/podman.sock "/run/user/$(id -u)/docker.sock" "/run/user/$(id -u)/podman/podman.sock" /etc/rancher/k3s/k3s.yaml "$HOME/.kube/config"; do r "$n" 0; done
`;
