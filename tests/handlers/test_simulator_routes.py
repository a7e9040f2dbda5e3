"""The simulator's web routes: what people do becomes events, and what is wrong is refused."""

import asyncio
import json

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels import Place, Text
from bot.commands import Choice
from bot.events import (
    Address,
    DeliveryReported,
    DeliveryStatus,
    GroupChange,
    GroupChanged,
    Location,
    MediaKind,
    MessageReceived,
    Officer,
    OfficerTapped,
    OfficerWrote,
)
from bot.handlers.simulator.people import GROUP, GROUP_CHAT, SIMULATED_WORKERS, TELEGRAM, WHATSAPP
from bot.handlers.simulator.routes import simulator_routes
from tests.handlers.simulator_stand import CONSENT, NOON, Served, Stand

SRI = Address(WHATSAPP, "sri")
PHONE = "/simulator/phones/sim-whatsapp/sri"
RATNA = "/simulator/officers/petugas-ratna"
CANARY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def stand(tmp_path):
    """The stand-in product that accepts and keeps silent."""
    stand = Stand(tmp_path)
    yield stand
    stand.close()


def ask(stand, method, path, **options):
    """One request to the routes."""

    async def send():
        transport = httpx.ASGITransport(stand.app())
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8080"
        ) as client:
            return await client.request(method, path, **options)

    return asyncio.run(send())


def post(stand, path, client_id="a1b2c3d4e5f6", **body):
    """One JSON post with an id."""
    return ask(stand, "POST", path, json={"client_id": client_id, **body})


def shown(stand, chat, thread=""):
    """What the page gets of a chat."""
    answer = ask(stand, "GET", f"/simulator/chats/{chat}", params={"thread": thread})
    return answer.json()["messages"]


def test_a_workers_words_become_one_event(stand):
    """Posted twice (a lost answer), they are still one message and one inbox row."""
    for _ in range(2):
        assert post(stand, f"{PHONE}/messages", text=" Gaji belum dibayar ").json() == {"id": "1"}
    (item,) = stand.accepted.values()
    assert (item.source, item.account, item.external_id) == (
        "simulator",
        "simulator",
        "a1b2c3d4e5f6",
    )
    assert item.lane == "sim:sim-whatsapp:sri"
    assert stand.events == [
        MessageReceived(SRI, "1", NOON, "Gaji belum dibayar", profile_name="Sri")
    ]
    (message,) = shown(stand, SRI)
    assert (message["text"], message["ticks"]) == ("Gaji belum dibayar", "terkirim")


def test_what_the_inbox_cannot_take_is_said_and_can_be_tried_again(stand):
    """Nothing typed is thrown away: the same post goes through later."""
    stand.refusing = True
    answer = post(stand, f"{PHONE}/messages", text="Halo")
    assert (answer.status_code, answer.json()["error"]) == (
        503,
        "Belum tersimpan. Coba lagi sebentar lagi.",
    )
    assert shown(stand, SRI)[0]["ticks"] == "antre"
    stand.refusing = False
    assert post(stand, f"{PHONE}/messages", text="Halo").status_code == 200
    assert [message["ticks"] for message in shown(stand, SRI)] == ["terkirim"]
    assert len(stand.events) == 1


def test_a_tap_on_whatsapp_says_the_label(stand):
    """There a quick reply is a message that quotes ours."""
    post(stand, f"{PHONE}/messages", text="Halo")
    question = asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("Boleh?", CONSENT)))
    choice = {"message_id": question, "id": "setuju"}
    post(stand, f"{PHONE}/messages", "tap-00000001", choice=choice)
    event = stand.events[-1]
    assert (event.text, event.choice, event.reply_to) == ("Setuju", "setuju", question)
    ours, hers = shown(stand, SRI)[1:]
    assert [button["tapped"] for button in ours["buttons"]] == [True, False]
    assert (hers["text"], hers["reply_to"]) == ("Setuju", question)


