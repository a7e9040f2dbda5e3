"""A corpus and a BERT small enough to train within a test."""

import json
from pathlib import Path

from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, BertTokenizerFast

from nlp.corpus import load_corpus

WORDS = {
    "upah": ("gaji belum dibayar", "upah kurang", "thr tidak turun"),
    "k3": ("masker tidak ada", "mesin tanpa pengaman", "bau bahan kimia"),
    "fasilitas": ("mess bocor", "makan siang basi", "jemputan tidak datang"),
}
VOICES = (
    "saya operator jahit di lantai dua pabrik lama dekat sungai",
    "bapakku sopir malam keluar masuk gudang pelabuhan utara",
    "istri penyapu kantor pusat seberang stasiun kota sana",
    "adik pengemas biskuit bagian belakang blok enam",
)


def small_corpus(folder: Path, writers: int = len(VOICES)) -> Path:
    """The smallest corpus that can be learned from; its phrases serve no other purpose."""
    folder.mkdir(exist_ok=True)
    kinds = {"pengaduan": "tolong", "pertanyaan": "apa boleh?", "aspirasi": "usul"}
    urgencies = ("normal", "tinggi", "darurat")
    for writer in range(writers):
        rows = [
            {
                "text": f"{words} {lead} {urgency} {VOICES[writer]}",
                "kind": kind,
                "category": category,
                "also": [],
                "tags": ["thr"] if "thr" in words else [],
                "urgency": urgency,
                "source": "written",
                "writer": f"w{writer}",
            }
            for category, phrases in WORDS.items()
            for words in phrases
            for urgency, (kind, lead) in zip(urgencies, kinds.items(), strict=True)
        ]
        text = "\n".join(json.dumps(row) for row in rows)
        (folder / f"w{writer}.jsonl").write_text(text, encoding="utf-8")
    return folder


def tiny_bert(folder: Path, corpus: Path) -> Path:
    """A checkpoint like IndoBERT's, with its own WordPiece vocabulary and random weights."""
    pieces = BertWordPieceTokenizer(lowercase=True)
    texts = [example.text for example in load_corpus(corpus)]
    pieces.train_from_iterator(texts, vocab_size=400, show_progress=False)
    tokenizer = BertTokenizerFast(tokenizer_object=pieces)
    config = BertConfig(
        vocab_size=pieces.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        pad_token_id=tokenizer.pad_token_id,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
