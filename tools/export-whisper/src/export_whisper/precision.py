"""How weight matrices are stored and multiplied: one class per precision."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from export_whisper.checkpoint import FloatArray
from export_whisper.errors import ExportError
from export_whisper.graph import GraphBuilder


class Precision(ABC):
    """Adds matrix products and the token embedding to a graph. Biases, norms and convolutions stay float32."""

    name: str
    description: str

    @abstractmethod
    def linear(self, g: GraphBuilder, x: str, weight: FloatArray, name: str, bias: str | None) -> str:
        """x @ weight (+ bias); `weight` is [inputs, outputs], `bias` the name of a constant."""

    @abstractmethod
    def embed(self, g: GraphBuilder, ids: str, table: FloatArray) -> str:
        """Rows `ids` of `table` [vocabulary, width]."""

    def logits(self, g: GraphBuilder, x: str, table: FloatArray) -> str:
        """x @ tableᵀ on the stored table of `embed`: the embedding is stored once for both uses."""
        return self.linear(g, x, table.T, "embed", None)


class Float32(Precision):
    name = "fp32"
    description = "float32 weights"

    def linear(self, g: GraphBuilder, x: str, weight: FloatArray, name: str, bias: str | None) -> str:
        y = g.op("MatMul", x, g.constant(weight, name + ".weight"))
        return g.op("Add", y, bias) if bias else y

    def embed(self, g: GraphBuilder, ids: str, table: FloatArray) -> str:
        return g.op("Gather", g.constant(table, "embed.weight"), ids, axis=0)

    def logits(self, g: GraphBuilder, x: str, table: FloatArray) -> str:
        stored = g.constant(table, "embed.weight")
        return g.op("MatMul", x, g.op("Transpose", stored, perm=[1, 0]))


class _Int8Weights(Precision):
    """Symmetric int8, one scale per output column."""

    def stored(self, g: GraphBuilder, weight: FloatArray, name: str) -> tuple[str, str]:
        """Names of the int8 weights [inputs, outputs] and of their scales [outputs]."""

        def make() -> tuple[str, str]:
            scale = np.maximum(np.abs(weight).max(0) / np.float32(127), np.float32(1e-8)).astype(np.float32)
            codes = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
            return g.constant(codes, name + ".int8"), g.constant(scale, name + ".scale")

        return g.once(name, make)

    def embed(self, g: GraphBuilder, ids: str, table: FloatArray) -> str:
        # The product wants [width, vocabulary]; stored so, the look-up gathers columns.
        codes, scale = self.stored(g, table.T, "embed")
        columns = g.op("Cast", g.op("Gather", codes, ids, axis=1), to=TensorProto.FLOAT)
        rows = g.op("Transpose", columns, perm=[1, 2, 0])
        return g.op("Mul", rows, g.op("Unsqueeze", g.op("Gather", scale, ids), g.ints(-1)))


class Int8(_Int8Weights):
    name = "int8"
    description = "int8 weights, activations quantised to 8 bits while running"

    def linear(self, g: GraphBuilder, x: str, weight: FloatArray, name: str, bias: str | None) -> str:
        codes, scale = self.stored(g, weight, name)
        # One activation is often multiplied several times (q, k, v): it is quantised once.
        quantize = partial(g.ops, "DynamicQuantizeLinear", x, outputs=3)
        xq, x_scale, x_zero = g.once(x + ".q", quantize)
        inputs = [xq, codes, x_scale, scale, x_zero]
        return g.op("MatMulIntegerToFloat", *inputs, *(["", bias] if bias else []))


class Int8Stored(_Int8Weights):
    name = "int8-stored"
    description = "int8 weights in the file, turned to float32 when the model is loaded"

    def linear(self, g: GraphBuilder, x: str, weight: FloatArray, name: str, bias: str | None) -> str:
        codes, scale = self.stored(g, weight, name)

        def to_float() -> str:  # of constants only: ONNX Runtime computes it once, at load
            return g.op("Mul", g.op("Cast", codes, to=TensorProto.FLOAT), scale)

        y = g.op("MatMul", x, g.once(name + ".f", to_float))
        return g.op("Add", y, bias) if bias else y


class Int4(Precision):
    name = "int4"
    description = "4-bit weights in blocks of 32 with one scale each"
    block = 32

    def linear(self, g: GraphBuilder, x: str, weight: FloatArray, name: str, bias: str | None) -> str:
        inputs, outputs = weight.shape
        codes, scale = self.stored(g, weight, name)
        if codes.endswith(".table"):  # stored as embed() wants it; the reshape of a constant is done at load
            codes = g.op("Reshape", codes, g.ints(outputs, inputs // self.block, self.block // 2))
        optional = ["", "", bias] if bias else []
        return g.op(
            "MatMulNBits",
            x,
            codes,
            scale,
            *optional,
            K=inputs,
            N=outputs,
            bits=4,
            block_size=self.block,
            accuracy_level=4,
        )

    def embed(self, g: GraphBuilder, ids: str, table: FloatArray) -> str:
        codes, scale = self.stored(g, table.T, "embed")
        return g.op(
            "GatherBlockQuantized", codes, ids, scale, bits=4, block_size=self.block, gather_axis=0, quantize_axis=1
        )

    def stored(self, g: GraphBuilder, weight: FloatArray, name: str) -> tuple[str, str]:
        def make() -> tuple[str, str]:
            codes, scale = self._quantize(weight, name)
            if name == "embed":
                return g.constant(codes.reshape(len(codes), -1), "embed.table"), g.constant(scale, "embed.scale")
            return g.constant(codes, name + ".q4"), g.constant(scale.ravel(), name + ".scale")

        return g.once(name, make)

    def _quantize(self, weight: FloatArray, name: str) -> tuple[NDArray[np.uint8], FloatArray]:
        """Codes [outputs, blocks, 16], two a byte, and scales [outputs, blocks]; code 8 is zero."""
        inputs, outputs = weight.shape
        if inputs % self.block:
            raise ExportError(
                f"tensor {name!r} has {inputs} inputs, int4 needs a multiple of {self.block}; use another precision"
            )
        values = weight.T.reshape(outputs, inputs // self.block, self.block)
        # The value of greatest magnitude, with its sign, becomes code 0: the range -8…7 is used whole.
        extreme = np.take_along_axis(values, np.abs(values).argmax(-1)[..., None], -1)
        scale = extreme / np.float32(-8)
        scale[scale == 0] = 1e-8
        codes = np.clip(np.rint(values / scale) + 8, 0, 15).astype(np.uint8)
        return codes[..., ::2] | codes[..., 1::2] << 4, scale[..., 0].astype(np.float32)


PRECISIONS: dict[str, Precision] = {p.name: p for p in (Float32(), Int8(), Int4(), Int8Stored())}
