import LanguageModels
import Pipeline
import TorchNN

extension WeightingConfiguration {
    /// Whether Eq. (6) compares the gradient of a parameter, by its name; nil where it compares all.
    ///
    /// - Throws: `CollaborationError` for settings that leave no parameter, or more layers than there are.
    func comparedParameters(of policy: Decoder) throws -> ((String) -> Bool)? {
        guard !parameters.isEmpty || topLayers > 0 else { return nil }
        let names = policy.parameters.names
        let layers = policy.configuration.layerCount
        guard topLayers <= layers else { throw CollaborationError.layers(wanted: topLayers, found: layers) }
        let (text, tops) = (parameters, (layers - topLayers..<layers).map { "layers.\($0)." })
        let compared = names.filter { name in
            (text.isEmpty || name.contains(text))
                && (tops.isEmpty || tops.contains { name.hasPrefix($0) || name.contains(".\($0)") })
        }
        guard !compared.isEmpty else {
            throw CollaborationError.parameters(text: text, example: names.first ?? "")
        }
        let set = Set(compared)
        return { set.contains($0) }
    }
}
