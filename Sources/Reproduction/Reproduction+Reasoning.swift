import Pipeline
import Results

extension Reproduction {
    /// Figure 2 as real examples: the same user, the chain of thought under which the true answer is
    /// likeliest and the one under which it is least likely.
    func reasoningSection() throws -> ResultSection {
        var section = ResultSection(title: "Figure 2: two chains of thought of one user")
        let run = try seeds[0].mainRun()
        for example in try ReasoningExample.widest(run.directory, count: 3) {
            var table = TextTable(
                title: "User \(example.user): bought next \(example.truth)",
                columns: ["perplexity of the truth", "kept", "chain of thought"])
            for chain in [example.likeliest, example.leastLikely] {
                try table.append([fixed(chain.perplexity, 2), chain.isKept ? "yes" : "no", chain.reasoning])
            }
            section.tables.append(table)
        }
        return section
    }
}
