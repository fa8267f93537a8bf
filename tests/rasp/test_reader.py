"""The parser of the paper's language: what it accepts, what needs more lines, and what it says of errors."""

import json
from pathlib import Path

import pytest
from trees import shape

from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.printing import unparse
from raspir.frontends.rasp.reader import MAX_NESTING, Reader, parse

SESSIONS = json.loads((Path(__file__).parents[1] / "data" / "rasp_sessions_dev.json").read_text())


def tree(text):
    (statement,) = parse(f"{text};")
    return statement.expression


def grouped(tree):
    """Return an expression with all its parentheses."""
    match tree:
        case syntax.Binary():
            return f"({grouped(tree.left)}{tree.operator}{grouped(tree.right)})"
        case syntax.Unary():
            return f"({tree.operator} {grouped(tree.operand)})"
        case syntax.Ternary():
            return f"({grouped(tree.value)}?{grouped(tree.condition)}:{grouped(tree.otherwise)})"
        case syntax.Index():
            return f"{grouped(tree.container)}[{grouped(tree.index)}]"
        case syntax.Call():
            return f"{grouped(tree.callee)}({','.join(map(grouped, tree.arguments))})"
    return unparse(tree)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("-2^2", "((- 2)^2)"),
        ("2^3^2", "((2^3)^2)"),
        ("2^-1", "(2^(- 1))"),
        ("7%3*2", "(7%(3*2))"),
        ("7*3%2", "((7*3)%2)"),
        ("1-2-3", "((1-2)-3)"),
        ("1+7%3", "(1+(7%3))"),
        ("8/4/2*3", "(((8/4)/2)*3)"),
        ("not a==b", "((not a)==b)"),
        ("not -+a[0]", "(not (- (+ a[0])))"),
        ("3>2>1", "((3>2)>1)"),
        ("1+2==3-4", "((1+2)==(3-4))"),
        ("a or b and c", "((aorb)andc)"),
        ("a and b==c or d", "((aand(b==c))ord)"),
        ("not x in l", "((not x)inl)"),
        ("a in l and b", "(ain(landb))"),
        ("a in b in c", "((ainb)inc)"),
        ("1 if 1 else 2 if 0 else 3", "((1?1:2)?0:3)"),
        ("a if b if c else d else e", "(a?(b?c:d):e)"),
        ("a if b in c else d", "(a?(binc):d)"),
        ("a if b else c in d", "((a?b:c)ind)"),
        ("a or b if c else d or e", "((aorb)?c:(dore))"),
        ("f(1)[2](3,4)()", "f(1)[2](3,4)()"),
        ("-f(x)", "(- f(x))"),
        ("(f)(x)", "f(x)"),
        ("(a+b)*c", "((a+b)*c)"),
        ("s - op", "(s-op)"),
        ("a-b", "(a-b)"),
        ("a<=b", "(a<=b)"),
        ('"a#b"+c', '("a#b"+c)'),
    ],
)
def test_precedence(text, meaning):
    assert grouped(tree(text)) == meaning


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("007", 7), ("1.50", 1.5), ("0.0", 0.0), ("123456789012345678901234567890", 123456789012345678901234567890),
        ('"it\'s # é"', "it's # é"), ('""', ""), ('"\\n"', "\\n"),
    ],
)  # fmt: skip
def test_literals(text, value):
    found = tree(text).value
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("aggregate(a,b,1);", ["Expression"]),
        ("x = [];", ["Assignment"]),
        ("a,b = 1,2;", ["Assignment"]),
        ("draw(a); draw(a,b); load \"x\";", ["Draw", "Draw", "Load"]),
        ("def f() { return 1; } f();", ["Definition", "Expression"]),
        ("def f(a,b) { # one\n# two\n y = {}; # three\n return a,b; # four\n# five\n} # six", ["Definition"]),
        ("for a,b in zip(l,m) { {1:2}; [1]; }", ["For"]),
        ("for a in l { # only a comment\n }", ["For"]),
        ("for a in l { # a comment\n# and one more\n b; }", ["For"]),
        ("set example [1,\n2]", ["SetExample"]),
        ("set example a(1)[2]", ["SetExample"]),
        ("set example 1 x = 2;", ["SetExample", "Assignment"]),
        ("set example 1 # one", ["SetExample"]),
        ("show example", ["ShowExample"]),
        ("selector examples off s-op examples on", ["Examples", "Examples"]),
        ("full seq display\n off", ["FullDisplay"]),
        ("exit", ["Exit"]), ("exit()", ["Exit"]), ("quit", ["Exit"]), ("quit()", ["Exit"]),
        ("a = 1; b = 2;", ["Assignment", "Assignment"]),
        ("aggregate (a); len (b); fullseq; inx; notb;", ["Expression"] * 5),
        ("", []),
        ("\n# nothing\n\t\r\n", []),
    ],
)  # fmt: skip
def test_statements(text, kinds):
    assert [type(statement).__name__ for statement in parse(text)] == kinds


