"""Kokoro's int8 graph rewritten in float32, with durations and pitch as extra outputs.

The published graph quantises every activation at run time, which is audible. Here its integer arithmetic is done in
floating point: activations stay unquantised (scale 1), integer weights become floats of the same value, and the weight's
own scale, which the graph applies after each product, restores the result. Biases, which the graph divides by
that scale and rounds, are no longer rounded. The graph's structure stays as published; the runtime folds constants.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Frames of 600 samples per token, start and end tokens included.
DURATIONS = "/encoder/Gather_output_0"
# Pitch in hertz (about 8 where unvoiced) and energy, 80 values a second.
PITCH = "/encoder/F0_proj/Conv_output_0"
ENERGY = "/encoder/N_proj/Conv_output_0"

_PRODUCTS = {"ConvInteger": "Conv", "MatMulInteger": "MatMul"}


class _Rewriter:
    def __init__(self, graph: onnx.GraphProto):
        self.graph = graph
        self.tensors = {tensor.name: tensor for tensor in graph.initializer}
        self.rounded_biases: set[str] = set()

    def array(self, name: str) -> np.ndarray:
        return numpy_helper.to_array(self.tensors[name])

    def add_tensor(self, name: str, value: np.ndarray) -> str:
        if name not in self.tensors:
            self.tensors[name] = numpy_helper.from_array(value.astype(np.float32), name)
            self.graph.initializer.append(self.tensors[name])
        return name

    def rewrite(self, node: onnx.NodeProto) -> list[onnx.NodeProto]:
        """The float32 nodes that replace one node of the int8 graph."""
        if node.op_type == "DynamicQuantizeLinear":
            return self._unquantised_activation(node)
        if node.op_type in _PRODUCTS:
            return [self._product(node)]
        if node.op_type == "DynamicQuantizeLSTM":
            return [self._lstm(node)]
        if node.op_type == "Floor" and node.input[0].endswith(".bias_tmp_quant:0"):
            self.rounded_biases.add(node.output[0])
            return [helper.make_node("Identity", node.input, node.output)]
        if node.op_type == "Cast" and node.input[0] in self.rounded_biases:
            return [helper.make_node("Identity", node.input, node.output)]
        return [node]

    def _unquantised_activation(self, node: onnx.NodeProto) -> list[onnx.NodeProto]:
        same = helper.make_node("Identity", node.input, node.output[:1])
        self.add_tensor(node.output[1], np.float32(1))
        return [same]

    def _product(self, node: onnx.NodeProto) -> onnx.NodeProto:
        weight = self.array(node.input[1]).astype(np.float32)
        if len(node.input) > 3 and node.input[3]:
            zero = self.array(node.input[3]).astype(np.float32)
            # A convolution counts its outputs on the first axis, a matrix product on the last.
            if zero.ndim == 1 and node.op_type == "ConvInteger":
                zero = zero.reshape(-1, *[1] * (weight.ndim - 1))
            weight = weight - zero
        name = self.add_tensor(f"{node.input[1]}_real", weight)
        result = helper.make_node(_PRODUCTS[node.op_type], [node.input[0], name], node.output)
        result.attribute.extend(node.attribute)
        return result

    def _lstm(self, node: onnx.NodeProto) -> onnx.NodeProto:
        inputs = list(node.input)
        real = []
        for weight, scale, zero in ((1, 8, 9), (2, 10, 11)):
            value = self.array(inputs[weight]).astype(np.float32)  # (directions, inputs, 4 · hidden)
            per_direction = [self.array(inputs[index]).astype(np.float32).reshape(-1, 1, 1) for index in (scale, zero)]
            value = (value - per_direction[1]) * per_direction[0]
            # The standard LSTM wants (directions, 4 · hidden, inputs).
            real.append(self.add_tensor(f"{inputs[weight]}_real", value.transpose(0, 2, 1).copy()))
        result = helper.make_node("LSTM", [inputs[0], *real, *inputs[3:7]], node.output)
        result.attribute.extend(node.attribute)
        return result


def real_valued(int8_path: Path, path: Path) -> Path:
    """Writes the float32 graph beside the int8 one, unless it exists."""
    if path.exists():
        return path
    model = onnx.load(str(int8_path))
    graph = model.graph
    rewriter = _Rewriter(graph)
    nodes = [new for node in graph.node for new in rewriter.rewrite(node)]
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]  # its types are those of the integer graph
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    graph.output.append(helper.make_tensor_value_info(DURATIONS, TensorProto.INT64, None))
    for name in (PITCH, ENERGY):
        graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    partial = path.with_suffix(".partial")
    onnx.save(model, str(partial))
    partial.rename(path)
    return path
