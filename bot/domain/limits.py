"""How much fits, so that everything a session says can be shown in Discord (Discord's API documentation, 2026)."""

# Native event name, option of a select menu, name of an autocomplete choice, name of a thread: 100 each.
TITLE = 100
# Label of a button.
NAME = 80
# Second line of an option in a select menu.
AFFILIATION = 100
# Location of a native event; here for "venue, city" together.
PLACE = 100
# Text input of a modal: 4000; an embed's description takes 4096.
THEME = 4000
# Two of them and a title fit one message's embeds (6000), each fits one embed.
TEXT = 2000
# All organizers together: value of an embed's field, 1024.
ORGANIZERS = 1000
ORGANIZER_COUNT = 10
# Field of an embed beside nine others and the description of a community, 6000 in all.
PATHWAY_TEXT = 200
PATHWAYS = 10
# Buttons in one row.
LINKS = 5
# Address of a link button.
URL = 512
# Options of a select menu, fields of an embed, choices of an autocomplete.
TALKS = 25
SPEAKERS = 25
SPEAKERS_OF_TALK = 10
# Value of an autocomplete choice: 100.
SLUG = 64
# More seats than a guild has members (Discord: 25 million at most) is no limit.
CAPACITY = 25_000_000