def test_a_tap_on_telegram_says_nothing(stand):
    """There it is a callback query: no message, the id of the tap is the event's."""
    address = Address(TELEGRAM, "sri")
    question = asyncio.run(stand.telegram.send_text(Place(address), Text("Boleh?", CONSENT)))
    choice = {"message_id": question, "id": "tidak"}
    post(stand, "/simulator/phones/sim-telegram/sri/messages", "tap-00000001", choice=choice)
    event = MessageReceived(
        address, "tap-00000001", NOON, choice="tidak", reply_to=question, profile_name="Sri"
    )
    assert stand.events == [event]
    assert len(shown(stand, address)) == 1


def test_any_older_button_can_still_be_tapped_but_no_other(stand):
    """Real people tap old buttons; nobody can tap what was never offered to them."""
    post(stand, f"{PHONE}/messages", text="Halo")
    send = stand.whatsapp.send_text
    first = asyncio.run(send(Place(SRI), Text("Satu", (Choice("lama", "Lama"),))))
    asyncio.run(send(Place(SRI), Text("Dua", CONSENT)))
    ok = post(
        stand, f"{PHONE}/messages", "tap-00000001", choice={"message_id": first, "id": "lama"}
    )
    assert (ok.status_code, stand.events[-1].choice) == (200, "lama")
    for path, message_id, choice in (
        (PHONE, first, "setuju"),
        (PHONE, "999", "lama"),
        ("/simulator/phones/sim-whatsapp/dewi", first, "lama"),
    ):
        body = {"choice": {"message_id": message_id, "id": choice}}
        assert post(stand, f"{path}/messages", "tap-00000002", **body).status_code == 404


def test_a_correction_names_the_message_it_corrects(stand):
    """Both versions are kept by the case; the screen shows the new one."""
    post(stand, f"{PHONE}/messages", text="Gaji 3 bulan")
    post(stand, f"{PHONE}/messages", "edit-0000001", text="Gaji 2 bulan", edits="1")
    event = stand.events[-1]
    assert (event.text, event.edits, event.external_id) == ("Gaji 2 bulan", "1", "edit-0000001")
    assert [(m["text"], m["edited"]) for m in shown(stand, SRI)] == [("Gaji 2 bulan", True)]


def test_nobody_corrects_what_another_said(stand):
    """Neither ours nor another person's."""
    post(stand, f"{PHONE}/messages", text="Halo")
    ours = asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("Halo")))
    assert (
        post(stand, f"{PHONE}/messages", "edit-0000001", text="x", edits=ours).status_code == 404
    )
    post(stand, f"{RATNA}/messages", "note-0000001", chat=GROUP_CHAT, thread="", text="Catatan")
    note = shown(stand, GROUP)[0]["id"]
    body = {"chat": GROUP_CHAT, "thread": "", "text": "x", "edits": note}
    assert (
        post(
            stand, "/simulator/officers/petugas-joko/messages", "edit-0000002", **body
        ).status_code
        == 404
    )


def test_a_place_is_shared(stand):
    """A location is evidence of where."""
    place = {"latitude": -6.3, "longitude": 107, "label": "MM2100"}
    post(stand, f"{PHONE}/messages", location=place)
    assert stand.events[0].location == Location(-6.3, 107.0, "MM2100")
    assert shown(stand, SRI)[0]["location"] == place


def send_file(stand, content=b"\x89PNG...", kind="photo", name="slip.png", path=PHONE, **query):
    """One file post."""
    params = {"client_id": "file-0000001", "kind": kind, "name": name, **query}
    headers = {"content-type": "image/png"}
    return ask(stand, "POST", f"{path}/files", params=params, content=content, headers=headers)


def test_a_photo_comes_with_its_caption_and_can_be_fetched(stand, tmp_path):
    """Posted twice it is stored once; the bot fetches it by the reference in the event."""
    for _ in range(2):
        assert send_file(stand, caption="Slip gaji", album="alb1").status_code == 200
    (event,) = stand.events
    (media,) = event.media
    assert (event.text, event.album, media.kind, media.file_name) == (
        "Slip gaji",
        "alb1",
        MediaKind.PHOTO,
        "slip.png",
    )
    assert asyncio.run(stand.whatsapp.fetch(media, 100)) == b"\x89PNG..."
    assert len(list((tmp_path / "simulator").iterdir())) == 1


