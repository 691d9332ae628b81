import assert from "node:assert/strict";
import { test } from "node:test";
import { findCheck } from "../src/core/check.ts";

test("a check is found by its id and by its code, in whatever case it was typed", () => {
  const nat = { id: "docker-nat-not-local", code: "OPD201" };
  const checks = [{ id: "origin-not-allowed", code: "OPD104" }, nat];
  for (const asked of ["docker-nat-not-local", "OPD201", "opd201", " Docker-NAT-not-local "])
    assert.equal(findCheck(asked, checks), nat, asked);
  for (const asked of ["docker-nat", "OPD2", "201", ""]) assert.equal(findCheck(asked, checks), undefined);
});
