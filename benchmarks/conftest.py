"""Benchmark summary: growth of time and memory from the smallest to the largest size."""

from collections import defaultdict


def pytest_terminal_summary(terminalreporter, config):
    """Print the growth of every benchmark that ran at several sizes, as ratios within this run."""
    session = getattr(config, "_benchmarksession", None)
    by_name = defaultdict(dict)
    for bench in session.benchmarks if session else ():
        size, *others = (bench.params or {None: None}).values()
        if type(size) is int and not others:
            by_name[bench.name.partition("[")[0]][size] = (bench.stats.median, bench.extra_info.get("bytes_per_node"))
    if not by_name:
        return
    terminalreporter.section("growth: time at the largest size over time at the smallest")
    for name, results in by_name.items():
        small, large = min(results), max(results)
        ratio = results[large][0] / results[small][0]
        per_node = results[large][0] / large * 1e6
        memory = f", {results[large][1]} bytes a node" if results[large][1] else ""
        terminalreporter.write_line(
            f"{name:32} x{large / small:5.0f} size -> x{ratio:6.1f} time  ({per_node:.2f} µs a node at {large}{memory})"
        )
