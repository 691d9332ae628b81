/**
 * A map that forgets what was touched longest ago; reading touches, too. By hand, as a `Map` keeps its order already and
 * the package `lru-cache` would be the largest module of the rooms that run in a page.
 */
export class Lru<V> {
  readonly #max: number;
  /** Touched longest ago first. */
  readonly #map = new Map<string, V>();

  constructor(max: number) {
    this.#max = Math.max(1, max);
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: string): V | undefined {
    const value = this.#map.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#max) return;
    const oldest = this.#map.keys().next();
    if (oldest.done !== true) this.#map.delete(oldest.value);
  }

  delete(key: string): void {
    this.#map.delete(key);
  }

  /** Touched longest ago first. */
  keys(): string[] {
    return [...this.#map.keys()];
  }
}
