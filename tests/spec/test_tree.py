"""Trees of classes: reading their files, groups of siblings, tables of ancestors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from darkcsp.cfg import Options, parse_cfg
from darkcsp.errors import OptionError
from darkcsp.spec.tree import Tree, read_tree
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.tree import write_narrowest, write_products, write_tree_softmax
from tests.heads import TREE
from tests.running import run_model


def read(folder: Path, text: str, classes: int) -> Tree:
    (folder / "x.tree").write_text(text)
    cfg = parse_cfg("[net]\ntree=x.tree\n", str(folder / "x.cfg"))
    option = read_tree(Options(cfg.sections[0], cfg.path), classes)
    assert option
    assert option.tree
    return option.tree


def test_groups_are_siblings(tmp_path: Path) -> None:
    tree = read(tmp_path, TREE, 9)
    assert tree.parents == (-1, -1, 0, 0, 2, 2, 1, 1, 7)
    assert tree.groups == ((0, 1), (2, 3), (4, 5), (6, 7), (8,))
    assert tree.groups_by_size == (((8,),), ((0, 1), (2, 3), (4, 5), (6, 7)))


def test_tables_reach_twice_as_far_each(tmp_path: Path) -> None:
    first, second = read(tmp_path, TREE, 9).jumps
    assert first == (9, 9, 0, 0, 2, 2, 1, 1, 7, 9)
    assert second == (9, 9, 9, 9, 0, 0, 9, 9, 1, 9)


def test_a_line_without_a_parent_is_at_the_top(tmp_path: Path) -> None:
    assert read(tmp_path, "a\nb -1\nc 0\n", 3).parents == (-1, -1, 0)


def test_parents_must_stand_before(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"tree=x.tree: line 2 of .* gives b the parent 2; parents must come first"):
        read(tmp_path, "a -1\nb 2\nc 0\n", 3)


def test_no_option_no_tree() -> None:
    cfg = parse_cfg("[net]\n")
    assert read_tree(Options(cfg.sections[0], cfg.path), 3) is None


def test_backends_agree_with_the_definition(tmp_path: Path) -> None:
    tree = read(tmp_path, TREE, 9)
    x = np.random.default_rng(0).standard_normal((2, 5, 9)).astype(np.float32) * 3
    want = np.empty_like(x)
    for group in tree.groups:
        e = np.exp(x[..., group])
        want[..., group] = e / e.sum(-1, keepdims=True)
    torch = pytest.importorskip("torch")
    from darkcsp.to_torch.tree import TreeSoftmax

    np.testing.assert_allclose(TreeSoftmax(tree)(torch.from_numpy(x)), want, rtol=2e-6)

    emit = Emitter()
    given = write_tree_softmax(emit, tree, "x")
    products = write_products(emit, tree, given)
    narrowest = write_narrowest(emit, products, 9)
    got = _run(emit, x, [given, products, narrowest])
    np.testing.assert_allclose(got[0], want, rtol=2e-6)
    for number, parent in enumerate(tree.parents):
        if parent >= 0:
            want[..., number] *= want[..., parent]
    np.testing.assert_allclose(got[1], want, rtol=2e-6)
    assert ((got[2] > 0).sum(-1) <= 1).all()


def _run(emit: Emitter, x: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
    graph = helper.make_graph(
        emit.nodes,
        "tree",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, x.shape) for name in outputs],
        initializer=emit.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    found = run_model(model, x=x)
    return [found[name] for name in outputs]
