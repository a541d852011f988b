"""What a member may do in a channel, by the order in which roles and overwrites act."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.rules.permissions import ALL, Permission, compute

P = Permission
OWNER, GUILD, MEMBER, ROLE_A, ROLE_B = "300", "100", "302", "120", "121"
BASE = int(P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS)


def overwrite(target: str, allow: int = 0, deny: int = 0, kind: int = 0) -> dict[str, Any]:
    return {"id": target, "type": kind, "allow": str(int(allow)), "deny": str(int(deny))}


def of(*overwrites: dict[str, Any], everyone: int = BASE, roles: int = 0, member: str = MEMBER) -> int:
    return compute(OWNER, everyone, [roles, 0], member, [ROLE_A, ROLE_B], GUILD, list(overwrites))


def test_bits_are_those_of_the_invite_links() -> None:
    view, threads = P.VIEW_CHANNEL | P.SEND_MESSAGES, P.CREATE_PUBLIC_THREADS | P.SEND_MESSAGES_IN_THREADS
    post = view | P.EMBED_LINKS | P.READ_MESSAGE_HISTORY
    assert post == 84992
    assert post | P.ATTACH_FILES | threads | P.CREATE_EVENTS == 17901423807488
    assert int(P.PIN_MESSAGES) == 2251799813685248
    assert len(list(P)) == 52


def test_owner_and_administrator_have_all_whatever_is_denied() -> None:
    denied = overwrite(GUILD, deny=ALL), overwrite(OWNER, deny=ALL, kind=1), overwrite(ROLE_A, deny=ALL)
    assert of(*denied, everyone=0, member=OWNER) == ALL
    assert of(*denied, everyone=0, roles=int(P.ADMINISTRATOR)) == ALL
    assert of(overwrite(GUILD, allow=P.ADMINISTRATOR), everyone=BASE) != ALL


def test_roles_add_up() -> None:
    assert of(roles=int(P.MANAGE_MESSAGES)) == BASE | P.MANAGE_MESSAGES


@pytest.mark.parametrize(
    ("overwrites", "may_send"),
    [
        ([overwrite(GUILD, deny=P.SEND_MESSAGES)], False),
        ([overwrite(GUILD, deny=P.SEND_MESSAGES), overwrite(ROLE_A, allow=P.SEND_MESSAGES)], True),
        ([overwrite(ROLE_A, deny=P.SEND_MESSAGES), overwrite(ROLE_B, allow=P.SEND_MESSAGES)], True),
        ([overwrite(ROLE_A, allow=P.SEND_MESSAGES), overwrite(MEMBER, deny=P.SEND_MESSAGES, kind=1)], False),
        ([overwrite(ROLE_A, deny=P.SEND_MESSAGES), overwrite(MEMBER, allow=P.SEND_MESSAGES, kind=1)], True),
        ([overwrite("999", deny=P.SEND_MESSAGES), overwrite("998", deny=P.SEND_MESSAGES, kind=1)], True),
        ([overwrite(MEMBER, deny=P.SEND_MESSAGES, kind=0)], True),
    ],
)
def test_everyone_then_roles_then_the_member(overwrites: list[dict[str, Any]], may_send: bool) -> None:
    assert bool(of(*overwrites) & P.SEND_MESSAGES) is may_send
    assert of(*reversed(overwrites)) == of(*overwrites)


def test_implicit_denials() -> None:
    everything = int(P.MENTION_EVERYONE | P.ATTACH_FILES | P.SEND_TTS_MESSAGES | P.MANAGE_EVENTS) | BASE
    assert of(overwrite(GUILD, deny=P.VIEW_CHANNEL), everyone=everything) == 0
    without_sending = of(overwrite(GUILD, deny=P.SEND_MESSAGES), everyone=everything)
    assert without_sending == P.VIEW_CHANNEL | P.MANAGE_EVENTS


bits = st.integers(0, ALL)


@given(everyone=bits, roles=bits, deny=bits, allow=bits)
def test_nothing_comes_from_nowhere(everyone: int, roles: int, deny: int, allow: int) -> None:
    have = of(overwrite(MEMBER, allow, deny, kind=1), everyone=everyone, roles=roles)
    if (everyone | roles) & P.ADMINISTRATOR:
        assert have == ALL
    else:
        assert have & ~(everyone | roles | allow) == 0
        assert have & deny & ~allow == 0
