"""Counters and gauges for Prometheus; labels never carry anything about a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The numbers of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.accepted = Counter(
            "kawan_inbound_accepted", "Inbound events stored", ["source"], registry=self.registry
        )
        self.duplicates = Counter(
            "kawan_inbound_duplicates", "Events seen before", ["source"], registry=self.registry
        )
        self.refused = Counter(
            "kawan_inbound_refused", "Webhooks refused", ["source", "reason"],
            registry=self.registry,
        )  # fmt: skip
        self.spooled = Counter(
            "kawan_inbound_spooled", "Events kept on disk", registry=self.registry
        )
        self.not_understood = Counter(
            "kawan_inbound_not_understood", "Events of an unknown sort", ["source"],
            registry=self.registry,
        )  # fmt: skip
        self.turns = Counter("kawan_turns", "Turns done", ["kind"], registry=self.registry)
        self.turn_failures = Counter(
            "kawan_turn_failures", "Turns that failed and go again", registry=self.registry
        )
        self.turn_seconds = Histogram(
            "kawan_turn_seconds", "From claim to commit", registry=self.registry
        )
        self.sends = Counter(
            "kawan_sends", "Sends by result", ["channel", "result"], registry=self.registry
        )
        self.queue = Gauge(
            "kawan_queue_rows", "Rows by queue and status", ["queue", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.oldest = Gauge(
            "kawan_queue_oldest_seconds", "Age of the oldest open row", ["queue"],
            registry=self.registry,
        )  # fmt: skip
        self.templates = Gauge(
            "kawan_templates", "WhatsApp templates by status", ["status"], registry=self.registry
        )
        self.alarms = Gauge(
            "kawan_alarms", "Alarms that ring, by check", ["check"], registry=self.registry
        )
        self.spool_files = Gauge("kawan_spool_files", "Events on disk", registry=self.registry)

    def page(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self.registry)
