// Publishes one usage event over AMQP.
import { randomUUID } from "node:crypto";
import { connect } from "amqplib";
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
const connection = await connect(process.env.CSP_AMQP);
const channel = await connection.createConfirmChannel();
channel.publish("usage-events", "", Buffer.from(HTTP.structured(event).body), {
  contentType: "application/cloudevents+json",
  persistent: true,
  userId: new URL(process.env.CSP_AMQP).username, // the broker checks it; CsPlatform knows by it whose sources are yours
});
await channel.waitForConfirms(); // rejects when the broker refuses
await connection.close();
console.log("confirmed", event.id);
