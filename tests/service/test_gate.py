"""Who may ask: this machine as long as there is no key, whoever holds a key, and nobody else."""

import datetime
import json
import stat

import pytest

from service import key_file
from service.key_file import FILE, BadKeyFile, KeyFile
from service.key_table import KeyTable
from service.keys import LONGEST, hash_of, new_secret
from service.limits import Limits, Rates
from service.problems import Problem
from store.errors import BadServiceKey
from store.service_keys import add_service_key, list_service_keys, revoke_service_key
from tests.support.served import client_of, new_key, service_over, write_version
from tests.support.small_workspace import new_dataset


@pytest.fixture
def index(tmp_path):
    write_version(tmp_path)
    return tmp_path


def test_this_machine_needs_no_key_until_there_is_one(index) -> None:
    client = client_of(service_over(index))
    assert client.get("/datasets").status_code == 200
    secret = new_key(index)
    assert client.get("/datasets").status_code == 401
    assert client.get("/datasets", headers={"X-API-Key": secret}).status_code == 200


def test_the_last_key_that_is_revoked_does_not_open_the_door(index) -> None:
    client = client_of(service_over(index))
    new_key(index)
    KeyFile(index).revoke(KeyFile(index).all()[0].id)
    assert client.get("/datasets").status_code == 401


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.0.0.1", "2001:db8::1", "not-an-address"])
def test_another_machine_needs_a_key(index, address: str) -> None:
    answer = client_of(service_over(index), address=address).get("/datasets")
    assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.4.5", "::1", "::ffff:127.0.0.1"])
def test_this_machine_by_any_of_its_addresses(index, address: str) -> None:
    assert client_of(service_over(index), address=address).get("/datasets").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "CF-Ray"])
def test_whom_a_proxy_passes_on_is_not_this_machine(index, header: str) -> None:
    assert client_of(service_over(index)).get("/datasets", headers={header: "127.0.0.1"}).status_code == 401


@pytest.mark.parametrize("secret", ["", "x" * (LONGEST + 1), "vitrine_wrong", "Bearer", " "])
def test_what_is_no_key_opens_nothing_even_here(index, secret: str) -> None:
    assert client_of(service_over(index)).get("/datasets", headers={"X-API-Key": secret}).status_code == 401


def test_a_key_that_is_revoked_or_expired_opens_nothing_at_once(index, monkeypatch) -> None:
    client, keys = client_of(service_over(index)), KeyFile(index)
    soon = key_file.utc_now() + datetime.timedelta(hours=1)
    short, lasting = (keys.add(name="k", datasets=None, expires_at=ends) for ends in (soon, None))
    for _, secret in (short, lasting):
        assert client.get("/datasets", headers={"X-API-Key": secret}).status_code == 200
    keys.revoke(lasting[0].id)
    assert client.get("/datasets", headers={"X-API-Key": lasting[1]}).status_code == 401
    later = soon + datetime.timedelta(seconds=1)
    monkeypatch.setattr(key_file, "utc_now", lambda: later)
    assert client.get("/datasets", headers={"X-API-Key": short[1]}).status_code == 401


def test_only_the_hash_of_a_key_is_kept_and_only_its_owner_reads_it(index) -> None:
    secret = new_key(index, "colours")
    path = index / FILE
    assert secret not in path.read_text() and hash_of(secret) in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[{}]", json.dumps([{"id": 3}]), "null"])
def test_a_damaged_file_of_keys_lets_nobody_in(index, text: str) -> None:
    (index / FILE).write_text(text)
    answer = client_of(service_over(index)).get("/datasets")
    assert answer.status_code == 503 and str(index) not in answer.text
    with pytest.raises(BadKeyFile):
        KeyFile(index).all()


def test_a_key_needs_a_name_and_a_day_to_come(index) -> None:
    with pytest.raises(BadKeyFile, match="name"):
        KeyFile(index).add(name="  ", datasets=None, expires_at=None)
    with pytest.raises(BadKeyFile, match="expired"):
        KeyFile(index).add(name="k", datasets=None, expires_at=datetime.datetime(2001, 1, 1))
    with pytest.raises(BadKeyFile, match="no key"):
        KeyFile(index).revoke("ffffffff")


def test_keys_of_a_workspace_are_found_by_their_hash_and_revoked(workspace) -> None:
    dataset = new_dataset(workspace)
    secrets_ = [new_secret() for _ in range(3)]
    soon = datetime.datetime(2100, 1, 1)
    one = add_service_key(workspace, name="one", sha256=hash_of(secrets_[0]), dataset_ids=[dataset.id], who="me")
    add_service_key(workspace, name="all", sha256=hash_of(secrets_[1]), dataset_ids=None, who="me", expires_at=soon)
    keys = KeyTable(workspace)
    found = keys.find(secrets_[0])
    assert found is not None and found.datasets == frozenset([dataset.name]) and not found.opens("other")
    everything = keys.find(secrets_[1])
    assert everything is not None and everything.opens("other") and keys.find(secrets_[2]) is None
    assert list_service_keys(workspace)[0].last_used_at is not None
    n_writes = workspace.n_writes
    assert keys.find(secrets_[0]) is not None and workspace.n_writes == n_writes  # noted every ten minutes alone
    revoke_service_key(workspace, one, who="me")
    assert keys.find(secrets_[0]) is None and keys.has_any()
    with pytest.raises(BadServiceKey):
        revoke_service_key(workspace, one, who="me")


@pytest.mark.parametrize(
    "given",
    [{"name": " "}, {"dataset_ids": []}, {"expires_at": datetime.datetime(2001, 1, 1)}],
    ids=["no name", "no dataset", "expired"],
)
def test_a_key_of_a_workspace_that_could_open_nothing_is_not_made(workspace, given: dict) -> None:
    with pytest.raises(BadServiceKey):
        add_service_key(workspace, **{"name": "k", "sha256": "a", "dataset_ids": None, "who": "me", **given})
    assert not list_service_keys(workspace)


def test_a_key_may_ask_so_often_and_no_other_pays_for_it(index) -> None:
    first, second = new_key(index), new_key(index)
    client = client_of(service_over(index, limits=Limits(rate=0.001, burst=3)))
    statuses = [client.get("/datasets", headers={"X-API-Key": first}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    refused = client.get("/datasets", headers={"X-API-Key": first})
    assert int(refused.headers["retry-after"]) > 0 and refused.json()["type"].endswith("too-many-requests")
    assert client.get("/datasets", headers={"X-API-Key": second}).status_code == 200


def test_a_bucket_fills_again_up_to_its_brim() -> None:
    rates = Rates(rate=2, burst=2)
    for now in (0.0, 0.0, 0.5, 100.0, 100.0):
        rates.take("a", now=now)
    with pytest.raises(Problem):
        rates.take("a", now=100.1)


def test_this_machine_is_not_counted(index) -> None:
    client = client_of(service_over(index, limits=Limits(rate=0.001, burst=1)))
    assert [client.get("/datasets").status_code for _ in range(4)] == [200] * 4
