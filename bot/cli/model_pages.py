"""How the figures of a model are shown."""

from collections.abc import Sequence

from bot.cli.show import print_table, say
from nlp.report import Evaluation

_MEANING = {
    "category_accuracy": "kategori pertama tepat",
    "category_accepted": "kategori pertama tepat atau juga benar",
    "category_top3": "kategori tepat ada di tiga teratas",
    "category_macro_f1": "F1 kategori, rata-rata",
    "kind_macro_f1": "F1 jenis, rata-rata",
    "urgency_macro_f1": "F1 urgensi, rata-rata",
    "darurat_recall": "darurat yang terlihat",
    "darurat_precision": "alarm yang benar darurat",
    "tag_micro_f1": "F1 label",
    "ece": "selisih keyakinan dan kenyataan (0 terbaik)",
    "abstained": "kategori dibiarkan terbuka",
    "accepted_when_sure": "benar bila yakin",
}
_PAIRS_SHOWN = 12


def print_evaluation(measured: Evaluation) -> None:
    """The figures, each category, the pairs most often confused, calibration, latency."""
    rows = [(f"{getattr(measured.figures, name):.3f}", text) for name, text in _MEANING.items()]
    print_table(f"{measured.model}, {measured.figures.messages} pesan", ("Angka", "Arti"), rows)
    print_table(
        "Per kategori",
        ("Kategori", "Pesan", "Presisi", "Recall", "F1"),
        [
            (c.slug, str(c.messages), f"{c.precision:.2f}", f"{c.recall:.2f}", f"{c.f1:.2f}")
            for c in measured.categories
        ],
    )
    mixed = [(pair, n) for pair, n in measured.confusion.most_common() if pair[0] != pair[1]]
    print_table(
        "Paling sering tertukar",
        ("Seharusnya", "Kata model", "Pesan"),
        [(true, said, str(count)) for (true, said), count in mixed[:_PAIRS_SHOWN]],
    )
    print_table(
        "Keyakinan dan kenyataan",
        ("Keyakinan", "Yang benar", "Pesan"),
        [(f"{b.confidence:.2f}", f"{b.right:.2f}", str(b.messages)) for b in measured.calibration],
    )
    say(f"Waktu per pesan: p50 {measured.milliseconds[0]:.1f} ms, "
        f"p99 {measured.milliseconds[1]:.1f} ms.")  # fmt: skip


def print_comparison(old: Evaluation, new: Evaluation, names: Sequence[str]) -> None:
    """The figures of two models side by side."""
    print_table(
        "Pada pesan yang tidak pernah dipelajari",
        ("Angka", old.model, new.model, "Selisih"),
        [
            (
                _MEANING[name],
                f"{getattr(old.figures, name):.3f}",
                f"{getattr(new.figures, name):.3f}",
                f"{getattr(new.figures, name) - getattr(old.figures, name):+.3f}",
            )
            for name in names
        ],
    )
