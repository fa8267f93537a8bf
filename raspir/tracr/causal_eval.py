"""Tracr's module ``causal_eval``: evaluation in which no position selects a later one."""

from raspir.frontends.tracr.evaluation import evaluate_causally as evaluate

__all__ = ["evaluate"]
