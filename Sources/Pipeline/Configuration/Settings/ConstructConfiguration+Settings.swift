extension ConstructConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ConstructConfiguration>] {
        [
            .count(
                "users", \.users, 2..., unit: "users", paper: .at("§3.1.1", value: "1110000"),
                "Users in the run, drawn by seed among those with enough history and with a target that can "
                    + "be "
                    + "predicted.",
                raising: "Narrower intervals everywhere; stage 4 takes proportionally longer."),
            .count(
                "minimumPurchases", \.minimumPurchases, 1..., unit: "purchases",
                "Purchases that a user must have made before the language model's window.",
                raising: "Richer histories, but fewer users qualify and they are less typical."),
            .choice(
                "qualifying", \.qualifying, "In which windows a user needs a target to be drawn.",
                effect: "`both` draws active users alone, and few where conversions are rare."
            ) {
                switch $0 {
                case .both: "in the language model's and in the test's"
                case .either: "in one of the two; the user has a role of that window"
                }
            },
            .count(
                "activateUsers", \.activateUsers, 1..., unit: "users",
                paper: .at("§3.1.1", value: "1000000"),
                "Users whose next purchase fine-tunes the language model.",
                raising: "More reasoning to fine-tune on; the teacher and fine-tuning take proportionally "
                    + "longer."),
            .count(
                "collaborateUsers", \.collaborateUsers, 1..., unit: "users",
                paper: .at("§3.1.1", value: "100000"),
                "Users whose next purchase aligns the language model.",
                raising: "More distinct prompts for policy optimization; time changes only with "
                    + "`collaborate.steps`, apart from the simulation."),
            .count(
                "testUsers", \.testUsers, 1..., unit: "users", paper: .at("§3.1.1", value: "10000"),
                "Users whose next purchase tests the language model.",
                raising: "Narrower intervals in Tables 1 and 3; answering takes proportionally longer."),
            .count(
                "samplesPerUser", \.samplesPerUser, 1..., unit: "samples",
                "Targets per user of fine-tuning and alignment, each with the history of its own moment.",
                raising:
                    "More samples from few users; those of one user resemble each other. Users of the test "
                    + "always count once."),
            .count(
                "catalogueSize", \.catalogueSize, 1..., unit: "titles",
                "Titles that can be recommended: the most purchased promoted titles.",
                raising: "Rare titles become possible targets; hit rates at a fixed K fall, and the "
                    + "simulation takes longer."),
            .count(
                "historyLength", \.historyLength, 1..., unit: "purchases",
                paper: .at("§2.1.1", value: "50"),
                "Purchases per prompt, newest first.",
                raising: "The model knows more about each user; prompts get longer, and with them every step "
                    + "that runs the language model."),
            .number(
                "impressionRate", \.impressionRate, .above(0, upTo: 1), unit: "share",
                "Share of the impressions without a conversion that are kept; those with one are always "
                    + "kept, "
                    + "and the rankers correct for the rate.",
                raising: "Steadier rankers and metrics; ranker training takes proportionally longer."),
            .count(
                "auctionVisits", \.auctionVisits, 0..., unit: "requests",
                "Test requests whose impressions are all kept for the A/B simulation; 0 leaves it out.",
                raising: "Narrower intervals in Table 2; memory and time grow with the impressions of every "
                    + "request."),
            .choice(
                "standIn", \.standIn, "What impressions are where none were logged.",
                effect: "Decides what rankers learn to tell apart; every table that rests on it says so."
            ) {
                switch $0 {
                case .promotions:
                    "promoted items of the store and week of a visit, from `source_promotions` of a script"
                case .popular:
                    "what a visit bought or looked at, and items drawn by how often they are bought"
                case .uniform: "what a visit bought or looked at, and items drawn alike from the catalogue"
                }
            },
            .count(
                "negativesPerVisit", \.negativesPerVisit, 1..., unit: "items",
                "Items drawn per visit as impressions without a click, with `standIn: popular` or `uniform`.",
                raising: "Steadier rankers; ranker training takes proportionally longer."),
            .number(
                "queryMemory", \.queryMemory, .within(0.25, 65536), unit: "GiB",
                "Memory that queries over the logs may take before they use the disk.",
                raising: "Large logs are read faster; the program itself needs memory beside it."),
            .section("source", \.source, "Where users, items, events and impressions come from."),
            .section(
                "windows", \.windows,
                "The windows in time: reward ranker, then language model, then compared rankers, then test."),
            .section("prompt", \.prompt, "What the language model reads, §2.1."),
            .section("teacher", \.teacher, "The teacher that writes reasoning, §2.1.2."),
        ]
    }
}
