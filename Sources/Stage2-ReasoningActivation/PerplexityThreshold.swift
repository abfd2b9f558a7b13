/// R of §2.2.1: the perplexity below which a chain of thought is kept.
public enum PerplexityThreshold {
    /// The value below which a share of the perplexities lies, with linear interpolation between neighbours;
    /// share 0.5 is the median.
    ///
    /// - Parameter perplexities: at least one.
    public static func value(_ perplexities: [Double], share: Double) -> Double {
        let sorted = perplexities.sorted()
        let place = share * Double(sorted.count - 1)
        let below = sorted[Int(place)]
        let above = sorted[min(sorted.count - 1, Int(place) + 1)]
        return below == above ? below : below + (place - place.rounded(.down)) * (above - below)
    }
}
