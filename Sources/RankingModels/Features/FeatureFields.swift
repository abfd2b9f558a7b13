import Foundation
import Pipeline

/// The fields of a row, in the order of the vocabulary: of the item, of the user, of the moment, then lists.
struct FeatureFields: Sendable {
    /// What a behaviour in a sequence has; the first fields of every item.
    private static let ofBehaviors = ["item", "l2", "l3"]
    /// How many fields of an item a behaviour has.
    static let ofBehavior = ofBehaviors.count
    /// Place of the L2 category among the fields of a behaviour.
    static let secondOfBehavior = 1
    private static let ofItem = ofBehaviors + ["l1", "brand", "price"]
    private static let ofMoment = ["hour", "weekday"] + UserState.crossNames
    /// What the name of an item's attribute begins with.
    static let itemPrefix = "item."
    /// What the name of a field of the context begins with.
    static let contextPrefix = "context."

    /// What is a number, a list, or left out.
    let schema: FeatureConfiguration
    /// Fields of an item.
    let itemNames: [String]
    /// Categorical and numeric fields of a user.
    let userNames: [String]
    /// Names of the context's columns, read or not, in the order of `RankingRow.context`.
    let contextNames: [String]
    /// Places of the fields of the moment that are read, among all of them: the context, then numbers.
    let momentPlaces: [Int]
    /// Users' columns that are lists.
    let listNames: [String]

    /// - Parameter data: whose users have the attributes.
    /// - Throws: `RankingModelError.schema` for a name that no field has, or that cannot be what the schema
    ///   says.
    init(_ data: RankingData, _ schema: FeatureConfiguration = .init()) throws {
        let attributes = Set(data.users.lazy.flatMap(\.attributes.keys)).sorted()
        let context = data.context.map(\.name)
        let own = Set(data.items.lazy.flatMap { $0.attributes.map { Array($0.keys) } ?? [] }).sorted()
        let ofItem = Self.ofItem + own.map { Self.itemPrefix + $0 }
        let known = ofItem + ["user"] + attributes + Self.ofMoment(context)
        for name in schema.without {
            guard known.contains(name) else { throw Self.unknown("without", name, known) }
            guard !Self.ofBehaviors.contains(name) else {
                throw RankingModelError.schema(
                    key: "features.without", message: "has '\(name)', of which behaviours are made; keep it")
            }
        }
        let numbers = ["price"] + own.map { Self.itemPrefix + $0 } + attributes
        for name in schema.numeric.keys.sorted() where !numbers.contains(name) {
            throw Self.unknown("numeric", name, numbers)
        }
        for name in schema.multiValued.keys.sorted() where !attributes.contains(name) {
            throw Self.unknown("multiValued", name, attributes)
        }
        self.init(
            ofItem: ofItem, attributes: attributes.filter { !schema.without.contains($0) }, context, schema)
    }

    /// The fields of a saved vocabulary, or nil when it is not made of these.
    init?(names: [String], context: [String], _ schema: FeatureConfiguration) {
        let ofItem = Self.ofItem + names.filter { $0.hasPrefix(Self.itemPrefix) }
        let other = FeatureFields(ofItem: ofItem, attributes: [], context, schema)
        let head = other.itemNames.count + other.userNames.count
        let tail = other.momentPlaces.count + other.listNames.count
        guard names.count >= head + tail else { return nil }
        let attributes = Array(names.dropFirst(head).dropLast(tail))
        self.init(ofItem: ofItem, attributes: attributes + other.listNames, context, schema)
        guard names == self.names else { return nil }
    }

    private init(
        ofItem: [String], attributes: [String], _ context: [String], _ schema: FeatureConfiguration
    ) {
        self.schema = schema
        contextNames = context
        let left = Set(schema.without)
        itemNames = ofItem.filter { !left.contains($0) }
        userNames =
            (left.contains("user") ? [] : ["user"]) + attributes.filter { schema.multiValued[$0] == nil }
        let moment = Self.ofMoment(context)
        momentPlaces = moment.indices.filter { !left.contains(moment[$0]) }
        listNames = schema.multiValued.keys.sorted()
    }

