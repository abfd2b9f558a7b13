import TestSupport
import Testing
import Torch

@Suite struct AttentionKernelTests {
    /// Start, end, prefix: a prompt with two continuations, then two prompts, the last with a continuation.
    private let segments: [[Int64]] = [
        [0, 130, 0, 0], [130, 200, 0, 130], [200, 231, 0, 130], [231, 300, 0, 0], [300, 301, 0, 0],
        [301, 304, 300, 301],
    ]

    /// What is added to scores, `[T, T]`: 0 where a token looks.
    private func mask() throws -> Tensor {
        var mask = [Float](repeating: -.infinity, count: 304 * 304)
        for segment in segments.map({ $0.map(Int.init) }) {
            for row in segment[0]..<segment[1] {
                for column in segment[2]..<segment[3] { mask[row * 304 + column] = 0 }
                for column in segment[0]...row { mask[row * 304 + column] = 0 }
            }
        }
        return try Tensor.from(mask, shape: [304, 304])
    }

    @Test(
        "packed attention has the values and gradients of masked attention",
        arguments: [(4, 2, 64), (3, 3, 24), (6, 1, 8)])
    func packedAttentionMatchesMasked(heads: Int, keyHeads: Int, width: Int) throws {
        var draw = Draw(seed: width)
        let inputs = [
            try draw.tensor(304, heads, width, in: -3...3), try draw.tensor(304, keyHeads, width),
            try draw.tensor(304, keyHeads, width),
        ]
        let packed = try Tensor.from(Array(segments.joined()), shape: [6, 4])
        let mask = try mask()
        let found = try distance(inputs, seed: 8) {
            try Tensor.packedAttention(
                queries: inputs[0], keys: inputs[1], values: inputs[2], segments: packed)
        } composed: {
            let heads = try inputs.map { try $0.transposed(0, 1).reshaped([1, $0.shape[1], 304, width]) }
            return try Tensor.attention(queries: heads[0], keys: heads[1], values: heads[2], mask: mask)
                .transposed(1, 2)
        }
        #expect(found < kernelTolerance * 5)
    }

