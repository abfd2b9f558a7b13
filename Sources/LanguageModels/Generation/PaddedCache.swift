import Torch

/// Keys and values of all layers for devices without kernels of ours: prompts side by side, each once for all
/// of its completions, and every completion's own tokens in a slot. A token step is a few products for the
/// whole batch.
final class PaddedCache: GenerationCache {
    /// Where a sequence lies.
    struct Place {
        /// Its prompt's slot; nil before the prompt is stored.
        var prompt: Int?
        var promptLength = 0
        /// The slot of its own tokens; nil while it has none.
        var slot: Int?
    }

    private var prompts: PaddedSlots
    private var own: PaddedSlots
    /// How many sequences hold each prompt.
    private var holders: [Int: Int] = [:]

    /// - Parameter type: of the elements that are kept.
    init(_ configuration: DecoderConfiguration, type: ElementType) {
        prompts = PaddedSlots(configuration, type: type)
        own = PaddedSlots(configuration, type: type)
    }

    func grow(_ sequence: inout CachedSequence, by count: Int) throws {
        sequence.length += count
        guard sequence.place.prompt != nil else {
            let slot = try prompts.take(length: count)
            holders[slot] = 1
            sequence.place = Place(prompt: slot, promptLength: count)
            return
        }
        let length = sequence.length - sequence.place.promptLength
        if sequence.place.slot == nil { sequence.place.slot = try own.take(length: length) }
        try own.reserve(length: length)
    }

    func fork(_ sequence: CachedSequence) throws -> CachedSequence {
        guard let prompt = sequence.place.prompt, sequence.place.slot == nil else {
            throw LanguageModelError.tokens("only a prompt without own tokens can be continued twice")
        }
        holders[prompt, default: 0] += 1
        return sequence
    }

    func release(_ sequence: CachedSequence) {
        if let slot = sequence.place.slot { own.release(slot) }
        guard let prompt = sequence.place.prompt, let count = holders[prompt] else { return }
        holders[prompt] = count == 1 ? nil : count - 1
        if count == 1 { prompts.release(prompt) }
    }

    func store(layer: Int, keys: Tensor, values: Tensor, of sequence: CachedSequence) throws {
        guard let prompt = sequence.place.prompt else { return }
        try prompts.store(layer: layer, keys: keys, values: values, slot: prompt)
    }

    func attention(of sequences: [CachedSequence]) throws -> Decoder.Attention {
        let shared = try PlacedRows(
            sequences.map { (slot: $0.place.prompt ?? 0, length: $0.place.promptLength) })
        let each = try PlacedRows(
            sequences.map { (slot: $0.place.slot ?? 0, length: $0.length - $0.place.promptLength) })
        let writes = try own.rows(
            of: sequences.map { (slot: $0.place.slot ?? 0, place: $0.length - $0.place.promptLength - 1) })
        return { [self] layer, queries, keys, values in
            try own.put(layer: layer, keys: keys, values: values, rows: writes)
            return try Tensor.paddedAttention(
                queries, shared: prompts.seen(layer, by: shared), own: own.seen(layer, by: each))
        }
    }
}

/// The rows of a token step laid out by the slot that they attend to.
private struct PlacedRows {
    /// Slots 0..<count, of which the longest that is used has `length` tokens.
    let count: Int
    let length: Int
    /// The rows of each slot, int64 `[count · G]`; a slot with fewer than G repeats row 0.
    let rows: Tensor
    /// Where each row is among them, int64 `[B]`.
    let places: Tensor
    /// 0 at a slot's tokens, -∞ after them, `[count, length]`.
    let bias: Tensor

    /// - Parameter used: of each row; rows of one slot have the same length.
    init(_ used: [(slot: Int, length: Int)]) throws {
        count = (used.map(\.slot).max() ?? 0) + 1
        length = used.map(\.length).max() ?? 0
        var members = [[Int]](repeating: [], count: count)
        var lengths = [Int64](repeating: 0, count: count)
        for (row, use) in used.enumerated() {
            members[use.slot].append(row)
            lengths[use.slot] = Int64(use.length)
        }
        let width = members.map(\.count).max() ?? 1
        var places = [Int64](repeating: 0, count: used.count)
        for (slot, own) in members.enumerated() {
            for (place, row) in own.enumerated() { places[row] = Int64(slot * width + place) }
        }
        rows = try Tensor.from(
            members.flatMap { own in (0..<width).map { Int64($0 < own.count ? own[$0] : 0) } },
            shape: [count * width])
        self.places = try Tensor.from(places, shape: [used.count])
        bias = try Tensor.from(lengths, shape: [count]).paddingBias(count: length)
    }
}

