"""A real Piper voice of one kilobyte: an ONNX graph with Piper's inputs and output that hums for each phoneme.

It goes through the real loader, phonemiser and runtime; only the sound is not speech.
"""

import json
from pathlib import Path

HUM_SAMPLES = 900
"""Samples for each phoneme id at length scale 1."""
RATE = 22_050


def write_voice(folder: Path, language: str = "vi", name: str = "vi_VN-tiny-low") -> Path:
    """Write the voice and its settings; returns the path of the .onnx file."""
    import onnx
    from onnx import TensorProto, helper

    def constant(key: str, kind: int, values: list[float]) -> onnx.TensorProto:
        return helper.make_tensor(key, kind, [len(values)] if len(values) > 1 else [], values)

    nodes = [
        helper.make_node("Size", ["input"], ["count"]),
        helper.make_node("Cast", ["count"], ["count_f"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scales", "one"], ["length_scale"]),
        helper.make_node("Mul", ["count_f", "length_scale"], ["stretched"]),
        helper.make_node("Mul", ["stretched", "hum"], ["total"]),
        helper.make_node("Range", ["zero_f", "total", "one_f"], ["ramp"]),
        helper.make_node("Mul", ["ramp", "pitch"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["wave"]),
        helper.make_node("Mul", ["wave", "level"], ["soft"]),
        helper.make_node("Reshape", ["soft", "shape"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
            helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "samples"])],
        [
            constant("one", TensorProto.INT64, [1]),
            constant("hum", TensorProto.FLOAT, [float(HUM_SAMPLES)]),
            constant("zero_f", TensorProto.FLOAT, [0.0]),
            constant("one_f", TensorProto.FLOAT, [1.0]),
            constant("pitch", TensorProto.FLOAT, [0.06]),
            constant("level", TensorProto.FLOAT, [0.3]),
            constant("shape", TensorProto.INT64, [1, 1, -1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path = folder / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    Path(f"{path}.json").write_text(json.dumps(_settings(language)), encoding="utf-8")
    return path


def _settings(language: str) -> dict[str, object]:
    letters = [chr(code) for block in ((0x20, 0x7F), (0xE0, 0x2FF), (0x300, 0x370)) for code in range(*block)]
    symbols = [symbol for symbol in letters if symbol not in "_^$"]
    ids = {"_": [0], "^": [1], "$": [2]} | {symbol: [number] for number, symbol in enumerate(symbols, 3)}
    return {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": language},
        "phoneme_type": "espeak",
        "num_symbols": len(ids),
        "num_speakers": 1,
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_id_map": ids,
    }
