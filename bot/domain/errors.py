"""The one exception whose text is meant for the person who asked."""


class Refusal(Exception):
    """An expected "no": `str(refusal)` is shown to the person as it stands.

    It names what was wrong and the way out, and nothing has been changed when it is raised.
    """
