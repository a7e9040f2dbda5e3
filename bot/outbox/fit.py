"""Choices in the form that a channel can show: buttons, a list, or numbers to type."""

from dataclasses import replace

from bot.channels import Capabilities, Text

_BUTTON_LABEL, _LIST_LABEL = 20, 24
_OFFICERS_BUTTONS = 100


def fit(text: Text, can: Capabilities) -> Text:
    """The message as this channel can show it.

    Up to ``can.buttons`` choices become buttons, up to ``can.list_items`` a list; more of them
    stand in the text with numbers, which the flows understand when typed.
    """
    count = len(text.choices)
    longest = max((len(choice.label) for choice in text.choices), default=0)
    # Channels with lists have short labels too (WhatsApp); Telegram's have no such limit.
    if count <= can.buttons and (not can.list_items or longest <= _BUTTON_LABEL):
        return replace(text, list_label="")
    if count <= can.list_items and longest <= _LIST_LABEL:
        return replace(text, list_label=text.list_label or "Pilih")
    return numbered(text)


def fit_for_officers(text: Text, can: Capabilities) -> Text:
    """The message as officers see it: always with buttons, nobody reads their typed numbers.

    https://core.telegram.org/bots/api#inlinekeyboardmarkup: at most 100 buttons are shown.
    """
    return fit(text, replace(can, buttons=max(can.buttons, _OFFICERS_BUTTONS)))


def numbered(text: Text) -> Text:
    """The choices written out under the text, one numbered line each."""
    lines = [f"{index}. {choice.label}" for index, choice in enumerate(text.choices, start=1)]
    return replace(text, text="\n".join([text.text, "", *lines]), choices=(), list_label="")
