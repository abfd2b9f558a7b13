/// A server with the interface of OpenAI's, such as vLLM, SGLang, llama.cpp or a hosted one, that writes
/// texts in
/// place of the local engine.
public struct EndpointConfiguration: Codable, Sendable, Equatable {
    /// The interface's address up to its version, such as `http://10.0.0.5:8000/v1`; empty: nothing is asked,
    /// and answers come from files.
    public var url = ""
    /// The model's name on the server; empty: the local engine writes.
    public var model = ""
    /// How the server is asked.
    public var interface = EndpointInterface.chat
    /// The environment variable that holds the server's key; empty: none is sent. The key itself stands in no
    /// file and in no message.
    public var keyVariable = ""
    /// Name that the server gives the model in its answers, where it is another; empty: `model`, or a name
    /// that
    /// begins with it.
    public var servedModel = ""
    /// Further fields of every request, as a JSON object, such as `{"top_k": 20}`.
    public var extraFields = ""
    /// Whether answers are sent as they are written, so that a long one is not taken for a stuck server.
    public var streams = true
    /// Most requests at a time. Fewer are sent while the server refuses some (429, 503).
    public var concurrency = 16
    /// Tries of a request before the run stops.
    public var attempts = 8
    /// Tokens of the server's context; 0: what its list of models says, if anything.
    public var contextTokens = 0
    /// How long a request may take.
    public var timeouts = EndpointTimeouts()
    /// What may be spent.
    public var budget = EndpointBudget()

    /// The local engine.
    public init() {}

    /// Whether a server writes.
    public var isUsed: Bool { !url.isEmpty || !model.isEmpty }

    /// Settings that change no answer: the paths below an endpoint's that no step depends on.
    public static let settingsWithoutEffect = [
        "url", "keyVariable", "servedModel", "streams", "concurrency", "attempts", "contextTokens",
        "timeouts",
        "budget",
    ]
}

/// How a server is asked.
public enum EndpointInterface: String, Codable, Sendable, CaseIterable {
    /// `/chat/completions`: the server writes the prompt in its model's own form.
    case chat
    /// `/completions`: the prompt is sent as the local model's chat template writes it.
    case completions
}

/// How long a request may take before it is tried again, in seconds.
public struct EndpointTimeouts: Codable, Sendable, Equatable {
    /// Until the request has been sent.
    public var connect = 10.0
    /// Until the answer begins, and between its parts.
    public var firstToken = 300.0
    /// Until the answer is whole.
    public var whole = 1_800.0

    /// The defaults.
    public init() {}
}

/// What a step may spend on a server. A step that would pass it stops, and keeps what it has.
public struct EndpointBudget: Codable, Sendable, Equatable {
    /// Most requests, tries included; 0: no limit.
    public var requests = 0
    /// Most tokens, of prompts and answers together; 0: no limit.
    public var tokens = 0
    /// Most money, in the currency of the prices; 0: no limit.
    public var cost = 0.0
    /// Price of a million tokens of prompts.
    public var inputPrice = 0.0
    /// Price of a million tokens of answers.
    public var outputPrice = 0.0

    /// No limits.
    public init() {}
}
