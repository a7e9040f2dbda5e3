"""A Telegram bot: its token, how updates reach us, the officers' group and our rights there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.doctor.asking import Asker
from bot.doctor.findings import Finding, fault, ok, warning
from bot.handlers.telegram.account import ALLOWED_UPDATES, TelegramAccount
from bot.handlers.telegram.receive import WEBHOOK_PATH
from bot.settings import Settings

_OK = 200
_REFUSED = (401, 404)
_MANY = 50
_RECENT = timedelta(hours=1)
_RIGHTS = {
    "can_manage_topics": "Kelola topik",
    "can_pin_messages": "Sematkan pesan",
    "can_delete_messages": "Hapus pesan",
}


@dataclass(frozen=True, slots=True)
class _Group:
    """A group as it is told of: the names of its checks, what it is called, what sets it."""

    check: str
    rights: str
    name: str
    bind: str


_BIG = _Group(
    "telegram_group",
    "telegram_rights",
    "grup petugas",
    "Isi OFFICER_CHAT_ID (atau orgs set --officer-chat) dan masukkan bot ke grup itu.",
)
_SMALL = _Group("telegram_small_group", "telegram_small_rights", "grup kecil",
                "Atau sambungkan lagi: orgs invite NAMA --sensitive.")  # fmt: skip


def examine(
    ask: Asker,
    settings: Settings,
    account: TelegramAccount,
    group: str,
    now: datetime,
    small: str = "",
) -> Iterator[Finding]:
    """All about one bot; ``group`` is the officers' chat, ``small`` that for confidential cases.

    Both are empty where there is none.
    """
    me = ask.telegram(account, "getMe")
    if me is None:
        yield warning(
            "telegram_token",
            "Telegram tidak bisa dihubungi dari mesin ini",
            "Periksa sambungan internet; token, webhook dan grup belum diperiksa.",
        )
        return
    if me.status in _REFUSED:
        yield fault(
            "telegram_token",
            "Telegram menolak token bot",
            "Ambil token baru di BotFather, isi TELEGRAM_BOT_TOKEN (atau orgs set).",
        )
        return
    if me.status != _OK:
        yield warning("telegram_token", f"Telegram menjawab {me.status}", "Coba lagi nanti.")
        return
    yield ok("telegram_token", "token bot diterima Telegram")
    yield from _updates(ask, settings, account, now)
    if group:
        yield from _group(ask, account, me.result, group, _BIG)
    else:
        yield warning(
            "telegram_group",
            "grup petugas belum diatur; tidak ada petugas yang melihat kasus",
            _BIG.bind,
        )
    if small:
        yield from _group(ask, account, me.result, small, _SMALL)
    else:
        yield ok("telegram_small_group", "tidak ada; laporan rahasia dibuka di chat pribadi")


def _updates(
    ask: Asker, settings: Settings, account: TelegramAccount, now: datetime
) -> Iterator[Finding]:
    answer = ask.telegram(account, "getWebhookInfo")
    if answer is None or answer.status != _OK:
        yield warning("telegram_webhook", "keadaan webhook tidak diketahui", "Coba lagi nanti.")
        return
    yield from webhook(settings, answer.result, now)


def webhook(settings: Settings, info: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    """What Telegram says of our webhook (``getWebhookInfo``), and of what waits there."""
    url = str(info.get("url", ""))
    if settings.telegram_mode == "polling":
        yield _for_polling(url)
    else:
        yield _for_webhook(settings, info, url, now)
    pending = int(info.get("pending_update_count", 0))
    if pending > _MANY:
        yield warning(
            "telegram_pending",
            f"{pending} pesan menunggu di Telegram",
            "Pastikan program berjalan; Telegram membuang pesan sesudah 24 jam.",
        )


def _for_polling(url: str) -> Finding:
    if url:
        return warning(
            "telegram_webhook",
            "TELEGRAM_MODE=polling, tetapi di Telegram masih terpasang webhook",
            "Program melepasnya saat mulai. Kalau program lain memakainya, pakai bot tersendiri.",
        )
    return ok("telegram_webhook", "program menjemput pesan sendiri (polling)")


def _for_webhook(settings: Settings, info: Mapping[str, Any], url: str, now: datetime) -> Finding:
    set_it = "Jalankan webhooks set."
    if not url:
        return fault("telegram_webhook", "webhook belum terpasang di Telegram", set_it)
    if url != settings.public_url + WEBHOOK_PATH:
        return fault("telegram_webhook", "webhook di Telegram menunjuk ke alamat lain", set_it)
    missing = set(ALLOWED_UPDATES) - set(info.get("allowed_updates", ()))
    if missing:
        listed = ", ".join(sorted(missing))
        return fault("telegram_webhook", f"webhook tidak menerima {listed}", set_it)
    failed_at = int(info.get("last_error_date", 0))
    if failed_at and now.timestamp() - failed_at < _RECENT.total_seconds():
        return warning(
            "telegram_webhook",
            f"Telegram belum lama ini gagal memanggil kita: {info.get('last_error_message', '')}",
            "Periksa PUBLIC_BASE_URL, sertifikat dan proxy; kalau 403, ulangi webhooks set.",
        )
    return ok("telegram_webhook", "webhook terpasang dan berjalan")


def _group(
    ask: Asker, account: TelegramAccount, me: Mapping[str, Any], group: str, which: _Group
) -> Iterator[Finding]:
    chat = ask.telegram(account, "getChat", chat_id=int(group))
    if chat is None or chat.status != _OK:
        yield fault(
            which.check,
            f"bot tidak mengenal {which.name}",
            f"Masukkan bot ke grup, dan cek nomornya (supergrup mulai dengan -100). {which.bind}",
        )
        return
    if chat.result.get("type") != "supergroup":
        yield fault(
            which.check,
            f"{which.name} bukan supergrup",
            "Nyalakan Topik di pengaturan grup (grup menjadi supergrup), pakai nomor barunya.",
        )
        return
    forum = bool(chat.result.get("is_forum"))
    if forum:
        yield ok(which.check, "supergrup dengan topik")
    else:
        yield warning(
            which.check,
            "Topik belum menyala; semua kasus bercampur dalam satu percakapan",
            "Nyalakan Topik di pengaturan grup.",
        )
    member = ask.telegram(account, "getChatMember", chat_id=int(group), user_id=me.get("id", 0))
    if member is not None and member.status == _OK:
        yield _rights(member.result, me, which.rights, forum=forum)
    else:
        yield fault(which.rights, "bot bukan anggota grup", f"Masukkan bot ke {which.name}.")


def _rights(
    member: Mapping[str, Any], me: Mapping[str, Any], check: str, *, forum: bool
) -> Finding:
    if member.get("status") != "administrator":
        blind = "" if me.get("can_read_all_group_messages") else ", dan catatan tidak terbaca"
        return fault(
            check,
            f"bot bukan admin grup: topik tidak bisa dibuat{blind}",
            "Jadikan bot admin dengan hak " + ", ".join(_RIGHTS.values()) + ".",
        )
    missing = [
        words
        for right, words in _RIGHTS.items()
        if not member.get(right) and (forum or right != "can_manage_topics")
    ]
    if not missing:
        return ok(check, "bot admin dengan semua hak yang dibutuhkan")
    action = f"Beri bot hak {', '.join(missing)} di pengaturan admin grup."
    report = fault if _RIGHTS["can_manage_topics"] in missing else warning
    return report(check, f"bot belum punya hak {', '.join(missing)}", action)
