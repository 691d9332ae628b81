import type { GateReading } from "../core/gate.ts";
import type { Refused } from "./templates.ts";

/** What is remembered of one connection. */
export interface Connection {
  /** What a sibling line (`unauthorized`, `control ui build rejected` …) says of it. */
  sibling?: GateReading;
  /** Its group, and the refusal itself, which is forgotten before the group is. */
  refusal?: { readonly key: string; event: Refused | undefined };
  /** When it was noted last, counted in notes. */
  noted?: number;
}

/** For how many more connections the group is known: a JSON file read after a long console log. */
const TIMES = 10;

/** The connections that were noted last, their words for fewer of them than their groups. */
export class Connections {
  readonly #all: Recent<Connection>;
  readonly #most: number;
  /** A ring of those whose words are known. */
  readonly #told: (Connection | undefined)[] = [];
  #notes = 0;

  constructor(most: number) {
    this.#most = Math.max(1, most);
    this.#all = new Recent(this.#most * TIMES);
  }

  get(conn: string): Connection | undefined {
    return this.#all.get(conn);
  }

  note(conn: string, connection: Connection): void {
    const place = this.#notes % this.#most;
    const oldest = this.#told[place];
    // Not where it was noted again since.
    if (oldest !== undefined && oldest.noted === this.#notes - this.#most) {
      delete oldest.sibling;
      if (oldest.refusal !== undefined) oldest.refusal.event = undefined;
    }
    this.#told[place] = connection;
    connection.noted = this.#notes;
    this.#notes += 1;
    this.#all.set(conn, connection);
  }
}

/** The last ones that were set, `most` to twice as many: what is only kept, and never moved, is quick. */
class Recent<V> {
  readonly #most: number;
  #new = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#new.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: V): void {
    if (this.#new.size >= this.#most) {
      this.#old = this.#new;
      this.#new = new Map();
    }
    this.#new.set(key, value);
  }
}
