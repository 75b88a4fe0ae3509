"""What is measured of the running bot, for Prometheus: each measure with what it means and when to worry.

Nothing here names a member, a server or what anybody wrote: labels are words of the program's own, so that there are
few of them. `companion/bot/observation.py` fills them in, `companion/bot/metrics_page.py` writes them down for
operators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics import MetricWrapperBase

PREFIX = "companion_"

# When a series began is told by a second series for each, which nobody here asks for.
disable_created_metrics()

AnyMeasure = TypeVar("AnyMeasure", bound=MetricWrapperBase)


@dataclass(frozen=True, slots=True)
class Described:
    """A measure as operators read of it. ``alert`` is a PromQL expression that is true when something is wrong."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str
    alert: str


class Metrics:
    """All measures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.described: list[Described] = []
        # What the process takes of the machine, as for every program: process_resident_memory_bytes and the like.
        ProcessCollector(registry=self.registry)
        self._of_members()
        self._of_work()
        self._of_discord()
        self._of_the_archive()
        self._of_itself()

    def _of_members(self) -> None:
        self.requests = self._counter(
            "requests",
            "What members asked for, by how (command, menu, autocomplete, button, form, message), name, and what came"
            " of it (answered, refused with a reason, failed by a fault, late for Discord, which waits three seconds).",
            'sum(rate(companion_requests_total{outcome=~"failed|late"}[10m])) > 0.02',
            ("kind", "name", "outcome"),
        )
        self.request_seconds = self._histogram(
            "request_seconds",
            "From hearing of it to the end of answering, pictures, audio and a model's prose with it.",
            'histogram_quantile(0.95, sum by (le) (rate(companion_request_seconds_bucket{name="search"}[10m]))) > 2',
            (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60),
            ("kind", "name"),
        )
        self.acknowledge_seconds = self._histogram(
            "acknowledge_seconds",
            "From hearing of it to Discord's having the first answer, or the sign that one comes: after three seconds"
            " its member reads that the application did not respond.",
            "histogram_quantile(0.99, rate(companion_acknowledge_seconds_bucket[10m])) > 2",
            (0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3),
        )
        self.running = self._gauge("requests_running", "Those being answered now.", "companion_requests_running > 50")

    def _of_work(self) -> None:
        self.search_seconds = self._histogram(
            "search_seconds",
            "A search of the archive in itself, without waiting for its turn and without Discord.",
            "histogram_quantile(0.95, rate(companion_search_seconds_bucket[10m])) > 0.5",
            (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3),
        )
        self.busy = self._gauge(
            "work_running",
            "Turns that members have, by kind of work.",
            'min_over_time(companion_work_running{work="ingest"}[2h]) > 0',
            ("work",),
        )
        self.waiting = self._gauge(
            "work_waiting", "Turns that members wait for.", 'companion_work_waiting{work="search"} > 20', ("work",)
        )
        self.write_wait_seconds = self._histogram(
            "database_write_wait_seconds",
            "How long a write waits for those before it, of this and other processes.",
            "histogram_quantile(0.99, rate(companion_database_write_wait_seconds_bucket[10m])) > 1",
            (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30),
        )
        self.lag_seconds = self._histogram(
            "event_loop_lag_seconds",
            "How much too late the event loop comes to what is due: Discord wants an answer within three seconds.",
            "histogram_quantile(0.99, rate(companion_event_loop_lag_seconds_bucket[10m])) > 0.5",
            (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3),
        )

    def _of_discord(self) -> None:
        self.connected = self._gauge(
            "gateway_connected", "1 as long as every shard is connected to Discord.", "companion_gateway_connected == 0"
        )
        self.latency = self._gauge(
            "gateway_latency_seconds", "The slowest shard's heartbeat.", "companion_gateway_latency_seconds > 1"
        )
        self.gateway = self._counter(
            "gateway_events",
            "Connections to Discord that were lost (disconnect), taken up again (resumed) or begun anew (ready); of the"
            " last a bot has 1,000 a day.",
            'increase(companion_gateway_events_total{event="ready"}[1h]) > 20',
            ("event",),
        )
        self.discord_requests = self._counter(
            "discord_requests",
            "Requests to Discord, by the status of its answer; error where there was none.",
            'sum(rate(companion_discord_requests_total{status=~"5.."}[10m])) > 0.1',
            ("status",),
        )
        self.discord_seconds = self._histogram(
            "discord_request_seconds",
            "How long Discord takes to answer a request.",
            "histogram_quantile(0.95, rate(companion_discord_request_seconds_bucket[10m])) > 2",
            (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
        )
        self.rate_limited = self._counter(
            "discord_rate_limited",
            "Answers of 429, by whom they hold: this bot at one place (user), everybody there (shared), or this bot"
            " everywhere (global).",
            'increase(companion_discord_rate_limited_total{scope="global"}[10m]) > 0',
            ("scope",),
        )
        self.invalid = self._counter(
            "discord_invalid_requests",
            "Answers of 401, 403 and 429 but shared ones: at 10,000 in ten minutes Discord bans the machine's address.",
            "increase(companion_discord_invalid_requests_total[10m]) > 1000",
        )
        self.servers = self._gauge(
            "servers", "Discord servers that the bot is in.", "companion_servers < 0.9 * companion_servers offset 1h"
        )

    def _of_the_archive(self) -> None:
        self.episodes = self._gauge(
            "episodes", "Episodes in the archive.", "companion_episodes < companion_episodes offset 1h"
        )
        self.feeds = self._gauge(
            "feeds",
            "Feeds that servers see, by whether the last reading was one (fine) or not (failing).",
            'companion_feeds{state="failing"} > 3',
            ("state",),
        )
        self.feed_age = self._gauge(
            "feed_read_age_seconds",
            "Since the feed that was not read for the longest was last read.",
            "companion_feed_read_age_seconds > 86400",
        )
        self.index_passages = self._gauge(
            "index_passages", "Passages that searches look through.", "companion_index_passages == 0"
        )
        self.index_semantic = self._gauge(
            "index_semantic", "1 where searches compare meanings, 0 by words alone.", "companion_index_semantic == 0"
        )
        self.unembedded = self._gauge(
            "passages_without_vectors",
            "Texts that the model has still to read.",
            "min_over_time(companion_passages_without_vectors[1h]) > 0",
        )

    def _of_itself(self) -> None:
        self.posts = self._gauge(
            "posts_waiting",
            "What is to be posted by itself and is not yet (highlight, winner, episode, session), by state: due, or"
            " late by a quarter of an hour. What waits for a channel that is closed to the bot is among it.",
            'sum(companion_posts_waiting{state="late"}) > 5',
            ("kind", "state"),
        )
        self.tick_seconds = self._histogram(
            "tick_seconds",
            "What happens by itself each minute: how long all of it took.",
            "increase(companion_tick_seconds_count[15m]) == 0",
            (0.1, 0.5, 1, 5, 15, 60, 300),
        )
        self.duty_failures = self._counter(
            "duty_failures",
            "Things that happen by themselves and failed by a fault.",
            "increase(companion_duty_failures_total[1h]) > 0",
        )
        self.information = self._gauge(
            "info",
            "Always 1; the label tells the version.",
            "count(count by (version) (companion_info)) > 1",
            ("version",),
        )

    def _counter(self, name: str, meaning: str, alert: str, labels: Sequence[str] = ()) -> Counter:
        measure = Counter(PREFIX + name, meaning, labels, registry=self.registry)
        return self._describe(f"{name}_total", "counter", labels, meaning, alert, measure)

    def _gauge(self, name: str, meaning: str, alert: str, labels: Sequence[str] = ()) -> Gauge:
        measure = Gauge(PREFIX + name, meaning, labels, registry=self.registry)
        return self._describe(name, "gauge", labels, meaning, alert, measure)

    def _histogram(
        self, name: str, meaning: str, alert: str, buckets: Sequence[float], labels: Sequence[str] = ()
    ) -> Histogram:
        measure = Histogram(PREFIX + name, meaning, labels, buckets=buckets, registry=self.registry)
        return self._describe(name, "histogram", labels, meaning, alert, measure)

    def _describe(
        self, name: str, kind: str, labels: Sequence[str], meaning: str, alert: str, measure: AnyMeasure
    ) -> AnyMeasure:
        self.described.append(Described(PREFIX + name, kind, tuple(labels), meaning, alert))
        return measure
