// Speaks for a test in Python: a call a line on stdin, its outcome a line on stdout.
//
// The first line says whom the client is for: {"server": options, "client": options}. A call is
// {"side": "server" | "client", "path": ["vouchers", "create"], "args": [...]}; its outcome is
// {"result": ...}, or {"error": ...} with what the official client's own error class holds.
"use strict";

const readline = require("node:readline");
const { VoucherifyServerSide, VoucherifyClientSide } = require("@voucherify/sdk");

function outcomeOf(error) {
  // The client's own errors carry the status of the answer; a fault of the transport has a name.
  if (typeof error.code !== "number") {
    return { fault: String(error.stack || error) };
  }
  const { code, key, message, details, request_id, resource_id, resource_type } = error;
  return { error: { code, key, message, details, request_id, resource_id, resource_type } };
}

async function call(sides, { side, path, args }) {
  const names = [...path];
  const last = names.pop();
  const owner = names.reduce((found, name) => found[name], sides[side]);
  try {
    return { result: (await owner[last](...args)) ?? null };
  } catch (error) {
    return outcomeOf(error);
  }
}

async function main() {
  let sides = null;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    if (sides === null) {
      sides = {
        server: VoucherifyServerSide(asked.server),
        client: VoucherifyClientSide(asked.client),
      };
      continue;
    }
    process.stdout.write(JSON.stringify(await call(sides, asked)) + "\n");
  }
}

main();
