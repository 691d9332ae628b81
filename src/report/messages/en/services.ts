import type { CauseMessage } from "../types.ts";

/** What starts the gateway and starts it again. */
export const services: Readonly<Record<string, CauseMessage>> = {
  "service-settings-outdated": {
    title: "The gateway runs with older settings than its service has",
    healthy: "The gateway runs with what its service says now",
    what: "The gateway was started at {startedAt|an earlier time}. {path|Its unit} was changed at {changedAt|a later one}, and gives it otherwise: {what|its variables}.",
    why: "A service gets its variables and options when it is started. A changed unit, drop-in or file of variables waits for `daemon-reload` and for the next start, however often openclaw.json is read meanwhile.",
    fix: "Restart the gateway by its own manager, so that it is started by what is written now.",
    verify: "A second diagnosis no longer names the difference, and the gateway answers.",
    caveats:
      "Values are compared and not shown. What a script of the unit sets by itself is not seen in the unit.",
    variants: {
      config: {
        title: "openclaw.json was changed after the gateway was started, and is not read again by itself",
        what: "The gateway was started at {startedAt|an earlier time}, {path|openclaw.json} was changed at {changedAt|a later one}, and gateway.reload.mode is {mode|off}.",
        why: "With `off` the gateway takes up nothing before its next start; with `hot` nothing that needs one, which is most of `gateway`.",
      },
    },
  },

  "service-of-other-user": {
    title: "The gateway runs as {user|another user}, and {owner|another one} configures it",
    healthy: "The gateway runs as the user whose configuration is used",
    what: "{unit|The service} has the port and runs as {user|another user}. The openclaw.json that names this port is the one of {owner|another user}.",
    why: "A gateway reads openclaw.json, its devices and its token from the home of the user that it runs as. A system unit without `User=`, or a service that was installed with sudo, runs as root: settings and approvals of anybody else reach a gateway that does not run.",
    fix: "Decide whose gateway it is: run it as {owner|the user who configures it}, or look at it and configure it as {user|the user that it runs as}.",
    verify: "`openclaw devices list` as {owner|that user} shows what the page asks for.",
    caveats:
      "What was approved for the one is not known to the other. A gateway that runs as root gives whoever gets in the whole machine.",
  },

  "service-ends-at-logout": {
    title: "The gateway ends when {user|its user} signs out",
    healthy: "The gateway's service goes on after the last logout",
    what: "{unit|The unit} belongs to the service manager of {user|a user}, and lingering is off: some seconds after the last session of that user ends, the gateway is ended too.",
    why: "systemd keeps a user's manager only as long as somebody is signed in as that user, unless lingering is on. The next login starts the gateway again, so it looks well to whoever signs in to see.",
    fix: "Switch lingering on for {user|the user}.",
    verify:
      "`loginctl show-user {user|USER} --property=Linger` says `Linger=yes`, and the page answers with nobody signed in.",
    caveats: "Every service that the user has enabled goes on then, not the gateway alone.",
    variants: {
      told: {
        title: "The gateway ends when its user signs out",
        what: "It is told that the gateway ends when somebody signs out. Its unit and whether lingering is on were not looked at.",
        fix: "Switch lingering on for the user that the gateway runs as. A gateway that was started in a terminal ends with it: it needs its service first, which `openclaw gateway install` sets up.",
      },
    },
  },
};
