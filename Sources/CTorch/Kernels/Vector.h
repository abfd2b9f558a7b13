// Vectors of WIDTH floats. Included inside the namespace of one instruction set.

typedef float Lanes __attribute__((vector_size(WIDTH * sizeof(float))));
typedef float LooseLanes __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4)));
typedef int32_t IntLanes __attribute__((vector_size(WIDTH * sizeof(int32_t))));
typedef int8_t ByteLanes __attribute__((vector_size(WIDTH)));
typedef uint16_t HalfLanes __attribute__((vector_size(WIDTH * sizeof(uint16_t)), aligned(2)));

TAIJI_INLINE Lanes load(const float *at) { return *reinterpret_cast<const LooseLanes *>(at); }
TAIJI_INLINE void store(float *at, Lanes value) { *reinterpret_cast<LooseLanes *>(at) = value; }
TAIJI_INLINE Lanes splat(float value) { return value - Lanes{}; }

/// bfloat16 is the upper half of a float32.
TAIJI_INLINE Lanes load(const uint16_t *at) {
    const auto wide = __builtin_convertvector(*reinterpret_cast<const HalfLanes *>(at), IntLanes) << 16;
    return reinterpret_cast<const Lanes &>(wide);
}

typedef _Float16 Float16Lanes __attribute__((vector_size(WIDTH * sizeof(_Float16)), aligned(2)));
TAIJI_INLINE Lanes load(const _Float16 *at) {
    return __builtin_convertvector(*reinterpret_cast<const Float16Lanes *>(at), Lanes);
}

TAIJI_INLINE float number(float value) { return value; }
TAIJI_INLINE float number(uint16_t value) {
    const uint32_t bits = uint32_t(value) << 16;
    return reinterpret_cast<const float &>(bits);
}
TAIJI_INLINE float number(_Float16 value) { return float(value); }

TAIJI_INLINE Lanes larger(Lanes a, Lanes b) { return __builtin_elementwise_max(a, b); }
TAIJI_INLINE Lanes smaller(Lanes a, Lanes b) { return __builtin_elementwise_min(a, b); }

/// As many lanes as there are numbers I, from FROM on.
template <int FROM, class Value, int... I>
TAIJI_INLINE auto lanes_from(Value value, std::integer_sequence<int, I...>) {
    return __builtin_shufflevector(value, value, (FROM + I)...);
}

/// Sum of COUNT lanes, by halves.
template <int COUNT, class Value> TAIJI_INLINE float sum_of(Value value) {
    if constexpr (COUNT == 2) {
        return value[0] + value[1];
    } else {
        using Half = std::make_integer_sequence<int, COUNT / 2>;
        return sum_of<COUNT / 2>(lanes_from<0>(value, Half{}) + lanes_from<COUNT / 2>(value, Half{}));
    }
}
TAIJI_INLINE float sum(Lanes value) { return sum_of<WIDTH>(value); }

/// The largest of COUNT lanes, by halves; NaN is passed over.
template <int COUNT, class Value> TAIJI_INLINE float largest_of(Value value) {
    if constexpr (COUNT == 2) {
        return __builtin_elementwise_max(value[0], value[1]);
    } else {
        using Half = std::make_integer_sequence<int, COUNT / 2>;
        const auto halves = __builtin_elementwise_max(lanes_from<0>(value, Half{}), lanes_from<COUNT / 2>(value, Half{}));
        return largest_of<COUNT / 2>(halves);
    }
}
TAIJI_INLINE float largest(Lanes value) { return largest_of<WIDTH>(value); }

/// eˣ with relative error below 2⁻²²; 0 below −87.3, and not for x above 88. x = n ln 2 + r, |r| ≤ ln 2 / 2; e^r by its
/// Taylor polynomial of degree 7, 2ⁿ by the exponent bits.
TAIJI_INLINE Lanes exponential(Lanes x) {
    const IntLanes vanishes = x < splat(-87.33f);
    const Lanes inside = smaller(larger(x, splat(-87.33f)), splat(88.0f));
    const Lanes n = __builtin_elementwise_roundeven(inside * 1.44269504088896341f);
    const Lanes r = (inside - n * 0.693145751953125f) - n * 1.42860682030941723e-6f;
    Lanes p = splat(1.0f / 5040);
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const IntLanes power = (__builtin_convertvector(n, IntLanes) + 127) << 23;
    const Lanes result = p * reinterpret_cast<const Lanes &>(power);
    const IntLanes kept = reinterpret_cast<const IntLanes &>(result) & ~vanishes;
    return reinterpret_cast<const Lanes &>(kept);
}
