import Pipeline

/// One way to train the model, of those that the tables compare.
enum ReproductionArm: Hashable {
    /// The model as it comes; also the teacher, which sees no truth here.
    case base
    /// Fine-tuned on refined reasoning of a teacher that is shown the truth.
    case orft
    /// Fine-tuned on what the teacher reasons and predicts by itself.
    case withoutRUPR
    /// Aligned with POPO.
    case popo
    /// Aligned with POPO-light.
    case popoLight
    /// Aligned with fixed weights; the semantic reward's is given.
    case fixed(Double)
    /// Fixed weights 0.5 / 0.5 of advantages that are normalized a reward at a time (GDPO).
    case gdpo
    /// Aligned with POPO, with one thing changed.
    case changed(Variation)

    /// GRPO as the paper compares it.
    static let grpo = ReproductionArm.fixed(0.5)

    /// Every arm that some table needs.
    static func all(fixedWeights: [Double]) -> [ReproductionArm] {
        [.base, .orft, .withoutRUPR, .popo, .popoLight, .grpo, .gdpo] + fixedWeights.map { .fixed($0) }
            + Variation.allCases.map { .changed($0) }
    }

    /// As a table's row.
    var name: String {
        switch self {
        case .base: "base model (and teacher)"
        case .orft: "ORFT"
        case .withoutRUPR: "ORFT without RUPR"
        case .popo: "ORFT + POPO"
        case .popoLight: "ORFT + POPO-light"
        case .fixed(let weight): "ORFT + GRPO, \(short(weight)) / \(short(1 - weight))"
        case .gdpo: "ORFT + GDPO, 0.5 / 0.5"
        case .changed(let variation): "ORFT + POPO, \(variation.name)"
        }
    }

    /// Folder of the arm's own run; nil where the seed's main run has it, whichever weights that one adapts.
    ///
    /// - Parameter main: the main run's settings.
    func folder(_ main: TaijiConfiguration) -> String? {
        configuration(main) == main ? nil : ownFolder
    }

    private var ownFolder: String {
        switch self {
        case .base, .orft: "main"
        case .popo: "popo"
        case .withoutRUPR: "without-rupr"
        case .popoLight: "popo-light"
        case .fixed(let weight): "fixed-\(short(weight))"
        case .gdpo: "gdpo"
        case .changed(let variation): "changed-\(variation.rawValue)"
        }
    }

    /// Which model of its run answers.
    var answers: AnsweringModel {
        switch self {
        case .base: .base
        case .orft, .withoutRUPR: .tuned
        default: .aligned
        }
    }

    /// The main run's settings, changed for this arm.
    func configuration(_ main: TaijiConfiguration) -> TaijiConfiguration {
        var changed = main
        switch self {
        case .base, .orft: break
        case .popo: changed.collaborate.weighting.method = .popo
        case .withoutRUPR: changed.construct.teacher.showsTarget = false
        case .popoLight: changed.collaborate.weighting.method = .popoLight
        case .fixed(let weight):
            changed.collaborate.weighting.method = .fixed
            changed.collaborate.weighting.initialWeights = [weight, 1 - weight]
        case .gdpo:
            changed.collaborate.weighting.method = .fixed
            changed.collaborate.weighting.initialWeights = [0.5, 0.5]
            changed.collaborate.mixing = .advantages
        case .changed(let variation):
            changed.collaborate.weighting.method = .popo
            variation.apply(to: &changed)
        }
        return changed
    }

    private func short(_ weight: Double) -> String {
        weight == weight.rounded() ? "\(Int(weight))" : "\(weight)"
    }
}
