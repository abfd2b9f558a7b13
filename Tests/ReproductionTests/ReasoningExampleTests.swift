import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Reproduction

@Suite("Figure 2") struct ReasoningExampleTests {
    @Test("users whose chains of thought differ most come first, each with its best and worst")
    func widestFirst() throws {
        try withTemporaryFolder { folder in
            let run = try RunDirectory(folder)
            try run.write(Steps.tables) { tables in
                try tables.userFile.write(
                    ["a", "b", "c"].map { User(id: $0, profile: "", attributes: [:], role: .activate) })
                try tables.itemFile.write(
                    [Item(id: "1", title: "milk", categories: ["dairy", "", ""], brand: "", price: 1)])
                try tables.sampleFile.write(
                    ["a", "b", "c"].enumerated().map { place, id in
                        PromptSample(
                            id: "activate-\(id)", user: Int32(place), role: .activate, time: 1, history: [],
                            target: 0, prompt: "", revealedPrompt: "")
                    })
            }
            // Perplexities by user: ratio 2, ratio 8 over three chains, and one chain alone, which compares
            // to nothing.
            let perplexities = ["a": [4.0, 2.0], "b": [3.0, 8.0, 1.0], "c": [9.0]]
            let chains = perplexities.sorted { $0.key < $1.key }.flatMap { user, values in
                values.enumerated().map { (user: user, index: $0.offset, value: $0.element) }
            }
            try run.write(Steps.teacher) { teacher in
                try teacher.samples.write(
                    chains.map {
                        TeacherSample(
                            sample: "activate-\($0.user)", index: $0.index,
                            reasoning: "\($0.user) thinks \($0.index)", leaks: [], isTruncated: false)
                    })
            }
            try run.write(Steps.refinement) { refinement in
                try refinement.scores.write(
                    chains.map {
                        ReasoningScore(
                            sample: "activate-\($0.user)", index: $0.index, tokenCount: 1, logLikelihood: 0,
                            perplexity: $0.value, isKept: $0.value < 5)
                    })
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

extension RunDirectory {
    /// A finished step with some files, whatever it would be made from.
    fileprivate func write<Output>(_ step: Step<Output>, _ body: (Output) throws -> Void) throws {
        try perform(step.declaration, from: StepOrigin()) { try body(Output(folder: $0)) }
    }
}
