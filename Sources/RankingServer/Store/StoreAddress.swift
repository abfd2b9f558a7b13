import Foundation
import Pipeline

/// Where a store is, as `serve.store` says.
enum StoreAddress: Equatable {
    case sqlite(URL)
    case redis(host: String, port: Int, database: Int)

    /// - Throws: `ServerError.setting`.
    init(_ text: String, run: URL) throws {
        if text.isEmpty {
            self = .sqlite(run.appending(path: "serve/store.sqlite"))
            return
        }
        if text.hasPrefix("sqlite://"), text.count > 9 {
            self = .sqlite(URL(filePath: String(text.dropFirst(9))))
            return
        }
        guard text.hasPrefix("redis://"), let parts = URLComponents(string: text), let host = parts.host,
            !host.isEmpty,
            let database = parts.path.count < 2 ? 0 : Int(parts.path.dropFirst()), database >= 0,
            parts.user == nil
        else {
            throw ServerError.setting(
                key: "serve.store",
                message:
                    "is '\(text)'; expected sqlite://PATH or redis://HOST:PORT/NUMBER, with a password in "
                    + "the "
                    + "environment variable TAIJI_REDIS_PASSWORD")
        }
        self = .redis(host: host, port: parts.port ?? 6379, database: database)
    }

    func open(_ settings: ServeConfiguration) throws -> any ServingStore {
        switch self {
        case .sqlite(let file):
            guard settings.role == .all else {
                throw ServerError.setting(
                    key: "serve.role",
                    message: "is \(settings.role.rawValue), and a SQLite store serves one process; "
                        + "set serve.store to a redis:// address")
            }
            return try SQLiteStore(file, settings)
        case .redis(let host, let port, let database):
            let password = ProcessInfo.processInfo.environment["TAIJI_REDIS_PASSWORD"]
            return try RedisStore(
                .init(host: host, port: port, database: database, password: password), settings)
        }
    }
}
