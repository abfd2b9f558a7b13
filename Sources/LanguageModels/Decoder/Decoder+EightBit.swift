import Torch

extension Decoder {
    /// A decoder for generation whose maps and output matrix are this one's rounded to 8 bits
    /// (`Tensor.roundedToEightBits`). Embedding, norms, biases and adapters are this one's own.
    ///
    /// A quarter of the bytes are read a token, and products of whole numbers take fewer instructions. What
    /// it draws is not quite what the weights would: see `CollaborateConfiguration.rolloutWeights`.
    ///
    /// - Throws: `TorchError` for weights that are not on the processor.
    public func roundedToEightBits() throws -> Decoder {
        try withoutGrad {
            let rounded = try Decoder(sharing: self, head: head.roundedToEightBits())
            for index in rounded.layers.indices {
                for path in DecoderLayer.projections {
                    let map = rounded.layers[index][keyPath: path]
                    rounded.layers[index][keyPath: path] = try map.roundedToEightBits()
                }
            }
            return rounded
        }
    }
}

extension DecoderLayer {
    /// Every linear map of a layer.
    fileprivate static var projections: [WritableKeyPath<DecoderLayer, Projection>] {
        LowRankConfiguration.Target.allCases.map(\.projection)
    }
}

extension Projection {
    fileprivate func roundedToEightBits() throws -> Projection {
        var rounded = Projection(weight: try weight.roundedToEightBits(), bias: bias)
        rounded.adapter = adapter
        return rounded
    }
}
