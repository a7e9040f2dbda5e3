"""The words of time: patterns that the reader of dates and spans is made of."""

import re

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
PROBLEM = re.compile(
    rf"\b(?:{OWED}|tak|tanpa|ora|durung|di-?[a-z]{{4,}}|{STOPPED}|libur|lembur|lemburan|nunggu"
    r"|menunggu|hilang|sakit|begini|gini|begitu|cuma|sementara|basi|keruh|bau|utang|turun|telantar"
    r"|keluar|resign|mana|bengkak|demam|mual|luka|perih|gatal|batuk|muntah|mencret|pusing)\b",
    re.IGNORECASE,
)
SUPPOSED = re.compile(
    r"\b(?:kalau|kalo|klo|jika|bila|misal\w*|apabila|andai|usul\w*|semoga|harap\w*)\b",
    re.IGNORECASE,
)
SERVICE = re.compile(
    r"\b(?:kerja|bekerja|gawe|karyawan|mengabdi|ngabdi|jadi|menjadi|anggota|kontrak\w*|umur\w*"
    r"|usia\w*|hamil|menikah|nikah|pacaran|anak|bayi|suami|istri|operator|buruh|magang|training"
    r"|guru|masa|ikut|masuk|gabung|bergabung|diangkat|disini|di sini|disitu|di situ|pengalaman"
    r"|kandungan|pegawai|pkl|sampai|sampe|selama ini|tiap|setiap|per|tinggal|lulus|sekolah"
    r"|pensiun|penjara|cuti|minimal|maksimal|paling|janji\w*|dijanji\w*|kenal|tunggu|nabung)\b",
    re.IGNORECASE,
)
