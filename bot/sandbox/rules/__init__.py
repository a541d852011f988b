"""What Discord refuses, and how: pure functions from a request body to a `Refusal`."""

from bot.sandbox.rules.commands import check_command, check_commands
from bot.sandbox.rules.events import check_scheduled_event
from bot.sandbox.rules.interactions import check_choices, check_interaction_response
from bot.sandbox.rules.messages import check_layout_stands_alone, check_message, is_empty, refuse_empty
from bot.sandbox.rules.modals import check_modal
from bot.sandbox.rules.refusal import Refusal
from bot.sandbox.rules.threads import check_thread

__all__ = [
    "Refusal",
    "check_choices",
    "check_command",
    "check_commands",
    "check_interaction_response",
    "check_layout_stands_alone",
    "check_message",
    "check_modal",
    "check_scheduled_event",
    "check_thread",
    "is_empty",
    "refuse_empty",
]
