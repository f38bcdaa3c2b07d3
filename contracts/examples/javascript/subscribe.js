// Receives churn-risk alerts until it is stopped.
import { connect } from "amqplib";
import { CloudEvent } from "cloudevents";

const queue = new URL(process.env.CSP_AMQP).username + ".alerts"; // one queue per subscriber; one of its replicas gets alerts at a time
const newest = new Map(); // highest accountsequence handled, by account: keep it in your database, beside what you do

const connection = await connect(process.env.CSP_AMQP);
const channel = await connection.createChannel();
await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum", "x-single-active-consumer": true } });
await channel.bindQueue(queue, "csplatform.alerts", "churnrisk.#");
await channel.prefetch(20);
await channel.consume(queue, (delivery) => {
  if (delivery === null) return process.exit(1); // the queue was deleted
  const alert = new CloudEvent(JSON.parse(delivery.content.toString()));
  if (alert.accountsequence > (newest.get(alert.partitionkey) ?? "")) { // else a repeat, or older than what is known
    const { account, health, reasons } = alert.data;
    console.log(alert.type, alert.severitytext, account.name, health.score, reasons.map((reason) => reason.text).join("; "));
    newest.set(alert.partitionkey, alert.accountsequence);
  }
  channel.ack(delivery); // only now: what is not acknowledged comes again
});
console.log("waiting for alerts on", queue);
