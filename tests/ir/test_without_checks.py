"""Graphs without checks of whole sequences."""

import raspir
from raspir.ir.checks import without_checks

TEXT = """raspir 1
%tokens = input name="tokens" : atom
%words = to_str %tokens : str
%1 = const value=0 : int
%all = select.eq %1, %1 : selector
%mean = mean %all, %words default=0 : int|str
%result = one_type %mean : int|str
%2 = eq %result, %words : bool
output out = %2
"""


def test_names_move_to_what_is_checked():
    graph = raspir.parse(TEXT)
    plain = without_checks(graph)
    assert {node.operation.name for node in graph} - {node.operation.name for node in plain} == {"one_type"}
    (mean,) = (node for node in plain if node.operation.name == "mean")
    assert plain.names[mean] == ("mean", "result")
    assert raspir.compile(plain, optimize=False)("a") == raspir.compile(graph, optimize=False)("a") == [True]
    assert plain.stats().mlps == graph.stats().mlps


def test_a_graph_without_checks_is_itself():
    graph = raspir.lower(raspir.tokens + 1)
    assert without_checks(graph) is graph


def test_pictures_show_a_check_only_where_it_fails(tmp_path):
    file = tmp_path / "mixed.rasp"
    file.write_text('x = "a" if tokens == "z" else 1;', encoding="utf-8")
    program = raspir.load(str(file), "x")
    assert "one_type" not in str(raspir.show(program, "ab"))
    assert "`one_type`" in str(raspir.show(program, "az").failure.error)
