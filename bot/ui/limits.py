"""Discord's limits, in characters or pieces and inclusive; discord.py does not check most of them.

Source: the pages of docs.discord.com/developers named beside each group.
"""

# resources/message
MESSAGE_CONTENT = 2000
EMBEDS = 10
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
FOOTER = 2048
AUTHOR = 256
EMBED_TOTAL = 6000  # all texts of all embeds of one message together

# components/reference
ROWS = 5
BUTTONS_IN_ROW = 5
CUSTOM_ID = 100
BUTTON_LABEL = 80
BUTTON_URL = 512
OPTIONS = 25
OPTION_LABEL = 100
OPTION_VALUE = 100
OPTION_DESCRIPTION = 100
PLACEHOLDER = 150
MODAL_TITLE = 45
MODAL_LABEL = 45
MODAL_DESCRIPTION = 100
MODAL_INPUTS = 5
TEXT_INPUT = 4000
INPUT_PLACEHOLDER = 100

# interactions/application-commands
CHOICES = 25
CHOICE_NAME = 100
CHOICE_VALUE = 100
