"""Files are fetched from Twilio alone, whatever a message claims."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels import FileGone, FileTooLarge, Misconfigured, RateLimited, TryLater
from bot.events import Media, MediaKind, MessageReceived
from bot.handlers.whatsapp import WhatsAppAccount, WhatsAppChannel, parse
from tests.fakes.http_server import HttpFake
from tests.fakes.twilio import FakeTwilio, MediaFile
from tests.handlers.whatsapp_session import Contents

LIMIT = 200_000


class Elsewhere(HttpFake):
    """Answers as told and remembers who asked with which password."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Response(b"isi")
        self.seen: list[tuple[str, bool]] = []

    async def handle(self, request: Request) -> Response:
        self.seen.append((request.url.path, "authorization" in request.headers))
        return self.answer


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as running:
        yield running.connect("http://127.0.0.1:9")


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as running:
        yield running


def reference(twilio: FakeTwilio, file: MediaFile | None = None) -> str:
    media = [file or MediaFile(b"isi", "image/jpeg")]
    sent = twilio.inbound(media=media, deliver=False)
    event = parse(sent.body, twilio.now())
    assert isinstance(event, MessageReceived)
    return event.media[0].reference


def fetch(twilio: FakeTwilio, url: str, base: str = "", limit: int = LIMIT) -> bytes:
    config = WhatsAppAccount(
        twilio.account_sid,
        (twilio.auth_token,),
        twilio.sender,
        api_base_url=base or twilio.base_url,
    )

    async def session() -> bytes:
        channel = WhatsAppChannel(config, Contents(), str)
        try:
            return await channel.fetch(Media(MediaKind.PHOTO, url), limit)
        finally:
            await channel.close()

    return asyncio.run(session())


def test_a_file_comes_through_the_redirect_without_our_password(twilio: FakeTwilio) -> None:
    """The store behind Twilio refuses foreign credentials, and must not see ours."""
    assert fetch(twilio, reference(twilio)) == b"isi"
    assert (twilio.cdn.downloads, twilio.cdn.saw_authorization) == (1, 0)


def test_only_the_path_of_a_reference_is_used(twilio: FakeTwilio) -> None:
    """With another host configured, messages still name Twilio's public one."""
    path = urlsplit(reference(twilio)).path
    assert fetch(twilio, f"https://api.twilio.com{path}") == b"isi"


@pytest.mark.parametrize(
    "change",
    [
        "http://127.0.0.1:9{path}",
        "https://api.twilio.com.contoh.tld{path}",
        "https://api.twilio.com@contoh.tld{path}",
        "https://sri@api.twilio.com{path}",
        "https://api.twilio.com:8443{path}",
        "https://[::1]{path}",
        "https://2130706433{path}",
        "https://api.twilio.com{path}?to=1",
        "https://api.twilio.com{path}#x",
        "https://api.twilio.com{path}.json",
        "https://api.twilio.com{path}/../../x",
        "https://api.twilio.com/2010-04-01/Accounts/AC00/Messages/MM1/Media/ME1",
        "https://api.twilio.com/latest/meta-data",
        "ftp://api.twilio.com{path}",
        "file:///etc/passwd",
        "https://[x{path}",
        "",
    ],
)
def test_an_address_that_is_not_our_own_media_is_never_asked(
    twilio: FakeTwilio, change: str
) -> None:
    """A forged message must not make us fetch from the machine's own network."""
    path = urlsplit(reference(twilio)).path
    with pytest.raises(FileGone):
        fetch(twilio, change.format(path=path))
    assert twilio.calls == []


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://169.254.169.254/latest", "redirect"),
        ("https://169.254.169.254/latest", "address"),
        ("https://10.0.0.7/x", "address"),
        ("https://[::ffff:10.0.0.7]/x", "address"),
        ("https://[fd00::1]/x", "address"),
        ("https://0.0.0.0/x", "address"),
        ("https://sri:rahasia@127.0.0.1/x", "redirect"),
        ("ftp://127.0.0.1/x", "redirect"),
    ],
)
def test_a_redirect_into_a_private_network_is_not_followed(
    twilio: FakeTwilio, elsewhere: Elsewhere, target: str, reason: str
) -> None:
    """Whoever can make Twilio redirect must not reach our neighbours."""
    path = urlsplit(reference(twilio)).path
    elsewhere.answer = RedirectResponse(target)
    with pytest.raises((FileGone, TryLater)) as caught:
        fetch(twilio, elsewhere.base_url + path, elsewhere.base_url)
    assert str(caught.value) == reason


def test_redirects_end(twilio: FakeTwilio, elsewhere: Elsewhere) -> None:
    """Three are enough; the password goes to Twilio's own host only."""
    path = urlsplit(reference(twilio)).path
    elsewhere.answer = RedirectResponse(elsewhere.base_url + "/lagi")
    with pytest.raises(FileGone):
        fetch(twilio, elsewhere.base_url + path, elsewhere.base_url)
    assert [seen for seen, _ in elsewhere.seen] == [path, "/lagi", "/lagi", "/lagi"]


def test_a_public_base_never_leads_to_the_own_machine(twilio: FakeTwilio) -> None:
    """Loopback is allowed only where Twilio itself is configured to be there."""
    path = urlsplit(reference(twilio)).path
    with pytest.raises(FileGone, match="address"):
        fetch(twilio, f"https://192.168.7.7{path}", "https://192.168.7.7")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_above_the_limit_is_cut_off(twilio: FakeTwilio, chunked: bool) -> None:
    """Whether the size is told or not, no more than the limit is kept in memory."""
    file = MediaFile(b"x", "video/mp4", size=LIMIT + 1, chunked=chunked)
    with pytest.raises(FileTooLarge):
        fetch(twilio, reference(twilio, file))
    exact = MediaFile(b"x", "video/mp4", size=LIMIT, chunked=chunked)
    assert len(fetch(twilio, reference(twilio, exact))) == LIMIT


def test_a_file_that_is_not_there_yet_is_worth_another_try(twilio: FakeTwilio) -> None:
    """Twilio tells of a message before its file can be fetched."""
    url = reference(twilio, MediaFile(b"isi", "image/jpeg", not_found_times=1))
    with pytest.raises(TryLater):
        fetch(twilio, url)
    assert fetch(twilio, url) == b"isi"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, Misconfigured),
        (403, Misconfigured),
        (410, FileGone),
        (418, FileGone),
        (429, RateLimited),
        (500, TryLater),
        (None, TryLater),
    ],
)
def test_what_twilio_answers_instead_of_a_file(
    twilio: FakeTwilio, status: int | None, expected: type[Exception]
) -> None:
    """Fetching again is harmless; what is gone for good is said so."""
    url = reference(twilio)
    twilio.fail_next("media.fetch", status, 20500)
    with pytest.raises(expected):
        fetch(twilio, url)
