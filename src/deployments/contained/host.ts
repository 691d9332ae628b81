/** What `localAccess` takes from its surroundings: that it is a container, and nothing of this machine. */
export const IN_CONTAINER = {
  platform: "linux",
  wsl: false,
  sshSession: false,
  container: "docker",
  addresses: [],
  engines: [],
  units: [],
} as const;
