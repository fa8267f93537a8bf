"""The grammar of the language, and the trees that its rules make.

Four conflicts are resolved in favour of the longer expression: behind ``set example e``, which has no semicolon, one of
``( [ + -`` continues ``e`` and does not begin another statement.

The rules are reduced while lark parses, so no tree is walked afterwards, however deep it is. Every callback takes the
values of all symbols of its rule. It changes none of them: the reader tries on a copy of the parser whether a text may
end. Lists are therefore made as chains of pairs, the last item outermost, and become tuples where they end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Protocol, TypeAlias, cast

from lark import Lark, Token, Transformer
from lark.lexer import Lexer

from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.lexis import KEYWORDS, SIGNS, Word

RULES = r"""
start: items
items: item                                    -> first
     | items item                              -> another
?item: statement | command
body: statement                                -> first
    | body statement                           -> another

statement: expr SEMICOLON                                      -> expression
         | ids EQUALS exprs SEMICOLON                          -> assignment
         | DRAW LPAR expr RPAR SEMICOLON                       -> draw
         | DRAW LPAR expr COMMA expr RPAR SEMICOLON            -> draw
         | LOAD STRING SEMICOLON                               -> load
         | DEF NAME LPAR RPAR LBRACE results                   -> define_without_parameters
         | DEF NAME LPAR ids RPAR LBRACE results               -> define
         | FOR ids IN expr LBRACE COMMENT RBRACE               -> loop_without_body
         | FOR ids IN expr LBRACE body RBRACE                  -> loop
         | FOR ids IN expr LBRACE COMMENT body RBRACE          -> loop_after_comment
results: RETURN exprs SEMICOLON RBRACE                         -> results
       | body RETURN exprs SEMICOLON RBRACE                    -> results_after_body

command: SET EXAMPLE expr                      -> set_example
       | SET WHICH EXAMPLE expr                -> set_one_example
       | SHOW EXAMPLE                          -> show_example
       | SHOW WHICH EXAMPLE                    -> show_one_example
       | EXAMPLES SWITCH                       -> examples
       | WHICH EXAMPLES SWITCH                 -> examples_of_one
       | DISPLAY SWITCH                        -> full_display
       | EXIT                                  -> exit

ids: NAME                                      -> first
   | ids COMMA NAME                            -> next_one
exprs: expr                                    -> first
     | exprs COMMA expr                        -> next_one
pairs: expr COLON expr                         -> first_pair
     | pairs COMMA expr COLON expr             -> next_pair

?expr: choice | expr IN choice                 -> binary
?choice: logic | choice IF expr ELSE logic     -> ternary
?logic: comparison | logic LOGIC comparison    -> binary
?comparison: sum | comparison COMPARISON sum   -> binary
?sum: remainder | sum SIGN remainder           -> binary
?remainder: product | remainder PERCENT product -> binary
?product: power | product SCALE power          -> binary
?power: prefixed | power CARET prefixed        -> binary
?prefixed: postfixed
         | NOT prefixed                        -> unary
         | SIGN prefixed                       -> unary
?postfixed: primary
          | postfixed LSQB expr RSQB           -> index
          | postfixed LPAR RPAR                -> call
          | postfixed LPAR exprs RPAR          -> call
?primary: NUMBER                               -> literal
        | STRING                               -> literal
        | NAME                                 -> name
        | LPAR expr RPAR                       -> parenthesized
        | LSQB RSQB                            -> list_of
        | LSQB exprs RSQB                      -> list_of
        | LBRACE RBRACE                        -> dict_of
        | LBRACE pairs RBRACE                  -> dict_of
        | LSQB expr FOR ids IN expr RSQB       -> list_comprehension
        | LBRACE expr COLON expr FOR ids IN expr RBRACE   -> dict_comprehension
        | ROUND LPAR expr RPAR                 -> rounded
        | RANGE exprs RPAR                     -> range_or_zip
        | LEN expr RPAR                        -> length
        | AGGREGATE expr COMMA expr RPAR                  -> aggregate
        | AGGREGATE expr COMMA expr COMMA expr RPAR       -> aggregate
        | SELECT expr COMMA expr COMMA COMPARISON RPAR    -> select
        | SELECT expr COMMA expr COMMA DIFFERS RPAR       -> select
