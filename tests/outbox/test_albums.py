"""Files of one album go into the topic together; each keeps its own row, message and fate."""

from collections.abc import Sequence

import pytest

from bot.channels import ContentRejected, File, OutcomeUnknown, Place, Text
from bot.events import Address
from storage.tables import Attachment, Outbound
from tests.outbox.scripted import Desk, ScriptedChannel

ALBUM = "77:visual"


class Albums(ScriptedChannel):
    """A channel that shows albums; ``albums`` are the ids of each."""

    albums: list[list[str]]

    async def send_album(self, place: Place, files: Sequence[tuple[File, Text]]) -> list[str]:
        """Take several files at once."""
        trouble = self._step("send_album")
        if trouble is not None:
            raise trouble
        self.albums.append([self._take("file", place, caption, file) for file, caption in files])
        return self.albums[-1]


@pytest.fixture
def group(desk: Desk) -> Albums:
    """The desk's group, with the case's card in it."""
    desk.telegram.__class__ = Albums
    assert isinstance(desk.telegram, Albums)
    desk.telegram.albums = []
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()
    return desk.telegram


def _file(desk: Desk, key: str, state: str = "stored") -> Attachment:
    path, _ = desk.evidence.keep(key.encode())
    row = Attachment(
        key=key, organisation_id=desk.organisation_id, channel="whatsapp", kind="photo",
        content_type="image/jpeg", path=path, state=state, due_at=desk.clock.now(),
        created_at=desk.clock.now(), sealed=desk.vault.seal_json({}, "attachments"),
    )  # fmt: skip
    with desk.database.transaction() as session:
        session.add(row)
    return row


def _posts(desk: Desk, *captions: str, album: str = ALBUM, state: str = "stored") -> None:
    files = [_file(desk, caption, state) for caption in captions]
    with desk.writing() as write:
        for row, caption in zip(files, captions, strict=True):
            write.post_file(desk.case, row.id or 0, caption, album=album)


def _captions(group: Albums) -> list[str]:
    return [sent.text.text for sent in group.sent if sent.file is not None]


def _rows(desk: Desk) -> list[Outbound]:
    return desk.rows("post_file")


def test_an_album_is_one_request_and_every_file_keeps_its_own_message(
    desk: Desk, group: Albums
) -> None:
    """Three pages of a contract are one thing; each of them can be answered or taken away."""
    _posts(desk, "p1", "p2", "p3")
    with desk.writing() as write:
        write.post(desk.case, "kata sesudahnya")
    desk.deliver()
    (album,) = group.albums
    assert [row.external_id for row in _rows(desk)] == album
    assert {row.status for row in _rows(desk)} == {"sent"}
    assert group.calls.count("send_file") == 0
    assert [sent.text.text for sent in group.sent][1:] == ["p1", "p2", "p3", "kata sesudahnya"]
    assert all(row.paced for row in _rows(desk)), "each counts for the group's minute"


def test_only_what_belongs_together_goes_together(desk: Desk, group: Albums) -> None:
    """Two albums, a document between photos, a word between them, a file alone."""
    _posts(desk, "a1", "a2")
    _posts(desk, "b1", "b2", album="78:visual")
    _posts(desk, "c1", album="78:document")
    with desk.writing() as write:
        write.post(desk.case, "kata")
    _posts(desk, "b3", album="78:visual")
    _posts(desk, "d1", "d2", album="")
    desk.deliver()
    assert [len(album) for album in group.albums] == [2, 2]
    assert _captions(group) == ["a1", "a2", "b1", "b2", "c1", "b3", "d1", "d2"]


@pytest.mark.parametrize("trouble", [ContentRejected("album_part"), OutcomeUnknown("time")])
def test_what_fails_together_is_tried_again_one_by_one(
    desk: Desk, group: Albums, trouble: Exception
) -> None:
    """One photo that Telegram cannot read must not take the others along."""
    group.troubles["send_album"] = [trouble]
    _posts(desk, "p1", "p2", "p3")
    desk.deliver()
    assert _captions(group) == []
    assert {row.status for row in _rows(desk)} == {"queued"}
    for _ in range(3):
        desk.deliver(3)
    assert _captions(group) == ["p1", "p2", "p3"]
    assert {row.status for row in _rows(desk)} == {"sent"}
    assert group.albums == []


def test_an_album_waits_for_a_file_that_is_still_being_fetched(desk: Desk, group: Albums) -> None:
    """Large files come later than small ones."""
    _posts(desk, "p1")
    _posts(desk, "p2", state="pending")
    desk.deliver()
    assert _captions(group) == []
    with desk.database.transaction() as session:
        payload = desk.vault.open_json(_rows(desk)[-1].sealed, "outbox")
        row = session.get_one(Attachment, payload["attachment"])
        row.state = "stored"
        session.add(row)
    desk.deliver(1)
    assert [len(album) for album in group.albums] == [2]


def test_a_large_album_keeps_to_the_room_of_the_group(desk: Desk, group: Albums) -> None:
    """Twenty messages a minute, each file of an album counts."""
    with desk.writing() as write:
        for n in range(12):
            write.announce(f"kabar {n}")
    desk.deliver()
    _posts(desk, *(f"p{n}" for n in range(12)))
    desk.deliver()
    assert len(_captions(group)) == 7
    desk.deliver(61)
    assert _captions(group) == [f"p{n}" for n in range(12)]


def _to_reporter(desk: Desk, *captions: str) -> None:
    files = [_file(desk, f"k{index}") for index in range(len(captions))]
    with desk.writing() as write:
        for row, caption in zip(files, captions, strict=True):
            write.send_file(
                Address("telegram", "9001"), row.id or 0, caption=caption, album="reply:1:visual"
            )


def test_an_officers_album_reaches_a_reporter_as_one(desk: Desk, group: Albums) -> None:
    """Her phone rings once; words with < and > are words; each file has its own report."""
    _to_reporter(desk, "upah < UMR", "", "")
    desk.deliver()
    (album,) = group.albums
    sent = [one for one in group.sent if one.id in album]
    assert [(one.text.text, one.text.html) for one in sent] == [
        ("upah < UMR", False), ("", False), ("", False),
    ]  # fmt: skip
    rows = desk.rows("send_file")
    assert [row.status for row in rows] == ["sent"] * 3
    assert [row.external_id for row in rows] == [desk.vault.lookup(each) for each in album]


def test_an_officers_album_goes_one_by_one_where_it_cannot_go_together(
    desk: Desk, group: Albums
) -> None:
    """Nothing left, so nothing comes twice."""
    group.troubles["send_album"] = [ContentRejected("album_part")]
    _to_reporter(desk, "a", "b")
    desk.deliver()
    for _ in range(3):
        desk.deliver(2)
    assert group.albums == []
    assert _captions(group) == ["a", "b"]
    assert [row.status for row in desk.rows("send_file")] == ["sent"] * 2


def test_an_officers_album_of_unknown_outcome_is_left_to_a_person(
    desk: Desk, group: Albums
) -> None:
    """She may have it; three photos twice are not sent by themselves."""
    group.troubles["send_album"] = [OutcomeUnknown("time")]
    _to_reporter(desk, "a", "b")
    desk.deliver()
    desk.deliver(3600)
    assert [row.status for row in desk.rows("send_file")] == ["uncertain"] * 2
    assert _captions(group) == []
