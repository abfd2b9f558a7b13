import Foundation

/// Normalization form C as the reference has it, that of Unicode 9: a scalar that came later stays as it is,
/// and nothing composes or is reordered across it.
///
/// Foundation decomposes; it is not asked to compose, since on Linux it takes a base beyond U+FFFF for its
/// lower 16 bits and leaves U+AC00 U+11A8 apart.
enum CanonicalComposition {
    static func compose(_ text: String) -> String {
        var composed = String.UnicodeScalarView()
        var known = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isKnown(scalar) {
                known.append(scalar)
            } else {
                composed.append(contentsOf: composeKnown(known))
                composed.append(scalar)
                known.removeAll(keepingCapacity: true)
            }
        }
        composed.append(contentsOf: composeKnown(known))
        return String(composed)
    }

    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x300 { return true }
        guard let age = scalar.properties.age else { return false }
        return age.major <= 9
    }

    private static func composeKnown(_ scalars: String.UnicodeScalarView) -> [Unicode.Scalar] {
        var output: [Unicode.Scalar] = []
        var starter: Int?
        var lastClass: UInt8 = 0  // of the scalar before, if it follows the starter
        for (scalar, combiningClass) in decomposeInOrder(scalars) {
            if let starter, output.count - 1 == starter || (lastClass != 0 && lastClass < combiningClass),
                let composite = composite(of: output[starter], scalar)
            {
                output[starter] = composite
                continue
            }
            if combiningClass == 0 { starter = output.count }
            lastClass = combiningClass
            output.append(scalar)
        }
        return output
    }

    /// Form D with each scalar's combining class. Foundation leaves some runs of marks (U+0F73 U+0F71)
    /// unsorted.
    private static func decomposeInOrder(
        _ scalars: String.UnicodeScalarView
    ) -> [(scalar: Unicode.Scalar, combiningClass: UInt8)] {
        var decomposed = String(scalars).decomposedStringWithCanonicalMapping.unicodeScalars.map {
            (
                scalar: $0,
                combiningClass: $0.value < 0x300 ? 0 : $0.properties.canonicalCombiningClass.rawValue
            )
        }
        var start = 0
        while start < decomposed.count {
            var end = start
            while end < decomposed.count, decomposed[end].combiningClass != 0 { end += 1 }
            if end - start > 1 {
                let run = decomposed[start..<end].enumerated().sorted {
                    ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
                }
                decomposed.replaceSubrange(start..<end, with: run.map(\.element))
            }
            start = end + 1
        }
        return decomposed
    }

    private static func composite(of first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if second.value < 0x300 { return nil }
        if (0x1161...0x1175).contains(second.value), (0x1100...0x1112).contains(first.value) {
            return Unicode.Scalar(0xAC00 + ((first.value - 0x1100) * 21 + second.value - 0x1161) * 28)
        }
        if (0x11A8...0x11C2).contains(second.value), (0xAC00...0xD7A3).contains(first.value) {
            let isOpen = (first.value - 0xAC00) % 28 == 0
            return isOpen ? Unicode.Scalar(first.value + second.value - 0x11A7) : nil
        }
        return composites[UInt64(first.value) << 32 | UInt64(second.value)]
    }

    /// The scalar that a pair composes to, by the pair. Made once, in some 20 ms: a scalar is its
    /// decomposition's last scalar after the scalar that the others compose to, unless composition excludes
    /// it.
    private static let composites: [UInt64: Unicode.Scalar] = {
        let ranges: [ClosedRange<UInt32>] = [
            0xC0...0x33FF, 0xA000...0xABFF, 0xF900...0xFFFF, 0x11000...0x12000, 0x16000...0x17000,
        ]
        var byDecomposition: [[Unicode.Scalar]: Unicode.Scalar] = [:]
        for scalar in ranges.joined().compactMap(Unicode.Scalar.init) where isKnown(scalar) {
            let text = String(scalar)
            let decomposed = Array(text.decomposedStringWithCanonicalMapping.unicodeScalars)
            let isComposite = Array(text.precomposedStringWithCanonicalMapping.unicodeScalars) == [scalar]
            if decomposed.count > 1, isComposite { byDecomposition[decomposed] = scalar }
        }
        var composites: [UInt64: Unicode.Scalar] = [:]
        for (decomposed, scalar) in byDecomposition {
            guard let last = decomposed.last else { continue }
            let others = Array(decomposed.dropLast())
            guard let first = others.count == 1 ? others.first : byDecomposition[others] else { continue }
            composites[UInt64(first.value) << 32 | UInt64(last.value)] = scalar
        }
        return composites
    }()
}
