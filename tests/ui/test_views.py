from bot.ui.views import button, buttons


def test_discord_py_keeps_nothing_of_a_view() -> None:
    view = buttons([[button("Online", "rsvp:1:online")]])
    assert view is not None
    assert not view.is_dispatchable(), "it would listen for the presses of each message that is sent, for ever"
    assert view.is_finished(), "it would keep each answer's view"
    assert view.timeout is None
