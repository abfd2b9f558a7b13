import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct SeededGeneratorTests {
    /// Of the reference implementation in C (prng.di.unimi.it), seed 1234567.
    @Test("the first values match SplitMix64") func firstValuesMatchSplitMix64() {
        var generator = SeededGenerator(seed: 1_234_567)
        let found = (0..<5).map { _ in generator.next() }
        #expect(
            found == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("a path gives the same numbers whatever was drawn before, and paths do not repeat each other")
    func pathsAreIndependent() {
        var first = SeededGenerator(seed: 5, path: 2, 3)
        let expected = first.next()
        var other = SeededGenerator(seed: 5)
        _ = other.next()
        var again = SeededGenerator(seed: 5, path: 2, 3)
        #expect(again.next() == expected)
        var seen: Set<UInt64> = []
        for seed in 0..<10 as Range<UInt64> {
            for a in -2..<8 {
                for b in -2..<8 {
                    var generator = SeededGenerator(seed: seed, path: a, b)
                    seen.insert(generator.next())
                }
                var generator = SeededGenerator(seed: seed, path: a)
                seen.insert(generator.next())
            }
        }
        #expect(seen.count == 10 * 10 * 11)
    }

    @Test("the state is restored from JSON") func stateSurvivesJSON() throws {
        var generator = SeededGenerator(seed: .max)
        _ = generator.next()
        var restored = try JSONDecoder().decode(SeededGenerator.self, from: JSONEncoder().encode(generator))
        #expect(restored == generator)
        #expect(restored.next() == generator.next())
    }

    @Test("units are uniform in 0..<1") func unitsAreUniform() throws {
        var generator = SeededGenerator(seed: 9, path: 1)
        var counts = [Int](repeating: 0, count: 10)
        let draws = 100_000
        for _ in 0..<draws {
            let unit = generator.nextUnit()
            try #require(unit >= 0 && unit < 1)
            counts[Int(unit * 10)] += 1
        }
        // Chi-square with 9 degrees of freedom: mean 9, deviation √18; five deviations above.
        let expected = Double(draws) / 10
        let statistic = counts.reduce(0.0) { $0 + pow(Double($1) - expected, 2) / expected }
        #expect(statistic < 9 + 5 * 18.0.squareRoot(), "\(counts)")
    }
}