def test_parts_of_statements():
    (definition,) = parse("def f(a, b) { a = b; return a, 1; }")
    assert (definition.name, definition.parameters) == ("f", ("a", "b"))
    assert [len(definition.body), len(definition.results)] == [1, 2]
    (loop,) = parse("for x, y in l { a; b; }")
    assert (loop.names, loop.iterable.name, len(loop.body)) == (("x", "y"), "l", 2)
    (selector, both) = parse("set selector example 1\nset example 2")
    assert (selector.which, both.which) == ("selector", None)
    (picture,) = parse("draw(a, b);")
    assert (picture.expression.name, picture.input.name) == ("a", "b")
    assert tree("{a: b for c, d in e}").names == ("c", "d")
    assert tree("select(a, b, !=)").operator == "!="
    assert (type(tree("zip(a)")), type(tree("range(a)"))) == (syntax.Zip, syntax.Range)


def test_places():
    first, second = parse("a = (b +\n  c) * d;\n\n x; ", "p.rasp", 10)
    product = first.values[0]
    assert first.place == ("p.rasp", 10, 1)
    assert product.place == product.left.place == ("p.rasp", 10, 5)  # a parenthesis belongs to what it encloses
    assert product.left.right.place == ("p.rasp", 11, 3)
    assert product.right.place == ("p.rasp", 11, 8)
    assert (second.place, second.expression.place) == (("p.rasp", 13, 2), ("p.rasp", 13, 2))
    assert parse("\t (a)[0];")[0].place.column == 3


def spoken(session):
    """Yield each line of a session, whether it is a syntax error there, and the prompt shown for it."""
    for line, reply in zip(session["lines"], session["replies"], strict=False):
        yield line, reply["kind"] == "syntax-error", reply["prompt"]


IN_FILES = ('load "err";', 'load "midc";', 'load "rc";')
"""Lines that are no errors themselves, but load files with errors."""


@pytest.mark.parametrize(
    "session", [each for each in SESSIONS if each["compare"] != "quirk"], ids=lambda session: session["name"]
)
def test_sessions(session):
    reader = Reader("console")
    for line, wrong, prompt in spoken(session):
        assert prompt == (".. " + "  " * reader.definitions if reader.unfinished else ">> ")
        if wrong and line not in IN_FILES:
            with pytest.raises(RaspSyntaxError):
                reader.feed(line)
        else:
            reader.feed(line)


@pytest.mark.parametrize(("name", "errors"), [("load_errors_inside", [5]), ("file_with_repl_commands_and_errors", [4])])
def test_files_of_sessions(name, errors):
    (session,) = [each for each in SESSIONS if each["name"] == name]
    (text,) = session["files"].values()
    reader, found = Reader("file"), []
    for line in text.splitlines():
        try:
            reader.feed(line)
        except RaspSyntaxError as error:
            found.append(error.location.line)
    assert (found, reader.unfinished_error()) == (errors, None)


@pytest.mark.parametrize(
    "text",
    [
        "a", "a,", "a = ", "a = 1", "f(1", "(1 +", "(1 -", "round(1 +", "select(a, b,", "def", "def f(x) {",
        "for i in [1] {", "[x for", "{1:", "1 if", "1 if 2", "1 if 2 else", "not", "-", "show", "set example", "s-op",
        "full seq display", 'load "x"', "draw(a)", "set example 1 +", "a = 1; b", "for i in l { #", "", "  ", "# a; b",
    ],
)  # fmt: skip
def test_unfinished_text_needs_more_lines(text):
    reader = Reader("console")
    assert reader.feed(text) is None
    assert reader.unfinished
    assert reader.pending() == text


