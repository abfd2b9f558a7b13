import Pipeline
import Torch

/// First layers of both towers for one user's candidates: columns of the weights that read what all
/// candidates
/// share, the user's fields and codes, are multiplied once.
///
///     W x = W_own x_own + W_common x_common
struct SharedTowers {
    /// Columns of the fields that differ between candidates: of the item, of the moment.
    let ownFields: [Range<Int>]
    /// Columns of the user's fields.
    let userFields: Range<Int>
    private let own: Tensor  // [2 · H₁, …]
    private let common: Tensor  // [2 · H₁, …]
    private let bias: Tensor
    private let width: Int

    /// nil for a network whose towers do not read the features themselves, or that reads lists or
    /// crosses with similar users' purchases or with codes.
    init?(_ network: ESMM, _ fields: FeatureFields) throws {
        let shape = network.shape
        let options = shape.network
        guard options.towers == .separate, options.crossLayers == 0, (shape.listCount ?? 0) == 0,
            shape.crossCount == nil, shape.crossesCodes != true,
            network.click.layers.count > 1
        else { return nil }
        let (item, user) = (fields.itemNames.count * shape.width, fields.userNames.count * shape.width)
        let all = shape.fieldCount * shape.width
        let (history, codes) = (shape.behaviorWidth, shape.codesPerUser * shape.width)
        ownFields = [0..<item, item + user..<all]
        userFields = item..<item + user
        let towers = [network.click, network.conversion].map { $0.layers[0] }
        let weights = try Tensor.concatenated(towers.map(\.weight), axis: 0)
        bias = try Tensor.concatenated(towers.compactMap(\.bias), axis: 0)
        let similar = all + history + codes
        let ownColumns =
            ownFields + [all..<all + history] + (shape.similarLength > 0 ? [similar..<similar + history] : [])
        let commonColumns = [userFields] + (codes > 0 ? [all + history..<similar] : [])
        func part(_ columns: [Range<Int>]) throws -> Tensor {
            try Tensor.concatenated(columns.map { try weights.slice(1, $0) }, axis: 1).contiguous().detached()
        }
        own = try part(ownColumns)
        common = try part(commonColumns)
        width = towers[0].weight.shape[0]
    }

    /// Logits, `[N]` each.
    func callAsFunction(
        own x: Tensor, common y: Tensor, _ click: Tower, _ conversion: Tower
    ) throws -> (click: Tensor, conversion: Tensor) {
        let hidden = try (x.linear(own) + y.linear(common, bias: bias)).relu()  // [N, 2 · H₁]
        return (
            try click.rest(hidden.slice(1, 0..<width), from: 1),
            try conversion.rest(hidden.slice(1, width..<2 * width), from: 1)
        )
    }
}
