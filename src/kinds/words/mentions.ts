import type { DeploymentKind } from "../../core/deployment-kind.ts";
import type { DeploymentNames } from "../../core/facts.ts";

/**
 * How a text shows a deployment: `typed` is a command that the reporter ran, `shown` a file, prompt or path that exists
 * only there, `named` a word for it, `usual` a machine on which it is mostly run so, `hinted` what is there in other
 * deployments, too.
 */
export type How = "typed" | "shown" | "named" | "usual" | "hinted";

export interface Wording {
  readonly kind: DeploymentKind;
  readonly how: How;
  readonly pattern: RegExp;
  /** What follows besides the kind. */
  readonly names?: DeploymentNames;
}

const OURS = "(?:openclaw|clawdbot|moltbot|clawd)";

function wording(kind: DeploymentKind, how: How, pattern: RegExp, names?: DeploymentNames): Wording {
  return { kind, how, pattern, ...(names === undefined ? {} : { names }) };
}

/** Containers that a platform made: no Compose file of the user's, and its own user inside. */
const MADE: DeploymentNames = { plainContainer: true, execUser: "" };

/** Of the platforms' own documentation, upstream's docs/install, and the catalogues of their apps. */
export const WORDINGS: readonly Wording[] = [
  // ---- Docker, Podman
  wording(
    "docker",
    "typed",
    /\b(?:docker[ -]compose|podman[ -]compose)(?: -{1,2}[\w-]{1,20}(?:[= ][\w./~-]{1,100})?){0,4} (?:up|down|exec|run|logs|ps|restart|pull|build|start|stop|config|create|cp)\b/,
  ),
  wording(
    "docker",
    "typed",
    /\bdocker (?:exec|logs|run|ps|inspect|restart|start|stop|cp|pull|build|container)\b/,
  ),
  wording("docker", "typed", /\bpodman (?:exec|logs|run|ps|inspect|restart|start|stop|cp|pull|build)\b/, {
    engine: "podman",
    plainContainer: true,
  }),
  wording("docker", "typed", /\b(?:docker-setup\.sh|scripts\/docker\/setup\.sh|clawdock\b)/i),
  wording("docker", "typed", /\b(?:setup-podman\.sh|run-openclaw-podman\.sh)/, {
    engine: "podman",
    plainContainer: true,
  }),
  wording(
    "docker",
    "shown",
    /\b(?:docker-compose(?:\.[\w-]{1,30})?\.ya?ml|compose\.ya?ml|container_name:|Dockerfile)\b|\bopenclaw:local\b|->18789\/tcp/,
  ),
  // Prompts in a container, and where upstream's image keeps the program.
  wording("docker", "shown", /(?:\b(?:node|root|user|abc)|I have no name!)@[0-9a-f]{7,12}(?:\.{3})?:/),
  // Upstream's image is in pods, too.
  wording(
    "docker",
    "hinted",
    /file:\/\/\/app\/(?:dist|openclaw)|(?<![\w/])\/home\/node\/\.openclaw|ghcr\.io\/openclaw\/openclaw/,
  ),
  wording(
    "docker",
    "named",
    /\b(?:docker|dockeri[sz]ed|containeri[sz]ed|orbstack|colima|portainer|dockge)\b/i,
  ),
  wording("docker", "named", /\bpodman\b/i, { engine: "podman", plainContainer: true }),
  wording(
    "docker",
    "named",
    /\b(?:in|inside|into|from within) (?:the |a |my |our )?(?:gateway )?container\b|\bcontainer(?:['’]s)?(?: is| was)? (?:called|named|name(?: is\b|:| ?["'`]))|\bcontainer(?: is|:)? ?["'`\u201c]\w|容器/iu,
  ),
  wording(
    "docker",
    "named",
    /\bcompose (?:file|project|stack)\b|\bcompose ?(?:里|中|文件|部署|启动|服务)|\bcontainer (?:is |keeps? |stuck |goes |dies |exits |crashes |restarts )?(?:\(?(?:in|into) (?:a |an )?)?(?:restart\w{0,3}|crash\w{0,3}|boot)(?:[ -]?loop\w{0,3})?\b/iu,
  ),
  wording("docker", "named", /\bcoolify\b|\bcoollabsio\//i, { ...MADE, cli: "openclaw" }),
  wording("docker", "named", /\b(?:umbrel(?:os)?|casaos|zimaos|dokploy|cosmos cloud|runtipi)\b/i, MADE),
  wording("docker", "named", /\bunraid\b/i, { ...MADE, container: "OpenClaw" }),
  wording("docker", "named", /\btruenas\b/i, {
    ...MADE,
    container: "ix-openclaw-openclaw-1",
    cli: "openclaw",
  }),
  wording("docker", "named", /\b(?:container manager|container station)\b/i, MADE),
  wording("docker", "usual", /\b(?:synology|qnap|ugreen|asustor)\b|飞牛|群晖|威联通|极空间/iu, MADE),
  wording("docker", "named", /\b(?:home ?assistant|haos)\b|\bHA add-?on\b/i, { hosting: "home-assistant" }),
  wording(
    "docker",
    "typed",
    /\b(?:fly(?:ctl)?) (?:deploy|ssh|logs|status|secrets|machines?|apps|launch|proxy)\b/,
    {
      hosting: "fly",
    },
  ),
  wording("docker", "shown", /\bfly\.toml\b|\.fly\.dev\b|\bfly\.io\b/i, { hosting: "fly" }),
  wording("docker", "typed", /\brailway (?:ssh|up|logs|run|redeploy|link|shell)\b/, { hosting: "railway" }),
  wording("docker", "shown", /\.up\.railway\.app\b|\brailway(?:\.app|\.com)?\b/i, { hosting: "railway" }),
  wording("docker", "shown", /\.onrender\.com\b|\brender\.ya?ml\b|\brender\.com\b/i, { hosting: "render" }),
  wording("docker", "shown", /\bnorthflank\b/i, { hosting: "northflank" }),
  wording("docker", "shown", /\.zeabur\.app\b|\bzeabur\b/i, { hosting: "zeabur" }),

  // ---- Kubernetes
  wording(
    "kubernetes",
    "typed",
    /\b(?:kubectl|k9s|oc) (?:-n|--namespace|--context|exec|logs|get|describe|apply|port-forward|rollout|delete|edit|patch|scale|cp)\b/,
  ),
  wording("kubernetes", "typed", /\bhelm (?:install|upgrade|template|rollback|uninstall|repo)\b/),
  wording(
    "kubernetes",
    "shown",
    /^\s{0,40}(?:kind: ?(?:Deployment|StatefulSet|Ingress|IngressRoute|HTTPRoute|OpenClawInstance|Claw)|apiVersion: ?[\w./]{1,60})\s{0,4}$/,
  ),
  wording(
    "kubernetes",
    "shown",
    /\b[a-z]{1,20}@[a-z][a-z0-9-]{1,60}-(?:[0-9a-f]{8,10}-[a-z0-9]{5}|\d{1,2}):[/~]/,
  ),
  wording(
    "kubernetes",
    "named",
    /\b(?:k8s|kubernetes|k3s|k0s|microk8s|minikube|openshift|talos|EKS|GKE|AKS|helm chart|argocd|flux(?:cd)?|openclaw[- ]operator)\b/i,
  ),
  wording(
    "kubernetes",
    "named",
    /\b(?:configmap|statefulset|ingress-nginx|pod cidr)\b|\bpods?\b(?= (?:is|are|restart|logs?|in\b|of\b))/i,
  ),

  // ---- this machine
  wording("local", "typed", new RegExp(`\\b(?:systemctl|journalctl)\\b[^|;&]{0,80}\\b${OURS}[\\w.@-]{0,40}`)),
  wording(
    "local",
    "typed",
    /\blaunchctl (?:kickstart|bootstrap|bootout|load|unload|print|list|start|stop)\b/,
    {
      platform: "darwin",
    },
  ),
  wording("local", "typed", /\bschtasks\b|\bGet-ScheduledTask\b/i, { platform: "win32" }),
  wording(
    "local",
    "typed",
    new RegExp(
      `\\b(?:npm (?:i|install|update) (?:-g|--global)|pnpm (?:add|i|install) -g|bun add -g|yarn global add|brew (?:install|upgrade|services \\w{4,8})|pipx? install) ${OURS}`,
    ),
  ),
  wording(
    "local",
    "typed",
    /\bopenclaw (?:gateway install|daemon (?:install|start|restart|status)|onboard\b[^|;&]{0,80}--install-daemon)\b/,
  ),
  // OpenClaw's own words for its service, and what it is installed by.
  wording(
    "local",
    "hinted",
    /\bopenclaw gateway (?:restart|stop|start|install)\b|\bgateway service\b|\binstalls? the service\b|\bopenclaw\.ai\/install\.sh|\b(?:curl|one-line|official) install(?:er)?\b|\binstall(?:er)? script\b/i,
    { managed: true },
  ),
  wording("local", "typed", /\bpm2 (?:start|restart|logs|list|ls|status|stop)\b/),
  wording("local", "shown", /(?:\/systemd\/(?:user|system)\/)[\w@.-]{1,60}\.service\b|\bService: systemd\b/),
  wording(
    "local",
    "shown",
    /\bLibrary\/LaunchAgents\b|\bai\.openclaw\.[\w.-]{1,40}|\bService: LaunchAgent\b/,
    {
      platform: "darwin",
    },
  ),
  wording(
    "local",
    "shown",
    /\bC:\\(?:Users|ProgramData)\\[^\s"'`]{1,120}|\bPS [A-Z]:\\|\bService: Scheduled Task\b/i,
    {
      platform: "win32",
    },
  ),
  wording(
    "local",
    "shown",
    /\/(?:usr\/(?:local\/)?lib|opt\/homebrew\/lib|\.npm-global\/lib|\.nvm\/versions\/[^\s]{1,40}\/lib)\/node_modules\/(?:openclaw|clawdbot)/,
  ),
  wording(
    "local",
    "named",
    /\bsystemd(?:[ -](?:user|system|service|unit|--user)|\b)|\buser (?:unit|service)\b|(?:用户)?服务单元/iu,
  ),
  wording("local", "named", /\blaunch ?agents?\b|\blaunchd\b|\bmenu ?bar app\b/i, { platform: "darwin" }),
  wording("local", "named", /\bscheduled task\b|计划任务/iu, { platform: "win32" }),
  wording(
    "local",
    "named",
    /\b(?:bare[ -]?metal|natively|native install|npm[- ]global|global npm|npm install|installed (?:by|with|via|through|from) (?:npm|pnpm|brew|homebrew|the installer)|homebrew|(?:directly|straight) on the host|on the host itself)\b|裸机|本机|直接装/iu,
  ),
  wording("local", "named", /\btermux\b/i, { platform: "linux" }),
  wording("local", "named", /\bWSL ?[12]?\b/i, { platform: "linux" }),
  wording("local", "named", /\b(?:raspberry pi|raspbian|raspberrypi|pm2|pi ?os)\b|树莓派/iu, {
    platform: "linux",
  }),

  // ---- a server
  wording(
    "vps",
    "named",
    /\b(?:vps|hetzner|digital ?ocean|droplet|linode|vultr|contabo|lightsail|ec2|oracle cloud|hostinger|ovh|netcup|gcp vm|azure vm|compute engine)\b|云服务器|阿里云|腾讯云|华为云|轻量(?:应用)?服务器|宝塔/iu,
  ),
  wording("vps", "typed", /\bssh (?:-[\w]{1,4} (?:\S{1,60} )?){0,4}[\w.-]{1,40}@[\w.-]{1,80}/),
];

/** Words for a machine that is no reader's browser: they tell how its services are called. */
export const MACHINES: readonly (readonly [RegExp, NonNullable<DeploymentNames["platform"]>])[] = [
  [/\b(?:mac ?os|macos|os x|mac ?mini|mac ?studio|macbook|imac|Darwin)\b/i, "darwin"],
  [
    /\b(?:ubuntu|debian|fedora|arch(?: linux)?|alpine|centos|rocky|nixos|linux|raspberry|proxmox|synology|dsm)\b/i,
    "linux",
  ],
  [/\bwindows(?: ?1[01]| server)?\b/i, "win32"],
];

/** What looks at a page is no gateway's machine: "Chrome on Windows", "from my MacBook". */
export const LOOKS_ON =
  /\b(?:browser|chrome|safari|firefox|edge|brave|opens?|opened|visit|from|client|laptop|desktop app|phone|tablet|iphone|ipad|ssh)\b/i;
