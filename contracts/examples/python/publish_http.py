"""Publishes one usage event over HTTP."""
import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone

event = {
    "specversion": "1.0",
    "id": str(uuid.uuid4()),
    "source": "app",
    "type": "com.example.app.used",
    "subject": "crm/0042",
    "time": datetime.now(timezone.utc).isoformat(),
    "data": {"user": "u-7", "feature": "reports", "minutes": 12.5},
}
request = urllib.request.Request(
    os.environ["CSP_ENGAGEMENT"] + "/v1/events",
    data=json.dumps(event).encode(),
    headers={
        "Content-Type": "application/cloudevents+json",
        "Authorization": "Bearer " + os.environ["CSP_TOKEN"],
    },
)
try:
    with urllib.request.urlopen(request, timeout=30) as response:
        print(response.status, response.read().decode())
except urllib.error.HTTPError as refused:
    sys.exit(f"{refused.code} {refused.read().decode()}")
