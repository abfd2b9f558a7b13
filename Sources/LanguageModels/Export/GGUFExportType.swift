import ModelFiles

/// The form that a GGUF file written here gives to the model's matrices. Norms and biases are float32 in all.
public enum GGUFExportType: String, Sendable, CaseIterable {
    case f32, f16
    /// Blocks of 32; a matrix whose rows are no multiple of 32 becomes float16.
    case q8_0

    /// llama.cpp's `general.file_type`.
    var fileType: Int {
        switch self {
        case .f32: 0
        case .f16: 1
        case .q8_0: 7
        }
    }

    /// The form of one tensor.
    func stored(_ shape: [Int]) -> GGUFTensorType {
        guard shape.count > 1, let row = shape.last else { return .f32 }
        switch self {
        case .f32: return .f32
        case .f16: return .f16
        case .q8_0: return row % Q8_0Quantizer.blockSize == 0 ? .q8_0 : .f16
        }
    }
}
