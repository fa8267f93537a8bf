"""The options of passes and backends: discovery, parsing and application.

A dataclass member has an option for each field of type ``int``, ``float``, ``bool``, ``str``, a ``Literal``, or a union
of these and ``None``. In text, a member is written as its name with options in braces, ``mermaid{direction=LR}``, and a
pipeline as a comma-separated list: ``fold,depth{max_heads=4,time_budget=2.5}``.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from raspir.ir import BackendError
from raspir.ir.atoms import show
from raspir.plugins.registry import Listing, Member, Registry, advice

M = TypeVar("M", bound=Member)


@dataclass(frozen=True)
class Option:
    """An option of a pass or backend.

    Attributes:
        name: the name of the field.
        choices: the admissible values: the classes ``int``, ``float``, ``bool`` and ``str``, ``None``, and literal
            strings or integers.
        default: the default value; ``dataclasses.MISSING`` for a required option.
    """

    name: str
    choices: tuple[object, ...]
    default: object

    @property
    def wanted(self) -> str:
        """The admissible values in words, such as ``int or none``."""
        return " or ".join(each.__name__ if isinstance(each, type) else _written(each) for each in self.choices)

    def __str__(self) -> str:
        default = "" if self.default is dataclasses.MISSING else f" = {_written(self.default)}"
        return f"{self.name}: {self.wanted}{default}"

    def to_json(self) -> dict[str, Any]:
        """Return the option as a JSON object; a required option has no default."""
        default = {} if self.default is dataclasses.MISSING else {"default": self.default}
        return {"name": self.name, "type": self.wanted, **default}

    def admits(self, value: object) -> bool:
        """Return whether ``value`` is admissible; an integer is accepted as a float, a boolean is not a number."""
        return any(
            _is_of(value, each) if isinstance(each, type) else type(value) is type(each) and value == each
            for each in self.choices
        )

    def read(self, text: str) -> object:
        """Return ``text`` parsed by the first choice that accepts it, or ``text`` itself if none does."""
        for each in self.choices:
            if not isinstance(each, type):
                if text == _written(each):
                    return each
            elif each is bool:
                if text in ("true", "false"):
                    return text == "true"
            else:
                try:
                    return each(text)
                except ValueError:
                    continue
        return text


def _written(value: object) -> str:
    """Return the textual form of ``value``."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _is_of(value: object, kind: type) -> bool:
    if kind is float:
        return type(value) in (int, float) and value == value
    return type(value) is kind


def options_of(member: Member, what: str) -> tuple[Option, ...]:
    """Return the options of ``member``, in field order; none if it is not a dataclass.

    Args:
        member: a pass or a backend.
        what: which of the two it is, for messages.

    Raises:
        BackendError: if the types of its fields cannot be resolved.
    """
    if not dataclasses.is_dataclass(member):
        return ()
    try:
        hints = get_type_hints(type(member))
    except Exception as error:  # annotations are arbitrary expressions, evaluated here
        why = f"{type(error).__name__}: {error}"
        raise BackendError(f"the types of the options of {what} {member.name} cannot be resolved: {why}") from error
    found = [
        Option(field.name, _choices(hints[field.name]), field.default)
        for field in dataclasses.fields(member)
        if field.init
    ]
    return tuple(option for option in found if option.choices)


def options_problem(member: Member, what: str) -> str | None:
    """Return why the options of ``member`` cannot be resolved or have invalid defaults; ``None`` if they are valid."""
    try:
        options = options_of(member, what)
    except BackendError as error:
        return error.message
    for option in options:
        if option.default is not dataclasses.MISSING and not option.admits(option.default):
            return f"its option {option.name} takes {option.wanted}, and its default is {show(option.default)}"
    return None


def options_listed(listing: Listing[Member], what: str) -> tuple[Option, ...]:
    """Return the options of a listed member; none if it is unusable."""
    return () if listing.member is None else options_of(listing.member, what)


