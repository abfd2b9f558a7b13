import Foundation
import Pipeline
import Testing

@testable import Benchmarks

/// How steps are timed and reported.
@Suite struct BenchmarkReportTests {
    /// A benchmark whose steps take given times.
    struct Paced: Benchmark {
        let plan = BenchmarkPlan(
            work: "paced", tokensPerStep: 12, operationsPerStep: 6e9, matrixShapes: [[8, 4]])
        var milliseconds: [Int]
        var done = 0

        mutating func step(_ timer: inout PhaseTimer) throws {
            timer.add(.milliseconds(milliseconds[done]), to: "forward")
            timer.add(.milliseconds(1000), to: "backward")
            done += 1
        }
    }

    @Test("Steps before the timed ones are run and not counted")
    func warmUpIsLeftOut() throws {
        var work = Paced(milliseconds: [90_000, 80_000, 500, 1500, 700])
        let report = try work.measured(warmUp: 2, steps: 3)
        #expect(work.done == 5)
        #expect(report.steps == 3)
        #expect(report.secondsPerStepRange == .init(minimum: 1.5, maximum: 2.5))
    }

    @Test("Rates come from the median step and the limit from the rate of matrix products")
    func figuresByHand() throws {
        let timers = [3000, 1000, 2000].map { milliseconds in
            var timer = PhaseTimer()
            timer.add(.milliseconds(milliseconds), to: "forward")
            timer.add(.milliseconds(1000), to: "backward")
            return timer
        }
        let report = BenchmarkReport(
            Paced(milliseconds: []).plan, timers, matrixProductRate: 8e9, peakResidentBytes: 3 << 29)
        #expect(report.secondsPerStep == ["total": 3, "forward": 2, "backward": 1])
        #expect(report.tokensPerSecond == 4)
        #expect(report.matmulGFLOPS == 8)
        #expect(report.gigaOperationsPerStep == 6)
        #expect(report.fractionOfLimit == 0.25)
        #expect(report.peakResidentGiB == 1.5)
    }

    @Test("The median of an even number of steps lies between the two in the middle")
    func medianOfFour() {
        #expect(BenchmarkReport.median([9, 1, 4, 2]) == 3)
    }

    @Test("The report has the keys that its readers rely on")
    func keys() throws {
        var work = Paced(milliseconds: [1])
        let data = try JSONEncoder().encode(work.measured(warmUp: 0, steps: 1))
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let numbers = ["tokensPerSecond", "peakResidentGiB", "matmulGFLOPS", "fractionOfLimit"]
        for key in numbers { #expect(try #require(object[key] as? Double) > 0, "\(key)") }
        let seconds = try #require(object["secondsPerStep"] as? [String: Double])
        #expect(Set(seconds.keys) == ["total", "forward", "backward"])
    }

    @Test("The memory peak is at least what the process has allocated")
    func peakGrows() throws {
        let before = try PeakMemory.resident()
        let bytes = [UInt8](repeating: 1, count: 64 << 20)
        let after = try PeakMemory.resident()
        #expect(bytes.last == 1)
        #expect(after >= 64 << 20)
        #expect(after >= before)
    }

    @Test("The kernel's line for the memory peak is read in kibibytes")
    func statusLine() {
        #expect(PeakMemory.peak(inStatus: "VmPeak:\t 99 kB\nVmHWM:\t  1234 kB\nVmRSS:\t 7 kB\n") == 1_263_616)
        #expect(PeakMemory.peak(inStatus: "VmRSS:\t 7 kB\n") == nil)
    }

    @Test("Zero timed steps is an error that says so")
    func noSteps() {
        var work = Paced(milliseconds: [])
        #expect(throws: BenchmarkError.request("steps is 0; expected at least 1")) {
            try work.measured(warmUp: 0, steps: 0)
        }
    }
}
