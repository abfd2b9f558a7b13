import CoreMetrics
import Foundation
import Synchronization

/// The process's metrics as Prometheus reads them: a back end of swift-metrics that keeps numbers in memory.
final class PrometheusMetrics: MetricsFactory, Sendable {
    /// Upper bounds of a histogram's buckets, in seconds.
    static let buckets = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]
    /// Sets of labels of one metric; more are counted under none of them.
    private static let seriesLimit = 1000

    enum Kind: String {
        case counter, gauge, histogram
    }

    private struct Family {
        let kind: Kind
        var series: [String: Series] = [:]
    }

    /// One set of labels.
    final class Series: Sendable, CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler,
        TimerHandler
    {
        struct Numbers {
            var value = 0.0
            var sum = 0.0
            var counts = [Int](repeating: 0, count: PrometheusMetrics.buckets.count + 1)
        }

        let numbers = Mutex(Numbers())

        func increment(by amount: Int64) { numbers.withLock { $0.value += Double(amount) } }
        func increment(by amount: Double) { numbers.withLock { $0.value += amount } }
        func decrement(by amount: Double) { numbers.withLock { $0.value -= amount } }
        func set(_ value: Int64) { set(Double(value)) }
        func set(_ value: Double) { numbers.withLock { $0.value = value } }
        func record(_ value: Int64) { record(Double(value)) }
        func reset() { numbers.withLock { $0 = Numbers() } }
        func recordNanoseconds(_ duration: Int64) { record(Double(duration) * 1e-9) }
        func record(_ value: Double) {
            let place =
                PrometheusMetrics.buckets.firstIndex { value <= $0 } ?? PrometheusMetrics.buckets.count
            numbers.withLock {
                $0.value = value
                $0.sum += value
                $0.counts[place] += 1
            }
        }
    }

    private let families = Mutex<[String: Family]>([:])

    private func series(_ kind: Kind, _ label: String, _ dimensions: [(String, String)]) -> Series {
        let labels = dimensions.sorted { $0.0 < $1.0 }.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
            .joined(separator: ",")
        return families.withLock { families in
            var family = families[label] ?? Family(kind: kind)
            let key = family.series.count < Self.seriesLimit ? labels : ""
            let found = family.series[key] ?? Series()
            family.series[key] = found
            families[label] = family
            return found
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(.counter, label, dimensions)
    }
    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { series(.counter, label, dimensions) }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, label, dimensions)
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(aggregate ? .histogram : .gauge, label, dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(.histogram, label, dimensions)
    }
    func destroyCounter(_: any CounterHandler) {}
    func destroyFloatingPointCounter(_: any FloatingPointCounterHandler) {}
    func destroyMeter(_: any MeterHandler) {}
    func destroyRecorder(_: any RecorderHandler) {}
    func destroyTimer(_: any TimerHandler) {}

    /// The text exposition format, version 0.0.4.
    func text() -> String {
        let all = families.withLock { $0 }
        var lines: [String] = []
        for (name, family) in all.sorted(by: { $0.key < $1.key }) {
            lines.append("# TYPE \(name) \(family.kind.rawValue)")
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                let numbers = series.numbers.withLock { $0 }
                if family.kind == .histogram {
                    lines += Self.histogram(name, labels, numbers)
                } else {
                    lines.append(
                        "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(numbers.value))")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func histogram(_ name: String, _ labels: String, _ numbers: Series.Numbers) -> [String] {
        let others = labels.isEmpty ? "" : labels + ","
        let plain = labels.isEmpty ? "" : "{\(labels)}"
        var (lines, sum): ([String], Int) = ([], 0)
        for (bound, count) in zip(buckets.map { "\($0)" } + ["+Inf"], numbers.counts) {
            sum += count
            lines.append("\(name)_bucket{\(others)le=\"\(bound)\"} \(sum)")
        }
        return lines + ["\(name)_sum\(plain) \(numbers.sum)", "\(name)_count\(plain) \(sum)"]
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
