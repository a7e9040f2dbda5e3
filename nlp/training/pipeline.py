"""From labelled messages to a folder that the bot serves: train, then export.

Whole writers are held out: they stop the learning, weigh the two members of a model, and set
temperatures and thresholds. The development set is never looked at here.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel

from nlp import blend
from nlp.bert import TOKENIZER_FILE, BertModel, load_bert
from nlp.corpus import Example, addressed, load_plain, without_duplicates
from nlp.heads import heads_as_json, width
from nlp.linear import save_linear
from nlp.rights import load_rights
from nlp.rights_finder import save_places
from nlp.scores import ModelError
from nlp.taxonomy import Taxonomy
from nlp.training.blending import blended
from nlp.training.calibration import UNDECIDED
from nlp.training.export import save_bert, write_description
from nlp.training.finetune import Epoch, Material, Progress, Settings, fine_tune
from nlp.training.linear import fit_linear
from nlp.training.network import Base, Network, load_base
from nlp.training.task import heads_of, task_of

WRITTEN = "written"
"""Source of the corpus's messages; corrections are always learned from."""
HELD_OUT_SHARE = 0.06
FEWEST_WRITERS = 3
NETWORK_FILE = "network.pt"
TRAINING_FILE = "training.json"


@dataclass(frozen=True, slots=True)
class Split:
    """The messages to learn from and those of the writers held out."""

    learn: tuple[Example, ...]
    held_out: tuple[Example, ...]


def choose_held_out(examples: Sequence[Example], seed: int) -> frozenset[str]:
    """Whole writers, chosen by chance, until they have ``HELD_OUT_SHARE`` of the messages.

    Raises:
        ModelError: fewer than three writers: nobody could be held out.
    """
    writers = sorted({example.writer for example in examples if example.source == WRITTEN})
    if len(writers) < FEWEST_WRITERS:
        raise ModelError(
            f"the corpus has messages by {len(writers)} writers; with fewer than "
            f"{FEWEST_WRITERS} nobody can be held out to measure on"
        )
    chosen: set[str] = set()
    for writer in np.random.default_rng(seed).permutation(writers):
        if sum(e.writer in chosen for e in examples) >= HELD_OUT_SHARE * len(examples):
            break
        chosen.add(str(writer))
    return frozenset(chosen)


def split_by_writer(examples: Sequence[Example], held_out: frozenset[str]) -> Split:
    """The messages without repetitions, those of the writers held out apart."""
    kept = without_duplicates(examples)
    return Split(
        learn=tuple(e for e in kept if e.writer not in held_out),
        held_out=tuple(e for e in kept if e.writer in held_out),
    )


