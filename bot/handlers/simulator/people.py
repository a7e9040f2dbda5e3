"""Who plays in the simulator: invented workers, officers, and places to share."""

from dataclasses import dataclass
from typing import Literal

from bot.events import Address, Location

Look = Literal["sim-whatsapp", "sim-telegram"]
WHATSAPP: Look = "sim-whatsapp"
TELEGRAM: Look = "sim-telegram"
LOOKS: tuple[Look, ...] = (WHATSAPP, TELEGRAM)

#: Chat id of the officers' group, always on :data:`TELEGRAM`.
GROUP_CHAT = "simulasi-petugas"
GROUP = Address(TELEGRAM, GROUP_CHAT)


@dataclass(frozen=True, slots=True)
class Worker:
    """An invented worker; ``id`` is the path of her address on both looks."""

    id: str
    name: str
    work: str


SIMULATED_WORKERS = (
    Worker("sri", "Sri", "operator jahit"),
    Worker("bang-togar", "Bang Togar", "pemanen sawit"),
    Worker("dewi", "Dewi", "perawat kontrak"),
    Worker("asep", "Asep", "perakit motor"),
    Worker("yuni", "Yuni", "pekerja rumah tangga"),
    Worker("ucok", "Ucok", "kurir paket"),
)

#: The roster of the simulated organisation: user id, name, role.
SIMULATED_OFFICERS: tuple[tuple[str, str, str], ...] = (
    ("petugas-ratna", "Ratna", "coordinator"),
    ("petugas-joko", "Joko", "officer"),
    ("petugas-maria", "Maria", "officer"),
    ("petugas-tono", "Tono", "readonly"),
)
#: Those who may read and handle confidential cases.
CONFIDENTIAL_OFFICERS = frozenset({"petugas-ratna", "petugas-joko"})
#: Someone in the group who is not on the roster.
OUTSIDER = ("orang-luar", "Orang luar")

PLACES = (
    Location(-6.3107, 107.0854, "Kawasan industri MM2100, Bekasi"),
    Location(-6.1386, 106.9370, "Kawasan Berikat Nusantara, Cakung"),
    Location(-6.9389, 107.7182, "Pabrik garmen, Rancaekek"),
    Location(1.0668, 104.0305, "Kawasan industri Muka Kuning, Batam"),
    Location(2.1056, 99.8340, "Kebun sawit, Labuhanbatu"),
    Location(-2.8216, 122.1556, "Kawasan smelter, Morowali"),
)

_WORKERS = {worker.id: worker for worker in SIMULATED_WORKERS}
_OFFICERS = {user_id: name for user_id, name, _role in SIMULATED_OFFICERS}


def worker_of(worker_id: str) -> Worker | None:
    """The invented worker of that id."""
    return _WORKERS.get(worker_id)


def officer_name(user_id: str) -> str | None:
    """Display name of an officer or of the outsider; None for nobody we know."""
    return OUTSIDER[1] if user_id == OUTSIDER[0] else _OFFICERS.get(user_id)


def is_phone(address: Address) -> bool:
    """Whether the address is a worker's simulated phone."""
    return address.channel in LOOKS and address.path in _WORKERS


def is_officers_side(address: Address) -> bool:
    """Whether the address is the officers' group or an officer's private chat."""
    return address == GROUP or (address.channel == TELEGRAM and address.path in _OFFICERS)


def is_known_chat(chat: str) -> bool:
    """Whether ``channel:path`` is a phone, the group or an officer's private chat."""
    channel, _, path = chat.partition(":")
    address = Address(channel, path)
    return is_phone(address) or is_officers_side(address)