def chosen(registry: Registry[M], text: str) -> M:
    """Return the single member that ``text`` specifies, as in ``mermaid{direction=LR}``.

    Raises:
        BackendError: if there is no such member, option or value.
    """
    found = parse_choices(text, registry.what)
    if len(found) != 1:
        raise BackendError(f"{show(text)} does not name one {registry.what}: write name or name{{option=value}}")
    [(name, texts)] = found
    member = registry.get(name)
    return with_options(member, read_options(member, texts, registry.what), registry.what)


def _choices(hint: object) -> tuple[object, ...]:
    """Return the choices that a field's type admits; none if the field is not an option."""
    if hint in (int, float, bool, str):
        return (hint,)
    if hint is types.NoneType:
        return (None,)
    if get_origin(hint) is Literal:
        return get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        parts = [_choices(part) for part in get_args(hint)]
        return tuple(choice for part in parts for choice in part) if all(parts) else ()
    return ()


def with_options(member: M, given: Mapping[str, object], what: str) -> M:
    """Return ``member`` with its options replaced by the values in ``given``.

    Raises:
        BackendError: if the member has no such option, or the option does not admit the value.
    """
    if not given:
        return member
    options = {option.name: option for option in options_of(member, what)}
    for name, value in given.items():
        if name not in options:
            raise BackendError(f"{what} {member.name} has no option {show(name)} ({advice(name, options)})")
        if not options[name].admits(value):
            wanted = options[name].wanted
            raise BackendError(f"the option {name} of {what} {member.name} takes {wanted}, not {show(value)}")
    try:
        return dataclasses.replace(member, **given)  # type: ignore[type-var]  # only dataclasses have options
    except Exception as error:  # a member's own validation may raise anything
        plain = isinstance(error, TypeError | ValueError | BackendError)
        detail = str(error) if plain else f"{type(error).__name__}: {error}"
        raise BackendError(f"{what} {member.name}: {detail}") from error


def read_options(member: Member, texts: Mapping[str, str], what: str) -> dict[str, object]:
    """Return the values of the options of ``member``, parsed from ``texts``.

    A text that does not parse is kept as is, for :func:`with_options` to reject.
    """
    options = {option.name: option for option in options_of(member, what)} if texts else {}
    return {name: options[name].read(text) if name in options else text for name, text in texts.items()}


_CHOICE = re.compile(r"\s*(?P<name>[^,{}]*?)\s*(?P<braces>\{(?P<options>[^{}]*)\}\s*)?(?:,|\Z)")


def parse_choices(text: str, what: str) -> list[tuple[str, dict[str, str]]]:
    """Return the name of each member in ``text``, with the texts of its options by name.

    Whitespace is ignored, and hyphens in option names stand for underscores.

    Raises:
        BackendError: if ``text`` is not a comma-separated list of names with options in braces.
    """
    is_none = f"{show(text)} is no {'pipeline' if what == 'pass' else what}"
    found = []
    at = 0
    while at < len(text):
        match = _CHOICE.match(text, at)
        if match is None or (match["braces"] and not match["name"]):
            missing = "a closing }" if text.count("{") > text.count("}") else "name{option=value}"
            raise BackendError(f"{is_none}: expected {missing} at character {at + 1}")
        if match["name"]:
            found.append((match["name"], _parse_options(match["name"], match["options"] or "", what)))
        elif text.strip():
            raise BackendError(f"{is_none}: expected a {what} before the comma at character {at + 1}")
        at = match.end()
    return found


def _parse_options(name: str, text: str, what: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(str.strip, text.split(",")):
        option, equals, value = (piece.strip() for piece in part.partition("="))
        option = option.replace("-", "_")
        if not (option and equals and value):
            raise BackendError(f"an option of {what} {name} is written option=value, not {show(part.strip())}")
        if option in found:
            raise BackendError(f"the option {option} of {what} {name} is given twice, as {found[option]} and {value}")
        found[option] = value
    return found