def test_several_files_of_an_officer_are_one_album(stand):
    """Practised here as it is in Telegram: one reply, not one and a few notes."""
    for number in range(2):
        params = {"client_id": f"file-000000{number}", "kind": "photo", "name": "a.png",
                  "chat": GROUP_CHAT, "thread": "", "album": "alb1"}  # fmt: skip
        headers = {"content-type": "image/png"}
        answer = ask(stand, "POST", f"{RATNA}/files", params=params, content=b"x", headers=headers)
        assert answer.status_code == 200
    assert [event.album for event in stand.events] == ["alb1"] * 2


def test_files_are_served_so_that_none_can_run(stand):
    """A page uploaded as a document is downloaded, never opened on our origin."""
    params = {"client_id": "file-0000001", "kind": "document", "name": '../a"b\r\n<x>.html'}
    headers = {"content-type": "text/html"}
    ask(stand, "POST", f"{PHONE}/files", params=params, content=b"<script>", headers=headers)
    media = shown(stand, SRI)[0]["media"]
    answer = ask(stand, "GET", media["url"])
    assert answer.content == b"<script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert (
        answer.headers["content-disposition"] == "attachment; filename*=UTF-8''a%22b%3Cx%3E.html"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    send_file(stand, client_id="file-0000002")
    photo = ask(stand, "GET", shown(stand, SRI)[1]["media"]["url"])
    assert (photo.headers["content-type"], photo.headers["content-disposition"][:6]) == (
        "image/png",
        "inline",
    )


def test_a_file_over_25_megabytes_is_refused(stand):
    """Told by its length when known, else while it comes; nothing is stored."""
    assert send_file(stand, b"x" * (25 * 1024 * 1024 + 1)).status_code == 413

    async def endless():
        for _ in range(30):
            yield b"x" * 1024 * 1024

    assert (
        send_file(stand, endless()).json()["error"] == "Berkas terlalu besar. Paling besar 25 MB."
    )
    assert stand.events == []


def test_an_officer_writes_in_a_topic(stand):
    """Edits and quotes are told too; the lane is the topic's."""
    topic = asyncio.run(stand.telegram.open_topic(Place(GROUP), "KB-1"))
    post(
        stand,
        f"{RATNA}/messages",
        "note-0000001",
        chat=GROUP_CHAT,
        thread=topic,
        text="/balas Halo",
        reply_to="7",
    )
    written = stand.events[0]
    assert written == OfficerWrote(
        TELEGRAM,
        Officer("petugas-ratna", "Ratna"),
        GROUP_CHAT,
        written.message_id,
        NOON,
        topic,
        "/balas Halo",
        reply_to="7",
    )
    assert stand.accepted["note-0000001"].lane == f"sim-group:{topic}"
    body = {"chat": GROUP_CHAT, "thread": topic, "text": "Baru", "edits": written.message_id}
    post(stand, f"{RATNA}/messages", "edit-0000001", **body)
    assert (stand.events[1].text, stand.events[1].edited, stand.events[1].message_id) == (
        "Baru",
        True,
        written.message_id,
    )


def test_an_officer_taps_in_the_group_and_in_private(stand):
    """What must not stand in the group is asked for there and answered in private."""
    for chat in (GROUP_CHAT, "petugas-ratna"):
        message = asyncio.run(
            stand.telegram.send_text(Place(Address(TELEGRAM, chat)), Text("?", CONSENT))
        )
        tap_id = f"tap-{chat[:8]}"
        post(stand, f"{RATNA}/taps", tap_id, chat=chat, message_id=message, id="setuju")
        officer = Officer("petugas-ratna", "Ratna")
        assert stand.events[-1] == OfficerTapped(
            TELEGRAM, officer, chat, message, tap_id, "setuju", NOON
        )


