"""A worker who tells everything there is to tell, each answer with a mark that can be found."""

from bot.events import Media, MediaKind
from tests.world import Worker, World

MARK = "KENARI"
STORY = f"gaji saya belum dibayar {MARK}cerita di pabrik garmen"
ANSWERS = {
    "nama PT": f"PT {MARK}tempat Jaya",
    "tempat kerja": f"PT {MARK}tempat Jaya",
    "kabupaten": "Bandung",
    "kapan kejadiannya": f"sejak {MARK}kapan",
    "berapa orang": f"12 {MARK}korban",
    "siapa nama": f"{MARK}nama",
    "aman dihubungi": f"malam {MARK}jam",
}


def sends_file(world: World, worker: Worker, name: str, content: bytes) -> None:
    """She sends a photo."""
    assert world.app.simulator is not None
    media = Media(MediaKind.PHOTO, "", "image/jpeg", len(content), name)
    kept = world.app.simulator.files.keep(content, media)
    worker.says("", media=(kept.as_media(),))


def tells_everything(world: World, worker: Worker) -> None:
    """From the first word to the receipt, under her name, with a file."""
    worker.says(STORY)
    worker.taps("Setuju")
    for _ in range(25):
        asked = worker.heard()[-1].lower()
        buttons = worker.last_buttons()
        answer = next((said for key, said in ANSWERS.items() if key.lower() in asked), "")
        if "Kirim" in buttons:
            worker.taps("Kirim")
            return
        if "Pakai nama" in buttons:
            worker.taps("Pakai nama")
        elif answer:
            worker.says(answer)
        elif "bukti" in asked:
            sends_file(world, worker, f"{MARK}berkas.jpg", f"{MARK}isi".encode())
            worker.taps(
                "Lewati" if "Lewati" in worker.last_buttons() else worker.last_buttons()[0]
            )
        else:
            worker.taps("Lewati" if "Lewati" in buttons else buttons[0])
    raise AssertionError(f"never came to the end: {worker.heard()[-2:]}")
