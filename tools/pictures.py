"""Make the pictures of the officers' guide and of the README anew: ``python -m tools.pictures``.

Each scene is acted on the simulator's page by a worker and officers, at a time of the clock that
is moved by hand, and photographed. Needs Chromium and the packages of requirements-dev.txt.
"""

import logging
import sys
from pathlib import Path

import structlog

from tools.studio import Studio, studio

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
_WAGES = (
    "gaji kami di PT Contoh Sandang sudah 2 bulan belum dibayar. yang kena sekitar 40 orang, "
    "kalau nanya malah dimarahi"
)
_ANSWERS = {
    "masalah apa": "upah", "kabupaten": "Kabupaten Bekasi", "berapa orang": "sekitar 40 orang",
    "bukti": "Lewati", "aman dihubungi": "malam setelah jam 7", "anggota": "Anggota",
    "Kapan": "sejak September",
}  # fmt: skip

_OTHERS = {
    "asep": "lembur 3 minggu gak dibayar kak, total 27 jam, di PT Roda Contoh",
    "ucok": "kontrak saya di CV Contoh Kilat diputus tiba2, belum dikasih surat apa2",
    "bang-togar": "upah panen di PT Contoh Sawit dipotong terus bang tiap bulan",
}


def a_worker_tells(act: Studio) -> None:
    """Her phone, the group, the card, the first grip."""
    act.worker("sri")
    act.tells(_WAGES, **_ANSWERS)
    act.camera.phone("pekerja-lapor", since="Sudah benar?")
    act.wait(seconds=61)
    act.officer("Joko")
    act.opens("KB-")
    act.camera.card("petugas-kartu", shows="belum ada")
    act.taps("Saya tangani")
    act.wait(seconds=61)
    act.taps("Pelapor bisa dihubungi")
    act.camera.topic("petugas-tangani", since="gaji kami")


def a_reply(act: Studio) -> None:
    """Written, looked at, sent, read."""
    act.wait(minutes=4)
    act.says("tadi HRD bilang gaji dibayar minggu depan, tapi gak ada surat")
    act.wait(seconds=61)
    act.writes("/balas Terima kasih, Bu. Boleh kirim foto slip gaji bulan Agustus?")
    act.camera.topic("petugas-balas", since="tadi HRD")
    act.taps("Kirim")
    act.wait(seconds=25)
    act.camera.phone("pekerja-balasan", since="tadi HRD")
    act.wait(seconds=61)
    act.camera.topic("petugas-sampai", since="/balas")
    act.camera.both("simulator")


def a_ready_answer(act: Studio) -> None:
    """Fifty of them; these fit."""
    act.writes("/cepat")
    act.camera.topic("petugas-cepat", since="/cepat")


def a_stage(act: Studio) -> None:
    """A question with the stage, and the days that are counted from its answer."""
    act.taps("Ubah status")
    act.taps("Ditangani")
    act.wait(hours=2)
    act.taps("Ubah status")
    act.taps("Bipartit")
    act.camera.topic("petugas-bipartit", since="pertemuan pertama")
    act.writes("kamis, 26 november")
    act.taps("Lewati")
    act.writes("HRD, pengurus serikat, dua saksi")
    for worker, story in _OTHERS.items():
        act.worker(worker, "telegram")
        act.tells(story, **_ANSWERS)
    act.worker("sri")
    act.go("2026-11-27T10:00")
    act.writes("/balas Pertemuan pertama sudah. HRD minta waktu sampai minggu depan.")
    act.taps("Kirim")
    act.wait(hours=9)
    act.camera.phone("pekerja-lihat", since="Ada kabar untuk")
    act.picks("Lihat")
    act.go("2026-11-30T08:15")
    act.wait(minutes=2)
    act.opens("Umum")
    act.camera.topic("petugas-minggu", since="Ringkasan minggu lalu")
    act.go("2026-12-03T09:30")
    act.opens("Contoh Sandang")
    act.camera.card("petugas-tenggat", shows="Hari kerja ke-", until="Saran langkah")


def the_same_matter(act: Studio) -> None:
    """Somebody of the same workplace tells the same."""
    act.worker("dewi", "telegram")
    act.tells(
        "gaji 2 bulan di PT Contoh Sandang belum dibayar juga kak, yang kena banyak, "
        "sekitar 40 orang",
        **_ANSWERS | {"aman dihubungi": "Lewati"},
    )
    act.wait(seconds=61)
    act.camera.topics("petugas-topik")
    act.opens("Umum")
    act.writes("/kasus")
    act.camera.topic("petugas-cari", since="Kasus terbuka")
    act.opens("Contoh Sandang")
    act.writes("/kasus_serupa")
    act.camera.topic("petugas-serupa", since="/kasus_serupa")


def a_morning(act: Studio) -> None:
    """What waits today, and the week in numbers."""
    act.go("2026-12-04T08:00")
    act.wait(seconds=61)
    act.opens("Pribadi")
    act.camera.topic("petugas-pagi", since="Selamat pagi")


def the_end(act: Studio) -> None:
    """Closed with words of one's own; what she thinks of it."""
    act.worker("dewi", "telegram")
    act.opens("Contoh Sandang")
    act.taps("Saya tangani")
    act.go("2026-12-04T10:00")
    act.writes("/tutup")
    act.taps("Tercapai")
    act.writes("Gaji dua bulan sudah dibayar. Terima kasih sudah berani melapor.")
    act.camera.topic("petugas-tutup", since="Pelapor akan membaca")
    act.taps("Kirim")
    act.go("2026-12-05T12:00")
    act.picks("Ya")
    act.camera.phone("pekerja-survei", since="benar selesai")
    act.picks("4 Puas")


def a_confidential_case(act: Studio) -> None:
    """It stands in the small group alone."""
    act.only_small_group()
    act.worker("yuni")
    number = act.tells("atasan sy ngatain sy bodoh di depan orang kak. sy malu")
    act.wait(seconds=61)
    act.officer("Ratna")
    act.opens(number)
    act.camera.card("petugas-rahasia", shows="Laporan rahasia", until="Saran langkah")


SCENES = (
    a_worker_tells, a_reply, a_ready_answer, a_stage, the_same_matter, a_morning, the_end,
    a_confidential_case,
)  # fmt: skip


def main() -> None:
    """Act all scenes, one after the other, and keep their pictures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with studio(PICTURES) as act:
        for scene in SCENES:
            scene(act)
            sys.stdout.write(f"{scene.__name__}\n")


if __name__ == "__main__":
    main()
