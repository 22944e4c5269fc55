"""Alerts: each crossed limit is recorded once and told once, to receivers that may be told, whatever they answer."""

import datetime
import email
import hashlib
import hmac
import json
import threading

import pytest

from evidence import health as checks
from jobs.engine import alerts, health_watch
from jobs.engine.alerts import MAIL, WEBHOOK, NotSent, channels
from jobs.engine.health_watch import HealthWatch
from jobs.engine.troubles import Troubles
from store.acting import LINK, Actor, acting
from store.connection import utc_now
from store.errors import BadLimit, NotAllowed
from store.health import Alert, list_alerts, newest_deliveries, open_alerts, samples, set_limit
from tests.support.drifting import plant
from tests.support.receivers import Received, mail_server, webhook
from tests.support.running import run_job
from tests.support.small_workspace import new_dataset

ALERT = Alert(7, 1, "birds", "drift:brightness", "Brightness: 21 %.", 0.21, 0.1, utc_now(), None, [])


def hook(port: int, **more: str) -> dict[str, str]:
    return {"VITRINE_ALERT_WEBHOOK": f"http://127.0.0.1:{port}/alerts", **more}


def mail(port: int, **more: str) -> dict[str, str]:
    people = {
        "VITRINE_ALERT_MAIL_FROM": "vitrine@uni.example",
        "VITRINE_ALERT_MAIL_TO": "ana@uni.example, bo@uni.example",
    }
    return {"VITRINE_ALERT_SMTP": f"smtp://127.0.0.1:{port}", **people, **more}


def watch(workspace, **environ: str) -> HealthWatch:
    return HealthWatch(workspace, troubles=Troubles(), environ=environ)


def crossed(workspace) -> None:
    """A limit that is crossed as long as the machine has less than a million GiB free."""
    set_limit(workspace, 0, name="disk_free", value=1e6, who="me")


def by_name(workspace, name: str) -> list[Alert]:
    return [each for each in list_alerts(workspace, n_rows=100) if each.name == name]


def test_a_crossed_limit_is_recorded_once_told_once_and_ends(workspace) -> None:
    crossed(workspace)
    with webhook() as got:
        looks = watch(workspace, **hook(got.port))
        for _ in range(3):
            looks.round()
        (alert,) = by_name(workspace, "disk_free")
        assert alert.ended_at is None and alert.told == [WEBHOOK] and alert.limit_value == 1e6
        assert len(got.bodies) == 1 and json.loads(got.bodies[0])["check"] == "disk_free"
        assert got.headers[0]["Idempotency-Key"] == f"vitrine-alert-{alert.id}"
        set_limit(workspace, 0, name="disk_free", value=0, who="me")
        looks.round()
        assert by_name(workspace, "disk_free")[0].ended_at is not None and not open_alerts(workspace)
        assert len(got.bodies) == 1


def test_what_goes_to_and_fro_is_told_once_an_hour(workspace) -> None:
    looks = watch(workspace)
    for value in (1e6, 0.0, 1e6, None, 1e6):
        set_limit(workspace, 0, name="disk_free", value=value, who="me")
        looks.round()
    assert len(by_name(workspace, "disk_free")) == 1
    with workspace.writing() as cursor:
        cursor.execute("UPDATE health_alert SET raised_at = raised_at - INTERVAL 2 HOUR")
    looks.round()
    assert len(by_name(workspace, "disk_free")) == 2


def test_a_receiver_that_is_away_is_asked_again_after_a_while_and_not_for_ever(workspace, monkeypatch) -> None:
    crossed(workspace)
    with webhook(Received(answers=[500])) as got:
        looks = watch(workspace, **hook(got.port))
        looks.round()
        looks.round()  # at once: it is not its turn
        assert len(got.bodies) == 1
        (tried,) = newest_deliveries(workspace)
        assert not tried.delivered and tried.outcome == "The receiver answered 500."
        monkeypatch.setattr(health_watch, "WAITS_S", (0.0,))
        for _ in range(20):
            looks.round()
        assert len(got.bodies) == 6 and by_name(workspace, "disk_free")[0].told == []


