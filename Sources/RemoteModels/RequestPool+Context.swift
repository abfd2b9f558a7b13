import Foundation
import Pipeline

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension RequestPool {
    /// Compares the model's context with the length of answers, before any text is asked for. The context is
    /// that
    /// of the settings, or what the server's list of models says; many servers say nothing.
    ///
    /// - Parameter maximumTokens: of an answer.
    /// - Throws: `RemoteModelError.context`.
    func checkContext(answers maximumTokens: Int) async throws {
        let context = endpoint.contextTokens > 0 ? endpoint.contextTokens : await listedContext() ?? 0
        guard context == 0 || maximumTokens < context else {
            throw RemoteModelError.context(url: endpoint.url, tokens: context, wanted: maximumTokens)
        }
    }

    /// `max_model_len` (vLLM, SGLang) or `context_length` (OpenRouter) of the model in the server's list.
    private func listedContext() async -> Int? {
        guard let url = URL(string: endpoint.url + "/models") else { return nil }
        var request = URLRequest(url: url)
        if let key { request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
        let connection = HTTPConnection(concurrency: 1)
        defer { connection.close() }
        // Without a list, or a server, the first request says what is wrong.
        guard let reply = try? await connection.reply(to: request, within: endpoint.timeouts),
            let list = try? JSONDecoder().decode(ModelList.self, from: reply.body),
            let model = list.data.first(where: { $0.id == endpoint.model })
        else { return nil }
        return model.max_model_len ?? model.context_length
    }
}

private struct ModelList: Decodable {
    struct Model: Decodable {
        let id: String
        let max_model_len: Int?
        let context_length: Int?
    }
    let data: [Model]
}
