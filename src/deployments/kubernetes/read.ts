import { type Fact, known, type Unknown } from "../../core/fact.ts";
import { type Document, listAt, objectAt } from "../../kinds/kubernetes/fields.ts";
import type { KubeApi, Query } from "./api.ts";
import { KubeError } from "./error.ts";
import { kubeFailure } from "./failure.ts";
import { notAllowed, type Right, type Rights, ruleOf } from "./rights.ts";

const CORE = "/api/v1";
/** Objects of one list; a namespace with more is not one that a person looks after by hand. */
const LIMIT = 500;

const PATHS: Readonly<Record<string, string>> = {
  "": CORE,
  apps: "/apis/apps/v1",
  "networking.k8s.io": "/apis/networking.k8s.io/v1",
  "gateway.networking.k8s.io": "/apis/gateway.networking.k8s.io/v1",
};

/** What one look reads of a namespace, each list once and each right asked for before; what was denied is kept, with its rule. */
export class NamespaceReader {
  readonly #api: KubeApi;
  readonly #rights: Rights;
  readonly namespace: string;
  readonly #denied = new Map<string, Right>();
  readonly #lists = new Map<string, Promise<Fact<readonly Document[]>>>();

  constructor(api: KubeApi, rights: Rights, namespace: string) {
    this.#api = api;
    this.#rights = rights;
    this.namespace = namespace;
  }

  get denied(): readonly { readonly verb: string; readonly resource: string; readonly rule: string }[] {
    return [...this.#denied.values()].map((right) => ({
      verb: right.verb,
      resource: right.resource,
      rule: ruleOf(right),
    }));
  }

  /** `undefined`: it may; else why not. Several verbs: the first that is denied. */
  async may(verbs: readonly Right["verb"][], resource: string, group = ""): Promise<Unknown | undefined> {
    const rights = verbs.map((verb): Right => ({ verb, resource, group, namespace: this.namespace }));
    const answers = await Promise.all(rights.map((right) => this.#rights.denied(right)));
    for (const [at, denied] of answers.entries()) {
      const right = rights[at];
      if (denied === undefined || right === undefined) continue;
      this.#denied.set(`${right.verb} ${resource}`, right);
      return denied;
    }
    return undefined;
  }

  list(resource: string, group = "", query: Query = {}): Promise<Fact<readonly Document[]>> {
    const key = JSON.stringify([group, resource, query]);
    const list =
      this.#lists.get(key) ??
      this.#read("list", resource, group, async () => {
        const found = await this.#api.get(this.#path(resource, group), { limit: LIMIT, ...query });
        return listAt(found, "items").slice(0, LIMIT);
      });
    this.#lists.set(key, list);
    return list;
  }

  get(resource: string, name: string, group = ""): Promise<Fact<Document>> {
    return this.#read("get", resource, group, async () =>
      objectAt(
        { it: await this.#api.get(`${this.#path(resource, group)}/${encodeURIComponent(name)}`) },
        "it",
      ),
    );
  }

  async #read<T>(
    verb: Right["verb"],
    resource: string,
    group: string,
    ask: () => Promise<T>,
  ): Promise<Fact<T>> {
    const source = `kubectl get ${resource}`;
    const right: Right = { verb, resource, group, namespace: this.namespace };
    try {
      const denied = await this.may([verb], resource, group);
      return denied ?? known(await ask(), source);
    } catch (error) {
      if (error instanceof KubeError && error.problem === "forbidden") {
        this.#denied.set(`${verb} ${resource}`, right);
        return notAllowed(right);
      }
      return kubeFailure(error, `${this.#api.cluster.name}, ${resource}`, this.#api.cluster.secrets);
    }
  }

  #path(resource: string, group: string): string {
    return `${PATHS[group] ?? `/apis/${group}/v1`}/namespaces/${encodeURIComponent(this.namespace)}/${resource}`;
  }
}
