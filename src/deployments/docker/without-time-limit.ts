import type Docker from "dockerode";

/** The same engine without the limit on quiet time: a command or a followed log may say nothing for long. */
export function unhurried(api: Docker): Docker {
  const modem = Object.create(api.modem, { timeout: { value: undefined } });
  return Object.create(api, { modem: { value: modem } });
}
