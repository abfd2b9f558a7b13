import Foundation
import TestSupport
import Testing

@Suite("Replay of the test window", .serialized) struct ReplayTests {
    private func store(_ name: String) throws -> String {
        "sqlite://" + (try ServedRun.shared.get()).folder.appending(path: "\(name).sqlite").path
    }

    @Test("behaviours are sent in order, every ranking has fresh features, and the lift is over frozen ones")
    func replay() throws {
        let runs = try ServedRun.shared.get()
        let service = try ServiceProcess(runs.first, store: store("replay"), ["--until", "test"])
        let output = runs.folder.appending(path: "replay.json")
        let arguments = [
            "replay", "--run", runs.first.path, "--url", service.url, "--visits", "6", "--output",
            output.path,
        ]
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result.errors.suffix(1000))")
        #expect(result.output.contains("features frozen at the start") && result.output.contains("placebo"))
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: output)) as? [String: Any])
        #expect(read["visits"] as? Int == 6 && read["freshShare"] as? Double == 1)
        #expect((read["events"] as? Int ?? 0) > 6)
        let arms = try #require(read["arms"] as? [[String: Any]])
        #expect(arms.count == 4)
        let outcomes = arms.compactMap { $0["outcome"] as? [String: Any] }
        #expect(outcomes.allSatisfy { $0["visits"] as? Int == 6 })
        #expect(outcomes[0]["advertiserLift"] == nil)
        // The same window a second time would be played to features that know it.
        let again = try Program.run(arguments)
        #expect(again.status != 0 && again.errors.contains("played to before"))
        #expect(service.end() == 0)
    }

    @Test("a service that knows the window, or serves another run, is refused") func refused() throws {
        let runs = try ServedRun.shared.get()
        let service = try ServiceProcess(runs.first, store: store("informed"))
        let informed = try Program.run(["replay", "--run", runs.first.path, "--url", service.url])
        #expect(informed.status != 0 && informed.errors.contains("--until test"))
        let other = try Program.run(["replay", "--run", runs.second.path, "--url", service.url])
        #expect(other.status != 0 && other.errors.contains("another version"))
        let nobody = try Program.run(["replay", "--run", runs.first.path, "--url", "http://127.0.0.1:9"])
        #expect(nobody.status != 0 && nobody.errors.contains("cannot be reached"))
        #expect(service.end() == 0)
    }
}
