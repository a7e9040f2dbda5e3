"""Menu: what she can do, and the way back to what she was doing."""

from bot.flows.script import Choose, End, Flow

MENU = Flow(
    name="menu",
    version=1,
    yields=True,
    script=(
        Choose("choose", ("new", "status", "officer", "help", "copy"), obeys=True),
        End("bye", mute=True),
    ),
)

PAUSED = Flow(
    name="paused",
    version=1,
    yields=True,
    script=(
        Choose("choose", ("resume", "cancel"), obeys=True),
        End("bye", mute=True),
    ),
)

REST = Flow(name="rest", version=1, script=(End("bye", mute=True),))
"""Nothing runs; the state only remembers the last tap, so that a second one does nothing, and
for an hour what was told last, so that it need not be told again if it is another matter."""
