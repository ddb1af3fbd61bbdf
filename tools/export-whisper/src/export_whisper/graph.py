"""A small builder of ONNX graphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

_Value = TypeVar("_Value")

#: Operators of ONNX Runtime, not of the ONNX standard.
_CONTRIB_DOMAIN = "com.microsoft"
_CONTRIB = frozenset(
    {
        "MultiHeadAttention",
        "SkipLayerNormalization",
        "Gelu",
        "MatMulIntegerToFloat",
        "MatMulNBits",
        "GatherBlockQuantized",
    }
)

#: Protobuf can't hold 2 GiB; larger weights go to a file beside the graph.
_EXTERNAL_DATA_BYTES = 1_900_000_000


class GraphBuilder:
    """Nodes, weights, inputs and outputs of one graph, in the order they are made."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._memo: dict[str, Any] = {}

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output; returns the output's name."""
        return self.ops(kind, *inputs, outputs=1, **attributes)[0]

    def ops(self, kind: str, *inputs: str, outputs: int | Sequence[str], **attributes: Any) -> list[str]:
        """Add a node with several outputs, by count or by name (an empty name is an output nobody reads)."""
        stem = f"{kind}_{len(self._nodes)}"
        if isinstance(outputs, int):
            names = [stem if i == 0 else f"{stem}_{i}" for i in range(outputs)]
        else:
            names = list(outputs)
        domain = _CONTRIB_DOMAIN if kind in _CONTRIB else ""
        self._nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names

    def constant(self, value: ArrayLike, name: str | None = None) -> str:
        """Add a weight or a small constant; constants of the same value (or name) are stored once."""
        array = np.asarray(value)
        if name is None:
            name = f"c_{array.dtype}_{'_'.join(map(str, array.ravel()))}".replace("-", "m")
        if name not in self._initializers:
            self._initializers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def ints(self, *values: int) -> str:
        """A 1-D int64 constant: shapes, axes, indices."""
        return self.constant(np.array(values, np.int64))

    def once(self, key: str, make: Callable[[], _Value]) -> _Value:
        """The result of `make`, run on the first call with this key only: a shared subexpression."""
        if key not in self._memo:
            self._memo[key] = make()
        value: _Value = self._memo[key]
        return value

    def slice(self, x: str, start: str, end: str, axis: int) -> str:
        return self.op("Slice", x, start, end, self.ints(axis))

    def input(self, name: str, shape: Sequence[int | str], dtype: int = TensorProto.FLOAT) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, name: str, shape: Sequence[int | str], source: str | None = None) -> None:
        """Declare output `name`; with `source`, copy that value to it."""
        if source is not None:
            self.ops("Identity", source, outputs=[name])
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def output_first(self, name: str) -> None:
        """Move an output to the front: the one people look for."""
        self._outputs.sort(key=lambda output: output.name != name)

    def save(self, path: Path, external_data_bytes: int = _EXTERNAL_DATA_BYTES) -> list[Path]:
        """Write the graph; weights above the limit go to `<name>.onnx_data`. Returns the files written."""
        graph = helper.make_graph(
            self._nodes, "whisper", self._inputs, self._outputs, list(self._initializers.values())
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_CONTRIB_DOMAIN, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="export_whisper")
        size = sum(len(tensor.raw_data) for tensor in self._initializers.values())
        if size <= external_data_bytes:
            onnx.save(model, path)
            return [path]
        data = path.with_name(path.name + "_data")
        data.unlink(missing_ok=True)  # onnx appends to it
        onnx.save(model, path, save_as_external_data=True, location=data.name, size_threshold=1024)
        return [path, data]
