"""What the measures are, and how they are told of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from prometheus_client import Metric, generate_latest
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as metrics_in

from companion.bot.metrics import PREFIX, Metrics
from companion.cogs.requests import Kind, Outcome
from companion.community.fair_use import Work

_KIND_SUFFIXES = ("_bucket", "_count", "_sum")


def names(metrics: Metrics) -> set[str]:
    """Those that are described."""
    return {one.name for one in metrics.described}


def filled() -> Metrics:
    """Every measure with a value."""
    metrics = Metrics()
    metrics.requests.labels(Kind.COMMAND, "search", Outcome.ANSWERED).inc()
    metrics.request_seconds.labels(Kind.COMMAND, "search").observe(0.2)
    metrics.waiting.labels(Work.SEARCH).set(2)
    metrics.busy.labels(Work.SEARCH).set(1)
    metrics.gateway.labels("resumed").inc()
    metrics.discord_requests.labels("200").inc()
    metrics.rate_limited.labels("global").inc()
    metrics.feeds.labels("fine").set(3)
    metrics.posts.labels("highlight", "late").set(1)
    metrics.information.labels("1").set(1)
    return metrics


def test_all_that_is_told_is_described_and_all_that_is_described_is_told() -> None:
    metrics = filled()
    families = [one for one in metrics_in(generate_latest(metrics.registry).decode()) if one.name.startswith(PREFIX)]

    assert {f"{one.name}_total" if one.type == "counter" else one.name for one in families} == names(metrics)
    assert {one.documentation for one in families} == {one.meaning for one in metrics.described}
    assert all(one.samples for one in families)


def test_a_scraper_of_openmetrics_reads_the_same() -> None:
    metrics = filled()
    encode, _ = choose_encoder("application/openmetrics-text; version=1.0.0")
    # The library's types end at this parser.
    parse: Callable[[str], Iterator[Metric]] = getattr(openmetrics, "text_string_to_metric_families")  # noqa: B009
    read = {one.name: one for one in parse(encode(metrics.registry).decode())}

    (sample,) = read["companion_requests"].samples
    assert sample.labels == {"kind": "command", "name": "search", "outcome": "answered"}
    assert sample.value == 1
    assert read["companion_request_seconds"].type == "histogram"


def test_an_alert_is_about_measures_and_labels_that_there_are() -> None:
    metrics = Metrics()
    labels = {one.name: {*one.labels, "le"} for one in metrics.described}

    for described in metrics.described:
        used = re.findall(rf"({PREFIX}\w+)(?:{{([^}}]*)}})?", described.alert)
        assert described.name in {_without_suffix(name) for name, _ in used}
        for name, selected in used:
            assert _without_suffix(name) in labels
            assert set(re.findall(r"(\w+)\s*=", selected)) <= labels[_without_suffix(name)]


def _without_suffix(name: str) -> str:
    for suffix in _KIND_SUFFIXES:
        name = name.removesuffix(suffix)
    return name
