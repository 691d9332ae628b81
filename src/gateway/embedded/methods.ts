import { isObject } from "../../core/json.ts";
import { textOf } from "../json.ts";
import type { DeviceBook } from "./devices.ts";
import type { GatewayLog } from "./log.ts";
import type { Traits } from "./traits.ts";

export type MethodAnswer =
  | { readonly ok: true; readonly payload: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string; readonly details?: unknown };
    };

/** The methods that hello-ok lists and this gateway answers. */
export function methodsOf(traits: Traits): string[] {
  const methods = [
    "health",
    "status",
    "device.pair.list",
    "device.pair.approve",
    "device.pair.reject",
    "device.token.revoke",
  ];
  return traits.removesDevices ? [...methods, "device.pair.remove"] : methods;
}

/** Answers a method of an admitted connection that has `scopes`. */
export function answerMethod(
  method: string,
  params: unknown,
  scopes: readonly string[],
  { book, traits, log }: { readonly book: DeviceBook; readonly traits: Traits; readonly log: GatewayLog },
): MethodAnswer {
  if (!methodsOf(traits).includes(method)) return refused(`unknown method: ${method}`);
  if (method === "health" || method === "status") return { ok: true, payload: { ok: true } };
  if (!scopes.includes("operator.pairing") && !scopes.includes("operator.admin")) return missingScope(traits);

  const fields = isObject(params) ? params : {};
  const requestId = textOf(fields.requestId) ?? "";
  const deviceId = textOf(fields.deviceId) ?? "";
  switch (method) {
    case "device.pair.list":
      return { ok: true, payload: book.list() };
    case "device.pair.approve": {
      const device = book.approve(requestId);
      if (!device) return refused("unknown requestId");
      log.info("gateway", `device pairing approved device=${device.deviceId} role=${device.role}`);
      return { ok: true, payload: { requestId, device } };
    }
    case "device.pair.reject": {
      const entry = book.reject(requestId);
      if (!entry) return refused("unknown requestId");
      return { ok: true, payload: { requestId, deviceId: entry.deviceId } };
    }
    case "device.pair.remove":
      if (!book.remove(deviceId)) return refused("unknown deviceId");
      log.info("gateway", `device pairing removed device=${deviceId}`);
      return { ok: true, payload: { deviceId } };
    default:
      return book.revoke(deviceId)
        ? { ok: true, payload: { deviceId, role: "operator", revokedAtMs: 0 } }
        : refused("unknown deviceId/role");
  }
}

function refused(message: string): MethodAnswer {
  return { ok: false, error: { code: "INVALID_REQUEST", message } };
}

function missingScope(traits: Traits): MethodAnswer {
  const message = "missing scope: operator.pairing";
  if (!traits.logMeta) return refused(message);
  const details = {
    code: "MISSING_SCOPE",
    missingScope: "operator.pairing",
    requiredScopes: ["operator.pairing"],
  };
  return { ok: false, error: { code: "FORBIDDEN", message, details } };
}
