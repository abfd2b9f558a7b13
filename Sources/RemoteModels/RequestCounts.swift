import Foundation
import Pipeline

/// What asking a server came to.
struct RequestCounts: Sendable, Equatable {
    /// Requests sent, tries included.
    var requests = 0
    /// Tries after the first.
    var retries = 0
    /// Requests whose answers were in the journal.
    var known = 0
    /// Tokens of prompts and answers that this call was charged for.
    var promptTokens = 0
    var completionTokens = 0
    /// Whether some of them are estimated.
    var isEstimated = false
    /// Failures by kind.
    var faults: [AnswerFault.Kind: Int] = [:]
    private let began = Date()

    mutating func add(_ answer: ServerAnswer) {
        promptTokens += answer.promptTokens
        completionTokens += answer.completionTokens
        isEstimated = isEstimated || answer.isEstimated == true
    }

    mutating func add(_ fault: AnswerFault) { faults[fault.kind, default: 0] += 1 }

    /// For a line at the end of a step.
    func summary(_ budget: EndpointBudget) -> String {
        let seconds = max(1e-3, Date().timeIntervalSince(began))
        var parts = ["\(requests) requests"]
        if retries > 0 { parts.append("\(retries) of them tried again") }
        if known > 0 { parts.append("\(known) known from before") }
        parts.append(
            "\(promptTokens) tokens in, \(completionTokens) out"
                + (isEstimated ? " (at four bytes a token: the server counts none)" : ""))
        parts.append(String(format: "%.0f tokens/s", Double(completionTokens) / seconds))
        if budget.hasPrice {
            parts.append(String(format: "cost %.4f", budget.cost(promptTokens, completionTokens)))
        }
        let failures = AnswerFault.Kind.allCases.compactMap { kind in
            faults[kind].map { "\($0) \(kind.name)" }
        }
        if !failures.isEmpty { parts.append("failures: \(failures.joined(separator: ", "))") }
        return parts.joined(separator: "; ")
    }
}

extension EndpointBudget {
    var hasPrice: Bool { inputPrice > 0 || outputPrice > 0 }

    /// What tokens cost.
    func cost(_ prompts: Int, _ answers: Int) -> Double {
        (Double(prompts) * inputPrice + Double(answers) * outputPrice) / 1e6
    }
}

extension AnswerFault.Kind {
    /// As the summary counts it.
    var name: String {
        switch self {
        case .connection: "not reached"
        case .timeout: "timed out"
        case .overloaded: "refused for load"
        case .serverError: "server errors"
        case .cutOff: "cut off"
        case .malformed: "malformed"
        case .empty: "empty"
        case .refused: "refused"
        case .dishonest: "of another model"
        }
    }
}