@pytest.mark.parametrize("officer", ["petugas-joko", "orang-luar"])
def test_nobody_enters_anothers_private_chat(stand, officer):
    """Its buttons open sensitive cases."""
    private = Place(Address(TELEGRAM, "petugas-ratna"))
    message = asyncio.run(stand.telegram.send_text(private, Text("?", CONSENT)))
    body = {"chat": "petugas-ratna", "message_id": message, "id": "setuju"}
    assert post(stand, f"/simulator/officers/{officer}/taps", **body).status_code == 404
    assert stand.events == []


def test_the_outsider_can_write_and_tap_in_the_group(stand):
    """Rights are checked by the product, not by the page; so the page must let him try."""
    body = {"chat": GROUP_CHAT, "thread": "", "text": "Halo"}
    assert post(stand, "/simulator/officers/orang-luar/messages", **body).status_code == 200
    assert stand.events[0].officer == Officer("orang-luar", "Orang luar")


def test_a_topic_is_closed_by_hand(stand):
    """Officers close topics in Telegram's own menu."""
    topic = asyncio.run(stand.telegram.open_topic(Place(GROUP), "KB-1"))
    post(stand, f"{RATNA}/topics", thread=topic, closed=True)
    officer = Officer("petugas-ratna", "Ratna")
    assert stand.events == [
        GroupChanged(TELEGRAM, GroupChange.TOPIC_CLOSED, GROUP_CHAT, NOON, officer, topic)
    ]
    assert stand.store.topics(str(GROUP))[0].closed


def test_what_the_page_shows_is_reported_as_delivered_and_read(stand):
    """The card tells officers the truth about delivery; each step is told once, never back."""
    post(stand, f"{PHONE}/messages", text="Halo")
    ours = asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("Halo")))
    for ticks in ("sampai", "dibaca", "dibaca", "sampai"):
        ask(
            stand,
            "POST",
            "/simulator/seen",
            json={"chat": str(SRI), "ids": [ours, "1", "x"], "ticks": ticks},
        )
    reports = [event for event in stand.events if isinstance(event, DeliveryReported)]
    assert [(r.external_id, r.status) for r in reports] == [
        (ours, DeliveryStatus.DELIVERED),
        (ours, DeliveryStatus.READ),
    ]


def test_markup_in_what_people_say_stays_text(stand):
    """No tree is made of it, so the page can only show it letter by letter."""
    post(stand, f"{PHONE}/messages", text=CANARY)
    send_file(stand, name=CANARY)
    topic = asyncio.run(stand.telegram.open_topic(Place(GROUP), CANARY))
    words, file = shown(stand, SRI)
    assert (words["text"], words["rich"], file["media"]["name"]) == (CANARY, None, CANARY)
    state = ask(stand, "GET", "/simulator/state").json()
    assert state["topics"] == [{"id": topic, "title": CANARY, "closed": False}]