"""

Values: TypeAlias = list[Any]
"""The values of the symbols of a rule: words, trees, and chains of them."""

Chain: TypeAlias = tuple[Any, Any]
"""The chain of the items before, or ``None``, and the last item."""


def items_of(chain: Chain | None) -> tuple[Any, ...]:
    """Return the items of a chain in order."""
    items = []
    while chain is not None:
        chain, item = chain
        items.append(item)
    items.reverse()
    return tuple(items)


class _Builder:
    """What each rule makes of the values of its symbols; the names are those of the rules."""

    def start(self, values: Values) -> tuple[syntax.Statement, ...]:
        return items_of(values[0])

    # Chains

    def first(self, values: Values) -> Chain:
        return None, values[0]

    def another(self, values: Values) -> Chain:
        return values[0], values[1]

    def next_one(self, values: Values) -> Chain:
        return values[0], values[2]

    def first_pair(self, values: Values) -> Chain:
        key, _, value = values
        return None, (key, value)

    def next_pair(self, values: Values) -> Chain:
        before, _, key, _, value = values
        return before, (key, value)

    # Statements

    def expression(self, values: Values) -> syntax.Statement:
        return syntax.Expression(values[0].place, values[0])

    def assignment(self, values: Values) -> syntax.Statement:
        names = items_of(values[0])
        return syntax.Assignment(names[0].place, _texts(names), items_of(values[2]))

    def draw(self, values: Values) -> syntax.Statement:
        return syntax.Draw(values[0].place, values[2], values[4] if len(values) == 7 else None)

    def load(self, values: Values) -> syntax.Statement:
        return syntax.Load(values[0].place, values[1].read)

    def define(self, values: Values) -> syntax.Statement:
        start, name, _, parameters, _, _, (body, results) = values
        return syntax.Definition(start.place, str(name), _names(parameters), body, results)

    def define_without_parameters(self, values: Values) -> syntax.Statement:
        start, name, _, _, _, (body, results) = values
        return syntax.Definition(start.place, str(name), (), body, results)

    def results(self, values: Values) -> tuple[tuple[syntax.Statement, ...], tuple[syntax.Expr, ...]]:
        return (), items_of(values[1])

    def results_after_body(self, values: Values) -> tuple[tuple[syntax.Statement, ...], tuple[syntax.Expr, ...]]:
        return items_of(values[0]), items_of(values[2])

    def loop(self, values: Values) -> syntax.Statement:
        start, names, _, iterable, _, body, _ = values
        return syntax.For(start.place, _names(names), iterable, items_of(body))

    def loop_after_comment(self, values: Values) -> syntax.Statement:
        return self.loop(values[:5] + values[6:])

    def loop_without_body(self, values: Values) -> syntax.Statement:
        return self.loop([*values[:5], None, values[6]])

    # Commands

    def set_example(self, values: Values) -> syntax.Statement:
        return syntax.SetExample(values[0].place, None, values[2])

    def set_one_example(self, values: Values) -> syntax.Statement:
        return syntax.SetExample(values[0].place, _which(values[1]), values[3])

    def show_example(self, values: Values) -> syntax.Statement:
        return syntax.ShowExample(values[0].place, None)

    def show_one_example(self, values: Values) -> syntax.Statement:
        return syntax.ShowExample(values[0].place, _which(values[1]))

    def examples(self, values: Values) -> syntax.Statement:
        return syntax.Examples(values[0].place, None, values[1] == "on")

    def examples_of_one(self, values: Values) -> syntax.Statement:
        return syntax.Examples(values[0].place, _which(values[0]), values[2] == "on")

    def full_display(self, values: Values) -> syntax.Statement:
        return syntax.FullDisplay(values[0].place, values[1] == "on")

    def exit(self, values: Values) -> syntax.Statement:
        return syntax.Exit(values[0].place)

    # Expressions

    def binary(self, values: Values) -> syntax.Expr:
        left, operator, right = values
        return syntax.Binary(left.place, str(operator), left, right)

    def unary(self, values: Values) -> syntax.Expr:
        return syntax.Unary(values[0].place, str(values[0]), values[1])

    def rounded(self, values: Values) -> syntax.Expr:
        return syntax.Unary(values[0].place, str(values[0]), values[2])

    def ternary(self, values: Values) -> syntax.Expr:
        value, _, condition, _, otherwise = values
        return syntax.Ternary(value.place, value, condition, otherwise)

    def index(self, values: Values) -> syntax.Expr:
        return syntax.Index(values[0].place, values[0], values[2])

    def call(self, values: Values) -> syntax.Expr:
        return syntax.Call(values[0].place, values[0], items_of(values[2]) if len(values) == 4 else ())

    def literal(self, values: Values) -> syntax.Expr:
        return syntax.Literal(values[0].place, values[0].read)

    def name(self, values: Values) -> syntax.Expr:
        return syntax.Name(values[0].place, str(values[0]))

    def parenthesized(self, values: Values) -> syntax.Expr:
        """Return the expression, which now begins at its parenthesis."""
        return cast(syntax.Expr, replace(values[1], place=values[0].place))

    def list_of(self, values: Values) -> syntax.Expr:
        return syntax.ListOf(values[0].place, items_of(values[1]) if len(values) == 3 else ())

    def dict_of(self, values: Values) -> syntax.Expr:
        return syntax.DictOf(values[0].place, items_of(values[1]) if len(values) == 3 else ())

    def list_comprehension(self, values: Values) -> syntax.Expr:
        start, item, _, names, _, iterable, _ = values
        return syntax.ListComprehension(start.place, item, _names(names), iterable)

    def dict_comprehension(self, values: Values) -> syntax.Expr:
        start, key, _, value, _, names, _, iterable, _ = values
        return syntax.DictComprehension(start.place, key, value, _names(names), iterable)

    def range_or_zip(self, values: Values) -> syntax.Expr:
        kind = syntax.Range if values[0] == "range(" else syntax.Zip
        return kind(values[0].place, items_of(values[1]))

    def length(self, values: Values) -> syntax.Expr:
        return syntax.Len(values[0].place, values[1])

    def aggregate(self, values: Values) -> syntax.Expr:
        return syntax.Aggregate(values[0].place, values[1], values[3], values[5] if len(values) == 7 else None)

    def select(self, values: Values) -> syntax.Expr:
        return syntax.Select(values[0].place, values[1], values[3], str(values[5]))


def _texts(words: tuple[Word, ...]) -> tuple[str, ...]:
    return tuple(map(str, words))


def _names(chain: Chain) -> tuple[str, ...]:
    return _texts(items_of(chain))


def _which(word: Word) -> syntax.Which:
    return "selector" if word == "selector" else "s-op"


class _NoLexer(Lexer):
    """The lexer that lark asks for, which finds no word: they come from :mod:`raspir.frontends.rasp.lexis`."""

    def __init__(self, lexer_conf: object) -> None:
        del lexer_conf

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Token]:
        return iter(())


class _Stacks(Protocol):
    value_stack: list[Any]


class Parsing(Protocol):
    """What is used of lark's interactive parser, which takes one word at a time."""

    parser_state: _Stacks
    """The stacks of the parser: the values of the symbols that wait for the rest of their rules."""

    def feed_token(self, token: Token) -> Any:
        """Take one word, or the end, which has the value of the whole text.

        Raises:
            UnexpectedToken: if it cannot come next.
        """

    def choices(self) -> Mapping[str, object]:
        """Return a mapping from terminals, among them all that can come next."""

    def accepts(self) -> set[str]:
        """Return the terminals that can come next."""

    def copy(self, deepcopy_values: bool) -> Parsing:
        """Return an independent copy."""


def parsing() -> Parsing:
    """Return a parser before the first word of a text."""
    return cast(Parsing, _compiled().parse_interactive())


@cache
def _compiled() -> Lark:
    """Return the parser of the grammar, compiled once for each process."""
    terminals = {"NAME", "NUMBER", "STRING", "COMMENT", *KEYWORDS.values(), *SIGNS.values()}
    return Lark(
        f"%declare {' '.join(sorted(terminals))}\n{RULES}",
        parser="lalr",
        lexer=_NoLexer,
        transformer=cast("Transformer[Word, object]", _Builder()),
        keep_all_tokens=True,
        maybe_placeholders=False,
    )