def train_model(
    base: str,
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    out: Path,
    settings: Settings,
    layers: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[Epoch, ...]:
    """Fine-tune ``base`` and write the network to ``out``; a broken-off run is resumed.

    Args:
        base: directory or hub id of a BERT-like model, or the folder of an earlier training,
            which is gone on from; then the same writers are held out, as it knows the others.
        examples: corpus and corrections.
        taxonomy: the labels.
        out: folder of the network, its tokenizer, and the state of the run.
        settings: how long and how fast to learn; its seed also chooses who is held out.
        layers: keep only so many of the first layers of the base.
        progress: told after every step.

    Returns:
        What each epoch came to.

    Raises:
        ModelError: the base cannot be had, or the corpus is too small.
    """
    loaded, known = _start(base, layers, taxonomy)
    split = split_by_writer(examples, known or choose_held_out(examples, settings.seed))
    if not split.held_out:
        raise ModelError(f"the corpus has no message of the writers held out in {base}")
    phrasings = [entry.asked_as for entry in load_rights(taxonomy=taxonomy)]
    learn = material(split.learn, taxonomy, _plain(taxonomy), phrasings)
    tuned = fine_tune(loaded, learn, material(split.held_out, taxonomy), settings, out, progress)
    out.mkdir(parents=True, exist_ok=True)
    tuned.network.encoder.config.save_pretrained(out)
    torch.save(tuned.network.state_dict(), out / NETWORK_FILE)
    tuned.tokenizer.save(str(out / TOKENIZER_FILE))
    write_training(out, base, settings, tuned.padding, tuned.history, split)
    return tuned.history


def _start(base: str, layers: int | None, taxonomy: Taxonomy) -> tuple[Base, frozenset[str]]:
    """What to start from, and who was held out there; nobody at a model trained elsewhere."""
    folder = Path(base)
    if not (folder / NETWORK_FILE).exists():
        return load_base(base, layers), frozenset()
    earlier = read_trained(folder, taxonomy)
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    started = Base(
        base,
        earlier.network.encoder,
        tokenizer,
        earlier.padding,
        _unknown(tokenizer),
        earlier.network,
    )
    return started, earlier.held_out


def _unknown(tokenizer: Tokenizer) -> int:
    """The id that stands for what the tokenizer does not know (Unigram or WordPiece)."""
    model = json.loads(tokenizer.to_str())["model"]
    if model.get("unk_id") is not None:
        return int(model["unk_id"])
    return int(tokenizer.get_vocab()[model["unk_token"]])


def material(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    plain: Sequence[tuple[str, str]] = (),
    phrasings: Sequence[Sequence[str]] = (),
) -> Material:
    """Messages and plain phrases as the network learns from them."""
    texts = [e.text for e in examples] + [phrase for phrase, _ in plain]
    return Material(texts, task_of(examples, taxonomy, plain), phrasings)


def export_model(
    trained: Path, examples: Sequence[Example], taxonomy: Taxonomy, out: Path, name: str
) -> None:
    """Write the model that the bot serves: encoder and linear model, weighed and calibrated.

    Args:
        trained: folder that ``train_model`` wrote.
        examples: the messages that it was trained on, or more; those of the writers held
            out at the training are held out here too.
        taxonomy: the labels.
        out: folder of the model.
        name: shown with every prediction.

    Raises:
        ModelError: ``trained`` holds no trained network, or one for other labels.
    """
    from_training = read_trained(trained, taxonomy)
    heads = heads_of(taxonomy)
    split = split_by_writer(examples, from_training.held_out)
    tokenizer_json = (trained / TOKENIZER_FILE).read_text(encoding="utf-8")
    save_bert(
        from_training.network, tokenizer_json, from_training.padding, heads, UNDECIDED, name,
        out / "bert",
    )  # fmt: skip
    encoder = _served(out / "bert")
    plain = _plain(taxonomy)
    held_out = material(split.held_out, taxonomy)
    learn = material(split.learn, taxonomy, plain)
    judge = fit_linear(learn.texts, learn.task, from_training.seed, name)
    by_words = np.stack([judge.logits(text)[0] for text in held_out.texts])
    by_meaning = np.stack([encoder.logits(text)[0] for text in held_out.texts])
    weighed = blended(by_words, by_meaning, held_out.task)
    everything = material([*split.learn, *split.held_out], taxonomy, plain)
    words = fit_linear(everything.texts, everything.task, from_training.seed, name)
    save_linear(replace(words, heads=weighed.word_heads), out / "linear")
    _set_heads(out / "bert", heads_as_json(weighed.meaning_heads))
    save_places(out, encoder, load_rights(taxonomy=taxonomy))
    write_description(
        out,
        {
            "format": blend.FORMAT,
            "name": name,
            "shares": list(weighed.shares),
            "heads": heads_as_json(weighed.heads),
            "thresholds": asdict(weighed.thresholds),
        },
    )


@dataclass(frozen=True, slots=True)
class Trained:
    """What ``train_model`` left: the network, its padding id, who was held out, the seed."""

    network: Network
    padding: int
    held_out: frozenset[str]
    seed: int


def read_trained(folder: Path, taxonomy: Taxonomy) -> Trained:
    """What a training left in its folder.

    Raises:
        ModelError: there is none, or its labels are not those of the taxonomy.
    """
    try:
        training = json.loads((folder / TRAINING_FILE).read_text(encoding="utf-8"))
        state = torch.load(folder / NETWORK_FILE, weights_only=True)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{folder} holds no trained network; make one with admin_cli.py model train"
        ) from error
    config = AutoConfig.from_pretrained(folder)
    encoder = AutoModel.from_config(  # type: ignore[no-untyped-call]
        config, attn_implementation="eager", add_pooling_layer=False
    )
    network = Network(encoder, width(heads_of(taxonomy)))
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ModelError(
            f"the network in {folder} was trained for other labels; train it again"
        ) from error
    return Trained(
        network=network,
        padding=int(training["padding"]),
        held_out=frozenset(training["held_out_writers"]),
        seed=int(training["settings"]["seed"]),
    )


def write_training(
    folder: Path,
    base: str,
    settings: Settings,
    padding: int,
    history: Sequence[Epoch],
    split: Split,
) -> None:
    """Write down how the network came about."""
    content = {
        "base": base,
        "settings": asdict(settings),
        "padding": padding,
        "messages": len(split.learn),
        "held_out_messages": len(split.held_out),
        "held_out_writers": sorted({e.writer for e in split.held_out}),
        "history": [asdict(epoch) for epoch in history],
    }
    (folder / TRAINING_FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _plain(taxonomy: Taxonomy) -> tuple[tuple[str, str], ...]:
    return addressed(load_plain(taxonomy=taxonomy))


def _served(folder: Path) -> BertModel:
    return load_bert(folder, json.loads((folder / "model.json").read_text(encoding="utf-8")))


def _set_heads(folder: Path, heads: dict[str, object]) -> None:
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    write_description(folder, description | {"heads": heads})
