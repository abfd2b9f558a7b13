import Pipeline
import RankingModels
import TestSupport

/// A few users whose taste is learnable: even users buy even items of the first shelf, odd users odd ones.
enum SmallLogs {
    static let userCount = 8
    static let itemCount = 20

    static func data() -> RankingData {
        let users = (0..<userCount).map { user in
            User(
                id: "u\(user)", profile: "", attributes: ["taste": user % 2 == 0 ? "even" : "odd"],
                role: .other)
        }
        let items = (0..<itemCount).map { item in
            Item(
                id: "i\(item)", title: "item \(item)",
                categories: ["food", "shelf \(item % 4)", "kind \(item % 8)"],
                brand: "b\(item % 3)", price: Double(item) / 2)
        }
        let events = (0..<userCount).flatMap { user in
            (0..<30).map { visit in
                Event(
                    user: Int32(user), item: Int32((visit * 2 + user % 2) % itemCount),
                    time: Int64(visit * 24 + 10) * 3600,
                    quantity: 1, value: 1, basket: Int64(user * 100 + visit))
            }
        }
        return RankingData(users: users, items: items, events: events, context: SmallWorld.context)
    }

    static func impressions(seed: Int, count: Int = 400) -> [Impression] {
        var random = TestRandom(seed: seed)
        return (0..<count).map { _ in
            let user = Int.random(in: 0..<userCount, using: &random)
            let item = Int.random(in: 0..<itemCount, using: &random)
            let visit = Int.random(in: 1..<30, using: &random)
            let isClick = item % 2 == user % 2
            return Impression(
                user: Int32(user), item: Int32(item), time: Int64(visit * 24 + 10) * 3600,
                basket: Int64(user * 100 + visit),
                context: ["0", "A"], isClick: isClick, isConversion: isClick && item % 4 < 2,
                period: .rankerTraining)
        }
    }
}
