"""Turns a fine-tuned network into the files that the bot serves: int8 ONNX and its tokenizer."""

import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer

from nlp.bert import ENCODER_FILE, FORMAT, TOKENIZER_FILE
from nlp.heads import Heads, heads_as_json
from nlp.scores import Thresholds
from nlp.training.network import LONGEST, Network

_OPSET = 17


def export_onnx(network: Network, path: Path) -> None:
    """Write the network as one int8 ONNX file with inputs ids and mask.

    Weights have one byte, activations are quantised as they come (dynamic), attention and
    layer norms are fused. Weights use seven bits, so that processors without VNNI do not
    overflow (onnxruntime's advice for AVX2).
    """
    network.eval().cpu()
    with tempfile.TemporaryDirectory() as folder, _quiet():
        raw, fused = Path(folder) / "raw.onnx", Path(folder) / "fused.onnx"
        example = torch.full((2, 8), 5, dtype=torch.long)
        rows = {0: "texts"}
        axes = rows | {1: "tokens"}
        torch.onnx.export(
            network,
            (example, torch.ones_like(example)),
            str(raw),
            input_names=["ids", "mask"],
            output_names=["logits", "embedding"],
            dynamic_axes={"ids": axes, "mask": axes, "logits": rows, "embedding": rows},
            opset_version=_OPSET,
            dynamo=False,
        )
        config = network.encoder.config
        optimizer.optimize_model(
            str(raw),
            model_type="bert",
            num_heads=config.num_attention_heads,
            hidden_size=config.hidden_size,
            opt_level=0,
        ).save_model_to_file(str(fused))
        path.parent.mkdir(parents=True, exist_ok=True)
        quantize_dynamic(
            fused,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
        )


def save_bert(
    network: Network,
    tokenizer_json: str,
    padding: int,
    heads: Heads,
    thresholds: Thresholds,
    name: str,
    folder: Path,
) -> None:
    """Write a folder that ``nlp.bert.load_bert`` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(network, folder / ENCODER_FILE)
    (folder / TOKENIZER_FILE).write_text(tokenizer_json, encoding="utf-8")
    write_description(
        folder,
        {
            "format": FORMAT,
            "name": name,
            "longest": LONGEST,
            "padding": padding,
            "heads": heads_as_json(heads),
            "thresholds": asdict(thresholds),
        },
    )


def write_description(folder: Path, description: dict[str, object]) -> None:
    """Write ``model.json``."""
    text = json.dumps(description, ensure_ascii=False, indent=1)
    (folder / "model.json").write_text(f"{text}\n", encoding="utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence what the exporters say of their own insides."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