    /// Prompts of many lengths with none to five continuations of many lengths.
    private func groups(seed: Int) throws -> (segments: Tensor, count: Int) {
        var random = TestRandom(seed: seed)
        var rows: [Int64] = []
        var end: Int64 = 0
        for _ in 0..<5 {
            let prompt = end
            end += Int64.random(in: 1...70, using: &random)
            let promptEnd = end
            rows += [prompt, promptEnd, 0, 0]
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let start = end
                end += Int64.random(in: 1...40, using: &random)
                rows += [start, end, prompt, promptEnd]
            }
        }
        return (try Tensor.from(rows, shape: [rows.count / 4, 4]), Int(end))
    }

    @Test(
        "compositions of fused attention merge prompts and own tokens to the kernels' values and gradients",
        arguments: [true, false], [(4, 2, 64), (3, 3, 24), (6, 1, 8)])
    func composedAttentionMatchesTheKernels(fuses: Bool, sizes: (heads: Int, keyHeads: Int, width: Int))
        throws
    {
        for seed in 1...4 {
            let (segments, count) = try groups(seed: seed)
            var draw = Draw(seed: seed)
            let inputs = [
                try draw.tensor(count, sizes.heads, sizes.width, in: -3...3),
                try draw.tensor(count, sizes.keyHeads, sizes.width),
                try draw.tensor(count, sizes.keyHeads, sizes.width),
            ]
            func attended() throws -> Tensor {
                try Tensor.packedAttention(
                    queries: inputs[0], keys: inputs[1], values: inputs[2], segments: segments)
            }
            let found = try distance(inputs, seed: seed) {
                try attended()
            } composed: {
                try Device.composing(fusesAttention: fuses) { try attended() }
            }
            #expect(found < kernelTolerance * 5)
        }
    }

    @Test("compositions in bfloat16 are as far off as bfloat16 is", arguments: [true, false])
    func composedAttentionInBfloat16(fuses: Bool) throws {
        let (segments, count) = try groups(seed: 5)
        var draw = Draw(seed: 5)
        let inputs = [
            try draw.tensor(count, 4, 32, in: -3...3), try draw.tensor(count, 2, 32),
            try draw.tensor(count, 2, 32),
        ]
        func attended(_ type: ElementType?) throws -> Tensor {
            try Tensor.packedAttention(
                queries: inputs[0], keys: inputs[1], values: inputs[2], segments: segments, productType: type)
        }
        let found = try distance(inputs, seed: 5) {
            try attended(.bfloat16)  // the kernels stay in float32
        } composed: {
            try Device.composing(fusesAttention: fuses) { try attended(.bfloat16) }
        }
        // 8 bits move values of about 1 by 2⁻⁹, and sums of a hundred gradients by some times that.
        #expect(found > 1e-4)
        #expect(found < 0.1)
    }

    @Test("segments that overlap, leave tokens out or look ahead are refused")
    func invalidSegmentsAreRefused() throws {
        var draw = Draw(seed: 9)
        let x = try draw.tensor(4, 1, 16)
        for wrong: [Int64] in [
            [0, 3, 0, 0], [0, 2, 0, 0, 1, 4, 0, 0], [0, 2, 1, 3, 2, 4, 0, 0], [0, 5, 0, 0], [1, 4, 0, 0],
        ] {
            let segments = try Tensor.from(wrong, shape: [wrong.count / 4, 4])
            for composes in [false, true] {
                #expect(throws: TorchError.self) {
                    func attend() throws -> Tensor {
                        try Tensor.packedAttention(queries: x, keys: x, values: x, segments: segments)
                    }
                    return try composes ? Device.composing { try attend() } : attend()
                }
            }
        }
    }

    @Test(
        "attention over pages matches attention over the sequence, alone and in a batch",
        arguments: [(4, 2, 64), (3, 1, 20)])
    func pagedAttentionMatchesTheSequence(heads: Int, keyHeads: Int, width: Int) throws {
        var draw = Draw(seed: heads)
        let lengths = [1, 31, 32, 33, 100]
        var pages = KeyValuePages(headCount: keyHeads, headWidth: width, pagesPerSlab: 3)
        try pages.reserve(12)
        var tables: [[Int32]] = []
        var expected: [Double] = []
        let queries = try draw.tensor(lengths.count, heads, width, in: -3...3).detached()
        var next: Int32 = 11  // pages from the last to the first, so that order is by table
        for (index, length) in lengths.enumerated() {
            let (keys, values) = (
                try draw.tensor(length, keyHeads, width).detached(),
                try draw.tensor(length, keyHeads, width).detached()
            )
            let count = (length + KeyValuePages.tokensPerPage - 1) / KeyValuePages.tokensPerPage
            tables.append((0..<count).map { next - Int32($0) })
            next -= Int32(count)
            try pages.store(
                keys: keys, values: values,
                pages: (0..<length).map { tables[index][$0 / KeyValuePages.tokensPerPage] },
                places: (0..<length).map { Int32($0 % KeyValuePages.tokensPerPage) })
            let shaped = { (x: Tensor) in
                try x.transposed(0, 1).reshaped([1, x.shape[1], x.shape[0], width])
            }
            expected += try numbers(
                Tensor.attention(
                    queries: shaped(queries.slice(0, index..<index + 1)), keys: shaped(keys),
                    values: shaped(values)))
        }
        let together = try numbers(pages.attend(queries, tables: tables, lengths: lengths))
        #expect(difference(together, expected) < kernelTolerance)
        for index in lengths.indices {
            let alone = try numbers(
                pages.attend(
                    queries.slice(0, index..<index + 1), tables: [tables[index]], lengths: [lengths[index]]))
            #expect(alone == Array(together[index * heads * width..<(index + 1) * heads * width]))
        }
        #expect(throws: TorchError.self) {
            try pages.attend(queries, tables: tables, lengths: [1, 31, 32, 65, 100])
        }
    }

    @Test(
        "sequences that share pages read them together and get the bits that each gets alone",
        arguments: [(9, 3, 64), (16, 2, 20), (2, 2, 16)])
    func sharedPagesGiveTheSameBits(heads: Int, keyHeads: Int, width: Int) throws {
        let perPage = KeyValuePages.tokensPerPage
        var draw = Draw(seed: 40 + heads)
        var pages = KeyValuePages(headCount: keyHeads, headWidth: width, pagesPerSlab: 5)
        let pageCount: Int32 = 24
        try pages.reserve(Int(pageCount))
        for page in 0..<pageCount {
            try pages.store(
                keys: draw.tensor(perPage, keyHeads, width, in: -2...2).detached(),
                values: draw.tensor(perPage, keyHeads, width).detached(),
                pages: Array(repeating: page, count: perPage), places: (0..<perPage).map(Int32.init))
        }
        // Seven completions of one prompt, one of which has no page of its own, then three of another.
        let tables: [[Int32]] = [
            [3, 1, 2, 4, 5], [3, 1, 2], [3, 1, 2, 6], [3, 1, 2, 7, 8, 9], [3, 1, 2, 10], [3, 1, 2, 11],
            [3, 1, 2, 12], [13, 14, 15], [13, 14, 16], [17],
        ]
        let lengths = [131, 96, 97, 192, 128, 100, 111, 95, 80, 1]
        let queries = try draw.tensor(tables.count, heads, width, in: -3...3).detached()
        let together = try numbers(pages.attend(queries, tables: tables, lengths: lengths))
        for index in tables.indices {
            let alone = try numbers(
                pages.attend(
                    queries.slice(0, index..<index + 1), tables: [tables[index]], lengths: [lengths[index]]))
            #expect(alone == Array(together[index * heads * width..<(index + 1) * heads * width]))
        }
    }
}
