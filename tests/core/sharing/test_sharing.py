"""Tokens, passwords, passes and rates of shared links."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.shares import Share
from core.domain.tokens import hash_of
from core.sharing import rates
from core.sharing.links import Links, is_token
from core.sharing.passes import LIFE, Passes
from core.sharing.passwords import Passwords
from core.sharing.rates import LinkRate, Rate, network
from tests.conftest import NOON

SECRET, OTHER = b"s" * 32, b"o" * 32
LINK = Share(
    id=1,
    token_hash="",
    nonce="",
    title="Takes",
    by="Ann",
    made_at=NOON,
    ends_at=None,
    revoked_at=None,
    password_hash="salt:hash",
)


def link(secret: bytes = SECRET) -> Share:
    nonce, token_hash = Links(secret).new()
    return replace(LINK, nonce=nonce, token_hash=token_hash)


# -- tokens ---------------------------------------------------------------------------------------


def test_a_token_is_made_again_from_the_secret_and_from_nothing_else() -> None:
    share = link()
    token = Links(SECRET).token(share)
    assert token
    assert is_token(token)
    assert hash_of(token) == share.token_hash
    assert token not in repr(share)
    assert share.nonce not in repr(share)
    assert Links(OTHER).token(share) is None


def test_no_two_links_have_the_same_token_even_with_the_same_number() -> None:
    tokens = {Links(SECRET).token(link()) for _ in range(50)}
    assert len(tokens) == 50


@pytest.mark.parametrize(
    "text", ["", "a" * 31, "a" * 33, "a" * 31 + "/", "a" * 31 + "ä", "a\n" * 16]
)
def test_what_is_no_token_is_not_looked_up(text: str) -> None:
    assert not is_token(text)


# -- passwords ------------------------------------------------------------------------------------


def test_a_password_is_kept_as_a_hash_of_its_own() -> None:
    passwords = Passwords(cost=2)
    first, second = passwords.hashed("open sesame"), passwords.hashed("open sesame")
    assert first != second
    assert "sesame" not in first
    assert passwords.matches("open sesame", first)
    assert not passwords.matches("open sesam", first)
    assert not passwords.matches("", first)


def test_a_password_may_be_any_text() -> None:
    passwords = Passwords(cost=2)
    for text in ("pässwörd 🎬", "\ud800 lone", "a\0b\0c\0"):
        assert passwords.matches(text, passwords.hashed(text))


@pytest.mark.slow
def test_a_hash_costs_what_owasp_names_if_nothing_else_is_said() -> None:
    salt, _, kept = Passwords().hashed("open sesame").partition(":")
    known = hashlib.scrypt(b"open sesame", salt=bytes.fromhex(salt), n=2**14, r=8, p=5)
    assert kept == known.hex()
    assert not Passwords(cost=2).matches("open sesame", f"{salt}:{kept}")


# -- passes ---------------------------------------------------------------------------------------


def test_a_pass_holds_for_its_link_for_a_while() -> None:
    share, passes = link(), Passes(SECRET)
    given = passes.issue(share, NOON)
    assert passes.holds(share, given, NOON)
    assert passes.holds(share, given, NOON + LIFE - timedelta(seconds=1))
    assert not passes.holds(share, given, NOON + LIFE)


def test_a_pass_opens_no_other_link_and_outlives_no_password() -> None:
    share, passes = link(), Passes(SECRET)
    given = passes.issue(share, NOON)
    assert not passes.holds(link(), given, NOON)
    assert not passes.holds(replace(share, password_hash="salt:other"), given, NOON)
    assert not Passes(OTHER).holds(share, given, NOON)


def test_a_pass_that_was_changed_is_none() -> None:
    share, passes = link(), Passes(SECRET)
    expires, _, signature = passes.issue(share, NOON).partition(".")
    later = f"{int(expires) + 3600}.{signature}"
    forged = (later, expires, f"{expires}.", f".{signature}", f"{expires}.{signature}0")
    for given in ("", "x", *forged, f"{expires}.ä", f"-1.{signature}", "9" * 5000):
        assert not passes.holds(share, given, NOON)


# -- rates ----------------------------------------------------------------------------------------


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_times_in_so_many_seconds() -> None:
    ticks = Ticks()
    rate = Rate(2, 60, ticks)
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert rate.allows("b")
    ticks.now = 59.9
    assert not rate.allows("a")
    ticks.now = 60
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]


def test_it_remembers_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_KNOWN", 3)
    rate = Rate(1, 60, Ticks())
    for who in range(100):
        rate.allows(who)
    assert len(rate._known) <= 3
    assert not rate.allows(99)


def test_a_link_is_guarded_from_everywhere_together() -> None:
    rate = LinkRate(2, 5, 60, Ticks())
    alone = [rate.allows(1, "192.0.2.1") for _ in range(9)]
    assert alone == [True] * 2 + [False] * 7
    others = [rate.allows(1, f"192.0.2.{n}") for n in range(2, 9)]
    assert others == [True] * 3 + [False] * 4
    assert rate.allows(2, "192.0.2.1")


def test_a_network_of_one_person_is_one_address() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("192.0.2.1") == network("::ffff:192.0.2.1") != network("192.0.2.2")
    assert network("") == ""
