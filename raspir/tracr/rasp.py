"""The names of Tracr's module ``rasp``."""

from raspir.frontends.tracr.aggregates import Aggregate, SelectorWidth
from raspir.frontends.tracr.encodings import categorical, get_encoding, is_categorical, is_numerical, numerical
from raspir.frontends.tracr.evaluation import evaluate
from raspir.frontends.tracr.expressions import Encoding, RASPExpr, annotate
from raspir.frontends.tracr.linear import LinearSequenceMap
from raspir.frontends.tracr.matrices import ConstantSelector
from raspir.frontends.tracr.predicates import Comparison, Predicate
from raspir.frontends.tracr.selectors import (
    Select,
    Selector,
    SelectorAnd,
    SelectorNot,
    SelectorOr,
    SelectorValue,
    selector_and,
    selector_not,
    selector_or,
)
from raspir.frontends.tracr.sops import Map, SequenceMap, SOp, sop_not
from raspir.frontends.tracr.sources import (
    ConstantSOp,
    Full,
    IndicesType,
    LengthType,
    TokensType,
    Value,
    indices,
    length,
    tokens,
)

NumericValue = int | float

__all__ = [
    "Aggregate",
    "Comparison",
    "ConstantSOp",
    "ConstantSelector",
    "Encoding",
    "Full",
    "IndicesType",
    "LengthType",
    "LinearSequenceMap",
    "Map",
    "NumericValue",
    "Predicate",
    "RASPExpr",
    "SOp",
    "Select",
    "Selector",
    "SelectorAnd",
    "SelectorNot",
    "SelectorOr",
    "SelectorValue",
    "SelectorWidth",
    "SequenceMap",
    "TokensType",
    "Value",
    "annotate",
    "categorical",
    "evaluate",
    "get_encoding",
    "indices",
    "is_categorical",
    "is_numerical",
    "length",
    "numerical",
    "selector_and",
    "selector_not",
    "selector_or",
    "sop_not",
    "tokens",
]