BAD_POSTS = [
    (f"{PHONE}/messages", {"client_id": "short", "text": "x"}, 400),
    (f"{PHONE}/messages", {"text": "x"}, 400),
    (f"{PHONE}/messages", {"client_id": 7, "text": "x"}, 400),
    (f"{PHONE}/messages", {"client_id": "a1b2c3d4", "text": "  "}, 400),
    (f"{PHONE}/messages", {"client_id": "a1b2c3d4", "text": ["x"]}, 400),
    (f"{PHONE}/messages", {"client_id": "a1b2c3d4", "text": "x" * 4097}, 400),
    (f"{PHONE}/messages", {"client_id": "a1b2c3d4", "choice": "setuju"}, 400),
    (f"{PHONE}/messages", {"client_id": "a1b2c3d4", "choice": {"message_id": {}, "id": []}}, 400),
    (
        f"{PHONE}/messages",
        {"client_id": "a1b2c3d4", "location": {"latitude": 91, "longitude": 0}},
        400,
    ),
    (
        f"{PHONE}/messages",
        {"client_id": "a1b2c3d4", "location": {"latitude": True, "longitude": 0}},
        400,
    ),
    (f"{PHONE}/messages", {"client_id": "a1b2c3d4", "location": 7}, 400),
    (f"{PHONE}/messages", {"client_id": "a1b2c3d4", "text": "x", "reply_to": 7}, 400),
    ("/simulator/phones/sim-signal/sri/messages", {"client_id": "a1b2c3d4", "text": "x"}, 404),
    ("/simulator/phones/sim-whatsapp/siapa/messages", {"client_id": "a1b2c3d4", "text": "x"}, 404),
    ("/simulator/officers/siapa/messages", {"client_id": "a1b2c3d4", "text": "x"}, 404),
    (f"{RATNA}/messages", {"client_id": "a1b2c3d4", "chat": ["x"], "text": "x"}, 404),
    (
        f"{RATNA}/messages",
        {"client_id": "a1b2c3d4", "chat": GROUP_CHAT, "thread": "99", "text": "x"},
        404,
    ),
    (f"{RATNA}/topics", {"client_id": "a1b2c3d4", "thread": "99", "closed": True}, 404),
    ("/simulator/seen", {"chat": "sim-whatsapp:sri", "ids": "1", "ticks": "dibaca"}, 400),
    ("/simulator/seen", {"chat": "#kabar", "ids": ["1"], "ticks": "dibaca"}, 400),
    ("/simulator/seen", {"chat": "sim-whatsapp:sri", "ids": ["1"], "ticks": ["dibaca"]}, 400),
]


@pytest.mark.parametrize(("path", "body", "status"), BAD_POSTS)
def test_a_post_that_does_not_fit_is_refused_in_words(stand, path, body, status):
    """Whoever posts by hand gets a reason, and the inbox gets nothing."""
    answer = ask(stand, "POST", path, json=body)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert stand.events == []


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "text/plain"}, b"{}", 415),
        ({"content-type": "application/json"}, b"{", 400),
        ({"content-type": "application/json"}, b"[]", 400),
        ({"content-type": "application/json"}, b"[" * 5000, 400),
        ({"content-type": "application/json"}, b'{"x": "' + b"x" * 70000 + b'"}', 413),
        ({"content-type": "application/json", "origin": "https://evil.example"}, b"{}", 403),
        ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, b"{}", 403),
    ],
)
def test_a_body_that_cannot_be_read_or_comes_from_elsewhere_is_refused(
    stand, headers, content, status
):
    """Another site open in the same browser must not be able to post."""
    answer = ask(stand, "POST", f"{PHONE}/messages", headers=headers, content=content)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost:8080", 200),
        ("LOCALHOST", 200),
        ("[::1]:8080", 200),
        ("192.168.1.7:8080", 200),
        ("latihan.contoh.id", 200),
        ("latihan.contoh.id:8080", 200),
        ("jahat.example:8080", 403),
        ("localhost.jahat.example", 403),
        ("127.0.0.1.jahat.example:8080", 403),
        ("latihan.contoh.id.jahat.example", 403),
        ("[127.0.0.1", 403),
        ("", 403),
    ],
)
def test_the_page_answers_under_its_own_names_only(stand, host, status):
    """A page elsewhere may point its name at this machine and would then read every chat."""
    app = Starlette(
        routes=simulator_routes(
            stand.store, stand.accept, stand.clock, "https://latihan.contoh.id"
        )
    )
    own = {route.path for route in app.routes if "{" not in route.path}

    async def send():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            paths = sorted(own - {"/simulator/stream", "/simulator/seen"})
            got = [await client.get(path, headers={"host": host}) for path in paths]
            return [*got, await client.post("/simulator/seen", headers={"host": host}, json={})]

    *read, posted = asyncio.run(send())
    assert [answer.status_code for answer in read] == [status] * len(read)
    assert (posted.status_code == 403) == (status == 403)


def test_letters_that_are_none_do_not_break_the_store(stand):
    """Half a surrogate pair is valid JSON but no text."""
    raw = b'{"client_id": "a1b2c3d4", "text": "a\\ud83db\\u0000"}'
    answer = ask(
        stand,
        "POST",
        f"{PHONE}/messages",
        content=raw,
        headers={"content-type": "application/json"},
    )
    assert (answer.status_code, shown(stand, SRI)[0]["text"]) == (200, "a?b")


