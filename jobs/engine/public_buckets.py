"""Whether anybody may read what lies in a bucket: by its policy, by its ACL, and by asking without a name."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from importers.stores import Address, client, unsigned_client
from jobs.engine.errors import ExportRefused

_EVERYBODY = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


def why_public(address: Address) -> list[str]:
    """The ways, a clause each, by which anybody may read or list a bucket; none where it is as private as can be seen.

    What the credentials may not ask, or a store does not know, is no way. Raises nothing for that.
    """
    ways = [_by_policy(address), _by_acl(address), _by_listing(address), _by_reading(address)]
    return [way for way in ways if way]


def require_private(address: Address, *, to_public: bool) -> list[str]:
    """The ways by which a bucket is public; raises ExportRefused for one unless that is meant."""
    ways = why_public(address)
    if ways and not to_public:
        raise ExportRefused(warning(address, ways) + " Nothing was written. If that is meant, say --to-public yes.")
    return ways


def warning(address: Address, ways: list[str]) -> str:
    """The sentence about a public bucket."""
    return f"Anybody can read what is written to s3://{address.bucket}: {'; '.join(ways)}."


def _asked(call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """A store's answer; None where it refuses, or cannot be asked."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call()
    except (BotoCoreError, ClientError):
        return None


def _by_policy(address: Address) -> str:
    status = _asked(lambda: client().get_bucket_policy_status(Bucket=address.bucket))
    if status is not None and status.get("PolicyStatus", {}).get("IsPublic"):
        return "the bucket's policy is public"
    answer = _asked(lambda: client().get_bucket_policy(Bucket=address.bucket))
    try:
        statements = json.loads(answer["Policy"]).get("Statement", []) if answer else []
    except (ValueError, KeyError, AttributeError):
        return ""
    statements = statements if isinstance(statements, list) else [statements]
    return "the bucket's policy lets everybody in" if any(_lets_all_in(each) for each in statements) else ""


def _lets_all_in(statement: Mapping[str, Any]) -> bool:
    who = statement.get("Principal")
    named = who.get("AWS") if isinstance(who, Mapping) else who
    is_all = named == "*" or (isinstance(named, list) and "*" in named)
    return statement.get("Effect") == "Allow" and is_all and not statement.get("Condition")


def _by_acl(address: Address) -> str:
    answer = _asked(lambda: client().get_bucket_acl(Bucket=address.bucket))
    for grant in (answer or {}).get("Grants", ()):
        if grant.get("Grantee", {}).get("URI") in _EVERYBODY:
            return f"the bucket's ACL gives everybody {grant.get('Permission', 'a right')}"
    return ""


def _by_listing(address: Address) -> str:
    answer = _asked(lambda: unsigned_client().list_objects_v2(Bucket=address.bucket, MaxKeys=1))
    return "" if answer is None else "its objects can be listed without credentials"


def _by_reading(address: Address) -> str:
    """By the first object that there is: a policy may let everybody read, and nobody list."""
    listed = _asked(lambda: client().list_objects_v2(Bucket=address.bucket, MaxKeys=1)) or {}
    for entry in listed.get("Contents", ()):
        key = entry["Key"]
        if _asked(partial(unsigned_client().head_object, Bucket=address.bucket, Key=key)) is not None:
            return "its objects can be read without credentials"
    return ""
