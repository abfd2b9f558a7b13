import Pipeline
import Testing

@Suite("Named streams of random numbers") struct RandomStreamTests {
    /// Runs of earlier versions drew from these paths; another path would change their numbers.
    @Test(
        "keep their paths",
        arguments: [
            (RandomStream.teacher, [1]), (.fineTuning, [2]), (.rewardRanker, [3, 0]), (.policy, [3, 1]),
            (.validationRanker, [3, 2]), (.adapters, [3, 3]), (.rankers, [4]), (.codes, [4, 0]),
            (.rankingBootstrap, [4, 2]), (.loggedSlates, [4, 3]), (.evaluationBootstrap, [5]),
            (.sequenceModel, [5, 1]), (.tablesBootstrap, [6]),
        ])
    func streamsKeepTheirPaths(stream: RandomStream, path: [Int]) {
        var configuration = TaijiConfiguration()
        configuration.seed = 11
        #expect(configuration.stream(stream) == SeededGenerator(seed: 11, path: path))
    }

    @Test("a path given as a list equals the path given as arguments") func listAndArgumentsAreOnePath() {
        #expect(SeededGenerator(seed: 5, path: [2, 3]) == SeededGenerator(seed: 5, path: 2, 3))
        #expect(SeededGenerator(seed: 5, path: []) == SeededGenerator(seed: 5))
    }
}