def test_statements_of_several_lines():
    reader = Reader("console")
    assert [reader.feed(line) for line in ("a = [1, # one", "", "# (((", "  2", "]")] == [None] * 5
    (statement,) = reader.feed("; # end")
    assert shape(statement) == shape(parse("a = [1, 2];")[0])
    assert not reader.unfinished
    assert reader.feed("b; c = (") is None
    assert [type(each).__name__ for each in reader.feed("1); d;")] == ["Expression", "Assignment", "Expression"]


def test_definitions_are_counted_for_the_prompt():
    reader = Reader("console")
    reader.feed("def f(def_x) { # def")
    assert reader.definitions == 1
    reader.feed('"def"; def g() {')
    assert reader.definitions == 2
    reader.drop()
    assert (reader.definitions, reader.unfinished, reader.pending()) == (0, False, "")


def test_an_error_drops_the_text_and_the_next_line_begins_afresh():
    reader = Reader("console", 5)
    reader.feed("a = 1; b = (1 *")
    with pytest.raises(RaspSyntaxError) as caught:
        reader.feed("2 * ) 3; c = 4;")
    assert caught.value.location == ("console", 6, 5)
    assert not reader.unfinished
    (statement,) = reader.feed("c;")
    assert statement.place == ("console", 7, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = (;", '1:6: unexpected ";" after "(", expected an expression'),
        (";", '1:1: unexpected ";", expected a statement or a command'),
        ("a = 1 b = 2;", '1:7: expected ";" before "b"'),
        ("a = 1\nb = 2;", '2:1: expected ";" before "b"'),
        ("def f(x) { return x }", '1:21: expected ";" before "}"'),
        ("for i in [1] { a = 1 }", '1:22: expected ";" before "}"'),
        ('1 "b";', '1:3: expected ";" before the string "b"'),
        ("1 +* 2;", '1:4: unexpected "*" after "+", expected an expression'),
        ("[1, 2;", '1:6: unexpected ";" after "2", expected an operator, "," or "]"'),
        ("def f(1) {", '1:7: unexpected "1" after "(", expected a name or ")"'),
        ("def f() { }", '1:11: unexpected "}" after "{", expected a statement or "return"'),
        ("for i in [1] { }", '1:16: unexpected "}" after "{", expected a statement'),
        ("select(a, b, +);", '1:14: unexpected "+" after ",", expected a comparison'),
        ("examples maybe", '1:10: unexpected "maybe" after "examples", expected "on" or "off"'),
        ("set sop", '1:5: unexpected "sop" after "set", expected "s-op", "selector" or "example"'),
        ("load prog;", '1:6: unexpected "prog" after "load", expected a string'),
        ("set example 1 )", '1:15: unexpected ")" after "1", expected an operator or the end of the command'),
        ('set example "a";', '1:16: unexpected ";" after the string "a": a command ends without ";"'),
        ("exit;", '1:5: unexpected ";" after "exit": a command ends without ";"'),
        ("1 != 2;", '1:3: unexpected "!=" after "1": "!=" stands only in select(keys, queries, !=)'),
        ("2**3;", '1:3: unexpected "*" after "*": powers are written a^b'),
        ("4//3;", '1:3: unexpected "/" after "/": division is written a/b'),
        ("4/ /3;", '1:4: unexpected "/" after "/", expected an expression'),
        ("a := 1;", '1:3: unexpected ":" after "a": a name is bound by "="'),
        ("l[1:2];", '1:4: unexpected ":" after "1": there are no slices'),
        ("f(x) = 1;", '1:6: unexpected "=" after ")": values are compared by "==", and only names are bound by "="'),
        ("1e5;", '1:2: unexpected "e5" after "1": a number consists of digits, with at most one point among them'),
        ("while x {", '1:7: unexpected "x" after "while": there is no while loop, only for loops over lists and dicts'),
        ("if x { a; }", '1:1: unexpected "if": there is no if statement, but the expression a if c else b'),
        ("return 1;", '1:1: unexpected "return": "return" stands only at the end of a function'),
        ("for i in l { exit }", '1:14: unexpected "exit" after "{": commands stand in no function and no loop'),
        ("x = draw(a);", '1:5: unexpected "draw" after "=": "draw" begins a statement, not an expression'),
        ("set = 1;", '1:5: unexpected "=" after "set": "set" is a keyword, not a name'),
        ("on = 1;", '1:1: unexpected "on": "on" is a keyword, and begins no expression'),
        ("def for(x) {", '1:5: unexpected "for" after "def": "for" is a keyword'),
        (".5;", '1:1: unexpected ".": a number has digits on both sides of its point, and nothing else has one'),
        ("'a';", "1:1: unexpected \"'\": strings are written with double quotes"),
        ('"a;', "1:1: a string is not closed on its line"),
        ("a & b;", '1:3: unexpected "&": conditions are combined by "and"'),
        ("$x;", '1:1: unexpected "$"'),
        ("é;", '1:1: unexpected "é": names consist of the letters a to z and A to Z, digits and _'),
        ("a\x0b;", '1:2: unexpected "\\x0b"'),
        ("a;\x1b[31m", '1:3: unexpected "\\x1b"'),
    ],
)  # fmt: skip
def test_messages(text, message):
    with pytest.raises(RaspSyntaxError) as caught:
        parse(text, "p")
    assert str(caught.value) == f"p:{message}"


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("a = 1", "1:1", 'an operator, "," or ";"'),
        ("a; b; c = (\n1", "1:7", 'an operator or ")"'),
        ("a;\n  def f() {\n b;", "2:3", 'a statement or "return"'),
        ("x, y", "1:1", '"," or "="'),
        ("(a)", "1:1", 'an operator or ";"'),
        ("set", "1:1", '"s-op", "selector" or "example"'),
        ("\n# one\n exit set example", "3:7", "an expression"),
    ],
)
def test_unfinished_text_at_the_end_is_reported(text, place, expected):
    with pytest.raises(RaspSyntaxError) as caught:
        parse(text, "p")
    assert str(caught.value) == f"p:{place}: this statement is unfinished at the end of the text, expected {expected}"


