import HTTPTypes
import Hummingbird

/// The token that requests must bring where others reach the service.
enum BearerToken {
    /// A token, where one is set.
    ///
    /// - Throws: `ServerError.setting` for a place beyond this machine without one.
    static func needed(_ token: String?, host: String) throws -> String? {
        let token = token.flatMap { $0.isEmpty ? nil : $0 }
        guard token != nil || ["127.0.0.1", "::1", "localhost"].contains(host) else {
            throw ServerError.setting(
                key: "serve.host",
                message:
                    "is \(host), which others reach: set a token in the environment variable TAIJI_TOKEN, "
                    + "or listen on 127.0.0.1")
        }
        return token
    }

    /// - Parameter token: nil where none is needed.
    /// - Throws: `Problem` for a request without it.
    static func check(_ request: Request, _ token: String?) throws {
        guard let token else { return }
        let found = Array((request.headers[.authorization] ?? "").utf8)
        let wanted = Array("Bearer \(token)".utf8)
        // Takes as long whatever the first wrong byte is.
        let difference = zip(found, wanted).reduce(found.count == wanted.count ? 0 : 1) {
            $0 | Int($1.0 ^ $1.1)
        }
        guard difference == 0 else {
            throw Problem(
                status: 401, title: "A token is needed", detail: "send it as `Authorization: Bearer …`")
        }
    }
}
