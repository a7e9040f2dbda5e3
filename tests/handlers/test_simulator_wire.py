"""Events and markup as the simulator writes them down."""

import json
from datetime import UTC
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import DueCame, Event, Location, MessageReceived
from bot.handlers.simulator.markup import BadMarkup, parse_html, plain_text
from bot.handlers.simulator.wire import Malformed, event_as_json, event_from_json
from tests.patience import UNHURRIED

MOMENTS = st.datetimes(timezones=st.just(UTC))
PLACES = st.builds(Location, st.floats(-90, 90), st.floats(-180, 180), st.text())


def built(kind):
    """Any event of this kind, with aware times and places that exist."""
    special = {
        MessageReceived: {"location": st.none() | PLACES},
        DueCame: {"due_at": MOMENTS},
    }
    return st.builds(kind, at=MOMENTS, **special.get(kind, {}))


EVENTS = st.one_of([built(kind) for kind in get_args(Event)])


@UNHURRIED
@given(EVENTS)
def test_every_event_comes_back_as_it_went(event):
    """The inbox reads what the page's handler wrote; a lost field would be a lost word."""
    assert event_from_json(event_as_json(event)) == event


@UNHURRIED
@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_whatever_is_no_event_is_called_malformed(raw):
    """One error to catch, so that a damaged row becomes a dead letter and not a crash."""
    with pytest.raises(Malformed):
        event_from_json(raw)


GOOD = {
    "event": "NotUnderstood",
    "channel": "sim-whatsapp",
    "what": "poll",
    "at": "2026-11-20T05:00:00+00:00",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": "Unknown"},
        {"at": "2026-11-20T05:00:00"},
        {"at": "kemarin"},
        {"what": 7},
        {"what": None},
        {"channel": ["sim-whatsapp"]},
        {"more": 1},
    ],
)
def test_a_field_that_does_not_fit_is_refused(wrong):
    """What comes out of the codec is what the type says; the core relies on it."""
    assert event_from_json(json.dumps(GOOD).encode()).what == "poll"
    with pytest.raises(Malformed):
        event_from_json(json.dumps({**GOOD, **wrong}).encode())


def test_allowed_markup_becomes_a_tree():
    """The page builds elements from this; it never reads markup."""
    tree = parse_html('a &lt; <b>b<i>c</i></b><a href="https://kawan.example/x">d</a>')
    assert tree == [
        "a < ",
        {"tag": "b", "children": ["b", {"tag": "i", "children": ["c"]}]},
        {"tag": "a", "children": ["d"], "href": "https://kawan.example/x"},
    ]
    assert plain_text(tree) == "a < bcd"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ht\ttp://[", ""]
)
def test_a_link_that_could_run_something_leads_nowhere(href):
    """A name in a card may hold a link; only harmless schemes stay."""
    (link,) = parse_html(f'<a href="{href}">x</a>')
    assert link == {"tag": "a", "children": ["x"], "href": ""}


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "<b>",
        "<b><i></b></i>",
        "</b>",
        "<br/>",
        "<!-- x -->",
        "<script>1</script>",
        "<?x?>",
        "<!doctype html>",
    ],
)
def test_markup_that_telegram_refuses_is_refused(text):
    """What works in the simulator must work on Telegram."""
    with pytest.raises(BadMarkup):
        parse_html(text)
