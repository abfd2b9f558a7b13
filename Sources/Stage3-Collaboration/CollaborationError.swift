/// What stage 3 cannot go on with.
public enum CollaborationError: Error, Sendable, CustomStringConvertible, Equatable {
    /// The split leaves nothing to train on.
    case samples(found: Int, validation: Int)
    /// A resumed run's rewards are scaled otherwise than the checkpoint's.
    case rewardScale(sample: String)
    /// A reward is infinite or no number.
    case reward(source: String, prompt: Int, rollout: Int, value: Double)
    /// No parameter's name contains `weighting.parameters`, or none of the top layers'.
    case parameters(text: String, example: String)
    /// `weighting.topLayers` is more than the model has.
    case layers(wanted: Int, found: Int)
    /// A step's computation failed.
    case step(Int, saved: Int, reason: String)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .samples(let found, let validation):
            "there are \(found) prompts, of which collaborate.validation.samples holds out \(validation); "
                + "expected"
                + " at least one to train on"
        case .rewardScale(let sample):
            "the simulated scores of sample '\(sample)' span another range than when the checkpoint was "
                + "saved; use"
                + " another --run folder"
        case .reward(let source, let prompt, let rollout, let value):
            "reward '\(source)' of rollout \(rollout) of prompt \(prompt) is \(value); expected a finite "
                + "number"
        case .parameters(let text, let example):
            "no trained parameter's name contains '\(text)' (collaborate.weighting.parameters) in the layers "
                + "that collaborate.weighting.topLayers leaves; the first is '\(example)'"
        case .layers(let wanted, let found):
            "collaborate.weighting.topLayers is \(wanted), and the model has \(found) layers; expected at "
                + "most as many"
        case .step(let step, let saved, let reason):
            "policy optimization failed at step \(step): \(reason); "
                + (saved > 0
                    ? "the checkpoint after step \(saved) is whole, and the same command goes on from it"
                    : "no step was saved yet, and the same command begins again")
        }
    }
}
