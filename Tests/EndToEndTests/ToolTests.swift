import Foundation
import TestSupport
import Testing

/// The single tools on standard input.
@Suite(.serialized) struct ToolTests {
    @Test("tokenizing and decoding return the text") func decodingReturnsTheText() throws {
        let text = "fresh milk, 12 oz <|im_end|> 🥛"
        let line = String(decoding: try JSONEncoder().encode(["text": text]), as: UTF8.self)
        let ids = try Program.run(["tokenize", "--model", "smollm2"], input: line + "\n")
        #expect(ids.status == 0, "\(ids.errors)")
        let back = try Program.run(["tokenize", "--model", "smollm2", "--decode"], input: ids.output)
        #expect(try back.json()[0]["text"] as? String == text)
    }

    @Test("scoring finds the likelier answer, and its perplexity fits its log-likelihood")
    func scoringFindsTheLikelierAnswer() throws {
        let result = try Program.run(
            ["score", "--model", "smollm2"],
            input: """
                {"prompt":"The capital of France is","answer":" Paris"}
                {"prompt":"The capital of France is","answer":" cheese"}
                """)
        #expect(result.status == 0, "\(result.errors)")
        let scores = try result.json()
        let perplexities = scores.compactMap { $0["perplexity"] as? Double }
        try #require(perplexities.count == 2)
        #expect(perplexities[0] < perplexities[1])
        let first = try #require(scores[0]["logLikelihood"] as? Double)
        let tokens = try #require(scores[0]["tokens"] as? Int)
        #expect(abs(exp(-first / Double(tokens)) - perplexities[0]) < 1e-9 * perplexities[0])
    }

    @Test("narrower kernels and compositions score alike within rounding, another name is an error")
    func narrowerKernelsScoreAlike() throws {
        let input = #"{"prompt":"Milk and bread come from","answer":" the shop"}"# + "\n"
        func likelihood(_ kernels: String) throws -> Double {
            let result = try Program.run(
                ["score", "--model", "smollm2"], input: input, environment: ["TAIJI_KERNELS": kernels])
            #expect(result.status == 0, "\(result.errors)")
            return try #require(result.json()[0]["logLikelihood"] as? Double)
        }
        let found = try ["avx512", "avx2", "portable", "compositions"].map(likelihood)
        #expect(found.allSatisfy { abs($0 - found[0]) < 1e-3 }, "\(found)")
        #expect(Set(found).count > 1, "another width adds in another order")
        let wrong = try Program.run(
            ["score", "--model", "smollm2"], input: input, environment: ["TAIJI_KERNELS": "sse"])
        #expect(wrong.status != 0)
        #expect(
            wrong.errors.contains("TAIJI_KERNELS is 'sse'; expected avx512, avx2, portable or compositions"))
    }

    @Test("the same seed generates the same bytes, and the completions of a prompt differ")
    func seedDecidesTheCompletions() throws {
        let arguments = [
            "generate", "--max-tokens", "6", "--temperature", "1", "--count", "3", "--seed", "11",
        ]
        let input = #"{"prompt":"Shopping list:"}"# + "\n"
        let first = try Program.run(arguments, input: input)
        let second = try Program.run(arguments, input: input)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output == second.output)
        let completions = try #require(first.json()[0]["completions"] as? [[String: Any]])
        #expect(completions.count == 3)
        #expect(
            Set(completions.compactMap { $0["text"] as? String }).count > 1, "rollouts of a group must differ"
        )
    }

    @Test("an embedding has unit length") func embeddingHasUnitLength() throws {
        let result = try Program.run(["embed", "--model", "minilm"], input: #"{"text":"whole milk"}"# + "\n")
        #expect(result.status == 0, "\(result.errors)")
        let embedding = try #require(result.json()[0]["embedding"] as? [Double])
        #expect(embedding.count == 384)
        #expect(abs(embedding.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
}

@Suite("Faulty input lines") struct LineFaultTests {
    @Test("a faulty line is named by its number, the others are answered, and the exit status is not 0")
    func faultyLineIsNamed() throws {
        let input = """
            {"text":"milk"}
            {"txet":"milk"}
            not json

            {"text":"tea"}
            """
        let result = try Program.run(["tokenize", "--model", "smollm2"], input: input)
        #expect(result.status != 0)
        #expect(try result.json().count == 2, "lines 1 and 5 are answered")
        #expect(result.errors.contains("line 2: unknown key 'txet'; expected text, ids"))
        #expect(result.errors.contains("line 3: expected JSON such as"))
        #expect(result.errors.contains("2 of 5 lines could not be answered"))
    }

    @Test("an error of the model itself names the line too") func modelErrorNamesTheLine() throws {
        let input = #"{"prompt":"a","answer":""}"# + "\n" + #"{"prompt":"Milk comes from","answer":" cows"}"#
        let result = try Program.run(["score", "--model", "smollm2"], input: input)
        #expect(result.status != 0 && result.errors.contains("line 1: "))
        #expect(try result.json().count == 1)
    }

    @Test(
        "sampling settings out of range are refused before the model is loaded",
        arguments: [
            ["--count", "0"], ["--max-tokens", "0"], ["--temperature", "-1"], ["--top-p", "0"],
            ["--top-k", "-1"], ["--min-p", "2"], ["--repetition-penalty", "0"], ["--threads", "0"],
        ])
    func impossibleNumbersAreRefused(arguments: [String]) throws {
        let result = try Program.run(
            ["generate", "--model", "nowhere"] + arguments.map { $0 }, input: #"{"prompt":"a"}"#)
        #expect(result.status != 0 && result.errors.contains(arguments[0]), "\(result.errors)")
        #expect(!result.errors.contains("nowhere"))
    }

    @Test("devices are listed, and one that is not there is refused with what to do")
    func devicesAreListed() throws {
        let listed = try Program.run(["device"])
        #expect(listed.status == 0, "\(listed.errors)")
        #expect(listed.output.hasPrefix("cpu\tusable\n") && listed.output.contains("kernels: "))
        let rates = listed.output.matches(of: /(float32|bfloat16) (\d+) GFLOP\/s/)
        #expect(rates.count == 2 && rates.allSatisfy { Int($0.2) ?? 0 > 0 }, "\(listed.output)")
        #expect(try Program.run(["device", "cpu"]).status == 0)
        let mps = try Program.run(["device", "mps"])
        #expect(mps.status == 1 && mps.errors.contains("Metal"))
        let cuda = try Program.run(["device", "cuda"])
        #expect((cuda.status == 0) == listed.output.contains("cuda\tusable"))
        if cuda.status != 0 {
            #expect(cuda.errors.contains("make setup CUDA=1") || cuda.errors.contains("expected a GPU"))
        }
    }

    @Test("the version names program, commit, libtorch, devices and kernels") func versionNamesTheBuild()
        throws
    {
        let result = try Program.run(["--version"])
        #expect(result.status == 0)
        for text in ["taiji ", "commit ", "libtorch 2.", "devices: cpu", "kernels: "] {
            #expect(result.output.contains(text), "\(text)")
        }
    }
}
