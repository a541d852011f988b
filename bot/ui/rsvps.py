"""What a person is told about the own answer, and the buttons to give one."""

from datetime import datetime

from bot.domain.admission import Admission
from bot.domain.rsvps import Answer, Change, Outcome, Outlook, Rsvp, choices, is_open
from bot.domain.sessions import Mode, Phase, Session, SessionId
from bot.ui.reply import Reply
from bot.ui.text import safe, stamp
from bot.ui.views import Component, Style, button, buttons
from bot.ui.watch import tell_button

WITHDRAW = "withdraw"
WAITING_EMOJI = "⏳"
_EMOJI = {Answer.IN_PERSON: "📍", Answer.ONLINE: "🌐", Answer.MAYBE: "🤔", Answer.DECLINED: "❌"}
_LABELS = {
    Answer.IN_PERSON: "In person",
    Answer.ONLINE: "Online",
    Answer.MAYBE: "Maybe",
    Answer.DECLINED: "Can't go",
}
_FIRM = frozenset({Answer.IN_PERSON, Answer.ONLINE})


def emoji(answer: Answer) -> str:
    return _EMOJI[answer]


def label(mode: Mode, answer: Answer) -> str:
    """What the answer is called: where there is but one way to come, that is "Going"."""
    if mode is not Mode.HYBRID and answer in _FIRM and answer in choices(mode):
        return "Going"
    return _LABELS[answer]


def group(mode: Mode, answer: Answer) -> str:
    """What those with this answer are called together, also where the session asks for it no more."""
    return label(mode, answer) if answer in choices(mode) else f"“{_LABELS[answer]}”, no longer possible"


def choice_buttons(session: Session) -> list[Component]:
    """One button for each answer that the session asks for; pressing it sets that answer."""
    return [
        button(
            label(session.mode, answer),
            custom_id(session.id, answer),
            emoji=_EMOJI[answer],
            style=Style.PRIMARY if answer in _FIRM else Style.SECONDARY,
        )
        for answer in choices(session.mode)
    ]


def custom_id(session_id: SessionId, answer: Answer | None) -> str:
    """What a button carries that sets `answer`, or withdraws it (None)."""
    return f"rsvp:{session_id}:{WITHDRAW if answer is None else answer.value}"


def confirmation(session: Session, outcome: Outcome, outlook: Outlook | None = None) -> Reply:
    """What became of a press, for the person alone; `outlook` where it is known."""
    outlook = outlook or Outlook(session, None, Admission())
    lines = [_done(session, outcome)]
    if outcome.gave_up_seat:
        lines.append("Your seat is free for the next person.")
    if outcome.left_line:
        lines.append("Your place on the waiting list is given up.")
    lines += [
        f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})",
        f"-# You can change this until {stamp(outlook.until)}, with `/rsvp` or the buttons under the session.",
    ]
    withdraw = _withdraw(session) if outcome.answer is not None else None
    tell = tell_button(session, session.starts_at) if outcome.answer in _FIRM else None
    return Reply(content="\n".join(lines), view=buttons([[withdraw, tell]]))


def standing(session: Session, rsvp: Rsvp | None, now: datetime, outlook: Outlook | None = None) -> Reply:
    """A person's answer as it stands, with the buttons to change it while that is possible."""
    outlook = outlook or Outlook(session, rsvp, Admission())
    lines = [
        f"**{safe(session.title)}**",
        f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})",
        _answer_line(session, rsvp),
    ]
    if not is_open(session, now):
        lines.append(_closed(session, now))
        return Reply(content="\n".join(lines))
    if rsvp is not None and rsvp.answer is not None and rsvp.answer not in choices(session.mode):
        mode = "online only" if session.mode is Mode.ONLINE else "in person only"
        lines.append(f"The session is {mode} now: please answer anew.")
    lines += _terms(outlook, now)
    withdraw = [_withdraw(session)] if rsvp is not None else []
    return Reply(content="\n".join(lines), view=buttons([choice_buttons(session), withdraw]))


def _terms(outlook: Outlook, now: datetime) -> list[str]:
    """What a person has to know before answering."""
    lines = []
    if outlook.kept_until is not None:
        lines.append(f"🎟️ A seat is kept for you until {stamp(outlook.kept_until)}: press the button again to take it.")
    if outlook.admission.shut(now):
        return [*lines, "🔒 No new answers are taken any more; you can still say that you can't come."]
    if outlook.admission.only_role_id is not None:
        lines.append(f"Only people with the role <@&{outlook.admission.only_role_id}> can come.")
    return [*lines, f"-# You can change this until {stamp(outlook.until)}."]


def _done(session: Session, outcome: Outcome) -> str:
    if outcome.answer is None:
        title = safe(session.title)
        if outcome.change is Change.WITHDRAWN:
            return f"Your answer to **{title}** is withdrawn."
        return f"You have no answer to **{title}**, so there was nothing to withdraw."
    state = f"{_EMOJI[outcome.answer]} {_state(session, outcome.answer, outcome.waiting)}"
    if outcome.change is Change.SAME:
        return f"{state}\nThat was your answer already; it stays. To take it back, press Withdraw."
    if outcome.change is Change.REPEATED:
        return f"{state}\nThis press came in after a newer one of yours, so the newer one stands."
    if outcome.change is Change.CHANGED and outcome.previous is not None:
        return f"{state}\nBefore, it was “{label(session.mode, outcome.previous)}”."
    return state


def _state(session: Session, answer: Answer, waiting: int | None) -> str:
    title = safe(session.title)
    if waiting is not None:
        seats = "The only seat is" if session.capacity == 1 else f"All {session.capacity} seats are"
        return (
            f"{seats} taken at **{title}**. You are **number {waiting} on the waiting list**; "
            "I send you a direct message as soon as a seat is yours."
        )
    if answer is Answer.IN_PERSON:
        seat = " You have a seat." if session.seats is not None else ""
        return f"You are coming to **{title}** in person.{seat}"
    if answer is Answer.ONLINE:
        return f"You are joining **{title}** online. `/stream` has the link as soon as it is known."
    return f"You may come to **{title}**." if answer is Answer.MAYBE else f"You cannot make it to **{title}**."


def _answer_line(session: Session, rsvp: Rsvp | None) -> str:
    if rsvp is None or rsvp.answer is None:
        return "You have not answered yet."
    answer = f"Your answer: {_EMOJI[rsvp.answer]} **{label(session.mode, rsvp.answer)}**"
    if rsvp.waiting is not None:
        return f"{answer}, number {rsvp.waiting} on the waiting list"
    if rsvp.answer is Answer.IN_PERSON and session.seats is not None:
        return f"{answer}, with a seat"
    return answer


def _closed(session: Session, now: datetime) -> str:
    if session.phase(now) is Phase.CANCELLED:
        return "This session was cancelled. `/schedule` shows what comes next."
    return f"It ended {stamp(session.ends_at, 'R')}. `/stream` shows the recording as soon as it is up."


def _withdraw(session: Session) -> Component:
    return button("Withdraw", custom_id(session.id, None), emoji="↩️")
