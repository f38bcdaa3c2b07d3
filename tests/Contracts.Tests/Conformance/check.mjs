// The published schemas in strict draft 2020-12 (ajv), the goldens against them, and asyncapi.yaml by AsyncAPI's own parser.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Parser } from "@asyncapi/parser";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const contracts = fileURLToPath(new URL("../../../contracts/", import.meta.url));
const read = (path) => JSON.parse(readFileSync(contracts + path, "utf8"));
const faults = [];

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
addFormats(ajv);
for (const file of readdirSync(contracts + "schemas")) ajv.addSchema(read("schemas/" + file));
const valid = (schema, json) => ajv.getSchema("https://csplatform.dev/schemas/" + schema)(json);
const expect = (what, holds) => holds || faults.push(what);

for (const file of readdirSync(contracts + "Golden").filter((name) => name.startsWith("churnrisk."))) {
  const alert = read("Golden/" + file);
  expect(`${file}: envelope`, valid("churnrisk-event.v1.json", alert));
  expect(`${file}: data`, ajv.getSchema(alert.dataschema)(alert.data));
  expect(`${file}: a spoiled envelope passes`, !valid("churnrisk-event.v1.json", { ...alert, Dedup_Key: "x" }));
  expect(`${file}: spoiled data passes`, !ajv.getSchema(alert.dataschema)({ ...alert.data, revision: "1" }));
}
for (const usage of [read("Golden/usage-event.v1.json"), ...read("Golden/usage-event-batch.v1.json")]) {
  expect(`usage event ${usage.id}`, valid("usage-event.v1.json", usage));
  expect(`usage event ${usage.id}: spoiled one passes`, !valid("usage-event.v1.json", { ...usage, data: { minutes: "1" } }));
}

const source = contracts + "asyncapi.yaml";
const { document, diagnostics } = await new Parser().parse(readFileSync(source, "utf8"), { source });
for (const { severity, message, path } of diagnostics)
  if (severity <= 1) faults.push(`asyncapi.yaml: ${message} at ${path.join("/")}`);
expect("asyncapi.yaml is not read", document !== undefined);

const tolerant = addFormats(new Ajv2020({ strict: false }));
for (const message of document?.allMessages() ?? []) {
  const plain = JSON.stringify(message.payload().json(), (key, value) => (key === "$id" || key === "$schema" ? undefined : value));
  const check = tolerant.compile(JSON.parse(plain));
  const examples = message.examples().all();
  expect(`asyncapi.yaml: ${message.id()} has no example`, examples.length > 0);
  for (const example of examples) {
    expect(`asyncapi.yaml: ${message.id()}: its example is not what it describes`, check(example.payload()));
    expect(`asyncapi.yaml: ${message.id()}: an empty message passes`, !check({}));
  }
}

const { document: broken } = await new Parser().parse("asyncapi: 3.0.0\ninfo: {}\n");
expect("a broken AsyncAPI document passes", broken === undefined);

console.log(faults.length === 0 ? "conformant" : faults.join("\n"));
process.exitCode = faults.length === 0 ? 0 : 1;
