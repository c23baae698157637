"""Writes cli/aws-events.json: for each CloudTrail event source, the operations its service has.

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


def names_of(model):
    for key, operation in model["operations"].items():
        yield key
        # CloudFront writes both forms: UpdateDistribution, but CreateFunction2020_05_31.
        yield operation["name"]


def main():
    loader = botocore.loaders.create_loader()
    events = {}
    for service in loader.list_available_services("service-2"):
        model = loader.load_service_model(service, "service-2")
        for name in names_of(model):
            sources = sources_of(service, model["metadata"])
            if service == "s3control" and OUTPOSTS_BUCKET.match(name):
                sources = ["s3-outposts"]
            for source in sources:
                events.setdefault(f"{source}.amazonaws.com", set()).add(name)

    # One service per line, so that a diff shows which services have changed.
    lines = [f"  {json.dumps(source)}: {json.dumps(sorted(names))}" for source, names in sorted(events.items())]
    target = pathlib.Path(__file__).parent.parent / "cli" / "aws-events.json"
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{target}: {len(events)} event sources, {sum(map(len, events.values()))} events")


if __name__ == "__main__":
    main()