def test_a_second_try_tells_it(workspace, monkeypatch) -> None:
    monkeypatch.setattr(health_watch, "WAITS_S", (0.0,))
    crossed(workspace)
    with webhook(Received(answers=[503, 204])) as got:
        looks = watch(workspace, **hook(got.port))
        for _ in range(4):
            looks.round()
        assert len(got.bodies) == 2 and got.bodies[0] == got.bodies[1]
        assert by_name(workspace, "disk_free")[0].told == [WEBHOOK]


@pytest.mark.long
def test_planted_drift_reaches_both_receivers_with_the_measure(workspace) -> None:
    dataset = plant(workspace, darker=0.2)
    run_job(workspace, "drift", dataset.name)
    with webhook() as got, mail_server() as post:
        watch(workspace, **hook(got.port), **mail(post.port)).round()
        told = {json.loads(body)["check"]: json.loads(body) for body in got.bodies}
        assert "drift:brightness" in told and told["drift:brightness"]["dataset"] == "birds"
        assert told["drift:brightness"]["value"] > 0.5
        letters = [email.message_from_string(text) for text in post.mails]
        letter = next(each for each in letters if "Brightness" in each["Subject"])
        assert letter["To"] == "ana@uni.example, bo@uni.example" and "below 10 %" in letter.get_payload()
    assert by_name(workspace, "drift:brightness")[0].told == [MAIL, WEBHOOK]
    set_limit(workspace, dataset.id, name="drift:brightness", value=0.99, who="me")
    watch(workspace).round()
    assert by_name(workspace, "drift:brightness")[0].ended_at is not None


def test_the_body_is_signed_and_holds_no_secret() -> None:
    with webhook() as got:
        (way,), _ = channels(hook(got.port, VITRINE_ALERT_WEBHOOK_SECRET="s3cret"))
        assert way.tell(ALERT) == "answered 204"
        signature = hmac.new(b"s3cret", got.bodies[0], hashlib.sha256).hexdigest()
        assert got.headers[0]["X-Vitrine-Signature"] == f"sha256={signature}"
        assert b"s3cret" not in got.bodies[0] and "alerts" not in way.where


def test_a_redirect_is_not_followed() -> None:
    with webhook(Received(answers=[307, 204])) as got:
        (way,), _ = channels(hook(got.port))
        with pytest.raises(NotSent, match="answered 307"):
            way.tell(ALERT)
        assert len(got.bodies) == 1


def test_a_receiver_that_never_answers_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(alerts, "TIMEOUT_S", 0.2)
    release = threading.Event()
    with webhook(Received(delay=release)) as got:
        (way,), _ = channels(hook(got.port))
        with pytest.raises(NotSent, match="did not answer"):
            way.tell(ALERT)
        release.set()
    with pytest.raises(NotSent, match="could not be reached"):  # nobody listens there any more
        way.tell(ALERT)


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/x",
        "ftp://127.0.0.1/x",
        "https://ana:secret@hooks.example/x",
        "//hooks.example",
        "https://",
        "https://[::1",
        "file:///etc/passwd",
        "https://hooks.example:99999/x",
    ],
)
def test_addresses_that_would_be_overheard_or_are_none_are_refused(address) -> None:
    ways, (wrong,) = channels({"VITRINE_ALERT_WEBHOOK": address})
    assert not ways and wrong.startswith("VITRINE_ALERT_WEBHOOK: ") and "secret" not in wrong


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "0.0.0.0", "[::ffff:169.254.169.254]", "224.0.0.1", "127.0.0.2"]
)
def test_nothing_is_sent_to_a_clouds_secrets_or_to_this_machine_under_another_name(address) -> None:
    (way,), _ = channels({"VITRINE_ALERT_WEBHOOK": f"https://{address}/latest"})
    with pytest.raises(NotSent, match="nothing is sent to"):
        way.tell(ALERT)


