import Pipeline
import Testing

@Suite("Held-out prompts") struct HeldOutTests {
    @Test(
        "the last ones are held out, and no user's prompts are divided",
        arguments: [
            (2, [1, 2, 3, 4], 2), (2, [1, 2, 3, 3, 4], 3), (1, [1, 2, 2, 2], 3),
            (0, [1, 2], 0), (9, [1, 2], 2), (3, [1, 1, 1, 1, 2], 1), (2, [1, 1, 1], 0), (1, [], 0),
        ] as [(Int, [Int32], Int)])
    func count(wanted: Int, users: [Int32], held: Int) {
        #expect(HeldOut.count(wanted, of: users) == held)
        let (training, kept) = (users.dropLast(held), users.suffix(held))
        #expect(Set(training).isDisjoint(with: kept))
    }
}