@pytest.mark.parametrize(
    ("line", "excerpt"),
    [
        ("a = ) 3;", "a = ) 3;\n    ^"),
        ("\ta = );\r\n", " a = );\n     ^"),
        ('"日本" $;', '"日本" $;\n       ^'),
        ('"e\u0301" $;', '"e\u0301" $;\n    ^'),
        ('"\x1b" $;', '"\\x1b" $;\n       ^'),
        ("a" * 300 + " b" + "c" * 200 + ";", "…" + "a" * 49 + " b" + "c" * 49 + "…\n" + " " * 51 + "^"),
    ],
)
def test_excerpts(line, excerpt):
    with pytest.raises(RaspSyntaxError) as caught:
        Reader("p").feed(line)
    assert caught.value.excerpt == excerpt


def test_an_integer_has_as_many_digits_as_python_reads():
    assert tree("1" * 4300).value == int("1" * 4300)
    with pytest.raises(RaspSyntaxError, match="an integer has at most 4300 digits, this one 4301"):
        tree("1" * 4301)
    assert tree("1" * 5000 + ".5").value == float("inf")


@pytest.mark.parametrize(
    "opening",
    ["(", "- ", "not ", "[", "{1:", "f(", "f(1,", "1+(", "1 or 1==1+1%1*1^(", "1 if ", "[1 for x in ", "len(", "a[",
     "def f() { ", "for i in l { ", "{1: {2: a}, 3: "],
)  # fmt: skip
def test_deep_nesting_is_an_error(opening):
    with pytest.raises(RaspSyntaxError, match=f"nested more than {MAX_NESTING} levels deep"):
        parse(opening * 10_000)


@pytest.mark.parametrize("opening", ["(", "[", "len(", "- "])
def test_nesting_up_to_the_limit(opening):
    closing = {"(": ")", "[": "]", "len(": ")", "- ": ""}[opening]
    text = opening * MAX_NESTING + "a" + closing * MAX_NESTING + ";"
    assert len(parse(text)) == 1
    with pytest.raises(RaspSyntaxError, match="nested"):
        parse(opening + text)


@pytest.mark.parametrize(
    ("text", "link", "edge"),
    [
        ("1", "+1", "left"), ("f", "(1)", "callee"), ("f", "[0]", "container"), ("1", " if a else 2", "value"),
        ("1", " in a", "left"), ("a", " or b", "left"), ("1", "\n-1", "left"),
    ],
)  # fmt: skip
def test_long_chains(text, link, edge):
    found, length = tree(text + link * 10_000), 0
    kind = type(found)
    while isinstance(found, kind):
        found, length = getattr(found, edge), length + 1
    assert length == 10_000


def test_long_lists():
    assert len(tree("[" + "1,\n" * 10_000 + "1]").items) == 10_001
    (statement,) = parse("a" + ",a" * 10_000 + "=1;")
    assert len(statement.names) == 10_001
    assert len(parse("a;" * 10_000)) == 10_000
