import Pipeline

extension Ranker {
    /// Floating-point operations of the matrix products of one row's forward pass: two a multiplication and
    /// addition.
    public var operationsPerRow: Double {
        let shape = network.shape
        let options = shape.network
        let width = Double(shape.behaviorWidth)
        func pooling(_ length: Int) -> Double {
            let places = Double(length)
            switch options.pooling {
            case .mean: return places * width
            case .attention: return 2 * places * width
            case .din:
                // The candidate's matrix, hidden numbers, one weight a behaviour, the weighted sum.
                let hidden = Double(options.attentionWidth)
                return 2 * width * hidden + places * (width * hidden + hidden + width)
            case .transformer:
                return places * (8 * width * width + 2 * places * width) + 2 * places * width
            }
        }
        let input = Double(shape.inputWidth)
        var products =
            pooling(shape.historyLength) + (shape.similarLength > 0 ? pooling(shape.similarLength) : 0)
        products += Double(options.crossLayers) * input * input
        let expertWidth = Double(options.expertWidth)
        switch options.towers {
        case .separate: break
        case .sharedBottom: products += input * expertWidth
        case .mmoe: products += Double(options.experts) * input * (expertWidth + 2)
        case .ple: products += Double(options.experts) * input * (3 * expertWidth + 4)
        }
        let widths = [TowerInputs.width(options, from: shape.inputWidth)] + options.towerWidths + [1]
        for (from, to) in zip(widths, widths.dropFirst()) { products += 2 * Double(from * to) }
        return 2 * products
    }
}
