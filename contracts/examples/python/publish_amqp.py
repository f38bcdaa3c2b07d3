"""Publishes one usage event over AMQP."""
import json
import os
import uuid
from datetime import datetime, timezone

import pika

event = {
    "specversion": "1.0",
    "id": str(uuid.uuid4()),
    "source": "app",
    "type": "com.example.app.used",
    "subject": "crm/0042",
    "time": datetime.now(timezone.utc).isoformat(),
    "data": {"user": "u-7", "feature": "reports", "minutes": 12.5},
}
server = pika.URLParameters(os.environ["CSP_AMQP"])
with pika.BlockingConnection(server) as connection:
    channel = connection.channel()
    channel.confirm_delivery()  # basic_publish returns when the broker has it, and raises when it refuses
    channel.basic_publish(
        exchange="usage-events",
        routing_key="",
        body=json.dumps(event),
        properties=pika.BasicProperties(
            content_type="application/cloudevents+json",
            delivery_mode=2,
            user_id=server.credentials.username,  # the broker checks it; CsPlatform knows by it whose sources are yours
        ),
    )
print("confirmed", event["id"])
