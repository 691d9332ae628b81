import type { ShownOptions } from "../../../config/changes.ts";
import { editConfig } from "../../../config/edit.ts";
import type { Changer } from "../../../core/change.ts";
import type { Facts } from "../../../core/collect.ts";
import { type Fact, knownValue, unknown } from "../../../core/fact.ts";
import type { JournalStore } from "../../../core/journal.ts";
import { say } from "../../../core/saying.ts";
import { journalStore } from "../../../deployments/journal-store.ts";
import type { Live } from "../look.ts";
import type { Opened } from "../opened.ts";

/** The gateway that is mended: what is known of it, and what changes it. */
export class Patient {
  readonly opened: Opened;
  readonly signal: AbortSignal;
  readonly store: JournalStore;
  readonly live: Live;

  constructor(opened: Opened, signal: AbortSignal) {
    this.opened = opened;
    this.signal = signal;
    this.store = journalStore(opened.world);
    this.live = opened.look({ asBrowser: false });
  }

  async changer({ release }: Facts): Promise<Fact<Changer>> {
    const access = await this.live.access();
    if (access.changer === undefined) {
      return unknown("not-asked", say("not-from-here"), "run pairing-doctor where it runs");
    }
    const told = knownValue(release);
    return access.changer({ edit: editConfig, ...(told === undefined ? {} : { release: told }) });
  }

  /** Tells this gateway from all others; `undefined` while its config is not known. */
  async key({ config }: Facts): Promise<string | undefined> {
    const path = knownValue(config)?.path;
    if (path === undefined) return undefined;
    const place = await (await this.live.access()).place?.();
    return place === undefined ? path : `${place}:${path}`;
  }

  /**
   * The facts with the device list from the gateway itself, where its store cannot be read or is not understood:
   * it takes a command of seconds, so only what approves a device asks for it.
   */
  async withDevices(facts: Facts): Promise<Facts> {
    if (facts.devices.known || facts.devices.reason === "absent") return facts;
    const changer = await this.changer(facts);
    const devices = changer.known ? await changer.value.devices() : facts.devices;
    return devices.known ? { ...facts, devices } : facts;
  }

  /** How values of a file may be shown. */
  async shown(): Promise<ShownOptions> {
    const secrets = (await this.live.secrets()).map((secret) => secret.reveal());
    return { salt: this.opened.salt, secrets };
  }

  /** The same gateway, looked at anew. */
  again(): Patient {
    return new Patient(this.opened, this.signal);
  }
}