def test_mail_goes_out_with_a_login_and_no_line_of_a_name_becomes_a_header() -> None:
    with mail_server() as post:
        environ = mail(post.port, VITRINE_ALERT_SMTP_USER="me", VITRINE_ALERT_SMTP_PASSWORD="s3cret")
        (way,), wrong = channels(environ)
        assert not wrong and way.where == "2 addresses by 127.0.0.1"
        odd = Alert(**{**vars(ALERT), "dataset": "birds\r\nBcc: eve@evil.example", "sentence": "A\nB: c."})
        assert way.tell(odd) == "taken"
        letter = email.message_from_string(post.mails[0])
        assert letter["Bcc"] is None and letter["B"] is None and post.logins == 1
        assert "s3cret" not in post.mails[0] and letter["Auto-Submitted"] == "auto-generated"


def test_a_mail_server_that_refuses_is_said_so_in_a_sentence() -> None:
    with mail_server(Received(answers=[550])) as post:
        (way,), _ = channels(mail(post.port))
        with pytest.raises(NotSent, match="answered 550"):
            way.tell(ALERT)
    with pytest.raises(NotSent, match="could not be reached"):
        way.tell(ALERT)


def test_people_who_are_none_are_refused() -> None:
    for change in (
        {"VITRINE_ALERT_MAIL_TO": ""},
        {"VITRINE_ALERT_MAIL_FROM": "me"},
        {"VITRINE_ALERT_MAIL_TO": "a b@c"},
    ):
        ways, (wrong,) = channels(mail(25, **change))
        assert not ways and "ana@uni.example" in wrong
    many = ",".join(f"p{i}@uni.example" for i in range(21))
    assert "20 at most" in channels(mail(25, VITRINE_ALERT_MAIL_TO=many))[1][0]
    assert channels({}) == ([], [])


def test_where_no_way_is_set_up_alerts_are_on_the_page_alone_and_a_sample_is_taken_an_hour(workspace) -> None:
    crossed(workspace)
    looks = watch(workspace)
    looks.round()
    looks.round()
    assert len(samples(workspace)) == 1 and samples(workspace)[0].disk_total > 0
    assert by_name(workspace, "disk_free")[0].told == [] and not newest_deliveries(workspace)
    with workspace.writing() as cursor:
        cursor.execute("UPDATE health_sample SET taken_at = taken_at - INTERVAL 61 MINUTE")
    looks.round()
    assert len(samples(workspace)) == 2


def test_only_an_owner_sets_limits_and_sends_tests(workspace) -> None:
    dataset = new_dataset(workspace)
    with acting(Actor(role="curator", how=LINK, name="Rita")):
        with pytest.raises(NotAllowed):
            set_limit(workspace, dataset.id, name="gates", value=1, who="Rita")
        with pytest.raises(NotAllowed):
            watch(workspace).send_test()
    for value in (-1.0, float("nan"), float("inf")):
        with pytest.raises(BadLimit):
            set_limit(workspace, dataset.id, name="gates", value=value, who="me")
    with webhook() as got:
        assert watch(workspace, **hook(got.port)).send_test() == ["The webhook works: answered 204."]


def test_a_look_that_fails_is_told_and_ends_nothing(workspace, monkeypatch) -> None:
    troubles = Troubles()
    looks = HealthWatch(workspace, troubles=troubles, environ={})
    monkeypatch.setattr(health_watch, "workspace_checks", lambda workspace: 1 / 0)
    looks._due = 0.0
    looks.look()
    looks.finish()
    assert any("health failed" in sentence for sentence in troubles.sentences())


def test_a_kind_that_is_late_is_crossed_and_one_that_never_was_is_too(workspace) -> None:
    dataset = plant(workspace, vectors=False)
    run_job(workspace, "drift", dataset.name)
    for kind, hours in (("drift", 24), ("embed", 24)):
        set_limit(workspace, dataset.id, name=f"every:{kind}", value=hours, who="me")
    now = utc_now()
    states = {each.name: each.state for each in checks.dataset_checks(workspace, dataset, now=now)}
    assert states["every:drift"] == checks.OPEN and states["every:embed"] == checks.CROSSED
    later = {
        each.name: each for each in checks.dataset_checks(workspace, dataset, now=now + datetime.timedelta(hours=25))
    }
    assert later["every:drift"].state == checks.CROSSED and "at most 24 hours" in later["every:drift"].sentence