@pytest.mark.parametrize("chat", ["#kabar", "#topik", "sim-whatsapp:siapa", "x"])
def test_only_chats_of_the_simulator_can_be_read(stand, chat):
    """The store keeps other rows in the same table."""
    answer = ask(stand, "GET", f"/simulator/chats/{chat.replace('#', '%23')}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Percakapan itu tidak ada."})


def test_the_page_and_all_it_names_are_served_with_a_strict_policy(stand):
    """Nothing inline, nothing from outside."""
    page = ask(stand, "GET", "/simulator")
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "latihan, bukan laporan sungguhan" in page.text
    for name in ("simulator.js", "simulator.css", "icons.svg", "logo.svg"):
        answer = ask(stand, "GET", f"/simulator/static/{name}")
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff")
        again = ask(
            stand,
            "GET",
            f"/simulator/static/{name}",
            headers={"if-none-match": answer.headers["etag"]},
        )
        assert again.status_code == 304
    for name in ("routes.py", "..%2froutes.py", "nothing.js"):
        assert ask(stand, "GET", f"/simulator/static/{name}").status_code == 404


def test_every_asset_of_the_page_is_inside_the_package(stand):
    """No outside asset: the page works without a network."""
    for path in (
        "/simulator",
        "/simulator/static/simulator.css",
        "/simulator/static/simulator.js",
    ):
        answer = ask(stand, "GET", path)
        assert answer.status_code == 200
        assert "://" not in answer.text.replace("http://www.w3.org/2000/svg", "")


def test_the_first_state_names_who_plays(stand):
    """Six workers, four officers and one outsider without a private chat."""
    state = ask(stand, "GET", "/simulator/state").json()
    assert [worker["name"] for worker in state["workers"]] == [w.name for w in SIMULATED_WORKERS]
    assert [officer["role"] for officer in state["officers"]] == [
        "koordinator",
        "petugas",
        "petugas",
        "hanya membaca",
        "bukan petugas",
    ]
    assert state["officers"][-1]["chat"] == ""


def frames(lines):
    """The server-sent events in an iterator of lines, one at a time."""
    event = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif "data" in event:
            yield int(event["id"]), event["event"], json.loads(event["data"])
            event = {}


def test_news_come_live_and_continue_after_a_break(stand):
    """A page that lost its connection misses nothing and sees nothing twice."""
    with Served(stand) as served, httpx.Client(base_url=served.url) as client:
        path = "/simulator/stream"
        with client.stream("GET", path, params={"after": "0"}) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            news = frames(response.iter_lines())
            post(stand, f"{PHONE}/messages", text="Satu")
            seen, kind, content = next(news)
            assert (kind, content["text"], content["chat"]) == ("message", "Satu", str(SRI))
            next(news)  # its tick
        post(stand, f"{PHONE}/messages", "b1b2c3d4e5f6", text="Dua")
        asyncio.run(stand.telegram.answer_tap("tap-1", "Sudah", alert=True))
        headers = {"Last-Event-ID": str(seen)}
        with client.stream("GET", path, params={"after": "0"}, headers=headers) as response:
            news = frames(response.iter_lines())
            told = [next(news) for _ in range(4)]
    assert [number for number, _, _ in told] == sorted({number for number, _, _ in told})
    assert [content.get("text") for _, _, content in told] == ["Satu", "Dua", "Dua", "Sudah"]
    assert told[-1][1:] == ("toast", {"tap": "tap-1", "text": "Sudah", "alert": True})


@pytest.mark.parametrize("after", ["123456", "bukan-nomor"])
def test_a_page_that_was_away_too_long_is_told_to_look_again(stand, after):
    """What it missed is no longer listed; it loads everything afresh."""
    with (
        Served(stand) as served,
        httpx.stream("GET", f"{served.url}/simulator/stream?after={after}") as response,
    ):
        assert next(frames(response.iter_lines()))[1] == "refresh"
