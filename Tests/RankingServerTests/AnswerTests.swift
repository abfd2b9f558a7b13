import Foundation
import Testing

@testable import RankingServer

@Suite("Answers") struct AnswerTests {
    @Test("JSON is written as Foundation reads it") func json() throws {
        let value: JSON = [
            "text": "a\"b\\c\n\u{1}é🙂", "list": [1, 2.5, true, .null], "big": .integer(.max),
            "no": .number(.nan), "small": .number(1e-300),
        ]
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(value.bytes)) as? [String: Any])
        #expect(read["text"] as? String == "a\"b\\c\n\u{1}é🙂")
        #expect((read["list"] as? [Any])?.count == 4)
        #expect(read["big"] as? Int64 == .max && read["no"] is NSNull && read["small"] as? Double == 1e-300)
    }

    @Test("a ranking says who answered and why") func ranking() throws {
        let ranking = Ranking(
            entries: [.init(item: "a", ctr: 0.5, cvr: 0.25, ctcvr: 0.125, bid: 2)], version: "v",
            codebook: nil,
            featuresMadeAt: 10, isStale: true, fallback: .noFeatures)
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(AnswerForms.ranking(ranking, user: "u", at: 15)))
                as? [String: Any])
        #expect(read["ranker"] as? String == "baseline" && read["fallback"] as? String == "noFeatures")
        #expect((read["features"] as? [String: Any])?["ageSeconds"] as? Double == 5)
        #expect((read["items"] as? [[String: Any]])?.first?["bid"] as? Double == 2)
    }

    @Test("metrics are Prometheus text") func metrics() {
        let gauges = Gauges()
        gauges.answered("POST /v1/rank", status: 200, seconds: 0.003)
        gauges.answered("POST /v1/rank", status: 200, seconds: 0.2)
        gauges.work(WorkStatus(waiting: 7, oldest: 90, dead: 1, dropped: 2), version: "v", now: 100)
        let text = gauges.metrics.text()
        #expect(text.contains("taiji_requests_total{route=\"POST /v1/rank\",status=\"200\"} 2\n"))
        #expect(text.contains("taiji_request_seconds_bucket{route=\"POST /v1/rank\",le=\"0.005\"} 1\n"))
        #expect(text.contains("taiji_request_seconds_bucket{route=\"POST /v1/rank\",le=\"+Inf\"} 2\n"))
        #expect(text.contains("taiji_stale_users{version=\"v\"} 7\n"))
        #expect(text.contains("taiji_stale_oldest_seconds{version=\"v\"} 10\n"))
        #expect(text.contains("# TYPE taiji_request_seconds histogram\n"))
    }

    @Test("addresses of stores") func addresses() throws {
        let run = URL(filePath: "runs/a")
        #expect(try StoreAddress("", run: run) == .sqlite(run.appending(path: "serve/store.sqlite")))
        #expect(try StoreAddress("sqlite://x/y.db", run: run) == .sqlite(URL(filePath: "x/y.db")))
        #expect(try StoreAddress("redis://h", run: run) == .redis(host: "h", port: 6379, database: 0))
        #expect(try StoreAddress("redis://h:7/3", run: run) == .redis(host: "h", port: 7, database: 3))
        for wrong in ["sqlite://", "redis://", "mysql://h", "redis://u:p@h", "redis://h/x"] {
            #expect(throws: ServerError.self) { try StoreAddress(wrong, run: run) }
        }
    }
}
