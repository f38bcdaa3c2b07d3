"""Receives churn-risk alerts until it is stopped."""
import json
import os

import pika

server = pika.URLParameters(os.environ["CSP_AMQP"])
queue = server.credentials.username + ".alerts"  # one queue per subscriber; one of its replicas gets alerts at a time
newest = {}  # highest accountsequence handled, by account: keep it in your database, beside what you do with alerts


def handle(channel, delivery, properties, body):
    alert = json.loads(body)
    account, sequence = alert["partitionkey"], alert["accountsequence"]
    if sequence > newest.get(account, ""):  # else a repeat, or older than what is known
        data = alert["data"]
        reasons = "; ".join(reason["text"] for reason in data["reasons"])
        print(alert["type"], alert["severitytext"], data["account"]["name"], data["health"]["score"], reasons, flush=True)
        newest[account] = sequence
    channel.basic_ack(delivery.delivery_tag)  # only now: what is not acknowledged comes again


connection = pika.BlockingConnection(server)
channel = connection.channel()
channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum", "x-single-active-consumer": True})
channel.queue_bind(queue, "csplatform.alerts", routing_key="churnrisk.#")
channel.basic_qos(prefetch_count=20)
channel.basic_consume(queue, handle)
print("waiting for alerts on", queue, flush=True)
channel.start_consuming()
