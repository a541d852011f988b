"""Exit codes, after sysexits.h: a supervisor restarts on 75 and 70, and must not on 65 and 78."""

OK = 0
DATA = 65  # the database or a programme file cannot be used
INTERNAL = 70
TRY_LATER = 75  # another bot holds the database
CONFIG = 78  # a setting is wrong or missing; trying again changes nothing
