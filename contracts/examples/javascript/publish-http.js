// Publishes one usage event over HTTP.
import { randomUUID } from "node:crypto";
import { CloudEvent, HTTP } from "cloudevents";

const event = new CloudEvent({
  id: randomUUID(),
  source: "app",
  type: "com.example.app.used",
  subject: "crm/0042",
  time: new Date().toISOString(),
  datacontenttype: "application/json",
  data: { user: "u-7", feature: "reports", minutes: 12.5 },
});
const { headers, body } = HTTP.structured(event);
const response = await fetch(`${process.env.CSP_ENGAGEMENT}/v1/events`, {
  method: "POST",
  headers: { ...headers, authorization: `Bearer ${process.env.CSP_TOKEN}` },
  body,
});
console.log(response.status, await response.text());
process.exitCode = response.ok ? 0 : 1;
