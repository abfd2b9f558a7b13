extension ConstructConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ConstructConfiguration>] {
        [
            .count(
                "users", \.users, 2..., unit: "users", paper: .at("§3.1.1", value: "1110000"),
                "Users in the run, drawn by seed among those with enough history and with promoted purchases "
                    + "in the windows of the language model and of the test.",
                raising: "Narrower intervals everywhere; stage 4 takes proportionally longer."),
            .count(
                "minimumPurchases", \.minimumPurchases, 1..., unit: "purchases",
                "Purchases that a user must have made before the language model's window.",
                raising: "Richer histories, but fewer users qualify and they are less typical."),
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
            .text(
                "request", \.request,
                "What a prompt asks, between the purchases and the form of the answer.",
                effect: "The wording can change the form of the answers more than fine-tuning does."),
            .number(
                "impressionRate", \.impressionRate, .above(0, upTo: 1), unit: "share",
                "Share of a visit's promoted products without a purchase that are kept as impressions; "
                    + "purchased ones are always kept, and the rankers correct for the rate.",
                raising: "Steadier rankers and metrics; ranker training takes proportionally longer."),
            .count(
                "auctionVisits", \.auctionVisits, 0..., unit: "visits",
                "Test visits whose promoted products are all kept for the A/B simulation; 0 leaves it out.",
                raising: "Narrower intervals in Table 2; memory and time grow with the promoted products of "
                    + "every visit."),
            .section("source", \.source, "Where users, items, events and promotions come from."),
            .section(
                "weeks", \.weeks,
                "The windows in time: reward ranker, then language model, then compared rankers, then test."),
            .section("teacher", \.teacher, "The teacher that writes reasoning, §2.1.2."),
        ]
    }
}
