import Evaluation
import Foundation
import Pipeline

/// What answers look like.
enum AnswerForms {
    static func ranking(_ ranking: Ranking, user: String, at time: Int64) -> [UInt8] {
        var writer = JSONWriter(capacity: 128 + 96 * ranking.entries.count)
        writer.raw("{\"user\":")
        writer.write(user)
        writer.raw(",\"version\":")
        writer.write(ranking.version)
        writer.raw(",\"ranker\":")
        writer.write(ranking.fallback == nil ? "enhanced" : "baseline")
        writer.raw(",\"fallback\":")
        writer.write(JSON(ranking.fallback?.rawValue))
        writer.raw(",\"codebook\":")
        writer.write(JSON(ranking.codebook))
        writer.raw(",\"features\":")
        writer.write(
            ranking.featuresMadeAt.map { made in
                [
                    "madeAt": .number(made), "ageSeconds": .number(max(0, Double(time) - made)),
                    "isStale": .bool(ranking.isStale),
                ]
            } ?? .null)
        writer.raw(",\"items\":[")
        for (place, entry) in ranking.entries.enumerated() {
            if place > 0 { writer.raw(",") }
            writer.raw("{\"item\":")
            writer.write(entry.item)
            writer.raw(",\"ctr\":")
            writer.write(entry.ctr)
            writer.raw(",\"cvr\":")
            writer.write(entry.cvr)
            writer.raw(",\"ctcvr\":")
            writer.write(entry.ctcvr)
            if let bid = entry.bid {
                writer.raw(",\"bid\":")
                writer.write(bid)
            }
            writer.raw("}")
        }
        writer.raw("]}")
        return writer.bytes
    }

    static func item(_ item: Item) -> JSON {
        [
            "id": .string(item.id), "title": .string(item.title),
            "categories": .array(item.categories.map { .string($0) }), "brand": .string(item.brand),
            "price": item.price.map { .number($0) } ?? .null,
        ]
    }

    /// - Parameter recent: behaviours, newest first.
    static func user(
        _ id: String, profile: String, recent: [(item: Item, time: Int64)], behaviors: Int,
        _ features: LiveFeatures?, isStale: Bool, lent: [Item], now: Double
    ) -> JSON {
        [
            "user": .string(id), "profile": .string(profile), "behaviors": .integer(Int64(behaviors)),
            "recent": .array(
                recent.map {
                    ["item": .string($0.item.id), "title": .string($0.item.title), "time": .integer($0.time)]
                }),
            "features": features.map { made($0, isStale: isStale, lent: lent, now: now) } ?? .null,
        ]
    }

    private static func made(_ features: LiveFeatures, isStale: Bool, lent: [Item], now: Double) -> JSON {
        let parsed = AnswerParser.parse(features.text)
        return [
            "version": .string(features.version), "codebook": .string(features.codebook),
            "madeAt": .number(features.madeAt), "ageSeconds": .number(max(0, now - features.madeAt)),
            "historyUntil": .integer(features.historyUntil), "isStale": .bool(isStale),
            "text": .string(features.text), "reasoning": JSON(parsed.reasoning), "answer": JSON(parsed.title),
            "codes": .array(features.codes.map { .integer(Int64($0)) }),
            "similarUsers": .array(
                zip(features.similarUsers, features.similarities).map {
                    ["user": .string($0), "similarity": .number($1)]
                }),
            "similarSequence": .array(
                lent.map { ["item": .string($0.id), "title": .string($0.title)] }),
        ]
    }
}
