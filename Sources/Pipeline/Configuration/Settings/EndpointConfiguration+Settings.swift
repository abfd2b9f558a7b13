import Foundation

extension EndpointConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<EndpointConfiguration>] {
        [
            .text(
                "url", \.url,
                "The interface's address up to its version, such as `http://10.0.0.5:8000/v1`; empty: "
                    + "nothing is "
                    + "asked, and answers come from files.",
                effect: "Another address of the same model asks nothing again."),
            .text(
                "model", \.model,
                "The model's name on the server; empty: the local engine writes.",
                effect: "The texts are the server's. Another name asks for every text again."),
            .choice(
                "interface", \.interface, "How the server is asked.",
                effect: "chat leaves out `beginning`, which a server cannot be made to begin with."
            ) {
                switch $0 {
                case .chat: "`/chat/completions`: the server writes the prompt in its model's own form."
                case .completions:
                    "`/completions`: the prompt is sent as the local model's chat template writes it."
                }
            },
            .text(
                "keyVariable", \.keyVariable,
                "The environment variable that holds the server's key; empty: none is sent. The key itself "
                    + "stands in no file and in no message.",
                effect: "The key is sent as `Authorization: Bearer`."),
            .text(
                "servedModel", \.servedModel,
                "Name that the server gives the model in its answers, where it is another; empty: `model`, "
                    + "or a "
                    + "name that begins with it.",
                effect: "An answer of a model with another name stops the run."),
            .text(
                "extraFields", \.extraFields,
                "Further fields of every request, as a JSON object, such as `{\"top_k\": 20}`.",
                effect: "What a server has beyond OpenAI's interface; other fields ask for every text "
                    + "again."),
            .flag(
                "streams", \.streams,
                "Whether answers are sent as they are written, so that a long one is not taken for a stuck "
                    + "server.",
                effect: "false: `timeouts.firstToken` must allow for a whole answer."),
            .count(
                "concurrency", \.concurrency, 1..., upTo: 4_096, unit: "requests",
                "Most requests at a time. Fewer are sent while the server refuses some (429, 503).",
                raising: "Faster until the server is busy."),
            .count(
                "attempts", \.attempts, 1..., upTo: 1_000, unit: "tries",
                "Tries of a request before the run stops.",
                raising: "Longer faults of the server are waited out."),
            .count(
                "contextTokens", \.contextTokens, 0..., unit: "tokens",
                "Tokens of the server's context; 0: what its list of models says, if anything.",
                raising: "Longer prompts and answers pass the check before the first request."),
            .section("timeouts", \.timeouts, "How long a request may take."),
            .section("budget", \.budget, "What may be spent."),
        ]
    }

    /// A server has a model, and an address that can be asked.
    public func checkTogether(_ path: String) throws {
        guard isUsed else { return }
        try require(
            url.isEmpty || url.hasPrefix("http://") || url.hasPrefix("https://"), "\(path)url",
            "is \(YAMLText.quoted(url)); expected an address that begins with http:// or https://")
        try require(
            !model.isEmpty, "\(path)model", "is empty; expected the model's name on the server at \(url)")
        try require(
            extraFields.isEmpty || (try? extraFieldValues()) != nil, "\(path)extraFields",
            "is no JSON object; expected one such as {\"top_k\": 20}")
    }

    /// `extraFields` as JSON.
    ///
    /// - Throws: an error of the JSON reader where it is no object.
    public func extraFieldValues() throws -> [String: JSONValue] {
        guard !extraFields.isEmpty else { return [:] }
        return try JSONDecoder().decode([String: JSONValue].self, from: Data(extraFields.utf8))
    }
}

extension EndpointTimeouts: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<EndpointTimeouts>] {
        [
            .number(
                "connect", \.connect, .above(0), unit: "seconds", "Until the request has been sent.",
                raising: "Slower networks are waited for; an address where nobody is costs more time."),
            .number(
                "firstToken", \.firstToken, .above(0), unit: "seconds",
                "Until the answer begins, and between its parts.",
                raising: "Longer queues on the server are waited for."),
            .number(
                "whole", \.whole, .above(0), unit: "seconds", "Until the answer is whole.",
                raising: "Longer answers are waited for."),
        ]
    }
}

extension EndpointBudget: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<EndpointBudget>] {
        [
            .count(
                "requests", \.requests, 0..., unit: "requests", "Most requests, tries included; 0: no limit.",
                raising: "The step gets further before it stops."),
            .count(
                "tokens", \.tokens, 0..., unit: "tokens",
                "Most tokens, of prompts and answers together; 0: no limit.",
                raising: "The step gets further before it stops."),
            .number(
                "cost", \.cost, .atLeast(0), unit: "money",
                "Most money, in the currency of the prices; 0: no limit.",
                raising: "The step gets further before it stops."),
            .number(
                "inputPrice", \.inputPrice, .atLeast(0), unit: "money per million tokens",
                "Price of a million tokens of prompts.", raising: "The cost that is reported and limited."),
            .number(
                "outputPrice", \.outputPrice, .atLeast(0), unit: "money per million tokens",
                "Price of a million tokens of answers.", raising: "The cost that is reported and limited."),
        ]
    }

    /// A limit of money needs a price.
    public func checkTogether(_ path: String) throws {
        try require(
            cost == 0 || inputPrice > 0 || outputPrice > 0, "\(path)cost",
            "is \(cost) without a price; expected \(path)inputPrice or \(path)outputPrice above 0")
    }
}
