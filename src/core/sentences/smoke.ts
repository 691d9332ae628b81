/** What a smoke check says of the wait and of its end. English; the other languages have the same keys with the same placeholders. */
export const smoke = {
  "smoke-pass-connected": "PASS: the gateway lets the Control UI in",
  "smoke-pass-pairing-required": "PASS: the gateway asks a new browser to pair, as it should",
  "smoke-fail-connected": "FAIL: the gateway lets a new browser in without pairing",
  "smoke-fail-finding": "FAIL: {title}{(id)}",
  "smoke-not-ready": "NOT READY after {seconds} s: {detail}: {why}",
  "smoke-undetermined":
    "UNDETERMINED: whether the gateway lets the Control UI in could not be looked at{(why)}",
  "smoke-where": "{url}, {release|release not known}, {seconds} s",
  "smoke-phase": "{seconds} s: {detail}: {why}",
  "smoke-phase-absent": "nothing answers as a gateway",
  "smoke-phase-stopped": "the gateway is not running",
  "smoke-phase-starting": "the gateway is starting",
  "smoke-phase-migrating": "the gateway brings its databases up to date before it listens",
  "smoke-phase-restarting": "the gateway is restarting",
  "smoke-phase-up": "the gateway is up",
  "smoke-restarts": "{name} has been started again {count} times",
  "smoke-workload-state": "{name} is {state}",
  "verdict-case": "verdict",
  "no-duration": "that is no time between 0 and 60m",
  "output-format-file": "give FORMAT=FILE for each further report",
} as const;