    private static func ofMoment(_ context: [String]) -> [String] {
        context.map { contextPrefix + $0 } + ofMoment
    }

    private static func unknown(_ key: String, _ name: String, _ known: [String]) -> RankingModelError {
        .schema(
            key: "features.\(key)",
            message: "has '\(name)', which is none of \(known.joined(separator: ", "))")
    }

    /// All names in order.
    var names: [String] {
        let moment = Self.ofMoment(contextNames)
        return itemNames + userNames + momentPlaces.map { moment[$0] } + listNames
    }
    /// F, the fields that have one value a row.
    var count: Int { itemNames.count + userNames.count + momentPlaces.count }
    /// Place of the first field of the moment.
    var momentStart: Int { itemNames.count + userNames.count }

    /// Values of an item. Items and users go by the source's ids, so a saved ranker reads data in another
    /// order.
    func values(of item: Item) -> [String] {
        itemNames.map { name in
            switch name {
            case "item": item.id
            case "l1": item.level(0)
            case "l2": item.level(1)
            case "l3": item.level(2)
            case "brand": item.brand
            case _ where name.hasPrefix(Self.itemPrefix): attribute(name, of: item)
            default:
                item.price.map { price in
                    schema.edges(of: name).map { Self.bucket(price, $0) }
                        ?? CountBucket.label(CountBucket.index(Int(price.clamped(to: 0...1e6) * 2)))
                } ?? ""
            }
        }
    }

    private func attribute(_ name: String, of item: Item) -> String {
        let value = item.attributes?[String(name.dropFirst(Self.itemPrefix.count))] ?? ""
        guard let edges = schema.edges(of: name) else { return value }
        return Double(value).map { Self.bucket($0, edges) } ?? ""
    }

    /// Values of a user: of all fields but lists.
    func values(of user: User) -> [String] {
        userNames.enumerated().map { place, name in
            if place == 0, !schema.without.contains("user") { return user.id }
            let value = user.attributes[name] ?? ""
            guard let edges = schema.edges(of: name) else { return value }
            return Double(value).map { Self.bucket($0, edges) } ?? ""
        }
    }

    /// Values of a user's lists, each value once.
    func lists(of user: User) -> [[String]] {
        listNames.map { name in
            let separator = schema.multiValued[name] ?? ""
            let values = (user.attributes[name] ?? "").components(separatedBy: separator)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            return Set(values).subtracting([""]).sorted()
        }
    }

    /// A number by the largest edge that it reaches.
    private static func bucket(_ value: Double, _ edges: [Double]) -> String {
        guard !value.isNaN else { return "" }
        return edges.last { value >= $0 }.map { "\($0)+" } ?? "below \(edges[0])"
    }

    /// Values of the moment that are small numbers: hour of the day, day of the week, and the crosses.
    static func numbers(_ row: RankingRow, _ state: UserState) -> [Int] {
        clock(row.time) + state.crosses(with: row.item, at: row.time)
    }

    /// Hour of the day and day of the week.
    static func clock(_ time: Int64) -> [Int] {
        // 1970 began on a Thursday; Sunday is 0.
        let (hour, day) = (time.flooredQuotient(3600), time.flooredQuotient(86_400) + 4)
        return [Int(hour - 24 * hour.flooredQuotient(24)), Int(day - 7 * day.flooredQuotient(7))]
    }

    /// How many values each of `numbers` can have.
    static let numberLimits = [24, 7] + UserState.crossNames.map { _ in CountBucket.count }

    /// How a number is called in the vocabulary.
    static func label(_ number: Int, of index: Int) -> String {
        index < 2 ? "\(number)" : UserState.label(number, of: index - 2)
    }
}

extension Int64 {
    /// The quotient rounded down, also before 1970.
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
