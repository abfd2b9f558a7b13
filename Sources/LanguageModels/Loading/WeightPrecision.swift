/// The type that a decoder's weights have in memory.
public enum WeightPrecision: String, Sendable, CaseIterable {
    /// float32, whatever the file stores.
    case float32
    /// The file's own type: bfloat16 and float16 weights stay the mapped bytes of the file. A GGUF file's
    /// weights are dequantized to float32 all the same.
    case stored
}
