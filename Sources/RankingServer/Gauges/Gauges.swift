import CoreMetrics
import Foundation
import Metrics
import Pipeline
import Synchronization

/// What the service measures about itself.
final class Gauges: Sendable {
    /// Kept by the service itself, whatever back end the process has.
    let metrics = PrometheusMetrics()
    private let lastRanking = Mutex(-Double.infinity)
    /// Those that every request writes, made once.
    private let phases: [Metrics.Timer]
    private let ages: Recorder
    private let answers = Mutex<[String: (counter: Counter, timer: Metrics.Timer)]>([:])

    init() {
        let metrics = metrics
        phases = ["read", "wait", "compute"].map {
            Metrics.Timer(label: "taiji_rank_seconds", dimensions: [("phase", $0)], factory: metrics)
        }
        ages = Recorder(
            label: "taiji_features_age_seconds", dimensions: [], aggregate: true, factory: metrics)
    }

    /// Seconds since a request was ranked last.
    var secondsSinceRanking: Double { ContinuousClock.now.secondsSinceStart - lastRanking.withLock { $0 } }

    func answered(_ route: String, status: Int, seconds: Double) {
        let known = answers.withLock { answers in
            let key = "\(status) \(route)"
            let found =
                answers[key]
                ?? (
                    Counter(
                        label: "taiji_requests_total",
                        dimensions: [("route", route), ("status", "\(status)")],
                        factory: metrics),
                    Metrics.Timer(
                        label: "taiji_request_seconds", dimensions: [("route", route)], factory: metrics)
                )
            answers[key] = found
            return found
        }
        known.counter.increment()
        known.timer.recordNanoseconds(Int64(seconds * 1e9))
    }

    func rankPhases(read: Duration, waited: Duration, computed: Duration) {
        lastRanking.withLock { $0 = ContinuousClock.now.secondsSinceStart }
        for (timer, duration) in zip(phases, [read, waited, computed]) {
            timer.recordNanoseconds(Int64(duration.seconds * 1e9))
        }
    }

    func ranked(_ ranking: Ranking, now: Double) {
        let source = ranking.fallback?.rawValue ?? (ranking.isStale ? "stale" : "fresh")
        Counter(label: "taiji_rankings_total", dimensions: [("features", source)], factory: metrics)
            .increment()
        if let made = ranking.featuresMadeAt { ages.record(max(0, now - made)) }
    }

    func kept(_ events: Int, repeated: Int) {
        Counter(label: "taiji_events_total", dimensions: [("kept", "new")], factory: metrics).increment(
            by: events)
        Counter(label: "taiji_events_total", dimensions: [("kept", "repeated")], factory: metrics)
            .increment(by: repeated)
    }

    func reasoned(tokens: Int, freshness: Double, seconds: Double) {
        Counter(label: "taiji_reasoned_users_total", factory: metrics).increment()
        Counter(label: "taiji_reasoned_tokens_total", factory: metrics).increment(by: tokens)
        Metrics.Timer(label: "taiji_freshness_seconds", factory: metrics).recordNanoseconds(
            Int64(max(0, freshness) * 1e9))
        Metrics.Timer(label: "taiji_reasoning_seconds", factory: metrics).recordNanoseconds(
            Int64(max(0, seconds) * 1e9))
    }

    func reasoningFailed() { Counter(label: "taiji_reasoning_failures_total", factory: metrics).increment() }

    func work(_ status: WorkStatus, version: String, now: Double) {
        let labels = [("version", version)]
        Gauge(label: "taiji_stale_users", dimensions: labels, factory: metrics).record(status.waiting)
        Gauge(label: "taiji_stale_oldest_seconds", dimensions: labels, factory: metrics)
            .record(status.oldest.map { max(0, now - $0) } ?? 0)
        Gauge(label: "taiji_given_up_users", dimensions: labels, factory: metrics).record(status.dead)
        Gauge(label: "taiji_dropped_users", dimensions: labels, factory: metrics).record(status.dropped)
    }

    func version(_ name: String, isActive: Bool, coverage: Double) {
        Gauge(label: "taiji_version_active", dimensions: [("version", name)], factory: metrics).record(
            isActive ? 1 : 0)
        Gauge(label: "taiji_version_coverage", dimensions: [("version", name)], factory: metrics).record(
            coverage)
    }

    func waiting(_ requests: Int) {
        Gauge(label: "taiji_waiting_requests", factory: metrics).record(requests)
    }
}
