"""Registries of what raspir brings along and what installed packages add under an entry-point group."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, Protocol, TypeVar, cast

from raspir.ir.errors import BackendError
from raspir.ir.forking import importing
from raspir.ir.text.visible import visible


class Member(Protocol):
    """What every member of a registry says of itself."""

    @property
    def name(self) -> str:
        """The name that users choose it by."""

    @property
    def summary(self) -> str:
        """What it does, in one line."""


M = TypeVar("M", bound=Member, covariant=True)


def advice(name: str, known: Iterable[str]) -> str:
    """Return a hint for who wrote ``name``: which of ``known`` are near, and all that there is."""
    known = list(known)
    near = get_close_matches(str(name), known, n=3)
    return f"{'did you mean ' + ' or '.join(near) + '? ' if near else ''}there is: {', '.join(known) or 'none'}"


def signature_violation(method: Callable[..., object], *arguments: str, **keywords: str) -> str | None:
    """Say how a method cannot be called with these arguments; ``None`` where it can, or does not tell."""
    try:
        inspect.signature(method).bind(*arguments, **keywords)
    except TypeError as error:
        return f"cannot be called with ({', '.join((*arguments, *(f'{name}=…' for name in keywords)))}): {error}"
    except ValueError:  # what is written in C may have no signature
        return None
    return None


@dataclass(frozen=True)
class Listing(Generic[M]):
    """What there is under one name.

    Attributes:
        name: the name.
        origin: the installed packages that claim the name, such as ``raspir-mermaid 0.1``; empty for raspir's own.
        member: what users of the name get; ``None`` where it cannot be used.
        problem: why it cannot be used, to be read after its name; empty where it can.
    """

    name: str
    origin: str
    member: M | None
    problem: str

    @property
    def summary(self) -> str:
        """What the member does, or why it cannot be used, in one line."""
        return f"cannot be used: it {self.problem}" if self.member is None else self.member.summary


class _UnusableError(BackendError):
    """What there is under a name cannot be used.

    Attributes:
        problem: why, without the name.
    """

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(f"{what} {problem}")
        self.problem = visible(problem)


def _no_problem(member: Any) -> None:
    return None


@dataclass(frozen=True)
class Registry(Generic[M]):
    """Members by name: built in, or added by installed packages through entry points.

    A member is loaded when it is first asked for, so a plugin that cannot be used harms nobody who does not use it.

    Attributes:
        what: what a member is called in messages.
        group: the entry-point group that installed packages add to.
        built_in: where raspir's own members are, as ``module:attribute``.
        protocol: what a member must have to be one.
        problem: says how an object that has all this breaks the protocol none the less; ``None`` where it does not.
    """

    what: str
    group: str
    built_in: Mapping[str, str]
    protocol: type
    problem: Callable[[Any], str | None] = field(default=_no_problem)

    def names(self) -> tuple[str, ...]:
        """Return the names of all members, the built-in ones first."""
        return (*self.built_in, *(name for name in sorted(self._plugins()) if name not in self.built_in))

    def get(self, name: str) -> M:
        """Return the member called ``name``.

        Raises:
            BackendError: if there is none, it cannot be loaded or made, it breaks the protocol, or several packages
                claim the name.
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
        """Return what there is under each name, and last the packages that claim a name of raspir's own."""
        plugins = self._plugins()
        found = [self._listing(name, plugins.get(name, [])) for name in self.names()]
        for name in self.built_in:
            if name in plugins:
                problem = f"has the name of a {self.what} of raspir's own: it needs another"
                found.append(Listing(name, _several(plugins[name]), None, problem))
        return tuple(found)

    def describe(self, name: str) -> str:
        """Return the summary of the member called ``name``, or why it cannot be used."""
        return self._listing(name, []).summary

    def origin_of(self, member: Member) -> str:
        """Return where a member comes from, for after its name in a message; nothing for what raspir brings along."""
        claims = [] if member.name in self.built_in else self._plugins().get(member.name, [])
        return f" (from {_several(claims)})" if claims else ""

    def _listing(self, name: str, claims: Iterable[EntryPoint]) -> Listing[M]:
        origin = "" if name in self.built_in else _several(claims)
        try:
            return Listing(name, origin, self.get(name), "")
        except _UnusableError as error:
            return Listing(name, origin, None, error.problem)

    def _made(self, name: str, entry: EntryPoint) -> M:
        """Return what an entry point names, held against the protocol."""
        what = f"{self.what} {name!r} (from {_source(entry)})"
        try:
            step = "loaded"
            loaded = entry.load()
            step = "made"
            made = _made_of(loaded)
            step = "looked at"
            broken = self._broken(name, made)
        except (Exception, SystemExit) as error:  # a plugin may fail in any way, and is reported by name
            why = f"{type(error).__name__}: {error}"
            raise _UnusableError(what, f"cannot be {step}: {why}") from error
        if broken is not None:
            raise _UnusableError(what, f"does not keep the protocol {self.protocol.__name__}: {broken}")
        return cast(M, made)

    def _broken(self, name: str, made: object) -> str | None:
        """Say how what is registered under ``name`` breaks the protocol; ``None`` where it does not."""
        broken = self.violation(made)
        if broken is not None:
            return broken
        own = cast(Member, made).name
        return None if own == name else f"it calls itself {own!r}, and its entry point {name!r}"

    def violation(self, made: object) -> str | None:
        """Say how an object breaks the protocol; ``None`` where it does not."""
        members = [each for each in dir(self.protocol) if not each.startswith("_")]
        missing = [each for each in members if not hasattr(made, each)]
        if missing:
            return f"it has no {' and no '.join(missing)}"
        for attribute in ("name", "summary"):
            told = getattr(made, attribute)
            if not isinstance(told, str) or not told.strip() or not told.isprintable():
                return f"its {attribute} must be a str of one line, not {told!r}"
        if re.search(r"[{},=\s]", cast(Member, made).name):
            return f"its name must hold no space and none of {{}},= and is {cast(Member, made).name!r}"
        return self.problem(made)

    def _plugins(self) -> dict[str, list[EntryPoint]]:
        """Return the entry points of installed packages by name, each package's once."""
        found: dict[str, dict[tuple[str, str], EntryPoint]] = {}
        for entry in entry_points(group=self.group):
            found.setdefault(entry.name, {})[_distribution(entry), entry.value] = entry
        return {name: list(claims.values()) for name, claims in found.items()}


def _made_of(loaded: object) -> object:
    """Return an object, or what a class makes of no arguments."""
    return loaded() if isinstance(loaded, type) else loaded


def _distribution(entry: EntryPoint) -> str:
    """Return the name and version of the package that an entry point comes from, where they are known."""
    try:
        return "" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
    except Exception:  # the metadata of a package may be broken in any way
        return ""


def _source(entry: EntryPoint) -> str:
    distribution = _distribution(entry)
    return f"{distribution}, {entry.value}" if distribution else entry.value


def _several(claims: Iterable[EntryPoint]) -> str:
    return " and ".join(_distribution(entry) or entry.value for entry in claims)