/// Keys and values of all layers, `[N, Hkv, L, d]` each, in slots that are taken and given back.
private struct PaddedSlots {
    private var keys: [Tensor] = []
    private var values: [Tensor] = []
    /// Slots that nobody holds, the lowest last, so that few slots lie in between.
    private var free: [Int] = []
    private var count = 0
    private var length = 0
    private let sizes: DecoderConfiguration
    private let type: ElementType

    init(_ sizes: DecoderConfiguration, type: ElementType) { (self.sizes, self.type) = (sizes, type) }

    /// A free slot with room for `length` tokens.
    mutating func take(length: Int) throws -> Int {
        if free.isEmpty {
            let more = max(4, count)
            free = (count..<count + more).reversed()
            count += more
            self.length = max(self.length, length)
            try enlarge()
        } else {
            try reserve(length: length)
        }
        return free.removeLast()
    }

    mutating func release(_ slot: Int) {
        free.append(slot)
        free.sort(by: >)
    }

    /// Makes room for `length` tokens in every slot.
    mutating func reserve(length needed: Int) throws {
        guard needed > length else { return }
        length = max(needed, length + length / 2, 32)
        try enlarge()
    }

    /// Everything stored, in tensors of the size that is wanted now. Zeros elsewhere: what no sequence sees
    /// is multiplied by a weight of 0, which must not meet a NaN.
    private mutating func enlarge() throws {
        func larger(_ old: Tensor?) throws -> Tensor {
            let shape = [count, sizes.keyValueHeadCount, length, sizes.headWidth]
            let new = try Tensor.zeros(shape, type: type)
            guard let old else { return new }
            try new.slice(0, 0..<old.shape[0]).slice(2, 0..<old.shape[2]).copy(from: old)
            return new
        }
        for layer in 0..<sizes.layerCount {
            let isNew = keys.count == layer
            let (key, value) = (
                try larger(isNew ? nil : keys[layer]), try larger(isNew ? nil : values[layer])
            )
            if isNew { (keys, values) = (keys + [key], values + [value]) }
            (keys[layer], values[layer]) = (key, value)
        }
    }

    /// Stores keys and values `[T, Hkv, d]` of a slot's first T tokens.
    func store(layer: Int, keys new: Tensor, values newValues: Tensor, slot: Int) throws {
        for (all, part) in [(keys[layer], new), (values[layer], newValues)] {
            try all.slice(0, slot..<slot + 1).slice(2, 0..<part.shape[0])
                .copy(from: part.transposed(0, 1).reshaped(1, sizes.keyValueHeadCount, -1, sizes.headWidth))
        }
    }

    /// Where tokens go in a layer's tensor, seen as rows of width d, int64 `[B · Hkv]`.
    func rows(of tokens: [(slot: Int, place: Int)]) throws -> Tensor {
        let heads = sizes.keyValueHeadCount
        let rows = tokens.flatMap { token in
            (0..<heads).map { Int64((token.slot * heads + $0) * length + token.place) }
        }
        return try Tensor.from(rows, shape: [rows.count])
    }

    /// Stores the key and value `[B, Hkv, d]` of a token of each sequence.
    func put(layer: Int, keys new: Tensor, values newValues: Tensor, rows: Tensor) throws {
        try keys[layer].put(new, at: rows)
        try values[layer].put(newValues, at: rows)
    }

    func seen(_ layer: Int, by rows: PlacedRows) throws -> PaddedKeyValues {
        func used(_ all: Tensor) throws -> Tensor {
            try all.slice(0, 0..<rows.count).slice(2, 0..<rows.length)
        }
        return PaddedKeyValues(
            keys: try used(keys[layer]), values: try used(values[layer]), bias: rows.bias, rows: rows.rows,
            places: rows.places)
    }
}
