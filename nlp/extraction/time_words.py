"""The words of time: patterns that the reader of dates and spans is made of."""

from nlp.extraction.numbers import WORDS

MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "mei": 5, "jun": 6, "jul": 7, "agu": 8, "ags": 8,
    "sep": 9, "okt": 10, "nov": 11, "nop": 11, "des": 12,
}  # fmt: skip
WEEKDAYS = {
    "senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "jum'at": 4, "jumaat": 4,
    "sabtu": 5, "minggu": 6, "ahad": 6,
}  # fmt: skip
MONTH = (
    r"jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|juni?|juli?|agu(?:stus)?|ags|agst"
    r"|sept?(?:ember)?|okt(?:ober)?|no[vp](?:ember)?|des(?:ember)?"
)
NUMBER = rf"\d{{1,3}}|{WORDS}"
UNIT = r"hari|hr|minggu|mgg|bulan|bln|tahun|thn|th|taun|wulan|sasi"
LONG_UNIT = r"minggu|mgg|bulan|bln|tahun|thn|taun|wulan|sasi"
SPAN = rf"(?:(?:{NUMBER}|setengah|beberapa)\s*(?:{UNIT})|se(?:minggu|bulan|tahun|taun))"
FEAST = (
    r"lebaran(?: haji)?|idul ?fitri|idul ?adha|natal|puasa|ramadh?an|covid|corona|pandemi|imlek"
)
LAST = r"lalu|kemarin|kemaren|kmrn|kmrin"
OWED = (
    r"(?:gaji|upah|lembur\w*|thr|insentif|bonus|iuran|bpjs)?\s*(?:saya |kami )?"
    r"(?:belum|blm|blum|belom|tidak|gak|ga|nggak|ngga|tdk|nunggak|telat|terlambat|ditahan"
    r"|ngga|mandek|macet|dicicil|kosong|hilang|hangus)"
)

SINCE = r"sejak|sjk|dari|dr|mulai|semenjak|seko|kawit"
STOPPED = (
    r"telat|terlambat|nunggak|menunggak|ditunggak|ditahan|macet|mampet|mandek|mogok|rusak|mati"
    r"|stop|berhenti|bocor|nganggur|dirumahkan|diliburkan|disekap|dikurung|digantung|kosong"
    r"|molor|ngaret|ditunda|dibiarkan|tertahan|disimpan|mangkrak"
)
ALREADY = r"sudah|udah|udh|sdh|dah|so|su|wis|wes|hampir|selama|sampai sekarang|sampe sekarang"
