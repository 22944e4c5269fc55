"""Telling somebody of an alert: a webhook and e-mail by SMTP. Where to stands in the environment, never in the file.

VITRINE_ALERT_WEBHOOK            an https address, or http on this machine
VITRINE_ALERT_WEBHOOK_SECRET     the body's HMAC-SHA256 by it goes along, in X-Vitrine-Signature
VITRINE_ALERT_SMTP               smtps://HOST:465, or smtp://HOST:587 (STARTTLS, but for this machine)
VITRINE_ALERT_SMTP_USER, _PASSWORD
VITRINE_ALERT_MAIL_FROM, VITRINE_ALERT_MAIL_TO    addresses, those of the latter with commas between
"""

import hashlib
import hmac
import ipaddress
import json
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, urlsplit

import httpx

from analytics.wording import count
from store.health import Alert

TIMEOUT_S = 10.0
WEBHOOK, MAIL = "webhook", "mail"
MOST_RECIPIENTS = 20
_LOCAL = ("localhost", "127.0.0.1", "::1")


class NotSent(Exception):
    """An alert that could not be told, or a place that it may not be told to; the message names no address."""


@dataclass(frozen=True)
class Channel:
    """A way to tell somebody. where: for people, nothing secret in it. tell: what was answered; raises NotSent."""

    name: str
    where: str
    tell: Callable[[Alert], str]


def channels(environ: Mapping[str, str]) -> tuple[list[Channel], list[str]]:
    """The ways that are set up and can be used, and a sentence for each that cannot."""
    ways: list[Channel] = []
    wrong: list[str] = []
    for variable, make in (("VITRINE_ALERT_WEBHOOK", _webhook), ("VITRINE_ALERT_SMTP", _mail)):
        if not environ.get(variable, "").strip():
            continue
        try:
            ways.append(make(environ))
        except NotSent as error:
            wrong.append(f"{variable}: {error}")
    return ways, wrong


def body_of(alert: Alert) -> dict[str, object]:
    """An alert as a receiver of the webhook reads it; times are UTC."""
    return {
        "alert": alert.id,
        "dataset": alert.dataset,
        "check": alert.name,
        "sentence": alert.sentence,
        "value": alert.value,
        "limit": alert.limit_value,
        "raised_at": f"{alert.raised_at.replace(microsecond=0).isoformat()}Z",
    }


def _webhook(environ: Mapping[str, str]) -> Channel:
    address = environ["VITRINE_ALERT_WEBHOOK"].strip()
    parts = _split(address, schemes=("https", "http"))
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise NotSent("only https is used, and http on this machine.")
    secret = environ.get("VITRINE_ALERT_WEBHOOK_SECRET", "")

    def tell(alert: Alert) -> str:
        _require_address(parts)
        body = json.dumps(body_of(alert), allow_nan=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"vitrine-alert-{alert.id}"}
        if secret:
            signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Vitrine-Signature"] = f"sha256={signature}"
        try:  # an answer's body is nobody's business here, and a redirect leads elsewhere
            with (
                httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", address, content=body, headers=headers) as answer,
            ):
                status = answer.status_code
        except httpx.TimeoutException:
            raise NotSent(f"The receiver did not answer within {TIMEOUT_S:.0f} seconds.") from None
        except (httpx.HTTPError, OSError):
            raise NotSent("The receiver could not be reached.") from None
        if not 200 <= status < 300:
            raise NotSent(f"The receiver answered {status}.")
        return f"answered {status}"

    return Channel(WEBHOOK, f"{parts.scheme}://{parts.hostname}", tell)


def _mail(environ: Mapping[str, str]) -> Channel:
    parts = _split(environ["VITRINE_ALERT_SMTP"].strip(), schemes=("smtp", "smtps"))
    sender = environ.get("VITRINE_ALERT_MAIL_FROM", "").strip()
    to = [each.strip() for each in environ.get("VITRINE_ALERT_MAIL_TO", "").split(",") if each.strip()]
    if not to or not all(_is_address(each) for each in (sender, *to)):
        raise NotSent("VITRINE_ALERT_MAIL_FROM and VITRINE_ALERT_MAIL_TO name who writes to whom, as ana@uni.example.")
    if len(to) > MOST_RECIPIENTS:
        raise NotSent(
            f"VITRINE_ALERT_MAIL_TO names {count(len(to), 'address', 'addresses')}; {MOST_RECIPIENTS} at most."
        )

    def tell(alert: Alert) -> str:
        _require_address(parts)
        try:
            with _connected(parts) as server:
                user = environ.get("VITRINE_ALERT_SMTP_USER", "")
                if user:
                    server.login(user, environ.get("VITRINE_ALERT_SMTP_PASSWORD", ""))
                refused = server.send_message(_message(alert, sender=sender, to=to))
        except TimeoutError:
            raise NotSent(f"The mail server did not answer within {TIMEOUT_S:.0f} seconds.") from None
        except smtplib.SMTPAuthenticationError:
            raise NotSent("The mail server knows no such user and password.") from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"The mail server answered {error.smtp_code}.") from None
        except (smtplib.SMTPException, OSError, ValueError):
            raise NotSent("The mail server could not be reached, or refused the mail.") from None
        return "taken" if not refused else f"taken, but for {count(len(refused), 'address', 'addresses')}"

    return Channel(MAIL, f"{count(len(to), 'address', 'addresses')} by {parts.hostname}", tell)


def _connected(parts: SplitResult) -> smtplib.SMTP:
    """A connection that nobody reads along, but on this machine."""
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=ssl.create_default_context())
    server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
    if host not in _LOCAL:
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _message(alert: Alert, *, sender: str, to: list[str]) -> EmailMessage:
    about = " ".join((alert.dataset or "workspace").split())[:80]
    message = EmailMessage()
    message["Subject"] = f"Vitrine, {about}: {' '.join(alert.sentence.split())[:120]}"
    message["From"], message["To"] = sender, ", ".join(to)
    message["Message-ID"] = f"<vitrine-alert-{alert.id}-{alert.raised_at:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{alert.sentence}\n\nDataset: {about}\nSince: {alert.raised_at:%Y-%m-%d %H:%M} UTC\n"
        f"Alert {alert.id}; the page Health says more.\n"
    )
    return message


def _split(address: str, *, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotSent("this is no address.") from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise NotSent(f"an address begins with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    if parts.username is not None or parts.password is not None:
        raise NotSent("a name or password in an address would be read by others; the documentation says where it goes.")
    return parts


def _require_address(parts: SplitResult) -> None:
    """Raise NotSent where a name leads to what no receiver is at: link-local (a cloud's secrets), or this machine's own
    services under another name."""
    host = parts.hostname or ""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise NotSent("The receiver's name is not known.") from None
    for text in found:
        address = ipaddress.ip_address(str(text).partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        is_odd = mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified
        if is_odd or (mapped.is_loopback and host not in _LOCAL):
            raise NotSent("The receiver's name leads to an address that nothing is sent to.")


def _is_address(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and host) and text.isascii() and text.isprintable() and " " not in text and len(text) <= 254
