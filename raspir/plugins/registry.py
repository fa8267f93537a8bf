"""Registries of built-in members and of members that installed packages add under an entry-point group."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from raspir._forking import importing
from raspir.ir.errors import BackendError
from raspir.ir.text.visible import visible

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Member(Protocol):
    """The interface of every member of a registry."""

    @property
    def name(self) -> str:
        """The name under which users select it."""

    @property
    def summary(self) -> str:
        """A one-line description."""


M = TypeVar("M", bound=Member, covariant=True)


def advice(name: str, known: Iterable[str]) -> str:
    """Return a hint for an unknown ``name``: the close matches in ``known``, and the full list."""
    known = list(known)
    near = get_close_matches(str(name), known, n=3)
    return f"{'did you mean ' + ' or '.join(near) + '? ' if near else ''}known: {', '.join(known) or 'none'}"


def signature_violation(method: Callable[..., object], *arguments: str, **keywords: str) -> str | None:
    """Return why a method does not accept these arguments; ``None`` if it does, or has no known signature."""
    try:
        inspect.signature(method).bind(*arguments, **keywords)
    except TypeError as error:
        return f"cannot be called with ({', '.join((*arguments, *(f'{name}=…' for name in keywords)))}): {error}"
    except ValueError:  # functions implemented in C may have no signature
        return None
    return None


@dataclass(frozen=True)
class Listing(Generic[M]):
    """The entry under one name.

    Attributes:
        name: the name.
        origin: the installed packages that claim the name, such as ``raspir-mermaid 0.1``; empty for a built-in.
        member: the member; ``None`` if it is unusable.
        problem: why it is unusable, as a predicate of its name; empty if it is usable.
    """

    name: str
    origin: str
    member: M | None
    problem: str

    @property
    def summary(self) -> str:
        """The summary of the member, or why it is unusable, in one line."""
        return f"cannot be used: it {self.problem}" if self.member is None else self.member.summary


class _UnusableError(BackendError):
    """An unusable entry.

    Attributes:
        problem: the reason, without the name.
    """

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(f"{what} {problem}")
        self.problem = visible(problem)


@dataclass(frozen=True)
class Registry(Generic[M]):
    """Members by name: built in, or added by installed packages through entry points.

    Members are loaded on first use, so a broken plugin affects only its users.

    Attributes:
        what: the term for a member in messages.
        group: the entry-point group of installed packages.
        built_in: the built-in members, as ``module:attribute``.
        protocol: the protocol that members implement.
        problem: returns why an object with all members of the protocol violates it nonetheless, or ``None``.
    """

    what: str
    group: str
    built_in: Mapping[str, str]
    protocol: type
    problem: Callable[[Any], str | None]

    def names(self) -> tuple[str, ...]:
        """Return the names of all members, built-in ones first."""
        return (*self.built_in, *(name for name in sorted(self._plugins()) if name not in self.built_in))

    def get(self, name: str) -> M:
        """Return the member called ``name``.

        Raises:
            BackendError: if it is unknown, cannot be loaded or instantiated, violates the protocol, or is claimed by
                several packages.
        """
        if name in self.built_in:
            module, _, attribute = self.built_in[name].partition(":")
            with importing.lock:
                return cast(M, _made_of(getattr(import_module(module), attribute)))
        claims = self._plugins().get(name, [])
        if not claims:
            raise BackendError(f"there is no {self.what} {name!r} ({advice(name, self.names())})")
        if len(claims) > 1:
            problem = f"is claimed by {_several(claims)}: only one of them can be installed"
            raise _UnusableError(f"{self.what} {name!r}", problem)
        return self._made(name, claims[0])

    def listings(self) -> tuple[Listing[M], ...]:
        """Return the entry of each name, followed by the packages that claim a built-in name."""
        plugins = self._plugins()
        found = [self._listing(name, plugins.get(name, [])) for name in self.names()]
        for name in self.built_in:
            if name in plugins:
                problem = f"has the name of a built-in {self.what}: it needs another"
                found.append(Listing(name, _several(plugins[name]), None, problem))
        return tuple(found)

    def describe(self, name: str) -> str:
        """Return the summary of the member called ``name``, or why it is unusable."""
        return self._listing(name, []).summary

    def origin_of(self, member: Member) -> str:
        """Return the origin of a member, as a suffix to its name in a message; empty for a built-in."""
        claims = [] if member.name in self.built_in else self._plugins().get(member.name, [])
        return f" (from {_several(claims)})" if claims else ""

    def _listing(self, name: str, claims: Iterable[EntryPoint]) -> Listing[M]:
        origin = "" if name in self.built_in else _several(claims)
        try:
            return Listing(name, origin, self.get(name), "")
        except _UnusableError as error:
            return Listing(name, origin, None, error.problem)

    def _made(self, name: str, entry: EntryPoint) -> M:
        """Return the member that an entry point names, after checking it against the protocol."""
        what = f"{self.what} {name!r} (from {_source(entry)})"
        try:
            step = "loaded"
            loaded = entry.load()
            step = "made"
            made = _made_of(loaded)
            step = "inspected"
            problem = self.violation(made) or _name_mismatch(name, cast(Member, made).name)
        except (Exception, SystemExit) as error:  # plugins may raise anything; the message names them
            why = f"{type(error).__name__}: {error}"
            raise _UnusableError(what, f"cannot be {step}: {why}") from error
        if problem is not None:
            raise _UnusableError(what, f"does not implement the protocol {self.protocol.__name__}: {problem}")
        return cast(M, made)

    def violation(self, made: object) -> str | None:
        """Return why an object violates the protocol; ``None`` if it does not."""
        members = [each for each in dir(self.protocol) if not each.startswith("_")]
        missing = [each for each in members if not hasattr(made, each)]
        if missing:
            return f"it has no {' and no '.join(missing)}"
        for attribute in ("name", "summary"):
            value = getattr(made, attribute)
            if not isinstance(value, str) or not value.strip() or not value.isprintable():
                return f"its {attribute} must be a str of one line, not {value!r}"
        if re.search(r"[{},=\s]", cast(Member, made).name):
            return f"its name must contain no space and none of {{}},= but is {cast(Member, made).name!r}"
        return self.problem(made)

    def _plugins(self) -> dict[str, list[EntryPoint]]:
        """Return the entry points of installed packages by name, without duplicates."""
        with importing.lock:
            from importlib.metadata import entry_points  # slow to import, and needed only for plugins

        found: dict[str, dict[tuple[str, str], EntryPoint]] = {}
        for entry in entry_points(group=self.group):
            found.setdefault(entry.name, {})[_distribution(entry), entry.value] = entry
        return {name: list(claims.values()) for name, claims in found.items()}


def _name_mismatch(entry: str, own: str) -> str | None:
    return None if own == entry else f"its name is {own!r}, and that of its entry point {entry!r}"


def _made_of(loaded: object) -> object:
    """Return ``loaded``, or an instance of it if it is a class."""
    return loaded() if isinstance(loaded, type) else loaded


def _distribution(entry: EntryPoint) -> str:
    """Return the name and version of the package of an entry point, if known."""
    try:
        return "" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
    except Exception:  # reading malformed package metadata may raise anything
        return ""


def _source(entry: EntryPoint) -> str:
    distribution = _distribution(entry)
    return f"{distribution}, {entry.value}" if distribution else entry.value


def _several(claims: Iterable[EntryPoint]) -> str:
    return " and ".join(_distribution(entry) or entry.value for entry in claims)
