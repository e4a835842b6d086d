"""What the product's own Python client makes of our answers; printed as one JSON object, a key for each step."""

import json
import os

import httpx
from nemo_platform import NeMoPlatform

sent = []


def made(strict):
    return NeMoPlatform(
        base_url=os.environ["URL"],
        workspace=os.environ["WORKSPACE"],
        default_headers={"Authorization": "Bearer " + os.environ["KEY"]},
        http_client=httpx.Client(event_hooks={"request": [sent.append]}),
        _strict_response_validation=strict,
    )


client = made(True)
deployments = client.inference.deployments
configs = client.inference.deployment_configs
steps = {}


def step(name, run):
    """The result of a call, or its error, and how many requests it took."""
    before = len(sent)
    try:
        result = run()
        if isinstance(result, list):
            result = [one.to_dict(mode="json") for one in result]
        elif hasattr(result, "to_dict"):
            result = result.to_dict(mode="json")
        outcome = {"result": result}
    except Exception as error:
        outcome = {"error": type(error).__name__, "body": getattr(error, "body", str(error))}
    steps[name] = {**outcome, "requests": len(sent) - before}


step("config", lambda: configs.create(name="llama", engine="nim", model_spec={}, executor_config={"gpu": 1}))
step("create", lambda: deployments.create(name="llama-7b", config="llama"))
step("again", lambda: deployments.create(name="llama-7b", config="llama"))
step("pending", lambda: deployments.update_status("llama-7b", status="PENDING"))
step(
    "ready",
    lambda: deployments.update_status(
        "llama-7b", status="READY", status_message="up", model_provider_id="default/llama", version="1"
    ),
)
step("update", lambda: deployments.update("llama-7b", config="llama"))
step("retrieve", lambda: deployments.retrieve("llama-7b"))
step("versions", lambda: deployments.versions.list("llama-7b"))
step("version", lambda: deployments.versions.retrieve("1", deployment="llama-7b"))
step(
    "list",
    lambda: [
        one
        for one in deployments.list(
            all_versions=True, filter={"status": "READY", "name": {"like": "ll"}}, page_size=1, sort="-created_at"
        )
    ],
)
step("pages", lambda: [one for one in deployments.list(all_versions=True, page_size=1)])
step("missing", lambda: deployments.retrieve("nobody"))
step("invalid", lambda: deployments.update_status("llama-7b", status="FAILED"))
step("delete", lambda: deployments.delete("llama-7b"))
step("refused", lambda: deployments.update_status("llama-7b", status="READY"))
step("deleted", lambda: deployments.update_status("llama-7b", status="DELETED"))
step("first deleted", lambda: deployments.update_status("llama-7b", status="DELETED", version="1"))
# The strict client takes no answer without a body.
step("removed", lambda: made(False).inference.deployments.delete("llama-7b"))
step("config removed", lambda: configs.delete("llama"))
print(json.dumps(steps))
