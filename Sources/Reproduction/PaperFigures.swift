/// The paper's own figures, Tables 1 to 4: measured on Kuaishou's data with models fifty times larger. They
/// stand beside ours to compare directions, not values.
enum PaperFigures {
    /// Category L1, L2, L3, Title_Hit-Rate@50, @100, CTCVR.
    static let answers: [(name: String, values: [Double?])] = [
        ("DeepSeek-R1-7B (base)", [0.1560, 0.0608, 0.0251, 0.0496, 0.0646, 0.003417]),
        ("QwQ-32B (teacher)", [0.1974, 0.0767, 0.0039, 0.0563, 0.0733, 0.003675]),
        ("ORFT without RUPR", [0.1679, 0.0535, 0.0185, 0.0405, 0.0545, nil]),
        ("ORFT", [0.2012, 0.0690, 0.0245, 0.0449, 0.0606, 0.003723]),
        ("ORFT + GRPO, 0.5 / 0.5", [0.2180, 0.0806, 0.0269, 0.0512, 0.0698, 0.003788]),
        ("ORFT + POPO-light", [0.2347, 0.0877, 0.0307, 0.0558, 0.0762, 0.003802]),
        ("ORFT + POPO", [0.2433, 0.0888, 0.0347, 0.0567, 0.0720, 0.003816]),
    ]

    /// Think_Tag_Presence_Rate, Think_Non_Empty_Rate, Answer_Non_Empty_Rate.
    static let format: [(name: String, values: [Double])] = [
        ("ORFT without RUPR", [0.9613, 0.9613, 0.9607]), ("ORFT", [0.9947, 0.9921, 0.9892]),
    ]

    /// Lift of advertiser value and revenue: all users, then long-tail users.
    static let auctions: [(name: String, lifts: [Double])] = [
        ("+ codes (intra-user)", [0.0106, 0.0135, 0.0278, 0.0412]),
        ("+ sequence (cross-user)", [0.0177, 0.0195, 0.0248, 0.0120]),
        ("+ both", [0.0283, 0.0330, 0.0526, 0.0532]),
    ]
}
