"""What moderators hear when a role cannot be lent or taken back."""

from datetime import datetime

from bot.ui.text import stamp

# Manage Roles is not in the invite link on purpose: a bot that may give roles is one to be careful with.
WAY_OUT = (
    "A server admin can change that: under Server Settings, Roles, allow my role the permission Manage Roles and drag "
    "my role above {role}."
)


def cannot_give(role_id: int, again: datetime, *, gone: bool) -> str:
    role = f"<@&{role_id}>"
    if gone:
        return f"⚠️ The role that I should lend ({role_id}) does not exist any more. `/attendee lend` chooses another."
    return (
        f"⚠️ I may not give {role} to those who come: the permission Manage Roles is not part of my invite link. "
        f"{WAY_OUT.format(role=role)} I try again {stamp(again, 'R')}; `/attendee lend` stops it."
    )


def cannot_take(role_id: int, count: int, again: datetime) -> str:
    role = f"<@&{role_id}>"
    people = "one person" if count == 1 else f"{count} people"
    return (
        f"⚠️ I could not take {role} back from {people}, because I may no longer manage it. "
        f"{WAY_OUT.format(role=role)} I try again {stamp(again, 'R')}, or you can take it from them yourselves."
    )
