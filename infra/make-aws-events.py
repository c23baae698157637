"""Writes cli/aws-events.json, for each CloudTrail event source the operations its service has, and cli/aws-requests.json,
for each of these what its request can hold.

For maintainers, when AWS has new services or operations; nobody who uses Trailwire needs it, or Python:

    pip install --upgrade botocore && python3 infra/make-aws-events.py

Only names are taken from botocore's service models. Events that no model has, and names that CloudTrail writes
differently, are kept by hand in cli/aws-events-extra.json.
"""

import json
import pathlib
import re

import botocore.loaders

# CloudTrail's event source is nearly always the name a request is signed with. Where AWS's documentation or recorded
# events say otherwise, the sources of the model stand here; two, where both have been seen or the texts disagree,
# because refusing a rule that would fire is worse than passing one that would not.
# https://docs.aws.amazon.com/eventbridge/latest/ref/ has a page with the event source of each service.
SOURCES = {
    "application-autoscaling": ["autoscaling", "application-autoscaling"],
    "application-insights": ["application-insights", "applicationinsights"],
    "autoscaling-plans": ["autoscaling", "autoscaling-plans"],
    "chime-sdk-media-pipelines": ["chime", "chime-sdk-media-pipelines"],
    "chime-sdk-voice": ["chime", "chime-sdk-voice"],
    "connect-contact-lens": ["connect", "contact-lens"],
    "marketplace-agreement": ["agreement-marketplace"],
    "marketplace-catalog": ["marketplacecatalog"],
    "marketplace-deployment": ["deployment-marketplace", "aws-marketplace"],
    "marketplace-discovery": ["discovery-marketplace"],
    "marketplace-entitlement": ["entitlement-marketplace", "aws-marketplace"],
    "marketplace-reporting": ["reporting-marketplace", "aws-marketplace"],
    "mediapackage-vod": ["mediapackage", "mediapackage-vod"],
    "meteringmarketplace": ["metering-marketplace"],
    "migrationhub-config": ["mgh", "migrationhub-config"],
    "mq": ["amazonmq"],
    "rds-data": ["rdsdata", "rdsdataapi"],
    "servicecatalog-appregistry": ["servicecatalog", "servicecatalog-appregistry"],
    "sso": ["sso"],
    "sso-oidc": ["sso", "sso-oauth"],
}

# The control API of S3 serves two services: buckets on Outposts, and everything else of S3.
OUTPOSTS_BUCKET = re.compile(r"(Create|Delete|Get|List|Put)(Regional)?Bucket")


def sources_of(service, metadata):
    if service in SOURCES:
        return SOURCES[service]
    return [metadata.get("signingName", metadata["endpointPrefix"]).lower()]


# Requests of these protocols are recorded by the names of the model, but for what a service adds and the case of
# abbreviations; of the others, only those of services whose records have been seen to. EC2, S3, CloudFront and Route 53
# write XML of their own, API Gateway wraps its requests.
FOLLOWING_PROTOCOLS = {"json", "query", "smithy-rpc-v2-cbor"}
FOLLOWING_SERVICES = {"bedrock", "efs", "es", "guardduty", "lambda", "securityhub"}
# Longer enumerations are of instance types, regions and the like: they grow faster than models are updated.
MAX_ENUM = 24


def names_of(model):
    for key, operation in model["operations"].items():
        yield key
        # CloudFront writes both forms: UpdateDistribution, but CreateFunction2020_05_31.
        yield operation["name"]


def lower_first(name):
    return name[0].lower() + name[1:]


def request_of(operation, shapes):
    """The parameters of a request: "status=Active|Inactive tags[] filter{} userName"."""
    members = shapes.get(operation.get("input", {}).get("shape", ""), {}).get("members", {})
    written = []
    for name, member in sorted(members.items()):
        shape = shapes[member["shape"]]
        enum = shape.get("enum", [])
        kind = {"list": "[]", "structure": "{}", "map": "{}"}.get(shape["type"], "")
        if 0 < len(enum) <= MAX_ENUM and not any(" " in value or "|" in value for value in enum):
            kind = "=" + "|".join(enum)
        written.append(lower_first(name) + kind)
    return " ".join(written)


def write(name, table):
    # One service per line, so that a diff shows which services have changed.
    lines = [f"  {json.dumps(source)}: {json.dumps(entry)}" for source, entry in sorted(table.items())]
    target = pathlib.Path(__file__).parent.parent / "cli" / name
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{target}: {len(table)} event sources, {sum(map(len, table.values()))} entries")


def main():
    loader = botocore.loaders.create_loader()
    events = {}
    requests = {}
    for service in loader.list_available_services("service-2"):
        model = loader.load_service_model(service, "service-2")
        follows = model["metadata"]["protocol"] in FOLLOWING_PROTOCOLS or service in FOLLOWING_SERVICES
        for key, operation in model["operations"].items():
            for source in sources_of(service, model["metadata"]) if follows else []:
                apis = requests.setdefault(f"{source}.amazonaws.com", {})
                # One source may have several services: what any of them takes is possible.
                apis[key] = " ".join(sorted({*apis.get(key, "").split(), *request_of(operation, model["shapes"]).split()}))
        for name in names_of(model):
            sources = sources_of(service, model["metadata"])
            if service == "s3control" and OUTPOSTS_BUCKET.match(name):
                sources = ["s3-outposts"]
            for source in sources:
                events.setdefault(f"{source}.amazonaws.com", set()).add(name)

    write("aws-events.json", {source: sorted(names) for source, names in events.items()})
    write("aws-requests.json", {source: dict(sorted(apis.items())) for source, apis in requests.items()})


if __name__ == "__main__":
    main()
