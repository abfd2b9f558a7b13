import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Experiments

@Suite("Figure 2") struct ReasoningExampleTests {
    @Test("the users whose chains of thought lie furthest apart come first, each with its best and its worst")
    func widestFirst() throws {
        try withTemporaryFolder { folder in
            let run = try RunDirectory(folder)
            try run.perform(ConstructedFiles.tablesStep, inputs: [:]) { step in
                try JSONLines.write(
                    ["a", "b", "c"].map { User(id: $0, profile: "", attributes: [:], role: .activate) },
                    to: step.appending(path: ConstructedFiles.users))
                try JSONLines.write(
                    [Item(id: "1", title: "milk", categories: ["dairy", "", ""], brand: "", price: 1)],
                    to: step.appending(path: ConstructedFiles.items))
                try JSONLines.write(
                    ["a", "b", "c"].enumerated().map { place, id in
                        PromptSample(
                            id: "activate-\(id)", user: Int32(place), role: .activate, time: 1, history: [],
                            target: 0,
                            prompt: "", revealedPrompt: "")
                    }, to: step.appending(path: ConstructedFiles.samples))
            }
            // Perplexities by user: ratio 2, ratio 8 over three chains, and one chain alone, which compares to nothing.
            let perplexities = ["a": [4.0, 2.0], "b": [3.0, 8.0, 1.0], "c": [9.0]]
            let chains = perplexities.sorted { $0.key < $1.key }.flatMap { user, values in
                values.enumerated().map { (user: user, index: $0.offset, value: $0.element) }
            }
            try run.perform(ConstructedFiles.teacherStep, inputs: [:]) { step in
                try JSONLines.write(
                    chains.map {
                        TeacherSample(
                            sample: "activate-\($0.user)", index: $0.index,
                            reasoning: "\($0.user) thinks \($0.index)",
                            leaks: [], isTruncated: false)
                    }, to: step.appending(path: ConstructedFiles.teacher))
            }
            try run.perform("2-activate/refinement", inputs: [:]) { step in
                let scores: [JSONValue] = chains.map {
                    [
                        "sample": .string("activate-\($0.user)"), "index": .integer($0.index),
                        "perplexity": .real($0.value), "isKept": .bool($0.value < 5),
                    ]
                }
                try JSONLines.write(scores, to: step.appending(path: "scores.jsonl"))
            }
            let examples = try ReasoningExample.widest(run, count: 5)
            #expect(examples.map(\.user) == ["b", "a"])
            #expect(examples[0].likeliest.reasoning == "b thinks 2" && examples[0].likeliest.isKept)
            #expect(examples[0].leastLikely.reasoning == "b thinks 1" && !examples[0].leastLikely.isKept)
            #expect(examples[1].likeliest.perplexity == 2 && examples[1].leastLikely.perplexity == 4)
            #expect(examples[0].truth.contains("milk"))
            #expect(try ReasoningExample.widest(run, count: 1).count == 1)
        }
    }
}
